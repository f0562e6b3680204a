import { assert, assertEquals } from "@std/assert";
import { answer, compile, readVectors, type Vector } from "./vectors.ts";

/** Each file: its vectors, and how many at least there must be, so that none can go missing unnoticed. */
const FAMILIES = {
  operators: 300,
  simd: 250,
  control: 800,
  calls: 450,
  bulk: 500,
  segments: 160,
  objects: 380,
  references: 210,
  exceptions: 390,
  random_programs: 350,
  samples: 18,
} as const;

for (const [family, least] of Object.entries(FAMILIES)) {
  Deno.test(`${family}: outcome, results and fuel are Wasmtime's, to the unit`, async () => {
    const { programs } = await readVectors(family);
    let count = 0;
    for (const program of programs) {
      const module = await compile(program);
      for (const vector of program.vectors) {
        assertEquals(answer(module, vector), expected(vector), describe(program.name, vector));
        count++;
      }
    }
    assert(count >= least, `only ${count} vectors`);
  });
}

function expected({ outcome, results, fuel }: Vector) {
  return results === undefined ? { outcome, fuel } : { outcome, results, fuel };
}

function describe(name: string, { entry, args, budget }: Vector): string {
  return `${name}: ${
    entry ?? "start"
  }(${args}) with ${budget} fuel; after a change of the module see ` +
    "scripts/fuel_vectors/README.md";
}
