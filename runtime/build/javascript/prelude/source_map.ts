import { native } from "./native.ts";

/** What the engine calls the module it runs. */
export const MODULE_NAME = "skerry:function";

interface Place {
  /** Of the generated code, from 0. */
  readonly column: number;
  /** Of the user's file, from 0. */
  readonly sourceLine: number;
  readonly sourceColumn: number;
}

/** Replaces places in what the engine runs with those in the user's file, and drops Skerry's own. */
export function mapStack(stack: string): string {
  const lines = stack.split("\n").filter((line) => line !== "");
  return lines.filter((line) => !line.includes("<skerry>") && !line.includes("(native)"))
    .map((line) =>
      line.replace(
        /skerry:function:(\d+):(\d+)/g,
        (_, line, column) => userPlace(Number(line), Number(column)),
      )
    ).join("\n");
}

/** A place in the user's file, as `file:line:column`. */
function userPlace(line: number, column: number): string {
  const found = userPlaceOf(line, column);
  return [native.fileName, found?.line, found?.column].filter((each) => each !== undefined).join(
    ":",
  );
}

/** The place in the user's file that one in the generated code comes from; all count from 1. */
export function userPlaceOf(
  line: number,
  column: number,
): { line: number; column: number } | undefined {
  const found = placeOf(line - 1, column - 1);
  return found && { line: found.sourceLine + 1, column: found.sourceColumn + 1 };
}

function placeOf(line: number, column: number): Place | undefined {
  const places = decodeLine(line);
  return places.findLast((each) => each.column <= column) ?? places[0];
}

const DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/** The places of one line; the source's lines and columns count on from one line to the next. */
function decodeLine(wanted: number): Place[] {
  let sourceLine = 0;
  let sourceColumn = 0;
  const lines = native.mappings.split(";");
  for (let line = 0; line <= wanted && line < lines.length; line++) {
    let column = 0;
    const places: Place[] = [];
    for (const segment of lines[line]!.split(",")) {
      const [columnDelta = 0, , lineDelta, columnOfSource] = decodeVlq(segment);
      column += columnDelta;
      if (lineDelta === undefined || columnOfSource === undefined) continue;
      sourceLine += lineDelta;
      sourceColumn += columnOfSource;
      places.push({ column, sourceLine, sourceColumn });
    }
    if (line === wanted) return places;
  }
  return [];
}

/** Base 64 digits of five bits and a continuation bit; the lowest bit of a number is its sign. */
function decodeVlq(segment: string): number[] {
  const numbers: number[] = [];
  let value = 0;
  let shift = 0;
  for (const character of segment) {
    const digit = DIGITS.indexOf(character);
    value += (digit & 31) << shift;
    shift += 5;
    if (digit & 32) continue;
    numbers.push(value & 1 ? -(value >> 1) : value >> 1);
    value = shift = 0;
  }
  return numbers;
}
