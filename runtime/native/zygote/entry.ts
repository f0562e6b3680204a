/** What a zygote's process runs, and nothing else is loaded into it: each page it has is one to copy at every fork. */
import { serveZygote } from "./main.ts";

serveZygote();
