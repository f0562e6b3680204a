import {
  type FinalRecord,
  type History,
  type HolderAction,
  holdsByLock,
  type Violation,
  violation,
} from "./history.ts";

/** Whatever a history shows of logs that durable, fenced ones must not do. */
export function checkLogs(history: History): Violation[] {
  const appends = history.actions.filter(({ kind }) => kind === "append");
  const byData = new Map(appends.map((append) => [append.append!.data, append]));
  return [
    ...checkAcknowledged(appends, history.records),
    ...checkUnasked(byData, history.records),
    ...checkPlaces(history.records),
    ...checkFencing(byData, history),
    ...checkRealTime(byData, history.records),
  ];
}

/** What was acknowledged is there, where it was said to be. */
function checkAcknowledged(
  appends: readonly HolderAction[],
  records: readonly FinalRecord[],
): Violation[] {
  const byPlace = new Map(records.map((record) => [`${record.log} ${record.index}`, record]));
  return appends.flatMap((action) => {
    if (action.outcome !== "ok") return [];
    const { log, data } = action.append!;
    const { index, offset } = action.place!;
    const record = byPlace.get(`${log} ${index}`);
    const isThere = record?.data === data && record.offset === offset;
    return isThere ? [] : [violation("lost", action, record ?? null)];
  });
}

/** Nothing is there twice, nothing that was refused, and nothing that nobody sent. */
function checkUnasked(
  byData: ReadonlyMap<string, HolderAction>,
  records: readonly FinalRecord[],
): Violation[] {
  const seen = new Map<string, FinalRecord>();
  return records.flatMap((record) => {
    const { data } = record;
    const twin = seen.get(data);
    seen.set(data, record);
    if (twin !== undefined) return [violation("doubled", twin, record)];
    const action = byData.get(data);
    const isAsked = action !== undefined && action.append!.log === record.log &&
      !action.outcome.startsWith("refused");
    return isAsked ? [] : [violation("unasked", record, action ?? null)];
  });
}

/** Indices have no gaps, and offsets are the bytes before. */
function checkPlaces(records: readonly FinalRecord[]): Violation[] {
  return [...Map.groupBy(records, ({ log }) => log).values()].flatMap((inLog) => {
    let offset = 0;
    return inLog.flatMap((record, n) => {
      const isRight = record.index === n && record.offset === offset;
      offset += new TextEncoder().encode(record.data).length;
      return isRight ? [] : [violation("places", record, { index: n, offset })];
    });
  });
}

/** No append took place under a token after a greater one of the same lock was granted: a token is a position itself. */
function checkFencing(
  byData: ReadonlyMap<string, HolderAction>,
  history: History,
): Violation[] {
  const grants = holdsByLock(history);
  return history.records.flatMap((record) => {
    const action = byData.get(record.data);
    if (action === undefined) return [];
    const later = grants.get(action.lock)?.find(({ token }) =>
      token > action.token && token < record.position
    );
    const isFenced = later === undefined && action.token < record.position;
    return isFenced ? [] : [violation("fencing", action, record, later?.acquire ?? null)];
  });
}

/** What was sent after something else was acknowledged took place after it. */
function checkRealTime(
  byData: ReadonlyMap<string, HolderAction>,
  records: readonly FinalRecord[],
): Violation[] {
  const found: Violation[] = [];
  let lastSent: HolderAction | undefined;
  for (const record of records.toSorted((a, b) => a.position - b.position)) {
    const action = byData.get(record.data);
    if (action === undefined) continue;
    if (
      action.outcome === "ok" && lastSent !== undefined && action.returnedMs < lastSent.invokedMs
    ) found.push(violation("real time", lastSent, action));
    if (action.invokedMs > (lastSent?.invokedMs ?? -Infinity)) lastSent = action;
  }
  return found;
}
