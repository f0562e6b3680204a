/** Talks to a server about deployed functions, as any client would. */

/** Deploys; the answer's status and body. */
export async function deploy(
  url: string,
  name: string,
  source: Uint8Array<ArrayBuffer> | string,
  options: { readonly lang?: string; readonly replace?: boolean } = {},
): Promise<{ readonly status: number; readonly body: Record<string, unknown> }> {
  const { lang = "wasm", replace = false } = options;
  const query = new URLSearchParams({ name, lang, ...replace ? { replace: "true" } : {} });
  const response = await fetch(`${url}/deploy?${query}`, { method: "POST", body: source });
  return { status: response.status, body: await response.json() };
}

/** Removes a function; the answer's status. */
export async function removeFunction(url: string, name: string): Promise<number> {
  const response = await fetch(`${url}/_/functions/${name}`, { method: "DELETE" });
  await response.body?.cancel();
  return response.status;
}

/** What a path answers, as `200 text`. */
export async function answerOf(url: string): Promise<string> {
  const response = await fetch(url);
  return `${response.status} ${await response.text()}`;
}
