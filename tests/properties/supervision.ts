import { assert, assertEquals, assertLessOrEqual } from "@std/assert";
import * as fc from "fast-check";
import { Actor, type Addr, type ChildrenPolicy, type Context, type Message, SupervisorStrategy } from "../../mod.ts";
import { decide, type Directive, type RestartHistory } from "../../src/supervision.ts";
import { VirtualSystem } from "../support/virtual.ts";
import { asyncProperty, type Property, property } from "./property.ts";

/** How often an actor may restart, and within how many ms. Quarters, because their sums are exact. */
const anyLimit = fc.record({
  maxRestarts: fc.oneof(fc.nat(4), fc.constant(Infinity)),
  withinMs: fc.oneof(fc.integer({ min: 1, max: 40 }).map((n) => n / 4), fc.constant(Infinity)),
});

interface Limit {
  readonly maxRestarts: number;
  readonly withinMs: number;
}

const anyGap = fc.oneof(fc.nat(12).map((n) => n / 4), fc.constantFrom(0, 10, 10.25, 1_000));

/** The rule in the plainest way: of all restarts so far, so many are not older than the window. */
class Budget {
  readonly restartedAt: number[] = [];
  readonly #limit: Limit;
  constructor(limit: Limit) {
    this.#limit = limit;
  }
  /** The number of the restart within the window; undefined where the actor is to stop. */
  attempt(now: number): number | undefined {
    const { maxRestarts, withinMs } = this.#limit;
    const counted = this.restartedAt.filter((at) => now - at <= withinMs).length;
    if (counted >= maxRestarts) return undefined;
    this.restartedAt.push(now);
    return counted + 1;
  }
}

function checkArithmetic(limit: Limit, gaps: readonly number[]): void {
  const attempts: number[] = [];
  const backoff = (attempt: number): number => {
    attempts.push(attempt);
    return attempt * 2;
  };
  const strategy = SupervisorStrategy.restart(limit.maxRestarts, limit.withinMs, { backoff });
  const history: RestartHistory = [];
  const budget = new Budget(limit);
  let now = 0;
  for (const gap of gaps) {
    now += gap;
    const attempt = budget.attempt(now);
    const expected: Directive = attempt === undefined
      ? { kind: "stop", reason: "restart-limit" }
      : { kind: "restart", backoffMs: attempt * 2 };
    assertEquals(decide(strategy, { hasStarted: gap !== 0, now }, history), expected);
    if (attempt !== undefined) assertEquals(attempts.at(-1), attempt);
  }
  for (const from of budget.restartedAt) {
    const within = budget.restartedAt.filter((at) => at >= from && at <= from + limit.withinMs).length;
    assertLessOrEqual(within, limit.maxRestarts, `restarts within the ms after ${from}`);
  }
}

interface Fail extends Message {
  readonly type: "fail";
  readonly workMs: number | undefined;
}

/** What happened to an actor that fails: when it was made, and when it failed. */
interface Record {
  readonly madeAt: number[];
  readonly failures: { readonly at: number; readonly hasStopped: boolean }[];
}

interface Weak {
  readonly system: VirtualSystem;
  readonly record: Record;
  readonly stoppedMs: number;
  /** Of which incarnation the factory or `started` fails. */
  readonly failsAt: ReadonlyMap<number, "factory" | "started">;
}

function fail({ system, record }: Weak, hasStopped = true): never {
  record.failures.push({ at: system.clock.now(), hasStopped });
  throw new RangeError("weak");
}

function sleep({ system: { clock } }: Weak, ms: number): Promise<void> {
  return new Promise((resolve) => clock.schedule(ms, resolve));
}

class Weakling extends Actor<Fail> {
  readonly #weak: Weak;
  readonly #failsAtOnce: boolean;
  constructor(weak: Weak) {
    super();
    this.#weak = weak;
    const { record: { madeAt }, failsAt, system } = weak;
    const failing = failsAt.get(madeAt.length);
    this.#failsAtOnce = failing === "started";
    madeAt.push(system.clock.now());
    if (failing === "factory") fail(weak, false);
  }
  override started(): void {
    if (this.#failsAtOnce) fail(this.#weak);
  }
  override stopped(): Promise<void> | void {
    if (this.#weak.stoppedMs > 0) return sleep(this.#weak, this.#weak.stoppedMs);
  }
  fail({ workMs }: Fail): Promise<void> {
    if (workMs === undefined) fail(this.#weak);
    return sleep(this.#weak, workMs).then(() => fail(this.#weak));
  }
}

const anyLife = fc.record({
  limit: anyLimit,
  backoffMs: fc.constantFrom(0, 0, 3, 30),
  stoppedMs: fc.constantFrom(0, 0, 2),
  failsAt: fc.uniqueArray(
    fc.tuple(fc.nat(8), fc.constantFrom("factory" as const, "started" as const)),
    { maxLength: 4, selector: ([n]) => n },
  ),
  steps: fc.array(fc.record({ gapMs: anyGap, workMs: fc.constantFrom(undefined, undefined, 0, 1, 5) }), {
    maxLength: 20,
    size: "max",
  }),
});

type LifeCase = typeof anyLife extends fc.Arbitrary<infer L> ? L : never;

async function checkLife({ limit, backoffMs, stoppedMs, failsAt, steps }: LifeCase): Promise<void> {
  await using system = new VirtualSystem();
  const record: Record = { madeAt: [], failures: [] };
  const weak: Weak = { system, record, stoppedMs, failsAt: new Map(failsAt) };
  const strategy = SupervisorStrategy.restart(limit.maxRestarts, limit.withinMs, {
    backoff: (attempt) => attempt * backoffMs,
  });
  const addr = system.spawn(() => new Weakling(weak), { strategy });
  const closed = addr.closed.then(({ reason }) => reason);
  for (const { gapMs, workMs } of steps) {
    await system.clock.advance(gapMs);
    addr.trySend({ type: "fail", workMs });
  }
  await system.clock.advance(10_000);
  const budget = new Budget(limit);
  const expected = [0];
  let isOver = false;
  for (const { at, hasStopped } of record.failures) {
    assert(!isOver, "it fails no more when it has ended");
    const attempt = budget.attempt(at);
    if (attempt === undefined) isOver = true;
    else expected.push(at + (hasStopped ? stoppedMs : 0) + attempt * backoffMs);
  }
  assertEquals(record.madeAt, expected);
  assertEquals(addr.isAlive, !isOver);
  if (isOver) assertEquals(await closed, "restart-limit");
  else assertEquals(record.failures.length, steps.length + countUsed(failsAt, record.madeAt.length));
}

function countUsed(failsAt: LifeCase["failsAt"], made: number): number {
  return failsAt.filter(([n]) => n < made).length;
}

/** A parent of children that each have a budget of their own. */
class Parent extends Actor {
  readonly #spawn: (ctx: Context<never>) => void;
  constructor(spawn: (ctx: Context<never>) => void) {
    super();
    this.#spawn = spawn;
  }
  override started(ctx: Context<never>): void {
    this.#spawn(ctx);
  }
}

const anyFamily = fc.record({
  children: fc.constantFrom<ChildrenPolicy>("one-for-one", "one-for-all", "rest-for-one"),
  limits: fc.array(anyLimit, { minLength: 1, maxLength: 4 }),
  backoffMs: fc.constantFrom(0, 2),
  steps: fc.array(fc.record({ child: fc.nat(3), gapMs: anyGap }), { maxLength: 20, size: "max" }),
});

async function checkFamily(
  { children, limits, backoffMs, steps }: typeof anyFamily extends fc.Arbitrary<infer F> ? F : never,
): Promise<void> {
  const told: string[] = [];
  await using system = new VirtualSystem({ onUnobservedFailure: ({ addr }) => told.push(addr.id) });
  const records = limits.map((): Record => ({ madeAt: [], failures: [] }));
  const addrs: Addr<Fail>[] = [];
  system.spawn(() =>
    new Parent((ctx) => {
      for (const [n, { maxRestarts, withinMs }] of limits.entries()) {
        const weak: Weak = { system, record: records[n]!, stoppedMs: 0, failsAt: new Map() };
        const strategy = SupervisorStrategy.restart(maxRestarts, withinMs, { backoff: backoffMs });
        addrs.push(ctx.spawnChild(() => new Weakling(weak), { strategy }));
      }
    }), { children });
  await system.clock.settle();
  const budgets = limits.map((limit) => new Budget(limit));
  const alive = new Set(limits.keys());
  const made = limits.map(() => 1);
  for (const { child, gapMs } of steps) {
    const n = child % limits.length;
    // Each restart comes to its end before the next failure.
    await system.clock.advance(gapMs + backoffMs);
    addrs[n]!.trySend({ type: "fail", workMs: undefined });
    const failedAt = system.clock.now();
    await system.clock.settle();
    if (!alive.has(n)) continue;
    if (budgets[n]!.attempt(failedAt) === undefined) alive.delete(n);
    else {
      const from = children === "one-for-all" ? 0 : n;
      const to = children === "one-for-one" ? n : limits.length - 1;
      for (const each of alive) if (each >= from && each <= to) made[each]!++;
    }
  }
  await system.clock.advance(100);
  assertEquals(records.map(({ madeAt }) => madeAt.length), made);
  assertEquals(addrs.map(({ isAlive }) => isAlive), addrs.map((_, n) => alive.has(n)));
  // Their parent has no hook that could tell it, so each end is told of, once.
  assertEquals(told.toSorted(), addrs.filter(({ isAlive }) => !isAlive).map(({ id }) => id).toSorted());
}

/** The laws of supervision. */
export const SUPERVISION: readonly Property[] = [
  property(
    "an actor restarts exactly as often within its window as it may, and each restart knows which one it is",
    2_000,
    fc.tuple(anyLimit, fc.array(anyGap, { maxLength: 40, size: "max" })),
    ([limit, gaps]) => checkArithmetic(limit, gaps),
  ),
  asyncProperty(
    "an actor that fails, wherever and whenever, starts again when it may and at its time, and ends when it may not",
    600,
    anyLife,
    checkLife,
  ),
  asyncProperty(
    "among siblings only the one that failed is charged, and those restart with it that must",
    400,
    anyFamily,
    checkFamily,
  ),
];
