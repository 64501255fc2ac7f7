/**
 * What is told of one actor: spans of the messages to it, and the metrics of its class.
 * @module
 */

import { type Attributes, type Context, ROOT_CONTEXT } from "@opentelemetry/api";
import {
  type AnyAddr,
  AskTimeoutError,
  type DeadLetterReason,
  HandlerAbandonedError,
  Rejection,
  UnhandledMessageError,
} from "../../mod.ts";
import type { ActorProbe, AskTicket, Clock, Handling, Ticket } from "../../src/spi.ts";
import type { Guard } from "./guard.ts";
import { idText, nameText } from "./labels.ts";
import type { ClassCounts, HandlingOutcome, Meters } from "./meters.ts";
import type { OpenSpan, Spans } from "./spans.ts";

/** What all probes share. */
export interface Recorders {
  /** Keeps failures of the SDK away from the actors. */
  readonly guard: Guard;
  /** Starts spans; undefined where there are none. */
  readonly spans: Spans | undefined;
  /** Takes metrics; undefined where there are none. */
  readonly meters: Meters | undefined;
}

/** When a message was sent, and in which context. */
class SentTicket implements AskTicket {
  readonly sentAtMs: number;
  readonly context: Context;
  readonly #recorders: Recorders;
  readonly #counts: ClassCounts | undefined;
  readonly #span: OpenSpan | undefined;
  #isQueued = false;

  constructor(
    recorders: Recorders,
    about: { counts: ClassCounts | undefined; nowMs: number; span?: OpenSpan | undefined },
  ) {
    const { counts, nowMs, span } = about;
    this.#recorders = recorders;
    this.#counts = counts;
    this.#span = span;
    this.sentAtMs = nowMs;
    this.context = span?.context ?? recorders.spans?.active() ?? ROOT_CONTEXT;
  }

  admitted(): void {
    if (this.#counts === undefined) return;
    this.#isQueued = true;
    this.#counts.queued++;
  }

  taken(): void {
    if (!this.#isQueued) return;
    this.#isQueued = false;
    this.#counts!.queued--;
  }

  replied(): void {
    this.#span?.end();
  }

  failed(error: unknown): void {
    countTimeout(this.#recorders, error, "local");
    this.#span?.fail(error, true);
  }
}

/** One handler at work. */
class OpenHandling implements Handling {
  readonly #recorders: Recorders;
  readonly #done: (outcome: HandlingOutcome) => void;
  readonly #span: OpenSpan | undefined;

  constructor(recorders: Recorders, span: OpenSpan | undefined, done: (outcome: HandlingOutcome) => void) {
    this.#recorders = recorders;
    this.#span = span;
    this.#done = done;
  }

  run(call: () => unknown): unknown {
    return this.#span === undefined ? call() : this.#recorders.guard.within(this.#span.context, call);
  }

  succeeded(): void {
    this.#done("ok");
    this.#span?.end();
  }

  failed(error: unknown): void {
    const outcome = outcomeOf(error);
    this.#done(outcome);
    this.#span?.fail(error, outcome !== "rejected");
  }
}

/** See the module. */
export class OpenProbe implements ActorProbe {
  readonly #recorders: Recorders;
  readonly #addr: AnyAddr;
  readonly #className: string;
  readonly #clock: Clock;
  readonly #counts: ClassCounts | undefined;
  #isAlive = true;

  /** An actor was spawned. */
  constructor(recorders: Recorders, about: { addr: AnyAddr; className: string; clock: Clock }) {
    this.#recorders = recorders;
    this.#addr = about.addr;
    this.#className = nameText(about.className);
    this.#clock = about.clock;
    this.#counts = recorders.meters?.classes.of(this.#className);
    if (this.#counts !== undefined) this.#counts.alive++;
  }

  posted(): Ticket {
    return new SentTicket(this.#recorders, { counts: this.#counts, nowMs: this.#clock.now() });
  }

  asked(messageType: string): AskTicket {
    const span = this.#recorders.spans?.ask(messageType, false, () => this.#attributes(messageType));
    return new SentTicket(this.#recorders, { counts: this.#counts, nowMs: this.#clock.now(), span });
  }

  handle(messageType: string, ticket: Ticket | undefined, isAsk: boolean): Handling {
    const { spans, meters } = this.#recorders;
    const sent = ticket instanceof SentTicket ? ticket : undefined;
    const startedMs = this.#clock.now();
    const waitedMs = sent === undefined ? 0 : startedMs - sent.sentAtMs;
    if (sent !== undefined) this.#record((counts) => meters!.wait.record(waitedMs / 1_000, counts.attributes));
    const span = spans?.handle(messageType, sent?.context ?? ROOT_CONTEXT, isAsk, () => ({
      ...this.#attributes(messageType),
      "cinema.mailbox.wait_ms": waitedMs,
    }));
    return new OpenHandling(this.#recorders, span, (outcome) => {
      this.#record(({ attributes }) => {
        const tookMs = this.#clock.now() - startedMs;
        meters!.handling.record(tookMs / 1_000, { ...attributes, "cinema.outcome": outcome });
      });
    });
  }

  failed(): void {
    this.#record(({ attributes }) => this.#recorders.meters!.failures.add(1, attributes));
  }

  restarted(): void {
    this.#record(({ attributes }) => this.#recorders.meters!.restarts.add(1, attributes));
  }

  deadLetter(reason: DeadLetterReason): void {
    this.#record(() => this.#recorders.meters!.deadLetters.add(1, { "cinema.reason": reason }));
  }

  ended(): void {
    if (this.#isAlive && this.#counts !== undefined) this.#counts.alive--;
    this.#isAlive = false;
  }

  #record(record: (counts: ClassCounts) => void): void {
    const counts = this.#counts;
    if (counts !== undefined) this.#recorders.guard.attempt(() => record(counts));
  }

  #attributes(messageType: string): Attributes {
    return {
      "cinema.actor.id": idText(this.#addr.id),
      "cinema.actor.class": this.#className,
      "cinema.message.type": nameText(messageType),
    };
  }
}

/** Counts an ask that timed out. */
export function countTimeout({ guard, meters }: Recorders, error: unknown, scope: "local" | "remote"): void {
  if (meters === undefined || !isTimeout(error)) return;
  guard.attempt(() => meters.timeouts.add(1, { "cinema.scope": scope }));
}

/** Asks also end with the reason of their signal, which may be anything, as what is thrown. */
function isTimeout(error: unknown): boolean {
  try {
    return error instanceof AskTimeoutError;
  } catch {
    return false;
  }
}

function outcomeOf(error: unknown): HandlingOutcome {
  try {
    if (error instanceof HandlerAbandonedError) return "abandoned";
    if (error instanceof UnhandledMessageError) return "unhandled";
    return error instanceof Rejection ? "rejected" : "failed";
  } catch {
    return "failed"; // It may be a proxy that throws when it is looked at.
  }
}
