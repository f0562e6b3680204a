/**
 * The text of a command that writes a line, for tests in which something else assembles it.
 *
 * @param line Without the line feed, and without what a string of WAT would escape
 * @param fds Descriptors it writes the line to, one after the other. @default standard output
 */
export function writingWat(line: string, fds: readonly number[] = [1]): string {
  const writes = fds.map((fd) =>
    `(drop (call $fd_write (i32.const ${fd}) (i32.const 0) (i32.const 1) (i32.const 8)))`
  );
  const { length } = new TextEncoder().encode(`${line}\n`);
  return `(module
  (import "wasi_snapshot_preview1" "fd_write"
    (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 16) "${line}\\n")
  (func (export "_start")
    (i32.store (i32.const 0) (i32.const 16))
    (i32.store (i32.const 4) (i32.const ${length}))
    ${writes.join("\n    ")}))
`;
}
