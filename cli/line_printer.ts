/** The part of a standard stream that tells of lines that could not be written. */
interface Failing {
  on(event: "error", listener: () => void): unknown;
}

/**
 * Prints lines, as far as that can be done: what a full disk or a reader that has gone does not take is lost, and a
 * server goes on without its log.
 *
 * @param write Writes a line; may throw, as Deno's console does.
 * @param stream Where it goes; may tell of a failure later, as Node's streams do.
 */
export function linePrinter(
  write: (line: string) => void,
  stream: Failing,
): (line: string) => void {
  stream.on("error", () => {});
  return (line) => {
    try {
      write(line);
    } catch {
      // There is nowhere left to say so.
    }
  };
}
