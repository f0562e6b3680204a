import type { SkerryError } from "../errors.ts";
import type { Result } from "../result.ts";
import type { PreparedModule } from "./prepared_module.ts";

/**
 * Turns a module's bytes into something that can run: instruments, links and compiles, off the calling
 * thread. The bytes are transferred away. Refused modules are an `invalid_module` error.
 */
export type Prepare = (
  bytes: Uint8Array<ArrayBuffer>,
  options: { readonly memoryPages: number },
) => Promise<Result<PreparedModule, SkerryError>>;
