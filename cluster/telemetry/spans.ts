/**
 * Spans: of asks, and of handlers below them.
 * @module
 */

import {
  type Attributes,
  type Context,
  context,
  createContextKey,
  type Exception,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
  type Tracer,
} from "@opentelemetry/api";
import { keepEnd, keepStart } from "../../src/spi.ts";
import type { Guard } from "./guard.ts";
import { Labels, nameText } from "./labels.ts";
import { formatTraceparent, parseTraceparent } from "./traceparent.ts";

/** Whether the message came from another process: only the handler's own span is of the kind that says so. */
const FROM_ELSEWHERE = createContextKey("cinema: the message came from another process");

/** Types of messages that are part of a span's name: more than any program has, so that a name is a name. */
const MESSAGE_TYPES_MAX = 1_000;

/**
 * Characters of what was thrown that are told: somebody may have put a document into it, and a span has it three times.
 */
const ERROR_CHARS_MAX = 1_000;

/** Characters of a stack that are told: more than the ten lines that there are. */
const STACK_CHARS_MAX = 4_000;

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
      // The text of a stack is dear to make.
      if (!span.isRecording()) return;
      const { exception, type, message } = shown(error);
      span.recordException(exception);
      span.setAttribute("error.type", type);
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
    return this.#start(`ask ${this.#names.of(nameText(messageType))}`, kind, unmarked(this.active()), attributes);
  }

  /** A handler begins, for a message that was sent in `sentIn`. */
  handle(messageType: string, sentIn: Context, isAsk: boolean, attributes: () => Attributes): OpenSpan | undefined {
    const isRemote = sentIn.getValue(FROM_ELSEWHERE) === true;
    const kind = !isRemote ? SpanKind.INTERNAL : isAsk ? SpanKind.SERVER : SpanKind.CONSUMER;
    return this.#start(`handle ${this.#names.of(nameText(messageType))}`, kind, unmarked(sentIn), attributes);
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

/** Something that was thrown, in words. */
interface Shown {
  readonly exception: Exception;
  readonly type: string;
  readonly message: string;
}

/** Shows what was thrown: that may be anything, also what throws when it is looked at. */
function shown(error: unknown): Shown {
  try {
    if (!(error instanceof Error)) return textual(String(error), typeof error);
    const { name, message, stack = "" } = error;
    const isText = [name, message, stack].every((part) => typeof part === "string");
    if (!isText || name.length > ERROR_CHARS_MAX) return textual(String(error), "Error");
    const shortened = keepStart(message, ERROR_CHARS_MAX);
    // Not the error itself: of that an SDK takes the `code` for its type, which may be anything, and of any length.
    // A stack begins with the message, which may be long, and ends with where it was thrown.
    const exception = { name, message: shortened, stack: keepEnd(stack, STACK_CHARS_MAX) };
    return { exception, type: name, message: shortened };
  } catch {
    return textual("(what was thrown cannot be shown)", typeof error);
  }
}

function textual(text: string, type: string): Shown {
  const message = keepStart(text, ERROR_CHARS_MAX);
  return { exception: message, type, message };
}
