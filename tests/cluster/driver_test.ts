import { assert, assertEquals, assertFalse, assertStringIncludes } from "@std/assert";
import { Core } from "../../cluster/core.ts";
import type { CoreEvent } from "../../cluster/core_event.ts";
import { Driver } from "../../cluster/driver.ts";
import { MESH_MAX } from "../../cluster/limits.ts";
import { PRESETS } from "../../cluster/membership/config.ts";
import type { MemberRecord } from "../../cluster/membership/member.ts";
import { type Body, clusterTag, type Packet, type Update } from "../../cluster/membership/messages.ts";
import { ClusterCodec, type ClusterMessage } from "../../cluster/wire/cluster_codec.ts";
import { CHANNEL_TYPE } from "../../remote/channel.ts";
import { type Listener, MemoryNetwork } from "../../remote/mod.ts";
import type { ChannelPeer } from "../../remote/spi.ts";
import { ManualClock, SeededRandom } from "../../src/testing/mod.ts";
import { dialledOf, FarEnd } from "../support/cluster_nodes.ts";
import { memberOf, newsOf } from "../support/members.ts";

const codec = new ClusterCodec();
const cluster = clusterTag("test");

/** The driver of a node "a" at "a:1" in virtual time, whose peers are played by the test. */
class Stage implements AsyncDisposable {
  readonly clock = new ManualClock();
  readonly network = new MemoryNetwork({ clock: this.clock });
  readonly log: string[] = [];
  readonly failures: string[] = [];
  readonly core: Core;
  readonly driver: Driver;
  /** The far ends of what the driver has dialled, by their hosts. */
  readonly far = new Map<string, FarEnd[]>();
  readonly dialled: string[] = [];
  readonly #listeners = new Map<string, Listener>();

  constructor() {
    const random = new SeededRandom(1);
    const options = { id: "a", uid: 100, addr: "a:1", cluster, clusterName: "test", random, entriesMax: 100 };
    this.core = new Core({ ...options, config: { ...PRESETS.lan, suspicionMs: 60_000 } }, 0);
    this.driver = new Driver({
      core: this.core,
      clock: this.clock,
      dial: async (addr, signal) => {
        this.dialled.push(addr);
        const hostname = addr.slice(0, -2);
        return dialledOf(await this.network.connect({ hostname, port: 1 }, { signal }), hostname);
      },
      failed: (addr) => this.failures.push(addr),
      emit: (event) => this.log.push(brief(event)),
      metSelf: (addr) => this.log.push(`self at ${addr}`),
    });
  }

  async listen(hostname: string): Promise<void> {
    const listener = await this.network.listen({ hostname, port: 1 });
    const far: FarEnd[] = [];
    this.#listeners.set(hostname, listener);
    this.far.set(hostname, far);
    const accept = async () => {
      for (let one = await listener.accept(); one !== undefined; one = await listener.accept()) {
        far.push(new FarEnd(one));
      }
    };
    accept();
  }

  /** A process ends: its port refuses and its connections break. */
  die(hostname: string): void {
    this.#listeners.get(hostname)?.close();
    for (const far of this.far.get(hostname) ?? []) far.close();
  }

  /** What the driver has said to a host that it has dialled, on each connection. */
  said(hostname: string): string[][] {
    return (this.far.get(hostname) ?? []).map(({ heard }) => heard.map((bytes) => kindOf(codec.decode(bytes))));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.driver.close();
    for (const listener of this.#listeners.values()) listener.close();
  }
}

/** Somebody who has connected, and what was said to it. */
class Guest implements ChannelPeer {
  readonly remote = { hostname: "10.0.0.9", port: 40_000 };
  readonly node: string;
  readonly heard: ClusterMessage[] = [];
  isFull = false;

  constructor(node: string) {
    this.node = node;
  }

  say(payload: Uint8Array): boolean {
    if (!this.isFull) this.heard.push(codec.decode(payload)!);
    return !this.isFull;
  }
}

function kindOf(message: ClusterMessage | undefined): string {
  if (message === undefined) return "nothing";
  return message.kind === "packet" ? message.packet.body.kind : `directory ${message.message.body.kind}`;
}

function brief(event: CoreEvent): string {
  if (event.kind === "status") return `${event.member.id} ${event.member.status}`;
  return "addr" in event ? `${event.kind} ${event.addr}` : event.kind;
}

function packetOf(
  sender: MemberRecord,
  body: Body,
  updates: readonly Update[] = [],
  tag: number = cluster,
): Uint8Array {
  const packet: Packet = { cluster: tag, sender, body, updates };
  return codec.encodePacket(packet);
}

const GOSSIP: Body = { kind: "gossip" };
const ping: Body = { kind: "ping", sequence: 7, target: { id: "a", uid: 100 } };

Deno.test("a packet whose sender is not the node of its connection changes nothing, and is told of with its address", async () => {
  await using stage = new Stage();
  const { driver, core, log } = stage;
  driver.receive(packetOf(memberOf("b"), GOSSIP), new Guest("b"));
  driver.receive(packetOf(memberOf("c"), GOSSIP), new Guest("c"));
  assertEquals(log.splice(0), ["b up", "c up"]);
  const before = [core.self, core.member("b"), core.digest];
  const mallory = new Guest("mallory");
  const forged = [
    packetOf(memberOf("b"), GOSSIP, [newsOf("c", { status: "down" }), newsOf("a", { status: "down" })]),
    packetOf(memberOf("c", { status: "left", incarnation: 9 }), GOSSIP),
    packetOf(memberOf("a", { status: "down" }), GOSSIP),
    packetOf(memberOf("a"), ping),
    codec.encodeDirectory({
      cluster,
      sender: memberOf("b"),
      body: { kind: "page", page: { uid: 100, since: 0, version: 1, changes: [], compacted: 0 } },
    }),
  ];
  for (const bytes of forged) driver.receive(bytes, mallory);
  assertEquals(log, forged.map(() => "rejected 10.0.0.9:40000"));
  assertEquals<unknown>([core.self, core.member("b"), core.digest], before);
  assertEquals([mallory.heard, stage.dialled], [[], ["b:1", "c:1"]]);
});

Deno.test("bytes that make no sense are told of and end nothing, and what a later version has added is passed over", async () => {
  await using stage = new Stage();
  const guest = new Guest("b");
  const whole = packetOf(memberOf("b"), GOSSIP);
  for (let length = 1; length < whole.length; length++) stage.driver.receive(whole.subarray(0, length), guest);
  assertEquals(stage.log, Array.from({ length: whole.length - 1 }, () => "rejected 10.0.0.9:40000"));
  stage.driver.receive(new Uint8Array(0), guest);
  // Field 99, of length 0.
  stage.driver.receive(Uint8Array.of(0x9A, 0x06, 0), guest);
  assertEquals(stage.log.length, whole.length - 1);
  stage.driver.receive(whole, guest);
  assertEquals(stage.log.at(-1), "b up");
});

Deno.test("an answer goes back on the connection of its question", async () => {
  await using stage = new Stage();
  await stage.listen("b");
  const guest = new Guest("b");
  stage.driver.receive(packetOf(memberOf("b"), ping), guest);
  stage.driver.receive(packetOf(memberOf("b"), { kind: "digest", digest: 1, isJoin: true }), guest);
  await stage.clock.settle();
  assertEquals([guest.heard.map(kindOf), stage.said("b")], [["ack", "state"], [[]]]);
});

Deno.test("where the connection of the question takes nothing more, the answer goes on one of its own", async () => {
  await using stage = new Stage();
  await stage.listen("b");
  const guest = new Guest("b");
  guest.isFull = true;
  stage.driver.receive(packetOf(memberOf("b"), ping), guest);
  await stage.clock.settle();
  assertEquals([guest.heard, stage.said("b")], [[], [["ack"]]]);
});

Deno.test("what may be large does not travel where probes do", async () => {
  await using stage = new Stage();
  await stage.listen("b");
  const guest = new Guest("b");
  // It has actors, so its directory is asked for: for that the connection of the ping is too good.
  stage.driver.receive(packetOf(memberOf("b", { version: 3 }), ping), guest);
  await stage.clock.settle();
  assertEquals([guest.heard.map(kindOf), stage.said("b")], [["ack"], [[], ["directory request"]]]);
  // A directory that is asked for on a connection for large things goes back there.
  stage.driver.perform((now) => stage.core.register("desk", "Desk", false, now));
  const body = { kind: "request", uid: 100, since: 0, compacted: 0 } as const;
  stage.driver.receive(codec.encodeDirectory({ cluster, sender: memberOf("b"), body }), guest);
  assertEquals(guest.heard.map(kindOf), ["ack", "directory page"]);
});

Deno.test("what falls due is done at its time, on the connections of the driver", async () => {
  await using stage = new Stage();
  await stage.listen("b");
  const { driver, core, clock } = stage;
  driver.perform((now) => core.start(now));
  driver.perform((now) => core.add(memberOf("b"), now));
  await clock.advance(3_000);
  const pings = stage.said("b").flat().filter((kind) => kind === "ping").length;
  assert(pings >= 2 && pings <= 3, `${pings} pings in 3 s`);
  await driver.close();
  const { length } = stage.said("b").flat();
  await clock.advance(60_000);
  driver.perform(() => [{ kind: "event", event: { kind: "synced", addr: "late" } }]);
  driver.receive(packetOf(memberOf("c"), GOSSIP), new Guest("c"));
  assertEquals([stage.said("b").flat().length, stage.log.includes("c up"), stage.log.includes("synced late")], [
    length,
    false,
    false,
  ]);
});

Deno.test("a member whose connection broke and whose port refuses is suspect at once, and down when that lasts", async () => {
  await using stage = new Stage();
  await stage.listen("b");
  const { driver, core, clock } = stage;
  driver.perform((now) => core.add(memberOf("b"), now));
  await clock.settle();
  stage.die("b");
  await clock.settle();
  assertEquals(stage.log.splice(0), ["b up", "b suspect"]);
  await clock.advance(1_000);
  assertEquals(stage.log, ["b down"]);
  // Nobody looks any more.
  const { length } = stage.dialled;
  await clock.advance(10_000);
  assertEquals(stage.dialled.length, length);
});

Deno.test("a connection that breaks while its process lives on causes no suspicion", async () => {
  await using stage = new Stage();
  await stage.listen("b");
  const { driver, core, clock } = stage;
  driver.perform((now) => core.add(memberOf("b"), now));
  for (let round = 0; round < 3; round++) {
    driver.perform((now) => [{
      kind: "send",
      addr: "b:1",
      message: { kind: "packet", packet: { cluster, sender: core.self, body: GOSSIP, updates: [] } },
      isBulk: now < 0,
    }]);
    await clock.advance(2_000);
    stage.network.reset();
    await clock.advance(2_000);
  }
  assertEquals([stage.log, stage.failures], [["b up"], ["b:1", "b:1", "b:1"]]);
});

Deno.test("who hears that a member is suspected looks at its port itself", async () => {
  await using stage = new Stage();
  stage.driver.receive(packetOf(memberOf("b"), GOSSIP), new Guest("b"));
  stage.driver.receive(packetOf(memberOf("c"), GOSSIP), new Guest("c"));
  await stage.clock.settle();
  const news = newsOf("c", { status: "suspect", from: "b", isRefused: true });
  stage.driver.receive(packetOf(memberOf("b"), GOSSIP, [news]), new Guest("b"));
  await stage.clock.settle();
  // Two of two have found it closed.
  assertEquals(stage.log, ["b up", "c up", "c suspect", "c down"]);
});

Deno.test("in a small cluster there is a connection to everybody, and those who are gone do not make it large", async () => {
  await using stage = new Stage();
  const member = (n: number) => newsOf(`n${n}`, n < 100 ? { status: "left" } : {});
  const hear = (n: number) => stage.driver.receive(packetOf(memberOf("b"), GOSSIP, [member(n)]), new Guest("b"));
  for (let n = 0; n < 100 + MESH_MAX + 10; n++) hear(n);
  const wanted = Array.from({ length: MESH_MAX - 1 }, (_, n) => `n${n + 100}:1`);
  assertEquals(stage.dialled, ["b:1", ...wanted]);
});

Deno.test("the connections to a member that is down or has left are closed", async () => {
  for (const status of ["down", "left"] as const) {
    await using stage = new Stage();
    await stage.listen("b");
    stage.driver.receive(packetOf(memberOf("b", { version: 1 }), GOSSIP), new Guest("b"));
    await stage.clock.settle();
    const [far] = stage.far.get("b")!;
    assertFalse(far!.isOver);
    stage.driver.receive(
      packetOf(memberOf("c"), GOSSIP, [
        newsOf("b", { status, version: 1, from: "c", isRefused: true }),
      ]),
      new Guest("c"),
    );
    await stage.clock.settle();
    assertEquals([stage.log.includes(`b ${status}`), far!.isOver], [true, true]);
  }
});

Deno.test("a node that reaches itself by another name of its address is told so, and nothing else comes of it", async () => {
  await using stage = new Stage();
  const { driver, core } = stage;
  const bytes = packetOf(core.self, { kind: "digest", digest: 1, isJoin: true });
  const guest = new Guest("a");
  driver.receive(bytes, guest);
  assertEquals(guest.heard.map(kindOf), ["digest"]);
  driver.receive(bytes, guest, "alias:1");
  assertEquals([guest.heard.length, stage.log, core.members], [1, ["self at alias:1"], []]);
});

Deno.test("whoever answers a seed is named by the address at which it was reached", async () => {
  await using stage = new Stage();
  await stage.listen("seed");
  stage.driver.perform((now) => stage.core.join(["seed:1"], now));
  await stage.clock.settle();
  const [far] = stage.far.get("seed")!;
  const seed = memberOf("seed", { addr: "10.0.0.1:7001" });
  const refusal: Body = { kind: "refusal", code: "cluster", message: "no" };
  for (const body of [refusal, { kind: "state", records: [], wantsReply: false } as const]) {
    await far!.say({ messageType: CHANNEL_TYPE, payload: packetOf(seed, body) });
  }
  await stage.clock.settle();
  assertEquals(stage.log, ["refused seed:1", "seed up", "synced seed:1", "caught-up"]);
});

Deno.test("a reason for people says who spoke for whom", async () => {
  await using stage = new Stage();
  const reasons: string[] = [];
  const driver = new Driver({
    core: stage.core,
    clock: stage.clock,
    dial: () => Promise.reject(new Error("nobody")),
    failed: () => {},
    emit: (event) => event.kind === "rejected" && reasons.push(event.reason),
    metSelf: () => {},
  });
  driver.receive(packetOf(memberOf("b"), GOSSIP), new Guest("mallory"));
  assertStringIncludes(reasons[0]!, '"mallory" speaks for "b"');
  await driver.close();
});
