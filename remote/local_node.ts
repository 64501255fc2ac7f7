/**
 * A node: what a process is called among others, and what it offers them.
 * @module
 */

import type { ActorRef, AnyMessage } from "../mod.ts";

/**
 * An actor that a {@linkcode MessageRouter} may route to, under the name that others know it by.
 *
 * @typeParam M The messages that the actor takes.
 */
export interface RemoteHandler<in M extends AnyMessage> {
  /** Phantom: never present at run time. */
  readonly "~messages"?: ((m: M) => void) | undefined;
  /** The name under which other nodes reach the actor. */
  readonly name: string;
  /** The id of the node that offers it. */
  readonly node: string;
}

/** What {@linkcode LocalNode.handler} returns: the same, with what only this layer sees. */
export class Handler {
  readonly #ref: ActorRef<AnyMessage>;
  readonly name: string;
  readonly node: string;

  constructor(ref: ActorRef<AnyMessage>, name: string, node: string) {
    this.#ref = ref;
    this.name = name;
    this.node = node;
  }

  /** The actor behind a handler. */
  static refOf(handler: object): ActorRef<AnyMessage> {
    if (typeof handler === "object" && handler !== null && #ref in handler) return handler.#ref;
    throw new TypeError("Cannot route to this: it was not made by LocalNode.handler()");
  }
}

/** The longest name of a node or an actor, in characters: it travels with every message. */
const NAME_MAX = 255;

/**
 * The identity of this process among others.
 *
 * @example
 * ```ts
 * import { Actor, ActorSystem } from "@cinema/cinema";
 * import { LocalNode } from "@cinema/cinema/remote";
 * import { assertEquals } from "@std/assert";
 *
 * class Idle extends Actor {}
 *
 * await using system = new ActorSystem();
 * const handler = new LocalNode("node-1").handler(system.spawn(() => new Idle()), { name: "idle" });
 * assertEquals([handler.node, handler.name], ["node-1", "idle"]);
 * ```
 */
export class LocalNode {
  /** What others call this node. */
  readonly id: string;

  /**
   * Creates a node. Its id should be unique among the nodes that know each other.
   *
   * @throws {TypeError} When the id is none: it has 1 to 255 whole characters.
   */
  constructor(id: string) {
    this.id = checkName("a node", id);
  }

  /**
   * Offers an actor to other nodes. They reach it under `name`, and only once a router routes to it. The actor may be
   * of this process or of another.
   *
   * @throws {TypeError} When the name is none: it has 1 to 255 whole characters.
   */
  handler<M extends AnyMessage>(addr: ActorRef<M>, options: { readonly name: string }): RemoteHandler<M> {
    const name = checkName("an actor", options.name);
    return new Handler(addr as unknown as ActorRef<AnyMessage>, name, this.id);
  }
}

/** Gives a name back that is one. */
export function checkName(what: string, name: string): string {
  // Half a character would become another one in UTF-8, and so would every other half.
  if (typeof name === "string" && name !== "" && name.length <= NAME_MAX && name.isWellFormed()) return name;
  const text = String(name).slice(0, 64);
  throw new TypeError(`Cannot name ${what} "${text}": it must have 1 to ${NAME_MAX} whole characters`);
}
