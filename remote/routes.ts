/**
 * The routes of a router: what a server asks.
 * @module
 */

import type { ActorRef, AnyMessage } from "../mod.ts";
import type { MessageCodecs } from "./codecs.ts";

/** A message that no route takes. */
export interface UnroutedMessage {
  /** The name of the actor that it was for; a Cinema-rs peer names any or none. */
  readonly target: string;
  /** What the message is called on the wire. */
  readonly messageType: string;
  /** The encoded message. The bytes may be kept. */
  readonly payload: Uint8Array;
  /** Whether the sender waits for a reply. */
  readonly isAsk: boolean;
  /** The node that sent it. */
  readonly node: string;
}

/** Takes what no route takes; what it returns is the encoded reply, and what it throws the asker is told. */
export type DefaultRoute = (message: UnroutedMessage) => Uint8Array | void | Promise<Uint8Array | void>;

/** Where a message goes. */
export interface Route {
  /** The actor. */
  readonly ref: ActorRef<AnyMessage>;
  /** How its messages travel. */
  readonly codecs: MessageCodecs;
}

/** Why there is no route. */
export type NoRoute = "no-such-actor" | "no-such-message";

/** Routes by the name of the actor and of the message. */
export class Routes {
  /** The node whose actors are routed; undefined while none is. */
  node: string | undefined;
  /** What takes the rest. */
  fallback: DefaultRoute | undefined;
  readonly #byTarget: Map<string, Map<string, Route>> = new Map();
  // Thousands of actors may take the same message, and each may go at any time.
  readonly #byMessage: Map<string, Set<Route>> = new Map();

  /** Adds routes for all messages of a table, or none of them. */
  add(name: string, ref: ActorRef<AnyMessage>, table: Iterable<MessageCodecs>): void {
    const routes = this.#byTarget.get(name) ?? new Map<string, Route>();
    const added = [...table];
    const twice = added.find((codecs) => routes.has(codecs.name));
    if (twice !== undefined) throw new TypeError(`Cannot route "${twice.name}" to "${name}" twice`);
    for (const codecs of added) {
      const route = { ref, codecs };
      routes.set(codecs.name, route);
      const same = this.#byMessage.get(codecs.name);
      if (same === undefined) this.#byMessage.set(codecs.name, new Set([route]));
      else same.add(route);
    }
    this.#byTarget.set(name, routes);
  }

  /** Takes the routes of an actor away. */
  remove(name: string): void {
    const routes = this.#byTarget.get(name);
    this.#byTarget.delete(name);
    for (const [messageType, route] of routes ?? []) {
      const same = this.#byMessage.get(messageType)!;
      same.delete(route);
      if (same.size === 0) this.#byMessage.delete(messageType);
    }
  }

  /** The actor of a name, where any message of it is routed. */
  refOf(name: string): ActorRef<AnyMessage> | undefined {
    return this.#byTarget.get(name)?.values().next().value?.ref;
  }

  /** The route of a message. */
  find(target: string, messageType: string): Route | NoRoute {
    const routes = this.#byTarget.get(target);
    return routes === undefined ? "no-such-actor" : routes.get(messageType) ?? "no-such-message";
  }

  /**
   * The route of a message from a Cinema-rs peer. Other nodes of Cinema-rs ignore the name of the actor, so it may be
   * any: where no actor of that name takes the message, it is for the one that does, unless several do.
   */
  findForCompat(target: string, messageType: string): Route | NoRoute {
    const named = this.find(target, messageType);
    if (typeof named === "object") return named;
    const takers = this.#byMessage.get(messageType);
    return takers?.size === 1 ? takers.values().next().value! : named;
  }
}
