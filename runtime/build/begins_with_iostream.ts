/** Bytes that are looked at: license texts are longer than one would think. */
const BEGINNING_BYTES = 4096;

/** Every part begins differently, so that no text can be taken apart in two ways, let alone in very many. */
const PATTERN =
  /^(?:\s|\/\/[^\n]*\n|\/\*(?:[^*]|\*(?!\/))*\*\/|#[ \t]*include[ \t]*<[\w./]+>)*?#[ \t]*include[ \t]*<iostream>/;

/** Whether a source includes `<iostream>`, and before it stand other headers and comments only: nothing that could change it. */
export function beginsWithIostream(source: Uint8Array): boolean {
  return PATTERN.test(new TextDecoder("latin1").decode(source.subarray(0, BEGINNING_BYTES)));
}
