/**
 * How the examples that serve come to their end.
 *
 * @module
 */

/** Resolves with the first Ctrl-C from now on; a second one ends the process at once, as usual. */
export function interrupted(): Promise<void> {
  return new Promise((resolve) => {
    const interrupt = () => {
      Deno.removeSignalListener("SIGINT", interrupt);
      resolve();
    };
    Deno.addSignalListener("SIGINT", interrupt);
  });
}
