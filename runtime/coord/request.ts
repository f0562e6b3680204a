import type { Answer } from "./answer.ts";

/** What a request comes to: an answer, that the disk has no room for it, or that the server stops before there is one. */
export type Reply = Answer | { readonly kind: "full" } | { readonly kind: "stopping" };

/** Whose request it is: a client's, which can ask again once the server is back, or a run's of a function, which cannot. */
export type Asker = "client" | "run";
