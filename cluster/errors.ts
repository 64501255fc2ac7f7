/**
 * The errors of the cluster layer.
 * @module
 */

import { CinemaError, MessageError } from "../mod.ts";

/**
 * No node of the cluster has an actor of that name, as far as this one knows. No handler has seen the message. Names
 * spread within a second or so: `ClusterNode.waitForActor` waits for one.
 *
 * @example
 * ```ts
 * import { type Message } from "@cinema/cinema";
 * import { ClusterClient, ClusterNode, NoActorError } from "@cinema/cinema/cluster";
 * import { json, MemoryNetwork, protocol } from "@cinema/cinema/remote";
 * import { assertRejects } from "@std/assert";
 *
 * interface Greet extends Message<string> {
 *   type: "greet";
 * }
 * const GreeterProtocol = protocol<Greet>({ greet: { name: "Greet", request: json(), reply: json() } });
 *
 * await using node = new ClusterNode("node-1", "node-1:7001", { transport: new MemoryNetwork() });
 * await node.join([]);
 * const greeter = new ClusterClient(node).remoteAddr("greeter", GreeterProtocol);
 * await assertRejects(() => greeter.send({ type: "greet" }), NoActorError);
 * ```
 */
export class NoActorError extends MessageError {
  /** The name of the class. */
  override name = "NoActorError";
  /** What became of the message. */
  readonly outcome: "not-delivered" = "not-delivered";
}

/**
 * Why a connection to a node was given up: the node is down or has left, another start of it has taken its place, or
 * this node has left the cluster. It is the `cause` of the `ConnectionLostError` that an ask in flight fails with, and
 * says nothing about the message: the `outcome` there does.
 *
 * @example
 * ```ts
 * import { NodeDownError } from "@cinema/cinema/cluster";
 * import { assertEquals } from "@std/assert";
 *
 * const error = new NodeDownError("The node node-2 is down", { node: "node-2" });
 * assertEquals(error.node, "node-2");
 * ```
 */
export class NodeDownError extends CinemaError {
  /** The name of the class. */
  override name = "NodeDownError";
  /** The id of the node. */
  readonly node: string;

  /** Creates the error; the cluster does. */
  constructor(message: string, options: { readonly node: string }) {
    super(message);
    this.node = options.node;
  }
}

/**
 * Why a node may not join:
 *
 * - `"cluster"`: the seed is of a cluster of another name, or speaks another version;
 * - `"id-taken"`: a node of that id lives at another address;
 * - `"key"`: the seed and this node have no key in common;
 * - `"closed"`: this node has left, or another join has begun, before it had joined.
 */
export type JoinErrorCode = "cluster" | "id-taken" | "key" | "closed";

/**
 * A node was turned away. It is no member, and does not try again by itself.
 *
 * @example
 * ```ts
 * import { ClusterNode, JoinError } from "@cinema/cinema/cluster";
 * import { MemoryNetwork } from "@cinema/cinema/remote";
 * import { assertEquals, assertRejects } from "@std/assert";
 *
 * const transport = new MemoryNetwork();
 * await using blue = new ClusterNode("node-1", "node-1:7001", { transport, clusterName: "blue" });
 * await blue.join([]);
 * await using green = new ClusterNode("node-2", "node-2:7001", { transport, clusterName: "green" });
 * const { code } = await assertRejects(() => green.join(["node-1:7001"]), JoinError);
 * assertEquals(code, "cluster");
 * ```
 */
export class JoinError extends CinemaError {
  /** The name of the class. */
  override name = "JoinError";
  /** Why. */
  readonly code: JoinErrorCode;

  /** Creates the error; the cluster does. */
  constructor(message: string, options: ErrorOptions & { readonly code: JoinErrorCode }) {
    super(message, options);
    this.code = options.code;
  }
}
