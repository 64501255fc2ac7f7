/**
 * The system: the root of the tree of actors.
 * @module
 */

import type { ActorClass, Factory } from "./actor.ts";
import type { Addr, AnyAddr } from "./addr.ts";
import { type Clock, systemClock } from "./clock.ts";
import { SystemClosedError } from "./errors.ts";
import { Events, type SystemEvent } from "./events.ts";
import { Children } from "./internal/children.ts";
import type { Cell } from "./internal/cell.ts";
import { Deadlines } from "./internal/deadlines.ts";
import { Fairness } from "./internal/fairness.ts";
import { currentInstrument } from "./internal/instrument.ts";
import { cellOf } from "./internal/local_addr.ts";
import type { Runtime } from "./internal/runtime.ts";
import { checkTimeout } from "./internal/sending.ts";
import { SharedClock } from "./internal/shared_clock.ts";
import { DEFAULT_OPTIONS, spawnCell } from "./internal/spawn.ts";
import { ASK_TIMEOUT_MS, SHUTDOWN_TIMEOUT_MS } from "./limits.ts";
import type { AnyMessage } from "./message.ts";
import type { ActorSystemOptions, ShutdownOptions, SpawnOptions, SystemStopOptions } from "./options.ts";
import { Registry } from "./registry.ts";
import type { Terminated } from "./watch.ts";

/** The inside of a system, for the layers above. */
export let runtimeOf: (system: ActorSystem) => Runtime;

/**
 * The actors of one program: the root of their tree, their names and their events. `await using` shuts it down at the
 * end of the block, so that no actor, timer or stream is left behind. There may be several; they share nothing.
 *
 * @example
 * ```ts
 * import { Actor, ActorSystem, type Message } from "@cinema/cinema";
 * import { assertEquals } from "@std/assert";
 *
 * interface Greet extends Message<string> {
 *   type: "greet";
 *   name: string;
 * }
 * class Greeter extends Actor<Greet> {
 *   greet({ name }: Greet): string {
 *     return `Hello, ${name}!`;
 *   }
 * }
 *
 * await using system = new ActorSystem();
 * const greeter = system.spawn(() => new Greeter());
 * assertEquals(await greeter.send({ type: "greet", name: "Cinema" }), "Hello, Cinema!");
 * ```
 */
export class ActorSystem implements AsyncDisposable {
  /**
   * The clock that this system was given: its `now()` tells an actor (`ctx.system.clock`) how long something took or
   * lasts, and is virtual where the time is.
   */
  readonly clock: Clock;
  readonly #runtime: Runtime;
  #shutdown: Promise<void> | undefined;

  static {
    runtimeOf = (system) => system.#runtime;
  }

  /**
   * Creates a system without actors. It holds no resource until an actor does.
   *
   * @throws {RangeError} When `askTimeout` is no number >= 0.
   */
  constructor(options?: ActorSystemOptions) {
    const { askTimeout = ASK_TIMEOUT_MS, clock = systemClock, onUnobservedFailure = logFailure } = options ?? {};
    if (typeof askTimeout !== "number" || !(askTimeout >= 0)) {
      throw new RangeError(`Cannot ask within ${askTimeout} ms: askTimeout must be >= 0`);
    }
    this.clock = clock;
    let serial = 0;
    this.#runtime = {
      system: this,
      clock,
      // Where time stands still between timers, each of them is one that it can stop at.
      timers: clock.tickMs === 0 ? clock : new SharedClock(clock),
      deadlines: new Deadlines(clock),
      fairness: new Fairness(clock),
      events: new Events(),
      instrument: currentInstrument(),
      registry: new Registry(),
      topLevel: new Children(),
      askTimeoutMs: askTimeout,
      isForced: false,
      living: 0,
      nextSerial: () => ++serial,
      unobserved: onUnobservedFailure,
    };
  }

  /**
   * What happens from now on. Each read of this property is a subscription of its own, with a buffer of 1,024 events; a
   * reader that falls behind loses the oldest and gets a `missed` event with their number. It ends with the system;
   * what it has buffered by then can still be read. Cancel a stream that nobody reads any more: until then it keeps its
   * buffer, and failures count as observed. {@linkcode SystemEvent} has an example.
   */
  get events(): ReadableStream<SystemEvent> {
    return this.#runtime.events.subscribe();
  }

  /** The top-level actors that have not ended, in order of spawning. */
  get actors(): readonly AnyAddr[] {
    return this.#runtime.topLevel.list().map((cell) => cell.addr);
  }

  /**
   * Starts a top-level actor. The factory is called at once; `started` runs in a microtask. What either throws is a
   * failure of the actor, not of the caller. Messages can be sent at once; they wait until `started` has settled.
   *
   * @throws {TypeError | RangeError} When an option is wrong.
   * @throws {NameTakenError} When a top-level actor that has not ended has the name.
   * @throws {SystemClosedError} When the system is shut down or shutting down.
   */
  spawn<M extends AnyMessage>(factory: Factory<M>, options?: SpawnOptions<NoInfer<M>>): Addr<M> {
    if (this.#shutdown !== undefined) throw new SystemClosedError("Cannot spawn: the system is shut down");
    const runtime = this.#runtime;
    const make = factory as unknown as Factory<AnyMessage>;
    return spawnCell(runtime, undefined, runtime.topLevel, make, options ?? DEFAULT_OPTIONS).addr;
  }

  /**
   * Gives an actor of this system a name that {@linkcode ActorSystem.lookup} finds; it may have several. The entry
   * vanishes with the actor; a restart keeps it. It has nothing to do with the `name` an actor was spawned with.
   *
   * @throws {NameTakenError} When a living other actor holds the name.
   * @throws {TypeError} When the actor has ended or is stopping, is not of this system, or the name is empty.
   *
   * @example
   * ```ts
   * import { Actor, ActorSystem, type Message } from "@cinema/cinema";
   * import { assertEquals } from "@std/assert";
   *
   * interface Greet extends Message<string> {
   *   type: "greet";
   * }
   * class Greeter extends Actor<Greet> {
   *   greet(): string {
   *     return "Hello!";
   *   }
   * }
   *
   * await using system = new ActorSystem();
   * system.register("greeter", system.spawn(() => new Greeter()));
   * assertEquals(await system.lookup("greeter", Greeter)?.send({ type: "greet" }), "Hello!");
   * ```
   */
  register(name: string, addr: AnyAddr): void {
    if (name === "") throw new TypeError("Cannot register an empty name");
    this.#runtime.registry.register(name, this.#local(addr, "register"));
  }

  /** Frees a name; false when nobody held it. */
  unregister(name: string): boolean {
    return this.#runtime.registry.unregister(name);
  }

  /**
   * The address registered under a name; undefined when no living actor holds it. `actor` is the class of that actor,
   * or one it extends, and gives the address its type.
   *
   * @throws {TypeError} When an actor of another class holds it.
   */
  lookup<M extends AnyMessage>(name: string, actor: ActorClass<M>): Addr<M> | undefined {
    const cell = this.#runtime.registry.lookup(name);
    const matches = cell?.isInstanceOf(actor);
    if (cell === undefined || matches === undefined) return undefined;
    if (matches) return cell.addr;
    throw new TypeError(`Cannot look up "${name}" as ${actor.name}: ${cell.id} is of another class`);
  }

  /**
   * Stops an actor after its current message, its children first, and resolves when it has ended; at once when it has
   * ended already. From now on it takes no messages. A handler must not await this for its own actor or for one above
   * it: it would wait for itself until it is abandoned. It calls `ctx.stop()` instead.
   *
   * @throws {TypeError} When the address is not of this system.
   * @throws {RangeError} When the time-out is no number >= 0.
   */
  async stop(addr: AnyAddr, options?: SystemStopOptions): Promise<void> {
    checkTimeout(options?.timeout);
    const cell = this.#local(addr, "stop");
    cell.requestStop("stopped", options);
    await cell.closed;
  }

  /**
   * Stops all actors, the one spawned last first, each after its children, and resolves when everything has ended and
   * the events have been closed. Nothing can be spawned any more. Calling it again returns the same promise: the first
   * time-out counts. A handler must not await this: it would wait for itself until it is abandoned.
   *
   * @throws {RangeError} At once, when the time-out is no number >= 0.
   */
  shutdown(options?: ShutdownOptions): Promise<void> {
    checkTimeout(options?.timeout);
    if (this.#shutdown === undefined) {
      // Set before anything is stopped: a listener of an aborted signal must not spawn either.
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#shutdown = promise;
      resolve(this.#stopAll(options?.timeout ?? SHUTDOWN_TIMEOUT_MS, options?.drain ?? false));
    }
    return this.#shutdown;
  }

  /** Shuts the system down, with the default time-out. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.shutdown();
  }

  async #stopAll(timeoutMs: number, drain: boolean): Promise<void> {
    const { clock, deadlines, events, topLevel } = this.#runtime;
    const timer = timeoutMs === Infinity ? undefined : clock.schedule(timeoutMs, () => {
      this.#runtime.isForced = true;
      for (const cell of topLevel.list()) cell.giveUp();
    });
    for (const cell of topLevel.list().reverse()) {
      cell.requestStop("shutdown", { drain });
      await cell.closed;
    }
    timer?.cancel();
    deadlines.close();
    events.close();
  }

  #local(addr: AnyAddr, action: string): Cell {
    const cell = cellOf(addr);
    if (cell?.runtime === this.#runtime) return cell;
    throw new TypeError(`Cannot ${action} ${addr?.id}: it is no actor of this system`);
  }
}

function logFailure({ addr, reason, error }: Terminated): void {
  console.error(`Actor ${addr.id} ended (${reason}): ${firstLineOf(error)}`);
}

/** One line, as promised: who wants the stack asks for the failure itself. Anything may have been thrown. */
function firstLineOf(error: unknown): string {
  try {
    return String(error).split("\n")[0]!;
  } catch {
    return "(unreadable)";
  }
}
