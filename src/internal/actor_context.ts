/**
 * The context that handlers get: a thin face of the cell and its incarnation.
 * @module
 */

import type { Factory } from "../actor.ts";
import type { ActorRef, Addr, AnyAddr } from "../addr.ts";
import type { Context } from "../context.ts";
import type { AnyMessage } from "../message.ts";
import type { StreamHandler } from "../streams.ts";
import type { ActorSystem } from "../system.ts";
import type { SpawnOptions } from "../options.ts";
import type { TimerHandle } from "../timers.ts";
import type { Cell } from "./cell.ts";
import type { Incarnation } from "./incarnation.ts";
import { cellOf } from "./local_addr.ts";
import { DEFAULT_OPTIONS } from "./spawn.ts";
import { type Watchable, watchableOf } from "./watchable.ts";

/** See {@linkcode Context}. */
export class ActorContext implements Context<AnyMessage> {
  readonly #cell: Cell;
  readonly #incarnation: Incarnation;

  /** Creates the context of one incarnation. */
  constructor(cell: Cell, incarnation: Incarnation) {
    this.#cell = cell;
    this.#incarnation = incarnation;
  }

  get address(): Addr<AnyMessage> {
    return this.#cell.addr;
  }

  get id(): string {
    return this.#cell.id;
  }

  get system(): ActorSystem {
    return this.#cell.runtime.system;
  }

  get signal(): AbortSignal {
    return this.#incarnation.signal;
  }

  get children(): readonly AnyAddr[] {
    return this.#cell.children.map((child) => child.addr);
  }

  get restarts(): number {
    return this.#cell.life.restarts;
  }

  stop(): void {
    if (!this.#incarnation.isClosed) this.#cell.requestStop("stopped");
  }

  spawnChild<C extends AnyMessage>(factory: Factory<C>, options: SpawnOptions<NoInfer<C>> = DEFAULT_OPTIONS): Addr<C> {
    this.#incarnation.check("spawn a child");
    return this.#cell.spawnChild(factory as unknown as Factory<AnyMessage>, options).addr;
  }

  stopChild(addr: AnyAddr): void {
    this.#incarnation.check("stop a child");
    const child = cellOf(addr);
    if (child?.parent !== this.#cell) throw new TypeError(`Cannot stop ${addr.id}: it is no child of ${this.id}`);
    child.requestStop("stopped");
  }

  sleep(ms: number): Promise<void> {
    checkWait(ms);
    return this.#incarnation.sleep(ms);
  }

  runLater(ms: number, msg: AnyMessage): TimerHandle {
    checkWait(ms);
    return this.#incarnation.startTimer(msg, ms);
  }

  runInterval(ms: number, msg: AnyMessage): TimerHandle {
    if (!(Number.isFinite(ms) && ms > 0)) {
      throw new RangeError(`Cannot repeat every ${ms} ms: it must be a finite number > 0`);
    }
    return this.#incarnation.startTimer(msg, ms, ms);
  }

  addStream<T>(readable: ReadableStream<T>, handler: StreamHandler<NoInfer<T>>): Disposable {
    return this.#incarnation.addStream(readable, handler);
  }

  watch(ref: ActorRef<never>): void {
    this.#incarnation.check("watch an actor");
    const { watches } = this.#cell;
    const cell = cellOf(ref);
    if (cell !== undefined) watches.watch(cell);
    else watches.watchDistant(distantOf(ref), ref);
  }

  unwatch(ref: ActorRef<never>): void {
    this.#incarnation.check("unwatch an actor");
    const { watches } = this.#cell;
    const cell = cellOf(ref);
    if (cell !== undefined) watches.unwatch(cell);
    else watches.unwatchDistant(distantOf(ref));
  }
}

function checkWait(ms: number): void {
  if (!(Number.isFinite(ms) && ms >= 0)) throw new RangeError(`Cannot wait ${ms} ms: it must be a finite number >= 0`);
}

function distantOf(ref: ActorRef<never>): Watchable {
  const watchable = watchableOf(ref);
  if (watchable !== undefined) return watchable;
  throw new TypeError(`Cannot watch ${ref?.id}: it is no address of this process or of a cluster`);
}
