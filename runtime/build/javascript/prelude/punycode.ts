/** Parameters of RFC 3492 section 5. */
const BASE = 36, TMIN = 1, TMAX = 26, SKEW = 38, DAMP = 700, INITIAL_BIAS = 72, INITIAL_N = 128;

/** Encodes one label of a domain (RFC 3492), without `xn--`. */
export function toPunycode(label: string): string {
  const points = Array.from(label, (character) => character.codePointAt(0)!);
  let output = points.filter((point) => point < INITIAL_N).map((p) => String.fromCharCode(p)).join(
    "",
  );
  const basic = output.length;
  if (basic > 0) output += "-";
  let n = INITIAL_N, delta = 0, bias = INITIAL_BIAS;
  for (let handled = basic; handled < points.length; n++, delta++) {
    const next = Math.min(...points.filter((point) => point >= n));
    delta += (next - n) * (handled + 1);
    n = next;
    for (const point of points) {
      if (point < n) delta++;
      if (point !== n) continue;
      output += variableLength(delta, bias);
      bias = adapt(delta, handled + 1, handled === basic);
      delta = 0;
      handled++;
    }
  }
  return output;
}

function variableLength(delta: number, bias: number): string {
  let digits = "";
  for (let k = BASE;; k += BASE) {
    const threshold = Math.min(Math.max(k - bias, TMIN), TMAX);
    if (delta < threshold) return digits + digit(delta);
    digits += digit(threshold + (delta - threshold) % (BASE - threshold));
    delta = Math.floor((delta - threshold) / (BASE - threshold));
  }
}

function digit(value: number): string {
  return "abcdefghijklmnopqrstuvwxyz0123456789"[value]!;
}

function adapt(delta: number, count: number, isFirst: boolean): number {
  let rest = Math.floor(delta / (isFirst ? DAMP : 2));
  rest += Math.floor(rest / count);
  let k = 0;
  for (; rest > ((BASE - TMIN) * TMAX) / 2; k += BASE) rest = Math.floor(rest / (BASE - TMIN));
  return k + Math.floor((BASE - TMIN + 1) * rest / (rest + SKEW));
}
