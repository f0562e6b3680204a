type GoImports = { readonly gojs: Record<string, (stackPointer: number) => unknown> };

/**
 * Has an action instantiate a program of Go's on this thread, and tells when that program exits. What Go prints
 * as it ends, a trace of all that it was at, is dropped: it says nothing of the source that it was given.
 *
 * @param instantiate Calls `WebAssembly.instantiate` with a module and what Go's `wasm_exec.js` imports
 * @param onExit Called when the program has exited
 */
export async function watchExit(
  instantiate: () => Promise<unknown>,
  onExit: () => void,
): Promise<void> {
  const original = WebAssembly.instantiate;
  const watched = (module: WebAssembly.Module, imports: GoImports) => {
    const leave = imports.gojs["runtime.wasmExit"]!;
    const gojs = {
      ...imports.gojs,
      "runtime.wasmWrite": () => {},
      "runtime.wasmExit": (stackPointer: number) => {
        silently(() => leave(stackPointer));
        onExit();
      },
    };
    return original(module, { ...imports, gojs });
  };
  WebAssembly.instantiate = watched as typeof original;
  try {
    await instantiate();
  } finally {
    WebAssembly.instantiate = original;
  }
}

/** Go warns of its exit code. */
function silently(action: () => void): void {
  const { warn } = console;
  console.warn = () => {};
  try {
    action();
  } finally {
    console.warn = warn;
  }
}
