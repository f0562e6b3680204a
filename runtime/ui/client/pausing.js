/** Whether what is shown moves with the server, or stands still while somebody reads. */

let resumed;

export function isPaused() {
  return resumed !== undefined;
}

/** @param {boolean} isNow */
export function setPaused(isNow) {
  if (isNow === isPaused()) return;
  if (isNow) resumed = Promise.withResolvers();
  else {
    resumed.resolve();
    resumed = undefined;
  }
}

/** Resolves when the page moves: at once, most of the time. */
export async function moving() {
  while (isPaused()) await resumed.promise;
}
