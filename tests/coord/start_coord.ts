import { fileURLToPath } from "node:url";
import { type LineProcess, startProgram } from "./line_process.ts";

const PROGRAM = fileURLToPath(new URL("coord_server.ts", import.meta.url));

/** Starts the lock service alone, in a process of its own; port 0 is any free one. */
export async function startCoord(
  dataFolder: string,
  port: number,
): Promise<LineProcess & { readonly url: string; readonly port: number }> {
  const process = startProgram(PROGRAM, [dataFolder, String(port)]);
  const url = /http:\S+/.exec(await process.line())![0];
  return { ...process, url, port: Number(new URL(url).port) };
}
