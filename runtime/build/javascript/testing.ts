import { typescriptLanguage } from "../javascript.ts";
import { EngineScene } from "../testing.ts";
import { loadJavaScriptModule } from "./engine.ts";

/** TypeScript functions, for tests. */
export const TYPESCRIPT = new EngineScene({
  language: typescriptLanguage({}),
  load: loadJavaScriptModule,
  fileName: "main.ts",
});
