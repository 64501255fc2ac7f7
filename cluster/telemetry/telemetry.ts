/**
 * Turns telemetry on and off, and tells OpenTelemetry what the runtime says.
 * @module
 */

import { ROOT_CONTEXT } from "@opentelemetry/api";
import { type AnyAddr, CinemaError } from "../../mod.ts";
import {
  type ActorProbe,
  type Clock,
  type ConnectionProbe,
  currentInstrument,
  type Instrument,
  type MemberView,
  type RemoteCall,
  setInstrument,
} from "../../src/spi.ts";
import { countTimeout, OpenProbe, type Recorders } from "./actor_probe.ts";
import { Guard } from "./guard.ts";
import { nameText } from "./labels.ts";
import { Meters } from "./meters.ts";
import { Spans } from "./spans.ts";

/** Options of {@linkcode startTelemetry}. */
export interface TelemetryOptions {
  /**
   * Whether asks and handlers are spans, and the trace goes with messages to other processes.
   *
   * @default {true}
   */
  readonly spans?: boolean;
  /**
   * Whether there are metrics.
   *
   * @default {true}
   */
  readonly metrics?: boolean;
}

/** Telemetry that is on. `using` ends it for all that is created later, and gives back its callbacks. */
export interface Telemetry extends Disposable {
  /** Ends it; does nothing the second time. */
  stop(): void;
}

/** The directions, as OpenTelemetry calls them. */
const IN = { "network.io.direction": "receive" };
const OUT = { "network.io.direction": "transmit" };

/** Tells OpenTelemetry. */
class OpenInstrument implements Instrument {
  readonly #recorders: Recorders;

  constructor(recorders: Recorders) {
    this.#recorders = recorders;
  }

  actor(addr: AnyAddr, className: string, clock: Clock): ActorProbe {
    return new OpenProbe(this.#recorders, { addr, className, clock });
  }

  detached(run: () => void): void {
    const { spans, guard } = this.#recorders;
    // Without spans of its own it leaves those of others as they are.
    if (spans === undefined) run();
    else guard.within(ROOT_CONTEXT, run);
  }

  call(target: string, messageType: string): RemoteCall {
    const recorders = this.#recorders;
    const span = recorders.spans?.ask(messageType, true, () => ({
      "cinema.actor.id": target,
      "cinema.message.type": nameText(messageType),
    }));
    return {
      traceparent: span?.traceparent ?? "",
      replied: () => span?.end(),
      failed: (error) => {
        countTimeout(recorders, error, "remote");
        span?.fail(error, true);
      },
    };
  }

  traceparent(): string {
    return this.#recorders.spans?.activeTraceparent() ?? "";
  }

  received(traceparent: string, deliver: () => void): void {
    const { spans, guard } = this.#recorders;
    if (spans === undefined) deliver();
    else guard.within(spans.fromElsewhere(traceparent), deliver);
  }

  lost(outcome: string): void {
    this.#count((meters) => meters.deadLetters.add(1, { "cinema.reason": outcome }));
  }

  connection(role: "client" | "server"): ConnectionProbe {
    const attributes = { "cinema.role": role };
    this.#count((meters) => meters.connections.add(1, attributes));
    return {
      received: (frames, bytes) =>
        this.#count((meters) => {
          meters.frames.add(frames, IN);
          meters.bytes.add(bytes, IN);
        }),
      sent: (frames, bytes) =>
        this.#count((meters) => {
          meters.frames.add(frames, OUT);
          meters.bytes.add(bytes, OUT);
        }),
      closed: () => this.#count((meters) => meters.connections.add(-1, attributes)),
    };
  }

  node(id: string, members: () => readonly MemberView[]): Disposable {
    return this.#recorders.meters?.node({ id, members }) ?? { [Symbol.dispose]: () => {} };
  }

  #count(count: (meters: Meters) => void): void {
    const { meters, guard } = this.#recorders;
    if (meters !== undefined) guard.attempt(() => count(meters));
  }
}

/**
 * Tells OpenTelemetry of what is created from now on: of every actor system, remote client and server, and of the
 * connections that a cluster node opens. What was created before is not told of. It holds for the whole process, as the
 * registered providers of OpenTelemetry do; register them first.
 *
 * Disposing of it ends it for what is created later. What was created in between goes on telling of its messages; its
 * mailboxes, actors and members are not asked for any more.
 *
 * A provider or exporter that throws fails no actor: its first failure is told through `diag` of OpenTelemetry.
 *
 * @throws {CinemaError} When telemetry is on already.
 *
 * @example
 * ```ts
 * import { Actor, ActorSystem, CinemaError, type Message } from "@cinema/cinema";
 * import { startTelemetry } from "@cinema/cinema/telemetry";
 * import { assertEquals, assertThrows } from "@std/assert";
 *
 * interface Add extends Message<number> {
 *   type: "add";
 *   n: number;
 * }
 * class Counter extends Actor<Add> {
 *   #total = 0;
 *   add({ n }: Add): number {
 *     return this.#total += n;
 *   }
 * }
 *
 * using telemetry = startTelemetry({ metrics: true });
 * assertThrows(() => startTelemetry(), CinemaError);
 * await using system = new ActorSystem();
 * const counter = system.spawn(() => new Counter());
 * assertEquals(await counter.send({ type: "add", n: 2 }), 2); // the spans "ask add" and "handle add"
 * telemetry.stop();
 * ```
 */
export function startTelemetry(options?: TelemetryOptions): Telemetry {
  const { spans = true, metrics = true } = options ?? {};
  if (currentInstrument() !== undefined) throw new CinemaError("Cannot start telemetry: it is on already");
  const guard = new Guard();
  const meters = metrics ? guard.get(() => new Meters(guard), undefined) : undefined;
  const instrument = new OpenInstrument({
    guard,
    meters,
    spans: spans ? guard.get(() => new Spans(guard), undefined) : undefined,
  });
  setInstrument(instrument);
  const stop = () => {
    meters?.[Symbol.dispose]();
    if (currentInstrument() === instrument) setInstrument(undefined);
  };
  return { stop, [Symbol.dispose]: stop };
}
