/**
 * How an address looks in a log, and in JSON.
 * @module
 */

/** The id of the last address that was written as JSON; read only by {@linkcode jsonWithoutAddress}. */
let written: string | undefined;

/**
 * Lets a logged address say whose it is: `Addr(/boss/worker)` on the console, and its id in JSON, as in a log of
 * events. Not methods of the class: a computed name would need a declared symbol, and nobody calls these.
 */
export function showAs(kind: string, prototype: { readonly id: string }): void {
  Object.defineProperty(prototype, Symbol.for("Deno.customInspect"), {
    value(this: { readonly id: string }): string {
      return `${kind}(${this.id})`;
    },
  });
  Object.defineProperty(prototype, "toJSON", {
    value(this: { readonly id: string }): string {
      return written = this.id;
    },
  });
}

/**
 * Writes a value as JSON for another process, where an address would arrive as a text that nobody can send to. It costs
 * nothing where there is none, unlike a replacer.
 *
 * @throws {TypeError} When there is an address in it, or JSON cannot say it.
 */
export function jsonWithoutAddress(
  value: unknown,
  replacer?: (key: string, value: unknown) => unknown,
): string | undefined {
  written = undefined;
  const text: string | undefined = JSON.stringify(value, replacer);
  if (written === undefined) return text;
  throw new TypeError(
    `Cannot send the address of ${written} to another process: register the actor, and send its name`,
  );
}
