import { EVENT } from "../../wasm/events.ts";
import type { ModuleShape } from "../../wasm/module.ts";
import { OP } from "../../wasm/op.ts";
import { Reader } from "../../wasm/reader.ts";
import { Scanner } from "../../wasm/scan.ts";
import type { Writer } from "../../wasm/writer.ts";

/** Calls of the functions from 0 to `below` become calls of those from `to` on. */
interface Redirection {
  readonly below: number;
  readonly to: number;
}

/** Copies the function bodies of a code section, of which `from` has read the count. */
export function redirectCalls(
  to: Writer,
  from: Reader,
  shape: ModuleShape,
  redirection: Redirection,
): void {
  const scanner = new Scanner({
    types: shape.types.entries,
    functionCount: shape.functions.length,
    globalCount: shape.globalCount,
    memories64: shape.memories.map(({ is64 }) => is64),
    tables64: shape.tables64,
    tagBytes: [],
    chargesThrows: false,
  });
  for (const type of shape.functions.slice(shape.importedFunctions)) {
    const body = from.slice(from.u32());
    const { pos: start, end } = body;
    scanner.scan(new Reader(body.bytes, start, end), type);
    const sized = to.open(end - start);
    let copied = start;
    for (const call of redirectedCalls(scanner, body, redirection.below)) {
      to.copy(body.bytes, copied, call.start);
      to.byte(OP.call);
      to.u32(redirection.to + call.target);
      copied = call.end;
    }
    to.copy(body.bytes, copied, end);
    to.close(sized);
  }
}

interface Call {
  readonly start: number;
  readonly end: number;
  readonly target: number;
}

function* redirectedCalls({ events }: Scanner, body: Reader, below: number): Generator<Call> {
  for (let i = 0; i < events.count; i++) {
    const start = events.starts[i]!;
    if (events.kinds[i] !== EVENT.call || body.bytes[start] !== OP.call) continue;
    const operand = new Reader(body.bytes, start + 1, body.end);
    const target = operand.u32();
    if (target < below) yield { start, end: operand.pos, target };
  }
}
