/**
 * Addresses of actors by their names, wherever in the cluster they live.
 * @module
 */

import type { AnyMessage } from "../mod.ts";
import type { Protocol } from "../remote/mod.ts";
import { checkName } from "../remote/spi.ts";
import { type ClusterNode, homeOf } from "./cluster_node.ts";
import { type ClusterRemoteAddr, FollowingAddr } from "./cluster_remote_addr.ts";

/** Options of {@linkcode ClusterClient.remoteAddr}. */
export interface ClusterAddrOptions {
  /**
   * Chooses among a group of actors that have one name: the same key gets the same actor on every node, and only the
   * keys of an actor that comes or goes move.
   *
   * @default {the id of this node}
   */
  readonly key?: string;
}

/**
 * Sends to actors by name, not by node. It uses the connections of its node, so there may be any number of clients, and
 * they need not be closed.
 *
 * @example
 * ```ts
 * import { Actor, ActorSystem, type Message } from "@cinema/cinema";
 * import { ClusterClient, ClusterNode } from "@cinema/cinema/cluster";
 * import { json, MemoryNetwork, protocol } from "@cinema/cinema/remote";
 * import { assertEquals } from "@std/assert";
 *
 * interface Greet extends Message<string> {
 *   type: "greet";
 *   name: string;
 * }
 * const GreeterProtocol = protocol<Greet>({ greet: { name: "Greet", request: json(), reply: json() } });
 * class Greeter extends Actor<Greet> {
 *   greet({ name }: Greet): string {
 *     return `Hello, ${name}!`;
 *   }
 * }
 *
 * const transport = new MemoryNetwork(); // leave it out for TCP
 * await using system = new ActorSystem();
 * await using one = new ClusterNode("node-1", "node-1:7001", { transport });
 * one.register("greeter", system.spawn(() => new Greeter()), GreeterProtocol);
 * await one.join([]);
 *
 * await using two = new ClusterNode("node-2", "node-2:7001", { transport });
 * await two.join(["node-1:7001"]);
 * const greeter = new ClusterClient(two).remoteAddr("greeter", GreeterProtocol);
 * assertEquals(await greeter.send({ type: "greet", name: "World" }), "Hello, World!");
 * ```
 */
export class ClusterClient {
  readonly #node: ClusterNode;

  /** Creates a client that sends by way of `node`. */
  constructor(node: ClusterNode) {
    this.#node = node;
  }

  /**
   * The address of an actor by its name. Who has the name, and whether anybody has, shows whenever a message is sent.
   *
   * @throws {TypeError} When the name is none, or the protocol was not made by `protocol()`.
   */
  remoteAddr<M extends AnyMessage>(
    name: string,
    protocol: Protocol<M>,
    options?: ClusterAddrOptions,
  ): ClusterRemoteAddr<M> {
    const { key = this.#node.id } = options ?? {};
    const known = protocol as unknown as Protocol<AnyMessage>;
    const addr = new FollowingAddr(homeOf(this.#node), checkName("an actor", name), key, known);
    return addr as unknown as ClusterRemoteAddr<M>;
  }
}
