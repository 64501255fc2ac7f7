/**
 * Restarting siblings together, as OTP's one-for-all and rest-for-one do.
 * @module
 */

import type { Clock } from "../clock.ts";
import type { ChildrenPolicy } from "../supervision.ts";
import type { Cell } from "./cell.ts";
import type { Children } from "./children.ts";
import { Delay } from "./delay.ts";

/** One failure that restarts a group. */
interface Request {
  readonly failed: Cell;
  readonly backoffMs: number;
}

/**
 * Restarts the siblings of one parent together, one failure after the other: the failed one ends, then all others of
 * the group in reverse order of spawning; when the back-off is over, all start again in order of spawning, each after
 * the one before it started.
 */
export class RestartGroup {
  readonly #policy: ChildrenPolicy;
  readonly #children: Children;
  readonly #clock: Clock;
  #requests: Request[] = [];
  #isRunning = false;
  #isCancelled = false;
  #interrupt: (() => void) | undefined;

  /** Creates the group of a parent's children. */
  constructor(policy: ChildrenPolicy, children: Children, clock: Clock) {
    this.#policy = policy;
    this.#children = children;
    this.#clock = clock;
  }

  /** Restarts the group of `failed`, which has been suspended. */
  restart(failed: Cell, backoffMs: number): void {
    if (this.#isCancelled) return;
    this.#requests.push({ failed, backoffMs });
    if (!this.#isRunning) this.#runAll();
  }

  /** The parent ends or restarts, and with it all children: nothing is left to restart, now or later. */
  cancel(): void {
    this.#isCancelled = true;
    this.#requests = [];
    this.#interrupt?.();
  }

  async #runAll(): Promise<void> {
    this.#isRunning = true;
    for (let next = this.#requests.shift(); next !== undefined; next = this.#requests.shift()) await this.#run(next);
    this.#isRunning = false;
  }

  async #run({ failed, backoffMs }: Request): Promise<void> {
    const members = this.#membersWith(failed);
    for (const member of [failed, ...members.toReversed()]) {
      // The parent ends its children itself, and may let them drain.
      if (this.#isCancelled) return;
      await member.suspend();
    }
    // Members that failed as well until now end and start with the others: that answers their failure too.
    this.#requests = this.#requests.filter((request) => !members.includes(request.failed));
    if (backoffMs > 0 && !this.#isCancelled) {
      const backoff = new Delay(this.#clock, backoffMs);
      this.#interrupt = backoff.end;
      await backoff.over;
    }
    for (const member of members) {
      if (this.#isCancelled) return;
      const hasStarted = await member.revive();
      // It failed at once and asked for a restart of its own, whose group covers the members that still rest.
      if (!hasStarted && this.#requests.some((request) => request.failed === member)) return;
    }
  }

  #membersWith(failed: Cell): Cell[] {
    const all = this.#children.list();
    const place = all.indexOf(failed);
    // It may have been stopped meanwhile.
    if (place < 0) return [];
    return this.#policy === "rest-for-one" ? all.slice(place) : all;
  }
}
