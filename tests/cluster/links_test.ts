import { assert, assertEquals } from "@std/assert";
import { BULK_IDLE_MS, LINK_IDLE_MS, LINKS_MAX, QUEUE_MAX } from "../../cluster/limits.ts";
import { Links } from "../../cluster/links.ts";
import { type Listener, MemoryNetwork } from "../../remote/mod.ts";
import { CHANNEL_TYPE } from "../../remote/channel.ts";
import type { Dialled } from "../../remote/spi.ts";
import { ManualClock } from "../../src/testing/mod.ts";
import { dialledOf, FarEnd, textOf } from "../support/cluster_nodes.ts";
import { watch } from "../support/signals.ts";

const bytesOf = (line: string) => new TextEncoder().encode(line);

/** Links in virtual time, to addresses at which the test listens; there the handshake is done already. */
class Stage implements AsyncDisposable {
  readonly clock = new ManualClock();
  readonly network = new MemoryNetwork({ clock: this.clock });
  readonly log: string[] = [];
  /** The far ends, in the order in which they were connected. */
  readonly far: FarEnd[] = [];
  readonly links: Links;
  dials = 0;
  readonly #listeners = new Map<string, Listener>();
  readonly #held: PromiseWithResolvers<void>[] = [];
  #isHolding = false;

  constructor() {
    this.links = new Links({
      clock: this.clock,
      dial: (addr, signal) => this.#dial(addr, signal),
      received: (payload, { node }, addr) => this.log.push(`${node} at ${addr} says ${textOf(payload)}`),
      lost: (addr) => this.log.push(`lost ${addr}`),
      refused: (addr) => this.log.push(`refused ${addr}`),
      failed: (addr, error) => this.log.push(`failed ${addr}: ${(error as Error).message}`),
    });
  }

  async listen(addr: string): Promise<void> {
    const listener = await this.network.listen(hostOf(addr));
    this.#listeners.set(addr, listener);
    const accept = async () => {
      for (let one = await listener.accept(); one !== undefined; one = await listener.accept()) {
        this.far.push(new FarEnd(one));
      }
    };
    accept();
  }

  unlisten(addr: string): void {
    this.#listeners.get(addr)?.close();
  }

  /** From now on connections are made only when they are let. */
  hold(): void {
    this.#isHolding = true;
  }

  async release(): Promise<void> {
    this.#isHolding = false;
    for (const { resolve } of this.#held.splice(0)) resolve();
    await this.clock.settle();
  }

  send(addr: string, line: string, isBulk = false): void {
    this.links.send(addr, bytesOf(line), isBulk);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.links.close();
    for (const listener of this.#listeners.values()) listener.close();
  }

  async #dial(addr: string, signal: AbortSignal): Promise<Dialled> {
    this.dials++;
    if (this.#isHolding) {
      const held = Promise.withResolvers<void>();
      this.#held.push(held);
      signal.addEventListener("abort", () => held.resolve());
      await held.promise;
    }
    return dialledOf(await this.network.connect(hostOf(addr), { signal }), `node of ${addr}`);
  }
}

function hostOf(addr: string): { hostname: string; port: number } {
  return { hostname: addr, port: 1 };
}

Deno.test("one connection for each address carries packets in order, and another one those that may be large", async () => {
  await using stage = new Stage();
  const { clock, far } = stage;
  await stage.listen("b");
  for (const line of ["1", "2"]) stage.send("b", line);
  stage.send("b", "large", true);
  await clock.settle();
  stage.send("b", "3");
  await clock.settle();
  assertEquals([stage.links.size, far.map(({ texts }) => texts)], [2, [["1", "2", "3"], ["large"]]]);
  await far[0]!.say({ messageType: CHANNEL_TYPE, payload: bytesOf("pong") });
  await clock.settle();
  assertEquals(stage.log, ["node of b at b says pong"]);
});

Deno.test("while a connection is made the newest packets wait, and so many", async () => {
  await using stage = new Stage();
  await stage.listen("b");
  stage.hold();
  for (let n = 0; n < QUEUE_MAX + 10; n++) stage.send("b", String(n));
  await stage.release();
  assertEquals(stage.far[0]!.texts, Array.from({ length: QUEUE_MAX }, (_, n) => String(n + 10)));
});

Deno.test("a connection that cannot be made is told of, a closed port as such, and the next packet tries again", async () => {
  await using stage = new Stage();
  stage.send("b", "1");
  await stage.clock.settle();
  assertEquals(stage.log.splice(0), ["failed b: Connection refused: b:1", "refused b"]);
  assertEquals(stage.links.size, 0);
  await stage.listen("b");
  stage.send("b", "2");
  await stage.clock.settle();
  assertEquals([stage.dials, stage.far[0]!.texts, stage.log], [2, ["2"], []]);
});

Deno.test("a broken connection whose process lives on is made anew, and nobody is told that it is lost", async () => {
  await using stage = new Stage();
  await stage.listen("b");
  stage.send("b", "1");
  await stage.clock.settle();
  stage.network.reset();
  await stage.clock.settle();
  assertEquals(stage.log, ["failed b: Cannot read: the connection was reset"]);
  stage.send("b", "2");
  await stage.clock.settle();
  assertEquals([stage.dials, stage.far.map(({ texts }) => texts)], [2, [["1"], ["2"]]]);
});

Deno.test("a connection that ends, and whose port refuses then, is lost, however often it had been made anew before", async () => {
  for (const breaks of [0, 1, 3]) {
    await using stage = new Stage();
    await stage.listen("b");
    stage.links.check("b");
    for (let n = 0; n < breaks; n++) {
      await stage.clock.advance(10_000);
      stage.far.at(-1)!.close();
    }
    await stage.clock.advance(10_000);
    assertEquals([stage.dials, stage.log], [breaks + 1, []]);
    stage.unlisten("b");
    stage.far.at(-1)!.close();
    await stage.clock.settle();
    assertEquals(stage.log, ["failed b: Connection refused: b:1", "lost b", "refused b"]);
  }
});

Deno.test("a peer that ends each connection at once is not dialled again and again", async () => {
  await using stage = new Stage();
  await stage.listen("b");
  stage.links.check("b");
  for (let round = 0; round < 10; round++) {
    await stage.clock.settle();
    stage.far.at(-1)!.close();
  }
  assertEquals([stage.dials, stage.links.size, stage.log], [2, 0, []]);
});

Deno.test("whoever says goodbye is not looked for, and neither is one whose large connection ends", async () => {
  await using stage = new Stage();
  await stage.listen("b");
  stage.links.check("b");
  stage.send("b", "large", true);
  await stage.clock.settle();
  await stage.far[0]!.say({ control: "goodbye" });
  stage.far[1]!.close();
  await stage.clock.settle();
  assertEquals([stage.dials, stage.links.size, stage.log, stage.far[0]!.isOver], [2, 0, [], true]);
});

Deno.test("a peer that is no node of a cluster is told of", async () => {
  await using stage = new Stage();
  await stage.listen("b");
  stage.send("b", "1");
  await stage.clock.settle();
  await stage.far[0]!.say({ fault: { code: "no-such-actor", message: "", name: "", detail: "", sequence: 1 } });
  await stage.clock.settle();
  assertEquals(stage.log, ["failed b: The other side is no node of a cluster"]);
});

Deno.test("a connection that nobody uses is closed after a while, one for large packets soon", async () => {
  await using stage = new Stage();
  await stage.listen("b");
  await stage.listen("c");
  stage.send("b", "large", true);
  for (const addr of ["b", "c"]) {
    await stage.clock.settle();
    stage.links.check(addr);
  }
  await stage.clock.advance(2 * BULK_IDLE_MS);
  assertEquals(stage.links.size, 2);
  await stage.clock.advance(LINK_IDLE_MS - 3 * BULK_IDLE_MS);
  stage.send("b", "2");
  // What is heard counts as much as what is said.
  await stage.far[2]!.say({ messageType: CHANNEL_TYPE, payload: bytesOf("still here") });
  await stage.clock.advance(3 * BULK_IDLE_MS);
  assertEquals([stage.links.size, stage.far.map(({ isOver }) => isOver)], [2, [true, false, false]]);
  await stage.clock.advance(LINK_IDLE_MS);
  assertEquals([stage.links.size, stage.log.length], [0, 1]);
});

Deno.test("there are no more connections than allowed: the one that was used least lately is closed", async () => {
  await using stage = new Stage();
  for (let n = 0; n < LINKS_MAX; n++) {
    await stage.listen(`n${n}`);
    stage.links.check(`n${n}`);
    await stage.clock.settle();
  }
  stage.send("n0", "still used");
  await stage.listen("one more");
  stage.send("one more", "1");
  await stage.clock.settle();
  assertEquals(stage.links.size, LINKS_MAX);
  assertEquals(stage.far.flatMap(({ isOver }, n) => isOver ? [n] : []), [1]);
});

Deno.test("drop closes what leads to an address, also what is only being made, and tells nobody", async () => {
  await using stage = new Stage();
  await stage.listen("b");
  await stage.listen("c");
  stage.send("b", "1");
  stage.send("b", "1", true);
  await stage.clock.settle();
  stage.hold();
  stage.send("c", "never arrives");
  for (const addr of ["b", "c", "nobody"]) stage.links.drop(addr);
  await stage.release();
  assertEquals([stage.links.size, stage.dials, stage.log], [0, 3, []]);
  assert(stage.far.slice(0, 2).every(({ isOver }) => isOver));
  assertEquals(stage.far.slice(2).flatMap(({ texts }) => texts), []);
});

Deno.test("drained waits for connections that are being made, but not for those that cannot be", async () => {
  await using stage = new Stage();
  await stage.listen("b");
  stage.hold();
  stage.send("b", "1");
  stage.send("nobody", "2");
  const drained = watch(stage.links.drained());
  await stage.clock.settle();
  assertEquals(drained.ended, "pending");
  await stage.release();
  assertEquals([drained.ended, stage.far[0]!.texts], [undefined, ["1"]]);
});

Deno.test("close ends everything, and nothing begins after it", async () => {
  await using stage = new Stage();
  await stage.listen("b");
  stage.send("b", "1");
  await stage.clock.settle();
  stage.hold();
  stage.send("nobody", "2");
  await stage.links.close();
  stage.send("b", "3");
  stage.links.check("b");
  await stage.clock.advance(LINK_IDLE_MS);
  assertEquals([stage.links.size, stage.dials, stage.log], [0, 2, []]);
  assert(stage.far[0]!.isOver);
});
