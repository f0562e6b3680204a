import { type SkerryError, skerryError } from "../../errors.ts";
import { err, ok, type Result } from "../../result.ts";
import { SocketServer } from "../../sockets/socket_server.ts";
import { failureLine, type JobRunner } from "./job_runner.ts";
import { serveJobs } from "./job_session.ts";

/** Clients that may be connected at the same time. */
const MAX_CLIENTS = 1024;

/** A socket that takes jobs. */
export interface JobSocket {
  /** Stops listening, and resolves when jobs that run have been answered, or after `graceMs`. */
  finish(graceMs: number): Promise<void>;
  /** Stops listening and ends every connection. */
  stop(): Promise<void>;
}

/**
 * Takes jobs as JSON lines on a UNIX socket that only the server's user can connect to.
 *
 * @returns `invalid_config` if it cannot listen there
 */
export async function listenForJobs(
  path: string,
  jobs: Pick<JobRunner, "answer" | "maxLineBytes">,
): Promise<Result<JobSocket, SkerryError>> {
  const tooMany = skerryError("overloaded", `Cannot take jobs: there are ${MAX_CLIENTS} clients`);
  const { maxLineBytes } = jobs;
  const answer = jobs.answer.bind(jobs);
  const sockets = new SocketServer({
    maxClients: MAX_CLIENTS,
    serve: (socket) => serveJobs(socket, { answer, maxLineBytes }),
    refusal: `${failureLine(tooMany)}\n`,
  });
  const listening = await sockets.listenUnix(path);
  return listening.ok ? ok(sockets) : err(skerryError("invalid_config", listening.error));
}
