/**
 * Spans: of asks, and of handlers below them.
 * @module
 */

import {
  type Attributes,
  type Context,
  context,
  createContextKey,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
  type Tracer,
} from "@opentelemetry/api";
import { Rejection } from "../../mod.ts";
import type { Guard } from "./guard.ts";
import { Labels } from "./labels.ts";
import { formatTraceparent, parseTraceparent } from "./traceparent.ts";

/** Whether the message came from another process: only the handler's own span is of the kind that says so. */
const FROM_ELSEWHERE = createContextKey("cinema: the message came from another process");

/** Types of messages that are part of a span's name: more than any program has, so that a name is a name. */
const MESSAGE_TYPES_MAX = 1_000;

/** A span that was started, and the context of what belongs to it. */
export class OpenSpan {
  /** What is done in here is below the span. */
  readonly context: Context;
  readonly #span: Span;
  readonly #guard: Guard;

  /** Holds a span. */
  constructor(guard: Guard, span: Span, parent: Context) {
    this.#guard = guard;
    this.#span = span;
    this.context = trace.setSpan(parent, span);
  }

  /** How another process is told of it; empty where nobody records it. */
  get traceparent(): string {
    return this.#guard.get(() => formatTraceparent(this.#span.spanContext()), "");
  }

  /** Ends it. */
  end(): void {
    this.#guard.attempt(() => this.#span.end());
  }

  /** Ends it with an error; `isFault` says whether that is a failure of what it stands for. */
  fail(error: unknown, isFault: boolean): void {
    const span = this.#span;
    this.#guard.attempt(() => {
      const exception = error instanceof Error ? error : String(error);
      span.recordException(exception);
      span.setAttribute("error.type", error instanceof Error ? error.name : typeof error);
      const message = typeof exception === "string" ? exception : exception.message;
      if (isFault) span.setStatus({ code: SpanStatusCode.ERROR, message });
    });
    this.end();
  }
}

/** Starts spans. */
export class Spans {
  readonly #tracer: Tracer;
  readonly #guard: Guard;
  readonly #names: Labels<string> = new Labels(MESSAGE_TYPES_MAX, (type) => type);

  /** Takes the tracer that is registered, or will be. */
  constructor(guard: Guard) {
    this.#guard = guard;
    this.#tracer = trace.getTracer("@cinema/cinema");
  }

  /** The context that is active. */
  active(): Context {
    return this.#guard.get(() => context.active(), ROOT_CONTEXT);
  }

  /** The span that is active, as another process is told of it. */
  activeTraceparent(): string {
    return this.#guard.get(() => formatTraceparent(trace.getSpanContext(context.active())), "");
  }

  /** The context of a message that came with a traceparent, or with none. */
  fromElsewhere(traceparent: string): Context {
    const marked = ROOT_CONTEXT.setValue(FROM_ELSEWHERE, true);
    const span = traceparent === "" ? undefined : parseTraceparent(traceparent);
    return span === undefined ? marked : trace.setSpanContext(marked, span);
  }

  /** An ask begins, of an actor of this process or of another. */
  ask(messageType: string, isRemote: boolean, attributes: () => Attributes): OpenSpan | undefined {
    const kind = isRemote ? SpanKind.CLIENT : SpanKind.INTERNAL;
    return this.#start(`ask ${this.#names.of(messageType)}`, kind, unmarked(this.active()), attributes);
  }

  /** A handler begins, for a message that was sent in `sentIn`. */
  handle(messageType: string, sentIn: Context, isAsk: boolean, attributes: () => Attributes): OpenSpan | undefined {
    const isRemote = sentIn.getValue(FROM_ELSEWHERE) === true;
    const kind = !isRemote ? SpanKind.INTERNAL : isAsk ? SpanKind.SERVER : SpanKind.CONSUMER;
    return this.#start(`handle ${this.#names.of(messageType)}`, kind, unmarked(sentIn), attributes);
  }

  /** The attributes are made only for a span that is recorded. */
  #start(name: string, kind: SpanKind, parent: Context, attributes: () => Attributes): OpenSpan | undefined {
    return this.#guard.get(() => {
      const span = this.#tracer.startSpan(name, { kind }, parent);
      if (span.isRecording()) span.setAttributes(attributes());
      return new OpenSpan(this.#guard, span, parent);
    }, undefined);
  }
}

/** What is done for a message from elsewhere does not itself come from there. */
function unmarked(sentIn: Context): Context {
  return sentIn.getValue(FROM_ELSEWHERE) === undefined ? sentIn : sentIn.deleteValue(FROM_ELSEWHERE);
}

/** Whether an error that a handler threw is a failure, and not an answer. */
export function isFault(error: unknown): boolean {
  return !(error instanceof Rejection);
}
