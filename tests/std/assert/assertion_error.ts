/** What every assertion of this package throws when it does not hold. */
export class AssertionError extends Error {
  /** The name by which reports call it. */
  override name = "AssertionError";

  /** Creates an error that says what did not hold. */
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
  }
}

/** The end of a message: the words of the caller, if any. */
export function suffix(msg: string | undefined): string {
  return msg ? `: ${msg}` : ".";
}
