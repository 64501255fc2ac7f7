/**
 * W3C trace context, as one text that travels with a message.
 * @module
 */

import { isSpanContextValid, type SpanContext } from "@opentelemetry/api";

// Later versions may have more behind what is known; `ff` is none.
const PATTERN = /^(?!ff)([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.{0,512})?$/;

/** The text of a span; empty where that is none. */
export function formatTraceparent(span: SpanContext | undefined): string {
  if (span === undefined || !isSpanContextValid(span)) return "";
  const flags = (span.traceFlags & 0xFF).toString(16).padStart(2, "0");
  return `00-${span.traceId}-${span.spanId}-${flags}`;
}

/** The span that a text tells of; undefined where it tells of none. It comes from a peer: anything may be in it. */
export function parseTraceparent(text: string): SpanContext | undefined {
  const [, version, traceId, spanId, flags, more] = PATTERN.exec(text) ?? [];
  if (version === undefined || (version === "00" && more !== undefined)) return undefined;
  const span = { traceId: traceId!, spanId: spanId!, traceFlags: Number.parseInt(flags!, 16) & 1, isRemote: true };
  return isSpanContextValid(span) ? span : undefined;
}
