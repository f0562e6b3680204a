import { pythonLanguage } from "../python.ts";
import { EngineScene } from "../testing.ts";
import { loadPythonModule } from "./engine.ts";

/** Python functions, for tests. */
export const PYTHON = new EngineScene({
  language: pythonLanguage({}),
  load: loadPythonModule,
  fileName: "main.py",
});
