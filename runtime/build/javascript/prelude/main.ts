/**
 * Skerry's half of a JavaScript function; runs inside QuickJS.
 *
 * The builder evaluates this once, which makes the memory image that every build begins with. In there it puts
 * the user's module and has a step taken in the mode `load`; after that, requests begin in the mode `serve`.
 */
import { flush, logError } from "./console.ts";
import { beginRun, installGlobals } from "./globals.ts";
import { answer, handlerOf } from "./handler.ts";
import { describeError } from "./inspect.ts";
import { isLate } from "./late.ts";
import { native } from "./native.ts";
import { MODULE_NAME, userPlaceOf } from "./source_map.ts";
import { runTimer } from "./timers.ts";

type Settled = { readonly error?: unknown; readonly isOk: boolean };

/** What the run works on, and how it ended. */
let work: Promise<unknown> | undefined;
let settled: Settled | undefined;
/** A script goes on as long as it has timers; a handler is done with its answer. */
let hasAnswered = false;

function begin(): void {
  if (native.mode === "serve") beginRun();
  work = native.mode === "load" ? native.evaluate() : serve();
  work.then(() => settled = { isOk: true }, (error) => settled = { isOk: false, error });
}

async function serve(): Promise<void> {
  if (native.loaded !== "1") await native.evaluate();
  const exported = native.namespace().default;
  const handler = handlerOf(exported);
  hasAnswered = handler !== undefined;
  if (handler !== undefined) await answer(handler);
  else if (exported !== undefined) throw new TypeError(NO_HANDLER);
}

const NO_HANDLER = "The default export is neither a function nor an object with a function fetch";

/** Takes the next step: the jobs of promises are done between two of them. */
function step(): boolean {
  try {
    if (work === undefined) {
      begin();
      return true;
    }
    const isOver = settled !== undefined && (hasAnswered || !settled.isOk);
    if (!isOver && runTimer()) return true;
    end(
      settled ??
        { isOk: false, error: new Error("Nothing is left that could settle what is awaited") },
    );
  } catch (error) {
    end({ isOk: false, error });
  }
  return false;
}

function end(how: Settled): void {
  if (native.mode === "load") return report(how);
  if (!how.isOk) logError(how.error);
  else flush();
  if (!how.isOk) native.proc_exit(1);
}

function report({ isOk, error }: Settled): void {
  work = settled = undefined;
  const exported = isOk ? native.namespace().default : undefined;
  const isHandler = handlerOf(exported) !== undefined;
  native.report = JSON.stringify({
    isLate: isLate(),
    isHandler,
    ...isOk ? isHandler || exported === undefined ? {} : { message: NO_HANDLER } : faultOf(error),
  });
}

function faultOf(error: unknown) {
  const stack = error instanceof Error ? String(error.stack) : "";
  const place = new RegExp(`${MODULE_NAME}:(\\d+):(\\d+)`).exec(stack);
  return {
    message: describeError(error),
    ...place === null ? {} : userPlaceOf(Number(place[1]), Number(place[2])),
  };
}

installGlobals();
native.step = step;
