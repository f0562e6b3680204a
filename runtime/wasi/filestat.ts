import { wasi } from "@bjorn3/browser_wasi_shim";

/** Bytes of a `filestat` in guest memory. */
export const FILESTAT_BYTES = 64;

/**
 * The shim's `Filestat`, whose layout of the three times is wrong in 0.4.2, written as witx lays it
 * out.
 */
export class Filestat extends wasi.Filestat {
  override write_bytes(view: DataView, pointer: number): void {
    view.setBigUint64(pointer, this.dev, true);
    view.setBigUint64(pointer + 8, this.ino, true);
    view.setUint8(pointer + 16, this.filetype);
    view.setBigUint64(pointer + 24, this.nlink, true);
    view.setBigUint64(pointer + 32, this.size, true);
    view.setBigUint64(pointer + 40, this.atim, true);
    view.setBigUint64(pointer + 48, this.mtim, true);
    view.setBigUint64(pointer + 56, this.ctim, true);
  }
}
