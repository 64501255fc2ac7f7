import { assertEquals, assertGreaterOrEqual, assertLess, assertNotEquals } from "@std/assert";
import { type Body, bytesOf, clusterTag, fnv1a, isBulk } from "../../../cluster/membership/messages.ts";
import { ClusterCodec } from "../../../cluster/wire/cluster_codec.ts";
import { CLUSTER, memberOf, newsOf, pure } from "../../support/members.ts";

pure("fnv1a gives the published hashes of FNV-1a with 32 bits", () => {
  assertEquals(["", "a", "foobar"].map(fnv1a), [0x811c9dc5, 0xe40c292c, 0xbf9cf968]);
});

pure("clusterTag differs between clusters, and is 32 bits without a sign", () => {
  const tags = Array.from({ length: 1_000 }, (_, i) => clusterTag(`cluster-${i}`));
  assertEquals(new Set(tags).size, 1_000);
  for (const tag of tags) assertEquals(tag, tag >>> 0);
  assertNotEquals(clusterTag(""), clusterTag("a"));
});

pure("bytesOf is at least what a piece of news takes on the wire, and not much more, in any script", () => {
  const codec = new ClusterCodec();
  const size = (updates: ReturnType<typeof newsOf>[]) =>
    codec.encodePacket({ cluster: CLUSTER, sender: memberOf("a"), body: { kind: "gossip" }, updates }).length;
  const large = Number.MAX_SAFE_INTEGER;
  for (const id of ["b", "node-17", "ä", "ノード-1", "🎬🎬", "x".repeat(250)]) {
    for (const numbers of [{}, { uid: large, incarnation: large, version: large }]) {
      const update = newsOf(id, { ...numbers, status: "suspect", from: id, isRefused: true });
      // Twenty of them, so that the length of the packet itself plays no part.
      const bytes = (size(Array.from({ length: 20 }, () => update)) - size([])) / 20;
      assertGreaterOrEqual(bytesOf(update), Math.floor(bytes), id);
      assertLess(bytesOf(update) - bytes, 40, id);
    }
  }
});

pure("isBulk keeps what compares states, and refusals, away from the connections of probes", () => {
  const target = { id: "b", uid: 1 };
  const bodies: Body[] = [
    { kind: "ping", sequence: 1, target },
    { kind: "ack", sequence: 1 },
    { kind: "ping-req", sequence: 1, target, addr: "b:1" },
    { kind: "nack", sequence: 1 },
    { kind: "gossip" },
    { kind: "digest", digest: 1, isJoin: false },
    { kind: "state", records: [], wantsReply: true },
    { kind: "refusal", code: "cluster", message: "" },
  ];
  assertEquals(bodies.filter(isBulk).map(({ kind }) => kind), ["digest", "state", "refusal"]);
});
