/** Text from elsewhere on one line of a terminal: what the terminal would obey is replaced. */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, "\ufffd");
}

/** The same for text of several lines, whose tabs and ends of lines stay. */
export function printableLines(text: string): string[] {
  return text.split(/\r?\n/).map((line) => line.split("\t").map(printable).join("\t"));
}
