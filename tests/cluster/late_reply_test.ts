import { assertEquals, assertRejects } from "@std/assert";
import { Actor, HandlerAbandonedError, LateReply, type Message } from "../../mod.ts";
import { ClusterClient } from "../../cluster/mod.ts";
import { json, protocol } from "../../remote/mod.ts";
import { Cluster } from "../support/cluster_nodes.ts";

interface Wait extends Message<string> {
  readonly type: "wait";
}
interface Open extends Message {
  readonly type: "open";
  readonly text: string;
}
const GateProtocol = protocol<Wait | Open>({
  wait: { name: "gate.Wait", request: json(), reply: json() },
  open: { name: "gate.Open", request: json() },
});

class Gate extends Actor<Wait | Open> {
  #waiting: LateReply<string>[] = [];
  wait(): LateReply<string> {
    const reply = new LateReply<string>();
    this.#waiting.push(reply);
    return reply;
  }
  open({ text }: Open): void {
    for (const reply of this.#waiting.splice(0)) reply.resolve(text);
  }
}

Deno.test("an actor answers asks of every node from a later turn, and those it leaves open hear of its end", async () => {
  await using cluster = new Cluster();
  const [a, b] = await cluster.start("a", "b");
  const gate = cluster.system.spawn(() => new Gate());
  b!.register("gate", gate, GateProtocol);
  await cluster.known(a!, "gate");
  const addrs = [a!, b!].map((node) => new ClusterClient(node).remoteAddr("gate", GateProtocol));
  const asked = addrs.map((addr) => addr.send({ type: "wait" }));
  await cluster.clock.advance(1_000);
  await cluster.run(addrs[0]!.send({ type: "open", text: "come in" }));
  assertEquals(await cluster.run(Promise.all(asked)), ["come in", "come in"]);
  const left = addrs.map((addr) => assertRejects(() => addr.send({ type: "wait" }), HandlerAbandonedError));
  await cluster.clock.advance(1_000);
  await cluster.run(cluster.system.stop(gate));
  for (const { outcome } of await cluster.run(Promise.all(left))) assertEquals(outcome, "unknown");
});
