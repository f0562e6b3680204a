import { ok, type Result } from "../result.ts";
import type { ChangeHints, OpenChangeHints, RescanPace } from "./change_hints.ts";
import type { Clock } from "../clock.ts";
import { type FileStamp, type FolderScan, isSameStamp, type ScanFailure } from "./folder_scan.ts";

/** How the files of a folder differ from before. */
export interface FolderChange {
  /** New files and files whose content may have changed, with their stamps. */
  readonly updated: ReadonlyMap<string, FileStamp>;
  readonly removed: readonly string[];
}

/** What {@linkcode FolderWatch} needs. */
export interface FolderWatchOptions {
  readonly scan: () => Promise<Result<FolderScan, ScanFailure>>;
  readonly hints: OpenChangeHints;
  readonly clock: Clock;
  readonly onChange: (change: FolderChange) => void;
  /** Called once for each thing that cannot be served, as long as it stays so. */
  readonly onProblem: (message: string) => void;
}

/** A rescan waits until hints have been quiet for this long ... */
const QUIET_MS = 50;
/** ... but no longer than this. */
const MAX_WAIT_MS = 500;
/** A missing file is gone when a second look, this much later, misses it too. */
const CONFIRM_MS = 50;
/**
 * The safety net rescans this often, or less where scans take long: 10,000 files take 0.1 to 0.2 s, and
 * looking for what hints hardly ever miss is worth a hundredth of the time.
 */
const SAFETY_NET: RescanPace = { minMs: 2_000, costFactor: 100 };
/** The pace after a change, where no hints come. */
const IN_FLUX: RescanPace = { minMs: QUIET_MS, costFactor: 1 };
const MAX_RESCAN_MS = 30_000;
/** A folder that is gone gives no hints when it is back, and looking costs nothing. */
const ABSENT_RESCAN_MS = 500;
/** While hints never stop, scanning takes at most a fifth of the time. */
const BURST_COST_FACTOR = 4;

/**
 * Follows a folder. Hints only say when to look; what changed is the difference between two scans, so that
 * lost, doubled or misleading events do no harm. A file that is missing for a moment, as when an editor
 * renames a new version into place, counts as there.
 */
export class FolderWatch {
  readonly #options: FolderWatchOptions;
  readonly #hints: ChangeHints;
  #files = new Map<string, FileStamp>();
  /** Files missing from the last scan, and since when. */
  readonly #missing = new Map<string, number>();
  #reported = new Set<string>();
  #cancelTimer = () => {};
  #isBurst = false;
  /** Whether the last scan found changes. */
  #isInFlux = false;
  #firstHintMs = 0;
  #lastHintMs = 0;
  #isScanning = false;
  #isClosed = false;
  /** What the next look at the folder, and the one under way, are waited for by. */
  #looks = { next: openLook(), current: openLook() };

  /** Scans once and begins to follow. The files found are in `files`, not reported as a change. */
  static async open(options: FolderWatchOptions): Promise<Result<FolderWatch, ScanFailure>> {
    const startedMs = options.clock.monotonicMs();
    const scan = await options.scan();
    if (!scan.ok) return scan;
    const watch = new FolderWatch(options);
    watch.#files = new Map(scan.value.files);
    watch.#reportProblems(scan.value);
    watch.#scheduleNext(scan.value, startedMs);
    return ok(watch);
  }

  private constructor(options: FolderWatchOptions) {
    this.#options = options;
    this.#hints = options.hints(() => this.#onHint());
  }

  /** Every file as last seen. */
  get files(): ReadonlyMap<string, FileStamp> {
    return this.#files;
  }

  /** Resolves when the changes that are known of have been looked at; undefined if none are. */
  lookDue(): Promise<void> | undefined {
    if (this.#isBurst) return this.#looks.next.promise;
    return this.#isScanning ? this.#looks.current.promise : undefined;
  }

  close(): void {
    this.#isClosed = true;
    this.#isBurst = this.#isScanning = false;
    this.#cancelTimer();
    this.#hints.close();
    this.#looks.next.resolve();
    this.#looks.current.resolve();
  }

  #onHint(): void {
    this.#lastHintMs = this.#options.clock.monotonicMs();
    if (this.#isBurst || this.#isClosed) return;
    this.#isBurst = true;
    this.#firstHintMs = this.#lastHintMs;
    if (!this.#isScanning) this.#schedule(QUIET_MS, () => this.#endBurst());
  }

  /** One timer per burst, however many hints: it is set again only when it fires too early. */
  #endBurst(): void {
    const now = this.#options.clock.monotonicMs();
    const quietMs = now - this.#lastHintMs;
    if (quietMs >= QUIET_MS || now - this.#firstHintMs >= MAX_WAIT_MS) return void this.#rescan();
    this.#schedule(QUIET_MS - quietMs, () => this.#endBurst());
  }

  async #rescan(): Promise<void> {
    this.#isBurst = false;
    this.#isScanning = true;
    this.#looks = { next: openLook(), current: this.#looks.next };
    const startedMs = this.#options.clock.monotonicMs();
    const scan = await this.#options.scan();
    this.#isScanning = false;
    if (this.#isClosed) return;
    const found = scan.ok ? scan.value : this.#withoutFolder(scan.error);
    this.#reportProblems(found);
    this.#report(this.#compare(found));
    this.#looks.current.resolve();
    this.#scheduleNext(found, startedMs);
  }

  #scheduleNext(scan: FolderScan, startedMs: number): void {
    const hasNewWatches = this.#hints.update(scan.folders);
    const scanMs = this.#options.clock.monotonicMs() - startedMs;
    if (this.#isBurst) {
      const waitMs = Math.max(QUIET_MS, scanMs * BURST_COST_FACTOR);
      return this.#schedule(waitMs, () => this.#endBurst());
    }
    const isUnsure = hasNewWatches || this.#missing.size > 0;
    const waitMs = isUnsure ? CONFIRM_MS : this.#idleMs(scan, scanMs);
    this.#schedule(waitMs, () => void this.#rescan());
  }

  #idleMs({ folders }: FolderScan, scanMs: number): number {
    if (folders.size === 0) return ABSENT_RESCAN_MS;
    const { minMs, costFactor } = this.#pace();
    return Math.min(Math.max(minMs, scanMs * costFactor), MAX_RESCAN_MS);
  }

  /** Where no hint tells of the end of a burst of changes, the next scan is to see it. */
  #pace(): RescanPace {
    const { rescanPace } = this.#hints;
    if (rescanPace === undefined) return SAFETY_NET;
    return this.#isInFlux ? IN_FLUX : rescanPace;
  }

  #schedule(ms: number, callback: () => void): void {
    this.#cancelTimer();
    if (!this.#isClosed) this.#cancelTimer = this.#options.clock.after(ms, callback);
  }

  /** A folder that is gone holds nothing; what one that cannot be read holds is unknown. */
  #withoutFolder({ kind, code }: ScanFailure): FolderScan {
    const message = kind === "missing" ? "does not exist any more" : `cannot be read (${code})`;
    const problem = { path: "", message, isUnreadableFolder: kind === "unreadable" };
    return { files: new Map(), folders: new Map(), problems: [problem] };
  }

  #compare(scan: FolderScan): FolderChange {
    const updated = new Map<string, FileStamp>();
    for (const [file, stamp] of scan.files) {
      this.#missing.delete(file);
      if (!isSameStamp(this.#files.get(file), stamp)) updated.set(file, stamp);
    }
    const removed = [...this.#files.keys()].filter((file) => {
      return !scan.files.has(file) && !isUnknown(file, scan) && this.#isMissingForLong(file);
    });
    for (const [file, stamp] of updated) this.#files.set(file, stamp);
    for (const file of removed) {
      this.#files.delete(file);
      this.#missing.delete(file);
    }
    return { updated, removed };
  }

  #isMissingForLong(file: string): boolean {
    const now = this.#options.clock.monotonicMs();
    const sinceMs = this.#missing.get(file);
    if (sinceMs === undefined) this.#missing.set(file, now);
    return sinceMs !== undefined && now - sinceMs >= CONFIRM_MS;
  }

  #report(change: FolderChange): void {
    this.#isInFlux = change.updated.size > 0 || change.removed.length > 0;
    if (this.#isInFlux) this.#options.onChange(change);
  }

  #reportProblems({ problems }: FolderScan): void {
    const messages = new Set(problems.map(({ path, message }) => {
      return path === "" ? `The functions folder ${message}` : `${path} ${message}`;
    }));
    for (const message of messages) {
      if (!this.#reported.has(message)) this.#options.onProblem(message);
    }
    this.#reported = messages;
  }
}

function openLook(): PromiseWithResolvers<void> {
  return Promise.withResolvers<void>();
}

function isUnknown(file: string, { problems }: FolderScan): boolean {
  return problems.some(({ path, isUnreadableFolder }) => {
    return isUnreadableFolder && (path === "" || file.startsWith(path + "/"));
  });
}
