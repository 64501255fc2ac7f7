/**
 * The cell: what the runtime keeps of one actor over all its incarnations.
 * @module
 */

import type { Factory } from "../actor.ts";
import type { Addr } from "../addr.ts";
import { STOP_TIMEOUT_MS } from "../limits.ts";
import { Mailbox } from "../mailbox.ts";
import type { AnyMessage } from "../message.ts";
import type { SpawnOptions, SystemStopOptions } from "../options.ts";
import { decide, type Directive, type RestartHistory, SupervisorStrategy } from "../supervision.ts";
import type { StopReason, Terminated } from "../watch.ts";
import { Children } from "./children.ts";
import type { Envelope } from "./envelope.ts";
import { classNameOf, wasToldToEnd } from "./incarnation.ts";
import { Life } from "./life.ts";
import { LocalAddr } from "./local_addr.ts";
import { failOpenAsks } from "./open_asks.ts";
import { Patience } from "./patience.ts";
import { RestartGroup } from "./restart_group.ts";
import type { Runtime } from "./runtime.ts";
import { spawnCell } from "./spawn.ts";
import { discard } from "./turn.ts";
import { isUnobserved, Watches } from "./watches.ts";

/** One actor: its place in the tree and what belongs to it. What it does is its {@linkcode Life}. */
export class Cell {
  /** What it shares with the other cells. */
  readonly runtime: Runtime;
  /** The cell that spawned it; undefined at the top level. */
  readonly parent: Cell | undefined;
  /** Makes its actor. */
  readonly factory: Factory<AnyMessage>;
  /** How it was spawned. */
  readonly options: SpawnOptions<never>;
  /** Its address. */
  readonly addr: Addr<AnyMessage>;
  /** Whether it takes messages. */
  isAlive = true;
  /** How it ended, when it has. */
  terminated: Terminated | undefined;
  /** Whether somebody has asked its address how it ends. */
  isObserved = false;
  /** Whether somebody who asked heard of its last failure. */
  isFailureKnown = false;
  readonly #serial: number;
  #className = "Actor";
  readonly #life: Life;
  // Made when they are first needed, so that an idle actor stays small.
  #mailbox: Mailbox | undefined;
  #children: Children | undefined;
  #group: RestartGroup | undefined;
  #watches: Watches | undefined;
  #patience: Patience | undefined;
  #closed: PromiseWithResolvers<Terminated> | undefined;
  #onClosed: Set<() => void> | undefined;

  /** Creates the cell. */
  constructor(runtime: Runtime, parent: Cell | undefined, factory: Factory<AnyMessage>, options: SpawnOptions<never>) {
    this.runtime = runtime;
    this.parent = parent;
    this.factory = factory;
    this.options = options;
    this.#serial = runtime.nextSerial();
    runtime.living++;
    this.addr = LocalAddr.of(this);
    parent?.watches.watch(this);
    this.#life = new Life(this);
  }

  /** Makes the first actor; the cell has its place among its siblings by then, because the factory may look at it. */
  begin(): void {
    this.#life.begin();
    // Kept, because a later factory call may make an actor of another class, and an id must not change.
    this.#className = classNameOf(this.#life.actorClass);
  }

  /** Its labels from the top of the tree down. No recursion: a tree may be deeper than the stack. */
  get id(): string {
    let id = `/${this.label}`;
    for (let above = this.parent; above !== undefined; above = above.parent) id = `/${above.label}${id}`;
    return id;
  }

  /** Its name among its siblings. */
  get label(): string {
    return this.options.name ?? `${this.#className}-${this.#serial}`;
  }

  /** The class of its first actor. */
  get className(): string {
    return this.#className;
  }

  /** What it does, as far as others may look. */
  get life(): Pick<Life, "restarts" | "stage" | "hearsOfEnds" | "stop"> {
    return this.#life;
  }

  /** Whether its actor is of a class, or of a subclass of it; undefined while no factory call has succeeded. */
  isInstanceOf(expected: abstract new (...args: never[]) => unknown): boolean | undefined {
    const { actorClass } = this.#life;
    return actorClass && (actorClass === expected || actorClass.prototype instanceof expected);
  }

  /** Its mailbox. */
  get mailbox(): Mailbox {
    return this.#mailbox ??= new Mailbox(this.options);
  }

  /** Its mailbox, if anything was ever sent to it. */
  get mailboxIfAny(): Mailbox | undefined {
    return this.#mailbox;
  }

  /** How many messages are queued. */
  get queued(): number {
    return this.#mailbox?.queued ?? 0;
  }

  /** How long in ms its current handler has been running. */
  get busyMs(): number | undefined {
    return this.#patience?.busyMs;
  }

  /** Ms that a handler or hook may go on when it is to end: none when a shutdown ran out of time. */
  get stopTimeoutMs(): number {
    return this.runtime.isForced ? 0 : this.options.stopTimeout ?? STOP_TIMEOUT_MS;
  }

  /** Its living children. */
  get children(): Cell[] {
    return this.#children?.list() ?? [];
  }

  /** The same, without a list of them; undefined where it never had any. */
  get childrenIfAny(): Children | undefined {
    return this.#children;
  }

  /** What restarts its children together; undefined where each restarts alone. */
  get group(): RestartGroup | undefined {
    const { children: policy = "one-for-one" } = this.options;
    if (policy === "one-for-one" || this.#children === undefined) return undefined;
    return this.#group ??= new RestartGroup(policy, this.#children, this.runtime.clock);
  }

  /** Both ends of its watches. */
  get watches(): Watches {
    return this.#watches ??= new Watches(this);
  }

  /** How it waits for handlers and hooks. */
  get patience(): Patience {
    return this.#patience ??= new Patience(
      this.runtime.clock,
      (error) => wasToldToEnd(this, error) || this.report(error),
    );
  }

  /** Resolves when it has ended. */
  get closed(): Promise<Terminated> {
    if (this.terminated !== undefined) return Promise.resolve(this.terminated);
    return (this.#closed ??= Promise.withResolvers()).promise;
  }

  /** Calls back when it has ended, which does not count as observing its failure; returns how to take it back. */
  onClosed(callback: () => void): () => void {
    if (this.terminated !== undefined) callback();
    else (this.#onClosed ??= new Set()).add(callback);
    return () => this.#onClosed?.delete(callback);
  }

  /** Something was put into the mailbox. */
  arrived(): void {
    this.#life.arrived();
  }

  /** Queues a turn of the runtime; an actor that has ended takes none. */
  push(envelope: Envelope): void {
    if (this.terminated !== undefined) return;
    this.mailbox.push(envelope);
    this.arrived();
  }

  /** Spawns a child. */
  spawnChild(factory: Factory<AnyMessage>, options: SpawnOptions<never>): Cell {
    return spawnCell(this.runtime, this, this.#children ??= new Children(), factory, options);
  }

  /** Requests a stop, and takes no messages from now on. */
  requestStop(reason: StopReason, { drain = false, timeout }: SystemStopOptions = {}): void {
    this.#close(reason, drain, timeout);
    if (drain) return;
    // A drain has gone on to a child, and from there down: that must not go on either.
    const below = reason === "shutdown" ? reason : "parent";
    for (let next = this.#children?.ending; next !== undefined; next = next.#children?.ending) {
      next.#close(below, false);
    }
  }

  #close(reason: StopReason, drain: boolean, timeout?: number): void {
    if (this.terminated !== undefined) return;
    this.isAlive = false;
    this.#life.requestStop(reason, drain, this.runtime.isForced ? 0 : timeout ?? this.stopTimeoutMs);
    this.#mailbox?.turnAway();
  }

  /** Ends its incarnation and rests until `revive()`; resolves when it rests or has ended. */
  suspend(): Promise<void> {
    return this.terminated === undefined ? this.#life.suspend() : Promise.resolve();
  }

  /** Goes on after `suspend()`; resolves with whether it started again. */
  revive(): Promise<boolean> {
    return this.#life.revive();
  }

  /**
   * A shutdown ran out of time: waits for nobody any more, and neither does who is below it. No recursion, as above.
   */
  giveUp(): void {
    const all: Cell[] = [this];
    for (const cell of all) {
      cell.#close("shutdown", false, 0);
      for (const child of cell.children) all.push(child);
    }
  }

  /** A handler or hook failed, or a child hands up its failure (not `isOwn`); `isKnown` when an asker heard of it. */
  fail(error: unknown, isKnown: boolean, isOwn = true): void {
    if (this.terminated !== undefined) return;
    this.isFailureKnown = isKnown;
    this.#life.fail(error, isOwn);
  }

  /** A handler or hook did not settle in time. */
  abandon(): void {
    this.#life.abandon();
  }

  /** What its strategy says about a failure; a back-off function that throws is told of and means stop. */
  decide(hasStarted: boolean, history: RestartHistory): Directive {
    const { options: { strategy = SupervisorStrategy.stop }, runtime: { clock } } = this;
    try {
      return decide(strategy, { hasStarted, now: clock.now() }, history);
    } catch (error) {
      this.report(error);
      return { kind: "stop", reason: "failed" };
    }
  }

  /** Tells the event stream of a failure. */
  report(error: unknown): void {
    const { events } = this.runtime;
    if (events.isTroubleHeard) events.emitTrouble({ kind: "failed", addr: this.addr, error });
  }

  /** Tells the event stream that an incarnation started. */
  emit(kind: "started" | "restarted"): void {
    const { events } = this.runtime;
    if (kind === "restarted") {
      if (events.isTroubleHeard) events.emitTrouble({ kind, addr: this.addr });
    } else if (events.isObserved) events.emit({ kind, addr: this.addr });
  }

  /** Ends the children, the last one first; they drain where this actor did, and the next incarnation hears of none. */
  async endChildren(reason: StopReason): Promise<void> {
    this.group?.cancel();
    this.#watches?.forgetChildren();
    for (const child of this.children.reverse()) {
      this.#children!.ending = child;
      child.requestStop(reason, { drain: this.#life.stop?.drain ?? false });
      await child.closed;
    }
    if (this.#children !== undefined) this.#children.ending = undefined;
    this.#group = undefined;
  }

  /** Ends the actor: nothing of it is left behind, and everybody concerned is told in this one turn. */
  end(reason: StopReason, error: unknown): void {
    const { addr, parent, runtime } = this;
    const notice: Terminated = error === undefined ? { addr, reason } : { addr, reason, error };
    if (this.terminated === undefined) runtime.living--;
    this.terminated = notice;
    runtime.registry.forget(this);
    (parent === undefined ? runtime.topLevel : parent.#children!).remove(this, this.options.name);
    for (const envelope of this.#mailbox?.clear() ?? []) discard(this, envelope);
    if (runtime.events.isObserved) runtime.events.emit({ kind: "stopped", addr, reason });
    // In a microtask of its own: what the callback throws is the caller's, and must not cut this end short.
    const unheard = isUnobserved(this, reason) ? () => queueMicrotask(() => runtime.unobserved(notice)) : undefined;
    if (this.#watches !== undefined) this.#watches.end(notice, unheard);
    else unheard?.();
    this.#closed?.resolve(notice);
    for (const callback of this.#onClosed ?? []) callback();
    failOpenAsks(this);
    if (reason === "escalated") parent?.fail(error, this.isFailureKnown, false);
  }
}
