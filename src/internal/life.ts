/**
 * The life of an actor: the loop that runs it, one incarnation after the other.
 * @module
 */

import { Actor } from "../actor.ts";
import type { RestartHistory } from "../supervision.ts";
import type { StopReason } from "../watch.ts";
import type { Cell } from "./cell.ts";
import { ControlLane, isFailure, type StopRequest } from "./control_lane.ts";
import { Delay } from "./delay.ts";
import { classNameOf, Incarnation } from "./incarnation.ts";
import { observe, probeOf } from "./instrument.ts";
import { failOpenAsks } from "./open_asks.ts";
import { type Outcome, resume, type Runnable } from "./run_loop.ts";
import { Suspension } from "./suspension.ts";
import { runTracedTurn, runTurn, STARTED, STOPPED } from "./turn.ts";

/** How often an actor parks before it opens its stream, which costs 5 to 10 us and 1.7 KB: many end sooner. */
const PARKS_WITHOUT_STREAM = 16;

/** What a cell does, as opposed to what it is. */
export class Life implements Runnable {
  /** The class of the actor; undefined until a factory call has succeeded. */
  actorClass: typeof Actor | undefined;
  /** How many incarnations there were before this one; -1 before the first. */
  restarts = -1;
  readonly #cell: Cell;
  #incarnation: Incarnation | undefined;
  #control: ControlLane | undefined;
  #history: RestartHistory | undefined;
  #parks = 0;
  #isRunning = false;
  /** Makes the loop look at the control lane between two messages. */
  #isInterrupted = false;
  #isAbandoned = false;
  /** Ends a rest or a back-off early. */
  #wakeUp: (() => void) | undefined;

  /** Prepares a life. */
  constructor(cell: Cell) {
    this.#cell = cell;
  }

  /** Makes the first incarnation, which starts in a microtask. */
  begin(): void {
    this.#incarnate();
    observe(this.#cell, classNameOf(this.actorClass));
    // The factory may have stopped the actor already.
    if (!this.#isRunning) this.#launch();
  }

  /** How far its incarnation has come, as one part of the `ActorStatus`; only one in `"running"` takes messages. */
  get stage(): "starting" | "running" | "restarting" {
    if (this.#incarnation?.isClosed ?? true) return "restarting";
    return this.#incarnation!.hasStarted ? "running" : this.restarts > 0 ? "restarting" : "starting";
  }

  /** Whether its actor has a `terminated` hook; between two incarnations, whether the next one will. */
  get hearsOfEnds(): boolean {
    return "terminated" in (this.#incarnation?.actor ?? this.actorClass?.prototype ?? {});
  }

  /** The stop that was requested. */
  get stop(): StopRequest | undefined {
    return this.#control?.stop;
  }

  /** Something was put into the mailbox. */
  arrived(): void {
    if (!this.#isRunning) this.#launch();
  }

  /** Requests a stop. */
  requestStop(reason: StopReason, drain: boolean, timeoutMs: number): void {
    if (!this.#lane.requestStop(reason, drain).drain) this.#incarnation?.abort();
    this.#cell.patience.limit(timeoutMs);
    this.#interrupt();
  }

  /** Ends the incarnation and rests until `revive()`; resolves when it rests or has ended. */
  suspend(): Promise<void> {
    const lane = this.#lane;
    if (lane.suspension === undefined) {
      lane.suspension = new Suspension();
      this.#incarnation?.abort();
      this.#cell.patience.limit(this.#cell.stopTimeoutMs);
      this.#interrupt();
    }
    return lane.suspension.ended.promise;
  }

  /** Goes on after `suspend()`; resolves with whether it started again. */
  revive(): Promise<boolean> {
    const suspension = this.#control?.suspension;
    suspension?.revived.resolve();
    return suspension?.started.promise ?? Promise.resolve(false);
  }

  /** The actor failed, or (not its own failure) a child did and escalates. */
  fail(error: unknown, isOwn: boolean): void {
    if (isOwn && this.#incarnation !== undefined) this.#incarnation.hasFailed = true;
    this.#lane.fail(error);
    this.#interrupt();
  }

  /** A handler did not settle in time. */
  abandon(): void {
    this.#isAbandoned = this.#isInterrupted = true;
    if (this.stop !== undefined) this.stop.drain = false;
  }

  get #lane(): ControlLane {
    return this.#control ??= new ControlLane();
  }

  #interrupt(): void {
    this.#isInterrupted = true;
    this.#wakeUp?.();
    if (this.#isRunning) this.#cell.mailboxIfAny?.wake();
    else this.#launch();
  }

  #launch(): void {
    this.#isRunning = true;
    this.#cell.runtime.fairness.launch(this);
  }

  /** Goes on after it was launched, or has waited for its turn. */
  resume(): void {
    resume(this, this.#cell);
  }

  /** Parks without the stream; false when the actor has parked so often that it may as well have one. */
  park(): boolean {
    if (this.#cell.mailboxIfAny !== undefined && this.#parks++ >= PARKS_WITHOUT_STREAM) return false;
    this.#isRunning = false;
    return true;
  }

  /** Goes on until there is nothing to do, or something to wait for first. */
  proceed(): Outcome {
    const cell = this.#cell;
    const { fairness, instrument } = cell.runtime;
    const isTraced = instrument !== undefined;
    let outcome: Outcome = "idle";
    for (;;) {
      const order = this.#obey();
      if (order !== undefined) return order;
      const incarnation = this.#incarnation!;
      const mailbox = cell.mailboxIfAny;
      while (!this.#isInterrupted) {
        if (mailbox === undefined || mailbox.queued === 0) {
          if (this.stop === undefined) return outcome;
          break;
        }
        if (!fairness.spend()) return "exhausted";
        outcome = "worked";
        const queued = mailbox.take()!;
        const pending = isTraced ? runTracedTurn(cell, incarnation, queued) : runTurn(cell, incarnation, queued);
        if (pending !== undefined) return pending;
      }
    }
  }

  /** Does what comes before messages; undefined when there is nothing, or it was done at once. */
  #obey(): Outcome | undefined {
    this.#isInterrupted = false;
    if (this.stop?.drain && this.#cell.patience.isOver) this.stop.drain = false;
    // Between two incarnations there is nobody who could drain the mailbox.
    const order = this.#control?.next(this.#incarnation === undefined ? 0 : this.#cell.queued);
    if (order === undefined) {
      if (this.#incarnation!.hasStarted) return undefined;
      // A chain of actors that spawn each other must not starve timers either.
      return this.#cell.runtime.fairness.spend() ? this.#start(this.#incarnation!) : "exhausted";
    }
    if (order.kind === "recover") return this.#recover(order.error);
    return order.kind === "rest" ? this.#rest(order.suspension) : this.#end(order.stop);
  }

  /** Makes the actor. */
  #incarnate(): void {
    this.#isAbandoned = false;
    this.restarts++;
    if (this.restarts > 0) this.#cell.patience.renew();
    try {
      const actor: unknown = this.#cell.factory();
      if (!(actor instanceof Actor)) throw new TypeError("Cannot spawn: the factory did not return an actor");
      this.actorClass = actor.constructor as typeof Actor;
      this.#incarnation = new Incarnation(this.#cell, actor);
    } catch (error) {
      this.#cell.isFailureKnown = false;
      this.#lane.fail(error);
    }
  }

  /** Calls `started`; undefined when that is done. A hook that is a getter may throw, so only its turn looks at it. */
  #start(incarnation: Incarnation): Promise<void> | undefined {
    incarnation.hasBegun = true;
    const pending = "started" in incarnation.actor ? runTurn(this.#cell, incarnation, STARTED) : undefined;
    if (pending !== undefined) return pending.then(() => this.#started(incarnation));
    this.#started(incarnation);
    return undefined;
  }

  #started(incarnation: Incarnation): void {
    if (this.#isAbandoned || incarnation.hasFailed) return;
    incarnation.hasStarted = true;
    if (this.restarts > 0) probeOf(this.#cell)?.restarted();
    this.#cell.emit(this.restarts === 0 ? "started" : "restarted");
  }

  /** Answers a failure by the strategy. */
  async #recover(error: unknown): Promise<void> {
    this.#cell.report(error);
    probeOf(this.#cell)?.failed();
    const { stop } = this.#lane;
    if (stop !== undefined && !stop.drain) return this.#endWith("failed", error);
    // Its group restarts it anyway.
    if (this.#lane.suspension !== undefined) return;
    const directive = this.#cell.decide(this.#incarnation?.hasStarted ?? false, this.#history ??= []);
    if (directive.kind === "stop") this.#endWith(directive.reason, error);
    else if (directive.kind === "escalate") this.#endWith("escalated", error);
    // An actor that drains because it is to stop does not restart for that.
    else if (directive.kind === "restart" && stop !== undefined) this.#endWith("failed", error);
    else if (directive.kind === "restart") await this.#restart(directive.backoffMs);
  }

  /** Ends because of a failure. The first one counts: what fails while the actor ends must not hide it. */
  #endWith(reason: StopReason, error: unknown): void {
    if (this.stop !== undefined && isFailure(this.stop.reason)) return;
    this.#cell.requestStop(reason);
    Object.assign(this.#lane.stop!, { reason, error });
  }

  async #restart(backoffMs: number): Promise<void> {
    // Endless restarts must not starve timers either.
    if (!this.#cell.runtime.fairness.spend()) await this.#cell.runtime.fairness.pause();
    const group = this.#cell.parent?.group;
    if (group !== undefined) {
      this.suspend();
      return group.restart(this.#cell, backoffMs);
    }
    await this.#endIncarnation();
    if (backoffMs > 0 && this.stop === undefined) {
      const backoff = new Delay(this.#cell.runtime.clock, backoffMs);
      this.#wakeUp = backoff.end;
      await backoff.over;
      this.#wakeUp = undefined;
    }
    if (this.stop === undefined) this.#incarnate();
  }

  /** Rests while its group ends, and starts again when it is told to. */
  async #rest(suspension: Suspension): Promise<void> {
    const lane = this.#lane;
    await this.#endIncarnation();
    suspension.ended.resolve();
    this.#wakeUp = suspension.revived.resolve;
    if (lane.stop === undefined) await suspension.revived.promise;
    this.#wakeUp = undefined;
    if (lane.stop !== undefined) return;
    lane.suspension = undefined;
    this.#incarnate();
    if (this.#incarnation !== undefined) await this.#start(this.#incarnation);
    // The group must not go on before it is known what becomes of a member that failed at once.
    const failure = lane.takeFailure();
    if (failure !== undefined) await this.#recover(failure.error);
    suspension.started.resolve(this.#incarnation?.hasStarted ?? false);
  }

  /** Ends the incarnation: timers and streams, the children in reverse order, then its `stopped`. */
  async #endIncarnation(): Promise<void> {
    const incarnation = this.#incarnation;
    if (incarnation === undefined) return;
    const cell = this.#cell;
    incarnation.close();
    await cell.endChildren(this.stop?.reason === "shutdown" ? "shutdown" : "parent");
    // What else failed in it is answered by its end.
    this.#control?.forgetFailures();
    if (incarnation.hasBegun && !this.#isAbandoned && "stopped" in incarnation.actor) {
      cell.patience.renew();
      cell.patience.limit(cell.stopTimeoutMs);
      await runTurn(cell, incarnation, STOPPED);
      // A `stopped` that failed is told of, but changes nothing more: the incarnation has ended.
      const failure = this.#control?.takeFailure();
      if (failure !== undefined) cell.report(failure.error);
      if (failure !== undefined && this.stop !== undefined) this.#endWith("failed", failure.error);
    }
    failOpenAsks(cell);
    this.#incarnation = undefined;
  }

  async #end(stop: StopRequest): Promise<void> {
    if (!this.#cell.runtime.fairness.spend()) await this.#cell.runtime.fairness.pause();
    await this.#endIncarnation();
    this.#cell.end(this.#isAbandoned && !isFailure(stop.reason) ? "abandoned" : stop.reason, stop.error);
    this.#lane.suspension?.cancel();
  }
}
