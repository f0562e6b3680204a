let isTold = false;

/**
 * Notes that the user's module has asked for what only a request can tell, or what must differ from one to the
 * next. If that happens while it is loaded, it is loaded with every request instead.
 */
export function noteLate(): void {
  isTold = true;
}

export function isLate(): boolean {
  return isTold;
}
