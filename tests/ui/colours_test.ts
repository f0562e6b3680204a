/** Whether the lines of a chart can be told apart by everybody, as far as that can be computed. */
import { assert, assertEquals } from "@std/assert";
import { ASSETS } from "../../runtime/ui/assets.ts";

type Colour = readonly [number, number, number];

/** What is left of linear RGB for who lacks one kind of cone; Machado, Oliveira and Fernandes, 2009, severity 1. */
const SIGHTS: Readonly<Record<string, readonly [Colour, Colour, Colour]>> = {
  normal: [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
  protanopia: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deuteranopia: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  tritanopia: [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
};
/** Lines that one chart shows together. */
const TOGETHER = [["--line-1", "--line-2", "--line-3"], ["--line-1", "--alarm"]];
/** In CIE L*a*b*; 2 is just seen side by side, thin lines far apart need much more. */
const MIN_DISTANCE = 25;

Deno.test("Lines of one chart differ for every kind of colour vision, in light and dark", () => {
  const [light, dark] = schemes(ASSETS.get("style.css")!.text);
  const near: string[] = [];
  for (const [scheme, colours] of Object.entries({ light, dark })) {
    for (const [sight, matrix] of Object.entries(SIGHTS)) {
      for (const [one, other] of TOGETHER.flatMap(pairs)) {
        const seen = [one, other].map((name) => lab(through(matrix, linear(colours!.get(name)!))));
        const distance = Math.hypot(...seen[0]!.map((each, i) => each - seen[1]![i]!));
        if (distance < MIN_DISTANCE) near.push(`${scheme}, ${sight}: ${one} ${other} ${distance}`);
      }
    }
  }
  assertEquals(near, []);
});

/** The colours of both schemes by name. */
function schemes(css: string): readonly ReadonlyMap<string, string>[] {
  const blocks = [...css.matchAll(/:root \{([^}]*)\}/g)].map(([, block]) => block!);
  assert(blocks.length === 2, "one block for light, one for dark");
  return blocks.map((block) =>
    new Map(
      [...block.matchAll(/(--[\w-]+): (#[0-9a-f]{6});/g)].map(([, name, hex]) => [name!, hex!]),
    )
  );
}

function pairs(names: readonly string[]): readonly (readonly [string, string])[] {
  return names.flatMap((one, i) => names.slice(i + 1).map((other) => [one, other] as const));
}

function linear(hex: string): Colour {
  const part = (from: number) => {
    const share = parseInt(hex.slice(from, from + 2), 16) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  };
  return [part(1), part(3), part(5)];
}

function through(matrix: readonly [Colour, Colour, Colour], colour: Colour): Colour {
  const row = (factors: Colour) => {
    const sum = factors.reduce((sum, factor, i) => sum + factor * colour[i]!, 0);
    return Math.min(1, Math.max(0, sum));
  };
  return [row(matrix[0]), row(matrix[1]), row(matrix[2])];
}

/** CIE L*a*b* of linear RGB, for the white of D65. */
function lab([red, green, blue]: Colour): Colour {
  const f = (share: number) => share > 0.008856 ? Math.cbrt(share) : 7.787 * share + 16 / 116;
  const x = f((0.4124 * red + 0.3576 * green + 0.1805 * blue) / 0.95047);
  const y = f(0.2126 * red + 0.7152 * green + 0.0722 * blue);
  const z = f((0.0193 * red + 0.1192 * green + 0.9505 * blue) / 1.08883);
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
}
