/** The `allow` header for the methods a route was configured with: HEAD follows GET, and OPTIONS is always answered. */
export function allowHeader(methods: readonly string[]): string {
  const allowed = new Set(methods);
  if (allowed.has("GET")) allowed.add("HEAD");
  allowed.add("OPTIONS");
  return [...allowed].join(", ");
}

/** Whether the route runs for this method; undefined `methods` is all of them. */
export function isAllowed(method: string, methods: readonly string[] | undefined): boolean {
  if (methods === undefined || methods.includes(method)) return true;
  return method === "HEAD" && methods.includes("GET");
}
