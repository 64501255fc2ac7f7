import type { ActorSystem, SystemEvent } from "../../mod.ts";

/** Keeps every event of `system` from now on, as they are read from one subscription. */
export function recordEvents(system: ActorSystem): SystemEvent[] {
  const kept: SystemEvent[] = [];
  const read = async () => {
    for await (const event of system.events) kept.push(event);
  };
  read();
  return kept;
}

/** A dead letter as a pair of its reason and its message. */
export function deadLetters(events: readonly SystemEvent[]): [string, unknown][] {
  return events.flatMap((event) => event.kind === "dead-letter" ? [[event.reason, event.message]] : []);
}
