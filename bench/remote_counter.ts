/**
 * The actor of the remote benchmarks, and how its messages travel.
 *
 * @module
 */

import { Actor, type Message } from "@cinema/cinema";
import { type Protocol, protocol } from "@cinema/cinema/remote";
import protobuf from "protobufjs";

/** Carries some bytes and wants no reply. */
export interface Tick extends Message {
  readonly type: "tick";
  readonly body: Uint8Array;
}

/** Carries some bytes, and asks for them. */
export interface Ping extends Message<{ body: Uint8Array }> {
  readonly type: "ping";
  readonly body: Uint8Array;
}

/** Asks how many messages were handled. */
export interface Count extends Message<{ handled: number }> {
  readonly type: "count";
}

const { root } = protobuf.parse(`
  syntax = "proto3";
  message Body { bytes body = 1; }
  message Nothing {}
  message Handled { uint32 handled = 1; }
`);
const body = root.lookupType("Body");

/** How they travel. */
export const CounterProtocol: Protocol<Tick | Ping | Count> = protocol<Tick | Ping | Count>({
  tick: { name: "bench.Tick", request: body },
  ping: { name: "bench.Ping", request: body, reply: body },
  count: { name: "bench.Count", request: root.lookupType("Nothing"), reply: root.lookupType("Handled") },
});

/** Counts what it handles. */
export class Counter extends Actor<Tick | Ping | Count> {
  #handled = 0;

  /** Handles a tell. */
  tick(_: Tick): void {
    this.#handled++;
  }

  /** Sends the bytes back. */
  ping({ body }: Ping): { body: Uint8Array } {
    this.#handled++;
    return { body };
  }

  /** Tells how many were handled. */
  count(_: Count): { handled: number } {
    return { handled: this.#handled };
  }
}
