/**
 * What Deno runs to be a zygote. A module of its own with nothing around it: whatever else is loaded would be memory to
 * copy at every fork. In the bundle, `scripts/bundle.ts` puts the program itself in the place of this file.
 */
export const ZYGOTE_PROGRAM: string = new URL("./zygote/entry.ts", import.meta.url).href;
