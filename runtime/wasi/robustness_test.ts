import { wasi } from "@bjorn3/browser_wasi_shim";
import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { PREVIEW1_SIGNATURES } from "./signatures.ts";
import { FileGuest, memoryMount } from "./testing_files.ts";

/**
 * Pointers, lengths, descriptors and flags that are likely to matter, as a module passes them:
 * signed.
 */
const i32 = fc.oneof(
  fc.constantFrom(
    0,
    1,
    2,
    3,
    4,
    8,
    100,
    256,
    65528,
    65532,
    65535,
    65536,
    65537,
    -1,
    -8,
    -(2 ** 31),
  ),
  fc.integer({ min: 0, max: 70000 }),
  fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
);
const i64 = fc.oneof(
  fc.constantFrom(0n, 1n, 2n, -1n, 2n ** 29n - 1n, 2n ** 53n, -(2n ** 63n)),
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
);

const calls = [...PREVIEW1_SIGNATURES].map(([name, signature]) => {
  const types = signature.slice(1, signature.indexOf(")")).split(", ").filter(Boolean);
  const parameters = types.map((type): fc.Arbitrary<number | bigint> => type === "i64" ? i64 : i32);
  return fc.tuple(fc.constant(name), fc.tuple(...parameters));
});

Deno.test("no arguments make a call fail in any way but with an error number", () => {
  const guest = new FileGuest(
    [memoryMount({ d: { f: new Uint8Array(100), link: "f" } }, { maxBytes: 100_000 })],
    { maxDescriptors: 16 },
  );
  fc.assert(
    fc.property(fc.array(fc.oneof(...calls), { maxLength: 30 }), fc.nat(255), (all, fill) => {
      guest.begin();
      guest.bytes.fill(fill);
      guest.put(100, "d/link");
      for (const [name, args] of all) {
        let errno: number | undefined;
        const isStopped = guest.stops(() => errno = guest.call[name]!(...args));
        if (isStopped) {
          return assertEquals(["exit", "signal"].includes(guest.host.stopped!.kind), true);
        }
        assertEquals(errno! >= 0 && errno! <= wasi.ERRNO_NOTCAPABLE, true, `${name}: ${errno}`);
      }
    }),
    { numRuns: 3000 },
  );
});
