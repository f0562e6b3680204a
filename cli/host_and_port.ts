/** Reads `HOST:PORT`, with an IPv6 address in brackets; undefined if it is none. */
export function readHostAndPort(
  text: string,
): { readonly hostname: string; readonly port: number } | undefined {
  const parts = /^(?:\[([0-9a-f:.]+)\]|([^:[\]]+)):(\d{1,5})$/i.exec(text);
  const hostname = parts?.[1] ?? parts?.[2];
  const port = Number(parts?.[3]);
  return hostname === undefined || port > 65535 ? undefined : { hostname, port };
}
