import { assertEquals } from "@std/assert";
import { DiskRoom } from "./disk_room.ts";

const MEBIBYTE = 1024 * 1024;

/** A disk of this size, with so much free, and a clock. */
function disk(sizeMb: number, freeMb: number) {
  const state = { freeMb, nowMs: 0, looks: 0 };
  const room = new DiskRoom(() => {
    state.looks++;
    return { bsize: MEBIBYTE, blocks: sizeMb, bavail: state.freeMb };
  }, () => state.nowMs);
  return { state, room };
}

Deno.test("There is room as long as a reserve is left: 16 MiB, of a small disk a tenth", () => {
  for (
    const [sizeMb, freeMb, hasRoom] of [[1000, 18, true], [1000, 15, false], [50, 6, true], [
      50,
      4,
      false,
    ]] as const
  ) {
    assertEquals(disk(sizeMb, freeMb).room.take(100_000), hasRoom, `${freeMb} of ${sizeMb}`);
  }
});

Deno.test("What is taken is gone until the disk is asked again, and counts for more than its bytes", () => {
  const { state, room } = disk(1000, 17);
  assertEquals([room.take(300_000), room.take(300_000)], [true, false]);
  state.nowMs += 99;
  assertEquals([room.take(300_000), state.looks], [false, 1]);
  state.nowMs += 1;
  assertEquals([room.take(300_000), state.looks], [true, 2]);
});

Deno.test("Room that is made is seen", () => {
  const { state, room } = disk(1000, 10);
  assertEquals(room.take(1), false);
  state.freeMb = 100;
  state.nowMs += 100;
  assertEquals(room.take(1), true);
});
