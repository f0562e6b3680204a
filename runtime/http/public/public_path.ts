import { decodePath } from "../request_path.ts";

/**
 * The decoded segments of a path below the public folder, or undefined for one that names no file: with a hidden, `.` or
 * `..` segment, an empty one, a NUL, a backslash, or an encoded slash. A trailing slash is an empty last segment.
 */
export function publicSegments(path: string): string[] | undefined {
  const segments: string[] = [];
  const rawSegments = path.slice(1).split("/");
  for (const [index, raw] of rawSegments.entries()) {
    const segment = decodePath(raw);
    const isLast = index === rawSegments.length - 1;
    if (segment === undefined || (segment === "" && !isLast)) return undefined;
    if (segment.startsWith(".") || /[\0/\\]/.test(segment)) return undefined;
    segments.push(segment);
  }
  return segments;
}
