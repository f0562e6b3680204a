import { readdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { printer } from "../guests/guests.ts";
import { answerOf, deploy, removeFunction } from "./deploy.ts";
import { temporaryFolder } from "./folder.ts";
import { type Runtime, type ServerProcess, startServer } from "./server.ts";

/** How {@linkcode crashDuringDeployments} goes about it. */
export interface CrashOptions {
  /** Deployments, replacements and removals in all, about. */
  readonly changes: number;
  /** Kills, spread over them. */
  readonly kills: number;
  /** A number in [0, 1). */
  readonly random: () => number;
  readonly runtime?: Runtime;
}

/** What came of it. */
export interface CrashReport {
  /** Changes that were answered. */
  readonly acknowledged: number;
  /** Changes that a kill cut off. */
  readonly cutOff: number;
  /** What was found after a restart and should not have been. */
  readonly faults: readonly string[];
}

/** Clients that change functions at once, each its own. */
const CLIENTS = 3;
const NAMES = 8;
/** A kill comes up to so long after the request it waited for was sent: about two deployments' time. */
const MAX_DELAY_MS = 40;

/**
 * Kills a server with SIGKILL at random moments while functions are deployed, replaced and removed, starts it again and
 * looks whether everything that was answered is there, and everything that was not is there as a whole or not at all.
 */
export async function crashDuringDeployments(options: CrashOptions): Promise<CrashReport> {
  await using functions = await temporaryFolder();
  await using data = await temporaryFolder();
  const crash = new Crash(options);
  for (let round = 0; round <= options.kills; round++) {
    await using server = await startServer(functions.path, {
      data: data.path,
      runtime: options.runtime,
    });
    await crash.check(server.url);
    if (round < options.kills) await crash.changeUntilKilled(server);
    else await stop(server);
  }
  crash.checkFolders(data.path);
  return crash;
}

async function stop(server: ServerProcess): Promise<void> {
  server.kill("SIGTERM");
  await server.status;
}

class Crash implements CrashReport {
  acknowledged = 0;
  cutOff = 0;
  readonly faults: string[] = [];
  readonly #options: CrashOptions;
  /** What each function may answer, after what was acknowledged and what may have been done. */
  readonly #allowed = new Map<string, Set<string>>();
  #changes = 0;

  constructor(options: CrashOptions) {
    this.#options = options;
  }

  async check(url: string): Promise<void> {
    for (const [name, allowed] of this.#allowed) {
      const answer = await answerOf(`${url}/${name}`);
      const found = answer.startsWith("404 ") ? GONE : answer;
      if (!allowed.has(found)) {
        this.faults.push(`${name} answers ${found}, expected ${[...allowed].join(" or ")}`);
      }
      this.#allowed.set(name, new Set([found]));
    }
  }

  /** After a clean stop there is a folder for each version, and nothing is left of what was cut off. */
  checkFolders(data: string): void {
    const database = new DatabaseSync(join(data, "functions.db"));
    const versions = database.prepare("SELECT id FROM versions ORDER BY id").all();
    const functions = database.prepare("SELECT name FROM functions").all();
    database.close();
    const rows = versions.map(({ id }) => id).join(" ");
    const folders = readdirSync(join(data, "functions")).sort().join(" ");
    if (rows !== folders) this.faults.push(`the folders ${folders} differ from the rows ${rows}`);
    const live = [...this.#allowed.values()].filter((allowed) => !allowed.has(GONE)).length;
    if (functions.length !== live) {
      this.faults.push(`${functions.length} functions are there, expected ${live}`);
    }
  }

  async changeUntilKilled(server: ServerProcess): Promise<void> {
    const { changes, kills, random } = this.#options;
    // The first kill comes when something has been acknowledged: the clients' second requests come after that.
    const least = this.acknowledged === 0 ? CLIENTS + 1 : 1;
    let untilKill = least + Math.floor(random() * 2 * changes / kills);
    let isKilled = false;
    const client = async (id: number) => {
      while (!isKilled) {
        if (--untilKill === 0) {
          const delayMs = random() * MAX_DELAY_MS;
          setTimeout(() => {
            isKilled = true;
            server.kill("SIGKILL");
          }, delayMs);
        }
        await this.#change(server.url, `f${id}-${Math.floor(random() * NAMES)}`);
      }
    };
    await Promise.all(Array.from({ length: CLIENTS }, (_, id) => client(id)));
    await server.status;
  }

  async #change(url: string, name: string): Promise<void> {
    const before = this.#allowed.get(name) ?? new Set([GONE]);
    const isRemoval = !before.has(GONE) && this.#options.random() < 0.2;
    const text = `${name} ${++this.#changes}\n`;
    const after = isRemoval ? GONE : `200 ${text}`;
    this.#allowed.set(name, new Set([...before, after]));
    try {
      const status = isRemoval
        ? await removeFunction(url, name)
        : (await deploy(url, name, await printer(text)(), { replace: true })).status;
      if (status >= 300) this.faults.push(`changing ${name} was answered ${status}`);
      this.#allowed.set(name, new Set([after]));
      this.acknowledged++;
    } catch {
      this.cutOff++;
    }
  }
}

const GONE = "nothing";
