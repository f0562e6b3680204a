/** The function that most benchmarks call. */

/** The sample's module. */
export const HELLO = new URL("../../functions/hello.wasm", import.meta.url);

/** What it prints. */
export const HELLO_ANSWER = "Hello from Skerry!\n";
