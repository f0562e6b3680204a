import { assertEquals } from "@std/assert";
import { parseMaps, rangesBetween } from "./fork_ranges.ts";

const PAGE = 4096;

Deno.test("mappings are read, and the kernel's own beyond user space left out", () => {
  const maps = `1000-3000 r-xp 00000000 fe:00 12 /bin/x
7fff00000000-7fff00001000 rw-p 00000000 00:00 0 [stack]
ffffffffff600000-ffffffffff601000 --xp 00000000 00:00 0 [vsyscall]
`;
  assertEquals(parseMaps(maps), [[0x1000, 0x3000], [0x7fff00000000, 0x7fff00001000]]);
});

Deno.test("the ranges between holes cover all else", () => {
  const end = 2 ** 47 - 2 * PAGE;
  assertEquals(rangesBetween([]), [PAGE, end - PAGE]);
  assertEquals(rangesBetween([[PAGE, 2 * PAGE], [4 * PAGE, end]]), [2 * PAGE, 2 * PAGE]);
});
