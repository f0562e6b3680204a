/** What tells one version of a file from another. */
export interface Validators {
  readonly etag: string;
  /** IMF-fixdate, whole seconds. */
  readonly lastModified: string;
}

/** The validators of a file: its size and the millisecond it was modified in make a strong tag. */
export function validatorsOf(
  file: { readonly sizeBytes: number; readonly modifiedMs: number },
): Validators {
  const modifiedMs = Math.floor(file.modifiedMs);
  return {
    etag: `"${file.sizeBytes.toString(16)}-${modifiedMs.toString(16)}"`,
    lastModified: new Date(modifiedMs).toUTCString(),
  };
}

/** Whether the client's copy is this version (RFC 9110 section 13.2.2): tags are compared weakly and win over dates. */
export function isNotModified(headers: Headers, validators: Validators): boolean {
  const tags = headers.get("if-none-match");
  if (tags !== null) return hasTag(tags, validators.etag);
  const since = Date.parse(headers.get("if-modified-since") ?? "");
  return Date.parse(validators.lastModified) <= since;
}

/** Whether a range may be sent: without `if-range`, or if it names this very version. */
export function isRangeCurrent(headers: Headers, validators: Validators): boolean {
  const condition = headers.get("if-range");
  return condition === null || condition === validators.etag ||
    condition === validators.lastModified;
}

/** Whether a list of entity tags (`if-none-match`) has this one, compared weakly, or is `*`. */
export function hasTag(list: string, etag: string): boolean {
  return list.split(",").some((item) => {
    const tag = item.trim();
    return tag === "*" || tag === etag || tag === `W/${etag}`;
  });
}
