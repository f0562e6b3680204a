import type { CompilerMessages } from "../diagnostics.ts";
import type { Diagnostic } from "../language.ts";
import { BUILD_FOLDER } from "./native_build.ts";

/** `main.go:4:2: message`; the column may be absent, and lines that begin with a tab go on. */
const LINE = /^(?<file>\S.*?\.go):(?<line>\d+):(?:(?<column>\d+):)? (?<message>.*)$/;

/** What stands before a file's name, depending on who speaks: `vet: ./`, or the build's folder. */
const PREFIX = new RegExp(`^(\\t?)(vet: )?(\\.?/)?(${BUILD_FOLDER.slice(1)}/)?`);

/** Reads what `go build` printed about one file. */
export function parseGoMessages(output: string): CompilerMessages {
  const lines = output
    .split("\n")
    .filter((line) => !isNoise(line))
    .map((line) => line.replace(PREFIX, "$1"));
  const diagnostics: Diagnostic[] = [];
  for (const line of lines) {
    const found = LINE.exec(line)?.groups;
    if (found === undefined) continue;
    diagnostics.push({
      severity: "error",
      message: found.message!,
      file: found.file!,
      line: Number(found.line),
      ...found.column === undefined ? {} : { column: Number(found.column) },
    });
  }
  return { text: lines.join("\n"), diagnostics };
}

/** The package's heading, and what Go says about the sandbox rather than about the source. */
function isNoise(line: string): boolean {
  return line === "# command-line-arguments" || line.startsWith("failed to start telemetry");
}
