/** The oldest Node that has SQLite without a flag. */
const OLDEST = { major: 22, minor: 13 } as const;

/** Why Skerry cannot run on this version of Node (`20.20.2`); undefined if it can. */
export function nodeFault(version: string): string | undefined {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  if (major > OLDEST.major || (major === OLDEST.major && minor >= OLDEST.minor)) return undefined;
  return `Cannot run on Node ${version}: Skerry needs ${OLDEST.major}.${OLDEST.minor} or later, ` +
    "for example by: npx -y -p node@24 node";
}
