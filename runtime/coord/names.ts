const NAME = /^[\w.~:@-]{1,128}$/;

/** Whether locks, logs and clients may be called this: 1 to 128 of `A-Z a-z 0-9 _ . ~ : @ -`, and neither `.` nor `..`. */
export function isName(text: string): boolean {
  return NAME.test(text) && text !== "." && text !== "..";
}

/** What a name must be, for messages. */
export const NAME_RULE = "1 to 128 letters, digits or _ . ~ : @ -";
