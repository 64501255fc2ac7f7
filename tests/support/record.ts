import type { ActorSystem, SystemEvent } from "../../mod.ts";

/** Keeps what a stream of events gives, from now on. */
export function recordAll<T>(events: ReadableStream<T>): T[] {
  const kept: T[] = [];
  const read = async () => {
    for await (const event of events) kept.push(event);
  };
  read();
  return kept;
}

/** Keeps every event of `system` from now on, as they are read from one subscription. */
export function recordEvents(system: ActorSystem): SystemEvent[] {
  return recordAll(system.events);
}

/** A dead letter as a pair of its reason and its message. */
export function deadLetters(events: readonly SystemEvent[]): [string, unknown][] {
  return events.flatMap((event) => event.kind === "dead-letter" ? [[event.reason, event.message]] : []);
}
