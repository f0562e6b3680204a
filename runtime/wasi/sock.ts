import { wasi } from "@bjorn3/browser_wasi_shim";
import type { DescriptorTable } from "./descriptor_table.ts";
import type { Run } from "./run.ts";

/**
 * The `sock_*` calls. No descriptor is ever a socket, so all answer ENOTSOCK, or EBADF if not open.
 */
export function sockCalls(run: Run, table: DescriptorTable) {
  const refuse = (fd: number): number => {
    run.enter();
    return table.get(fd) === undefined ? wasi.ERRNO_BADF : wasi.ERRNO_NOTSOCK;
  };
  return {
    sock_accept: (fd: number, _flags: number, _connection: number): number => refuse(fd),
    sock_recv: (
      fd: number,
      _data: number,
      _count: number,
      _flags: number,
      _size: number,
      _outFlags: number,
    ): number => refuse(fd),
    sock_send: (fd: number, _data: number, _count: number, _flags: number, _size: number): number =>
      refuse(fd),
    sock_shutdown: (fd: number, _how: number): number => refuse(fd),
  };
}
