/**
 * Many processes as one system: who is there and who is not, which node has which actor, and messages by name.
 *
 * {@linkcode ClusterNode} is this process as a member of the cluster, {@linkcode ClusterClient} sends to actors by
 * their names. [`cluster/README.md`](cluster/README.md) shows the rest by task: joining, failures, names and groups,
 * tuning, security, Cinema-rs.
 *
 * ```ts
 * import { Actor, ActorSystem, type Message } from "@cinema/cinema";
 * import { ClusterClient, ClusterNode } from "@cinema/cinema/cluster";
 * import { json, protocol } from "@cinema/cinema/remote";
 * import { assertEquals } from "@std/assert";
 *
 * interface Get extends Message<string> {
 *   type: "get";
 *   key: string;
 * }
 * const StoreProtocol = protocol<Get>({ get: { name: "kv.Get", request: json(), reply: json() } });
 * class Store extends Actor<Get> {
 *   get({ key }: Get): string {
 *     return `the value of ${key}`;
 *   }
 * }
 *
 * await using system = new ActorSystem();
 * await using one = new ClusterNode("node-1", "127.0.0.1:0"); // usually a fixed port
 * one.register("store", system.spawn(() => new Store()), StoreProtocol);
 * await one.join([]); // the first node of a cluster has nobody to ask
 *
 * await using two = new ClusterNode("node-2", "127.0.0.1:0");
 * await two.join([one.addr]);
 * const store = new ClusterClient(two).remoteAddr("store", StoreProtocol);
 * assertEquals(await store.send({ type: "get", key: "a" }), "the value of a");
 * ```
 *
 * @module
 */
export { type ClusterAddrOptions, ClusterClient } from "./cluster_client.ts";
export { ClusterNode } from "./cluster_node.ts";
export type { ClusterRemoteAddr } from "./cluster_remote_addr.ts";
export { JoinError, type JoinErrorCode, NoActorError, NodeDownError } from "./errors.ts";
export type { ActorLocation, ClusterEvent, ClusterMember } from "./events.ts";
export type { MembershipConfig, Preset } from "./membership/config.ts";
export type { NodeStatus } from "./membership/member.ts";
export type {
  ClusterNodeOptions,
  CompatOptions,
  GossipOptions,
  JoinOptions,
  RegisterOptions,
  WaitOptions,
} from "./options.ts";
