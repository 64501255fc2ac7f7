/**
 * What stands between the actors and whoever takes their traces and metrics: an SDK that throws fails nobody.
 * @module
 */

import { type Context, context, diag } from "@opentelemetry/api";

/** See the module. It tells of the first failure, to whoever listens to the diagnostics of OpenTelemetry. */
export class Guard {
  #hasReported = false;

  /** Does something that may throw. */
  attempt(act: () => void): void {
    this.get<void>(act, undefined);
  }

  /** Gets something, or `otherwise` where that throws. */
  get<T>(make: () => T, otherwise: T): T {
    try {
      return make();
    } catch (error) {
      this.#report(error);
      return otherwise;
    }
  }

  /** Calls something in a context, exactly once, whatever the context manager does; gives back what it gives. */
  within<T>(active: Context, call: () => T): T {
    let outcome: { readonly value: T } | { readonly error: unknown } | undefined;
    this.attempt(() =>
      context.with(active, () => {
        try {
          outcome ??= { value: call() };
        } catch (error) {
          outcome = { error };
        }
      })
    );
    const called = outcome as { readonly value: T } | { readonly error: unknown } | undefined;
    if (called === undefined) return call();
    if ("error" in called) throw called.error;
    return called.value;
  }

  /** One that throws once does so for every message: one line says it, a million would not say more. */
  #report(error: unknown): void {
    if (this.#hasReported) return;
    this.#hasReported = true;
    diag.error("Cinema: cannot tell OpenTelemetry of actors; the actors go on, and this is told only once", error);
  }
}
