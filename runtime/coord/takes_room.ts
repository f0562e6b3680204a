import type { Command } from "./command.ts";
import type { CoordState } from "./state.ts";

/**
 * Whether a command can be refused for want of room. One that ends something, or keeps it, cannot; nor can a repeat of one
 * that was run, as the client would take the refusal for the fate of both.
 */
export function takesRoom({ sessions, logs }: CoordState, command: Command): boolean {
  switch (command.type) {
    case "open":
      return !sessions.has(command.client);
    case "create":
      return !logs.has(command.log);
    case "acquire":
    case "append":
      return (sessions.get(command.client)?.seq ?? -1) < command.seq;
    default:
      return false;
  }
}
