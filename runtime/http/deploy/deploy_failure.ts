import type { SkerryError } from "../../errors.ts";
import { statusOf } from "../problem.ts";

/** What an answer to a failed deployment needs besides the error. */
export interface DeployFailure {
  readonly status: number;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
}

const RETRY_AFTER_SECONDS = "2";

/** The status and headers for what went wrong with a deployment. Its configuration is the client's own. */
export function deployFailure({ code }: SkerryError): DeployFailure {
  const status = code === "invalid_config" ? 422 : statusOf(code);
  const headers: Record<string, string> = {};
  if (code === "overloaded") headers["retry-after"] = RETRY_AFTER_SECONDS;
  // The rest of the body stays unread, so the connection cannot carry another request.
  if (code === "request_too_large" || code === "request_timeout") headers.connection = "close";
  return { status, headers };
}
