import { assertEquals } from "@std/assert";
import type { Artifact } from "./artifact.ts";
import { decodeArtifact, encodeArtifact } from "./artifact_file.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

const ARTIFACTS: readonly Artifact[] = [
  { kind: "static", contentType: "text/html", body: bytes("<p>é</p>") },
  { kind: "module", module: bytes("\0asm"), handler: "run" },
  { kind: "module", module: new Uint8Array(0), diagnostics: [{ severity: "note", message: "n" }] },
  {
    kind: "module",
    module: "quickjs",
    program: {
      args: ["-I", "é"],
      files: { "/app/a.js": bytes("1"), "/app/$bytes": bytes("22") },
      snapshot: { memoryPages: 3, extents: [{ start: 8, bytes: bytes("abc") }] },
    },
  },
];

for (const [index, artifact] of ARTIFACTS.entries()) {
  Deno.test(`Artifact ${index + 1} comes back from its file as it was`, () => {
    assertEquals(decodeArtifact(encodeArtifact(artifact)), artifact);
  });

  Deno.test(`No file of artifact ${index + 1} that is cut short is read`, () => {
    const file = encodeArtifact(artifact);
    const empty = artifact.kind === "module" && artifact.module.length === 0;
    const last = empty ? file.length - 1 : file.length;
    for (let length = 0; length < last; length++) {
      assertEquals(decodeArtifact(file.subarray(0, length)), undefined);
    }
  });
}

Deno.test("What is no artifact is not read", () => {
  assertEquals(decodeArtifact(bytes("")), undefined);
  assertEquals(decodeArtifact(bytes("\0asm\x01\0\0\0 and more")), undefined);
  const file = encodeArtifact(ARTIFACTS[0]!);
  file[20] = 0xff;
  assertEquals(decodeArtifact(file)?.kind ?? "none", "none");
});
