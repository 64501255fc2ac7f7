/**
 * One actor of the peer, as the outbox sees it.
 * @module
 */

import type { AnyMessage } from "../mod.ts";
import type { Outbound, Session } from "./outbound.ts";
import type { SendWindow } from "./wire/send_window.ts";

/** Who counts all that wait, for whatever target. */
export interface Lines {
  /** A sender has joined the line of a target. */
  joined(target: Target, bytes: number): void;
  /** A sender has left the line of a target. */
  left(target: Target, bytes: number): void;
}

/** One actor of the peer: who waits to send to it, and its credit. */
export class Target {
  /** The name under which it is routed. */
  readonly name: string;
  /** Names it in errors. */
  readonly id: string;
  readonly #lines: Lines;
  // In the order of arrival, and any of them may leave.
  readonly #line: Set<Outbound> = new Set();
  #session: Session | undefined;
  #window: SendWindow<AnyMessage> | undefined;

  /** Creates a target for which nobody waits. */
  constructor(lines: Lines, name: string, id: string) {
    this.#lines = lines;
    this.name = name;
    this.id = id;
  }

  /** How many senders wait. */
  get waiting(): number {
    return this.#line.size;
  }

  /** Its credit in a session. */
  windowIn(session: Session): SendWindow<AnyMessage> {
    if (this.#session !== session) {
      this.#session = session;
      this.#window = session.windowOf(this.name);
    }
    return this.#window!;
  }

  /** Joins the line. */
  join(outbound: Outbound): void {
    this.#line.add(outbound);
    this.#lines.joined(this, outbound.parcel.payload.length);
  }

  /** Leaves the line; does nothing when it is not in it. */
  leave(outbound: Outbound): void {
    if (this.#line.delete(outbound)) this.#lines.left(this, outbound.parcel.payload.length);
  }

  /** Sends while there is room. */
  pump(session: Session, now: () => number): void {
    for (const outbound of this.#line) {
      if (!outbound.sendOn(session, now)) return;
      this.leave(outbound);
    }
  }

  /** Turns everybody away. */
  turnAway(error: (outbound: Outbound) => Error): void {
    for (const outbound of this.#line) outbound.turnAway("closed", error(outbound));
  }
}
