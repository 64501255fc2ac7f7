/**
 * Supervision: what happens to an actor that failed. The rules are pure: a failure and the time go in, a directive
 * comes out.
 * @module
 */

/**
 * Options of {@linkcode SupervisorStrategy.restart}.
 *
 * @example
 * ```ts
 * import { Actor, ActorSystem, type RestartOptions, SupervisorStrategy } from "@cinema/cinema";
 * import { ManualClock } from "@cinema/cinema/testing";
 * import { assertEquals } from "@std/assert";
 *
 * const startedAt: number[] = [];
 * class Flaky extends Actor {
 *   override started(): void {
 *     startedAt.push(clock.now());
 *     if (startedAt.length < 4) throw new Error("not yet");
 *   }
 * }
 * const doubling: RestartOptions = { backoff: (attempt) => 100 * 2 ** (attempt - 1) };
 *
 * const clock = new ManualClock();
 * await using system = new ActorSystem({ clock });
 * system.spawn(() => new Flaky(), { strategy: SupervisorStrategy.restart(5, 10_000, doubling) });
 * await clock.runUntilIdle();
 * assertEquals(startedAt, [0, 100, 300, 700]);
 * ```
 */
export interface RestartOptions {
  /**
   * How long in ms the actor rests before it restarts, or a function of the attempt: 1 for the first restart within the
   * window, and so on. It is a finite number >= 0. Messages queue meanwhile. When the function throws or returns
   * anything else, the actor ends with reason `"failed"`.
   *
   * @default {0}
   */
  readonly backoff?: number | ((attempt: number) => number);
}

/**
 * Which children restart together when one of them restarts, as in OTP:
 *
 * - `"one-for-one"`: only the one that failed;
 * - `"one-for-all"`: all of them;
 * - `"rest-for-one"`: the one that failed and those spawned after it.
 *
 * They end in reverse order of spawning and start again in order of spawning, whatever their own strategies are. Only
 * the restarts of the one that failed are counted. It is an option of the parent; a child that stops takes nobody
 * along.
 *
 * @example
 * ```ts
 * import { Actor, ActorSystem, type ChildrenPolicy, type Context, SupervisorStrategy } from "@cinema/cinema";
 * import { assertEquals } from "@std/assert";
 *
 * const starts: string[] = [];
 * const done = Promise.withResolvers<void>();
 * class Part extends Actor {
 *   override started({ id }: Context<never>): void {
 *     starts.push(id);
 *     if (starts.length === 2) throw new Error("the second one fails once");
 *     if (starts.length === 4) done.resolve();
 *   }
 * }
 * class Whole extends Actor {
 *   override started(ctx: Context<never>): void {
 *     const strategy = SupervisorStrategy.restart(1, 1_000);
 *     for (const name of ["a", "b"]) ctx.spawnChild(() => new Part(), { name, strategy });
 *   }
 * }
 * const children: ChildrenPolicy = "one-for-all";
 *
 * await using system = new ActorSystem();
 * system.spawn(() => new Whole(), { name: "whole", children });
 * await done.promise;
 * assertEquals(starts, ["/whole/a", "/whole/b", "/whole/a", "/whole/b"]);
 * ```
 */
export type ChildrenPolicy = "one-for-one" | "one-for-all" | "rest-for-one";

/** A failure, as the rules see it. */
export interface Failure {
  /** Whether the actor was running: a factory or a `started` hook that failed left nothing to resume. */
  readonly hasStarted: boolean;
  /** The time in ms. */
  readonly now: number;
}

/** What is to be done about a failure. */
export type Directive =
  | { readonly kind: "stop"; readonly reason: "failed" | "restart-limit" }
  | { readonly kind: "restart"; readonly backoffMs: number }
  | { readonly kind: "escalate" }
  | { readonly kind: "resume" };

/** The times of the restarts that still count. Belongs to one actor, which hands it in with each failure. */
export type RestartHistory = number[];

/** Decides about a failure; records a restart in `history`. Throws what a `backoff` function throws. */
export let decide: (strategy: SupervisorStrategy, failure: Failure, history: RestartHistory) => Directive;

const STOP: Directive = { kind: "stop", reason: "failed" };

/**
 * What happens to an actor that failed: {@linkcode SupervisorStrategy.stop} (the default),
 * {@linkcode SupervisorStrategy.restart}, {@linkcode SupervisorStrategy.escalate} or
 * {@linkcode SupervisorStrategy.resume}. Belongs to the options of `spawn`, so each actor has its own.
 *
 * An actor fails when its factory, a handler, a hook or a callback of a stream throws, and when a child escalates.
 * Whatever the strategy says, the message that was being handled is not handled again: its asker gets an
 * {@linkcode ActorFailedError}, and it is a dead letter.
 *
 * @example
 * ```ts
 * import { Actor, ActorFailedError, ActorSystem, type Message, SupervisorStrategy } from "@cinema/cinema";
 * import { assertEquals, assertRejects } from "@std/assert";
 *
 * interface Divide extends Message<bigint> {
 *   type: "divide";
 *   by: bigint;
 * }
 * class Divider extends Actor<Divide> {
 *   #left = 100n;
 *   divide({ by }: Divide): bigint {
 *     return this.#left /= by; // throws a RangeError when `by` is zero
 *   }
 * }
 *
 * await using system = new ActorSystem();
 * const divider = system.spawn(() => new Divider(), { strategy: SupervisorStrategy.resume });
 * assertEquals(await divider.send({ type: "divide", by: 5n }), 20n);
 * await assertRejects(() => divider.send({ type: "divide", by: 0n }), ActorFailedError);
 * assertEquals(await divider.send({ type: "divide", by: 2n }), 10n); // it kept its state
 * ```
 */
export class SupervisorStrategy {
  /** The actor ends with reason `"failed"`; its parent and its watchers are told. */
  static readonly stop: SupervisorStrategy = new SupervisorStrategy(() => STOP);
  /**
   * The actor ends with reason `"escalated"`, and its parent fails with the same error, which the parent's own strategy
   * answers. A top-level actor has no parent: it just ends. A parent that is ending already is handed nothing.
   */
  static readonly escalate: SupervisorStrategy = new SupervisorStrategy(() => ({ kind: "escalate" }));
  /**
   * The actor keeps its state and takes its next message. After a failed factory or `started` there is nothing to keep:
   * it then ends with reason `"failed"`.
   */
  static readonly resume: SupervisorStrategy = new SupervisorStrategy(({ hasStarted }) =>
    hasStarted ? { kind: "resume" } : STOP
  );

  readonly #decide: (failure: Failure, history: RestartHistory) => Directive;

  private constructor(decide: (failure: Failure, history: RestartHistory) => Directive) {
    this.#decide = decide;
  }

  /**
   * The actor restarts with fresh state: its children, timers and streams end, its `stopped` runs, and the factory
   * makes a new one behind the same address and mailbox. One restart more than `maxRestarts` within the last `withinMs`
   * ms, and it ends with reason `"restart-limit"` instead. The rests of the back-off count: choose `withinMs` longer
   * than all of them together. `restart(Infinity, Infinity)` restarts for ever.
   *
   * The message that failed is not tried again. To try a job again, with its back-off, give it to an actor of its own
   * through the constructor and begin it in `started`: each restart does it anew.
   *
   * @throws {RangeError} When `maxRestarts` is no whole number >= 0 (or `Infinity`), `withinMs` is no number > 0, or
   * `backoff` is a number but not a finite one >= 0.
   *
   * @example
   * ```ts
   * import { Actor, ActorFailedError, ActorSystem, type Message, SupervisorStrategy } from "@cinema/cinema";
   * import { assertEquals, assertRejects } from "@std/assert";
   *
   * interface Count extends Message<number> {
   *   type: "count";
   * }
   * class Counter extends Actor<Count> {
   *   #n = 0;
   *   count(): number {
   *     if (++this.#n === 2) throw new Error("boom");
   *     return this.#n;
   *   }
   * }
   *
   * await using system = new ActorSystem();
   * const counter = system.spawn(() => new Counter(), { strategy: SupervisorStrategy.restart(3, 10_000) });
   * assertEquals(await counter.send({ type: "count" }), 1);
   * await assertRejects(() => counter.send({ type: "count" }), ActorFailedError);
   * assertEquals(await counter.send({ type: "count" }), 1); // the same address, fresh state
   * ```
   */
  static restart(maxRestarts: number, withinMs: number, options?: RestartOptions): SupervisorStrategy {
    if (!(maxRestarts >= 0) || (maxRestarts !== Infinity && !Number.isInteger(maxRestarts))) {
      throw new RangeError(`Cannot restart up to ${maxRestarts} times: maxRestarts must be a whole number >= 0`);
    }
    if (typeof withinMs !== "number" || !(withinMs > 0)) {
      throw new RangeError(`Cannot count restarts within ${withinMs} ms: it must be > 0`);
    }
    const backoff = options?.backoff ?? 0;
    if (typeof backoff === "number") checkBackoff(backoff);
    return new SupervisorStrategy(({ now }, history) => {
      // As in OTP, a restart that is exactly `withinMs` old still counts.
      while (history.length > 0 && history[0]! + withinMs < now) history.shift();
      if (history.length >= maxRestarts) return { kind: "stop", reason: "restart-limit" };
      const attempt = history.length + 1;
      const backoffMs = typeof backoff === "number" ? backoff : checkBackoff(backoff(attempt));
      if (maxRestarts === Infinity && history.length >= ATTEMPTS_COUNTED) history.shift();
      history.push(now);
      return { kind: "restart", backoffMs };
    });
  }

  // What it decides is the runtime's concern, not part of the public class.
  static {
    decide = (strategy, failure, history) => strategy.#decide(failure, history);
  }
}

/** Restarts remembered under `restart(Infinity, ...)`: enough for any back-off curve, and bounded. */
const ATTEMPTS_COUNTED = 1_000;

function checkBackoff(ms: number): number {
  if (Number.isFinite(ms) && ms >= 0) return ms;
  throw new RangeError(`Cannot back off for ${ms} ms: it must be a finite number >= 0`);
}
