/**
 * One life of an actor, from its factory to its `stopped`: a restart begins a new one.
 * @module
 */

import type { Clock } from "../clock.ts";
import { ContextClosedError } from "../errors.ts";
import { UnhandledMessageError } from "../message_errors.ts";
import type { AnyMessage } from "../message.ts";
import { type StreamHandler, type StreamHome, StreamPump } from "../streams.ts";
import { Timer, type TimerHome } from "../timers.ts";
import { ActorContext } from "./actor_context.ts";
import type { Cell } from "./cell.ts";
import { ANY_MESSAGE, type AnyActor, type AnyHandler, handlersOf, type HandlerTable } from "./dispatch.ts";
import { type Envelope, typeOf } from "./envelope.ts";

const owners = new WeakMap<AbortSignal, Cell>();

/** The reasons with which signals have aborted, and whose they were. */
const reasons = new WeakMap<object, Incarnation>();

/** Whose `ctx.signal` it is: a handler that passes it on tells who it is even after its first `await`. */
export function ownerOf(signal: AbortSignal | undefined): Cell | undefined {
  return signal === undefined ? undefined : owners.get(signal);
}

/** The instance, its handlers, and everything that ends with it. */
export class Incarnation implements TimerHome, StreamHome {
  /** The actor itself. */
  readonly actor: AnyActor;
  /** Whether `started` was called. */
  hasBegun = false;
  /** Whether anything of its own has failed, or its `started` gave up. */
  hasFailed = false;
  /** Whether `started` has returned: only then messages are handled. */
  hasStarted = false;
  readonly #cell: Cell;
  readonly #handlers: HandlerTable;
  #context: ActorContext | undefined;
  #abort: AbortController | undefined;
  #isAborted = false;
  #isClosed = false;
  #held: Set<Disposable> | undefined;

  /** Takes over what the factory made. */
  constructor(cell: Cell, actor: AnyActor) {
    this.#cell = cell;
    this.actor = actor;
    this.#handlers = handlersOf(actor);
  }

  /** What the handlers get; made when it is first needed. */
  get context(): ActorContext {
    return this.#context ??= new ActorContext(this.#cell, this);
  }

  /** The clock of the timers of the system. */
  get clock(): Clock {
    return this.#cell.runtime.timers;
  }

  /** Aborts when a stop or a restart is requested. */
  get signal(): AbortSignal {
    if (this.#abort === undefined) {
      this.#abort = new AbortController();
      owners.set(this.#abort.signal, this.#cell);
      if (this.#isAborted) this.#abort.abort(this.#abortReason());
    }
    return this.#abort.signal;
  }

  /** Whether it is one of this cell. */
  isOf(cell: Cell): boolean {
    return this.#cell === cell;
  }

  /** Whether everything that ends with it has ended. */
  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** The handler of a message, if the actor has one. */
  handlerOf(message: AnyMessage): AnyHandler | undefined {
    return this.#handlers.get(message.type) ?? (this.actor as { [ANY_MESSAGE]?: AnyHandler })[ANY_MESSAGE];
  }

  /** Handles a message that the actor sent to itself. */
  handle(message: AnyMessage): unknown {
    const handler = this.handlerOf(message);
    if (handler === undefined) throw unhandled(this.#cell.id, message);
    return handler.call(this.actor, message, this.context);
  }

  /** Starts a timer. */
  startTimer(message: AnyMessage, ms: number, everyMs?: number): Timer {
    this.check("start a timer");
    if (typeof message?.type !== "string") throw new TypeError("Cannot start a timer: it needs a message to send");
    const timer = new Timer(this, message, ms, everyMs);
    this.#hold(timer);
    return timer;
  }

  /** Attaches a stream. */
  addStream<T>(readable: ReadableStream<T>, handler: StreamHandler<T>): Disposable {
    this.check("attach a stream");
    const pump = new StreamPump(this, readable, handler);
    this.#hold(pump);
    return pump;
  }

  /** Throws when the incarnation has ended. */
  check(action: string): void {
    if (this.#isClosed) throw this.#closedError(action);
  }

  /** Queues a turn of a timer or a stream: not after a stop was requested, or a drain would never come to its end. */
  push(envelope: Envelope): void {
    if (this.#cell.isAlive) this.#cell.push(envelope);
  }

  /** A timer or a stream is over. */
  forget(resource: Disposable): void {
    this.#held?.delete(resource);
  }

  /** Tells of an error that has no turn to fail; what gives up because its signal has aborted has not failed. */
  report(error: unknown): void {
    if (!this.isAbortReason(error)) this.#cell.report(error);
  }

  /** Whether it is the very object with which its signal has aborted. */
  isAbortReason(error: unknown): boolean {
    return reasonOf(error) === this;
  }

  /** Waits on the clock of the system; rejects when the signal aborts. */
  sleep(ms: number): Promise<void> {
    const { clock, signal } = this;
    const slept = new Promise<void>((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason);
      const abort = () => {
        timer.cancel();
        reject(signal.reason);
      };
      const timer = clock.schedule(ms, () => {
        signal.removeEventListener("abort", abort);
        resolve();
      });
      signal.addEventListener("abort", abort, { once: true });
    });
    // A handler may wait for something else first, and what nobody handles meanwhile would end the process.
    slept.catch(givesUpLater);
    return slept;
  }

  /** A stop or a restart was requested: lets handlers cancel their io. */
  abort(): void {
    if (this.#isAborted) return;
    this.#isAborted = true;
    this.#abort?.abort(this.#abortReason());
  }

  /** Ends timers and streams and fences the context. */
  close(): void {
    this.abort();
    this.#isClosed = true;
    for (const resource of this.#held ?? []) resource[Symbol.dispose]();
  }

  #hold(resource: Disposable): void {
    (this.#held ??= new Set()).add(resource);
  }

  #abortReason(): ContextClosedError {
    const reason = new ContextClosedError(`Aborted by ctx.signal: ${this.#cell.id} is to end or to restart`);
    reasons.set(reason, this);
    return reason;
  }

  #closedError(action: string): ContextClosedError {
    return new ContextClosedError(`Cannot ${action}: this incarnation of ${this.#cell.id} has ended or is stopping`);
  }
}

/** To give up is no failure, and who awaits a sleep hears of it all the same. */
function givesUpLater(): void {}

function reasonOf(error: unknown): Incarnation | undefined {
  return typeof error === "object" && error !== null ? reasons.get(error) : undefined;
}

/** Whether an incarnation of this actor was told to end with this very error. */
export function wasToldToEnd(cell: Cell, error: unknown): boolean {
  return reasonOf(error)?.isOf(cell) ?? false;
}

/** The name of the class of an actor. A class may have a `static name` of its own: a method, or anything else. */
export function classNameOf(actorClass: { readonly name: unknown } | undefined): string {
  try {
    const name = actorClass?.name;
    return typeof name === "string" && name !== "" ? name : "Actor";
  } catch {
    return "Actor"; // A getter may throw.
  }
}

/** The error of a message that nothing handles. */
export function unhandled(target: string, message: AnyMessage): UnhandledMessageError {
  const messageType = typeOf(message);
  return new UnhandledMessageError(
    `Cannot handle a message of type "${messageType}": ${target} has no handler for it`,
    {
      target,
      messageType,
    },
  );
}
