import type { StaticCall } from "./function_call.ts";
import { hasTag } from "./public/validators.ts";

/** Answers GET and HEAD with a static function's body, or with 304 if the client has it. */
export function staticResponse({ request, method, requestId, version }: StaticCall): Response {
  const { contentType, body, etag } = version;
  const headers: Record<string, string> = {
    "content-type": contentType,
    etag,
    // Revalidate each time: a replaced function is to be seen at once.
    "cache-control": "no-cache",
    "x-content-type-options": "nosniff",
    "x-request-id": requestId,
  };
  const tags = request.headers.get("if-none-match");
  if (tags !== null && hasTag(tags, etag)) return new Response(null, { status: 304, headers });
  headers["content-length"] = String(body.length);
  return new Response(method === "HEAD" ? null : body, { status: 200, headers });
}
