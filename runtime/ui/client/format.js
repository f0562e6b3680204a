/** Numbers as people read them: three digits that matter, units that fit. */

const NONE = "–";
const GROUPED = new Intl.NumberFormat("en");

/** @param {number} value @param {number} digits */
function digits(value, digits = 3) {
  if (value === 0) return "0";
  const places = Math.max(0, digits - 1 - Math.floor(Math.log10(Math.abs(value))));
  return value.toFixed(Math.min(places, 3));
}

/** @param {number | undefined} ms */
export function milliseconds(ms) {
  if (ms === undefined || ms === null) return NONE;
  if (ms >= 60_000) return `${digits(ms / 60_000)} min`;
  if (ms >= 1000) return `${digits(ms / 1000)} s`;
  return ms > 0 && ms < 0.1 ? `${digits(ms * 1000)} µs` : `${digits(ms)} ms`;
}

/** A number of things: to the last one below a million. @param {number} value */
export function count(value) {
  return value < 1e6 ? GROUPED.format(value) : amount(value);
}

/** A number beside an axis: zeros that say nothing are left out. @param {string} text As the others here write it */
export function tick(text) {
  return text.replace(
    /^(\d+)\.(\d*?)0+(?=\D|$)/,
    (_, whole, rest) => rest === "" ? whole : `${whole}.${rest}`,
  )
    .replace(/^0\D.*/, (zero) => /[1-9]/.test(zero) ? zero : "0");
}

/** @param {number | undefined} value */
export function amount(value) {
  if (value === undefined || value === null) return NONE;
  const units = [[1e12, "T"], [1e9, "G"], [1e6, "M"], [1e3, "k"]];
  for (const [size, unit] of units) if (value >= size) return `${digits(value / size)} ${unit}`;
  return Number.isInteger(value) ? String(value) : digits(value);
}

/** @param {number | undefined} bytes */
export function byteSize(bytes) {
  if (bytes === undefined || bytes === null) return NONE;
  if (bytes >= 1024 ** 3) return `${digits(bytes / 1024 ** 3)} GiB`;
  if (bytes >= 1024 ** 2) return `${digits(bytes / 1024 ** 2)} MiB`;
  return bytes >= 1024 ? `${digits(bytes / 1024)} KiB` : `${bytes} B`;
}

/** @param {number} share 0 to 1 */
export function percent(share) {
  return `${Math.round(share * 100)} %`;
}

/** The time of day of an ISO 8601 date, on the reader's clock. @param {string | undefined} iso */
export function timeOfDay(iso) {
  return iso === undefined ? NONE : new Date(iso).toLocaleTimeString(undefined, { hour12: false });
}

/** @param {string | undefined} iso */
export function dateAndTime(iso) {
  if (iso === undefined) return NONE;
  return new Date(iso).toLocaleString(undefined, {
    dateStyle: "medium",
    timeStyle: "medium",
    hourCycle: "h23",
  });
}
