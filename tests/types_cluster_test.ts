/**
 * What the compiler promises about addresses of the cluster. The code is never run: see `support/type_tests.ts`.
 *
 * @module
 */

import type { ActorRef, Addr, Context, Message } from "@cinema/cinema";
import type {
  ClusterClient,
  ClusterEvent,
  ClusterMember,
  ClusterNode,
  ClusterRemoteAddr,
} from "@cinema/cinema/cluster";
import type { Protocol, RemoteAddr, RemoteClient, Transport } from "@cinema/cinema/remote";
import { same, typeTests } from "./support/type_tests.ts";

interface Add extends Message<{ value: number }> {
  readonly type: "add";
  readonly n: number;
}
interface One extends Message<{ value: 1 }> {
  readonly type: "add";
  readonly n: number;
}
interface Reset extends Message {
  readonly type: "reset";
}
interface Name extends Message<string> {
  readonly type: "name";
}

const types = await typeTests(import.meta.url);

types("an address of the cluster is a reference as any other, and takes no less than it says", (
  cluster: ClusterRemoteAddr<Add | Reset>,
  remote: RemoteAddr<Add | Reset>,
  local: Addr<Add | Reset>,
) => {
  const refs: ActorRef<Add>[] = [cluster, remote, local];
  const less: ClusterRemoteAddr<Reset> = cluster;
  // @ts-expect-error: it does not take `name`
  const more: ActorRef<Add | Name> = cluster;
  // @ts-expect-error: an actor of one process has no name in the cluster
  const wrong: ClusterRemoteAddr<Add> = local;
  return [refs, less, more, wrong];
});

types("what was left out may be handed on as undefined", (
  node: ClusterNode,
  options: { timeout?: number; signal?: AbortSignal; count?: number },
  client: RemoteClient,
  transport: Transport,
) => {
  const { timeout, signal, count } = options;
  node.join([], { signal });
  node.waitForActor("calculator", { count, signal });
  node.leave({ timeout });
  client.close({ timeout });
  transport.connect({ hostname: "h", port: 1 }, { signal });
  // @ts-expect-error: but nothing else
  node.leave({ timeout: null });
});

types("an address has the messages of its protocol, and the replies have their types", async (
  client: ClusterClient,
  both: Protocol<Add | Reset>,
) => {
  const addr = client.remoteAddr("calculator", both, { key: "k" });
  const { value } = await addr.call({ type: "add", n: 1 });
  same<typeof value, number>(true);
  same<Awaited<ReturnType<typeof addr.doSend>>, Awaited<ReturnType<ActorRef<Add>["doSend"]>>>(true);
  const nothing: void = await addr.send({ type: "reset" });
  // @ts-expect-error: `n` is missing
  await addr.call({ type: "add" });
  // @ts-expect-error: the protocol has no `name`
  await addr.send({ type: "name" });
  // @ts-expect-error: the protocol has no `name`
  await addr.doSend({ type: "name" });
  // @ts-expect-error: the protocol has no `name`
  addr.trySend({ type: "name" });
  await addr.writable().getWriter().write({ type: "reset" });
  // @ts-expect-error: the protocol has no `name`
  await addr.writable().getWriter().write({ type: "name" });
  return nothing;
});

types("an actor is registered for what it takes, and for no more", (
  node: ClusterNode,
  addr: Addr<Add | Reset>,
  small: Protocol<Add>,
  other: Protocol<Add | Name>,
  exact: Protocol<One>,
) => {
  node.register("calculator", addr, small, { group: true, actorType: "Calculator" });
  // @ts-expect-error: the actor does not take `name`
  node.register("calculator", addr, other);
  // @ts-expect-error: the actor gives other replies, too
  node.register("calculator", addr, exact);
  // @ts-expect-error: it must be said how messages travel
  node.register("calculator", addr);
});

types("an address of the cluster can be watched", (ctx: Context<Reset>, cluster: ClusterRemoteAddr<Add>) => {
  ctx.watch(cluster);
  ctx.unwatch(cluster);
});

types("events are told apart by their kind, and a member has one of four statuses", (
  event: ClusterEvent,
  node: ClusterNode,
) => {
  if (event.kind === "down") same<typeof event.member, ClusterMember>(true);
  if (event.kind === "unreachable") same<typeof event.retryInMs, number>(true);
  // @ts-expect-error: nothing is called so
  if (event.kind === "gone") return;
  same<ClusterMember["status"], "up" | "suspect" | "down" | "left">(true);
  // @ts-expect-error: there is no such status
  node.addMember({ id: "b", addr: "b:1", status: "UP" });
});
