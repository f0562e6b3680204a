import configuration from "../deno.json" with { type: "json" };

/** Skerry's version, kept in one place. */
export const VERSION: string = configuration.version;
