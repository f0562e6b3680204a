import type { ModuleShape } from "./module.ts";
import type { Initialiser } from "./module_info.ts";
import { type ValueType, valueTypeText } from "./value_types.ts";

/** What Wizer calls, in its older and its newer versions. */
const NAMES = ["wizer.initialize", "wizer-initialize"];
const SIGNATURE = "() -> ()";
/** Types of which JavaScript gets every value out of an instance, and into another. */
const NUMBERS = ["i32", "i64", "f32", "f64"];

/** A mutable global that the module defines. */
export interface MutableGlobal {
  readonly index: number;
  readonly type: ValueType;
}

/** In the order in which they are exported where there is an initialiser. */
export function mutableGlobals({ definedGlobals, importedGlobals }: ModuleShape): MutableGlobal[] {
  return definedGlobals
    .map(({ type, isMutable }, i) => ({ index: importedGlobals + i, type, isMutable }))
    .filter(({ isMutable }) => isMutable);
}

/** Finds the function that prepares the module for all its runs. */
export function findInitialiser(shape: ModuleShape): Initialiser | undefined {
  const found = shape.exports.find(({ name, signature }) => {
    return NAMES.includes(name) && signature === SIGNATURE;
  });
  if (found === undefined) return undefined;
  const types = mutableGlobals(shape).map(({ type }) => valueTypeText(type));
  const heldType = types.find((type) => !NUMBERS.includes(type));
  return { name: found.name, mutableGlobals: types.length, heldType };
}
