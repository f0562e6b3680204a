import type { SkerryError } from "../errors.ts";
import { type ChangeHints, FolderHints } from "../functions/change_hints.ts";
import { FunctionRegistry } from "../functions/registry.ts";
import { ThreadHints } from "../functions/thread_hints.ts";
import type { Platform } from "../platform/platform.ts";
import type { Result } from "../result.ts";
import type { Engine } from "./engine.ts";
import type { Lifetime } from "./lifetime.ts";
import type { ServerOptions } from "./server_options.ts";
import type { Services } from "./services.ts";

/** Opens the functions of the folder, the deployed ones, and those of the route table. */
export async function openFunctions(
  options: ServerOptions,
  platform: Platform,
  { native }: Services,
  { builds, compiler, dispatcher }: Engine,
  lifetime: Lifetime,
): Promise<Result<FunctionRegistry, SkerryError>> {
  const functions = await FunctionRegistry.open({
    folder: options.functionsFolder,
    dataFolder: options.dataFolder,
    prepare: (bytes, prepareOptions) => compiler.prepare(bytes, prepareOptions),
    build: builds.build,
    loadEngine: builds.loadEngine,
    admitLibrary: native?.admit,
    environment: options.environment,
    log: (event) => {
      // What is being prepared then fails because of that, which is no news.
      if (!lifetime.isEnding) options.onFunction(event);
    },
    hints: (onHint) => folderHints(options.functionsFolder, onHint, platform),
    onRetired: (target) => dispatcher.forget(target),
  });
  lifetime.atEnd(async () => {
    const closed = functions.ok ? functions.value.close() : undefined;
    // Closing waits for what is being prepared, which this ends.
    compiler.stop();
    builds.stop();
    await closed;
  });
  return functions;
}

function folderHints(folder: string, onHint: () => void, platform: Platform): ChangeHints {
  if (platform.hasSafeFolderWatch) return new FolderHints(folder, onHint);
  return new ThreadHints(folder, onHint, platform.spawnWorker("watcher"));
}
