import { Actor, ActorSystem, type Message, MessageRefusedError } from "@cinema/cinema";
import {
  type Codec,
  json,
  LocalNode,
  MemoryNetwork,
  MessageRouter,
  protocol,
  RemoteClient,
  RemoteServer,
  ReplyLostError,
} from "@cinema/cinema/remote";
import { assertEquals, assertRejects, assertThrows } from "@std/assert";

const utf8 = (text: string) => new TextEncoder().encode(text);

Deno.test({
  name: "json() carries what JSON can say as it is, and undefined as nothing",
  permissions: "none",
  fn() {
    const codec: Codec<unknown> = json();
    for (
      const value of [undefined, null, 0, -0, [{ n: -0 }], -1.5, "", "grüße 🎬", true, [], [1, [2]], { a: { b: null } }]
    ) {
      assertEquals(codec.decode(codec.encode(value) as Uint8Array), value);
    }
    assertEquals(codec.encode(undefined), new Uint8Array(0));
    const zeros = codec.decode(codec.encode([0, -0]) as Uint8Array) as number[];
    assertEquals(zeros.map((zero) => Object.is(zero, -0)), [false, true]);
  },
});

Deno.test({
  name: "json() refuses what JSON cannot say, and bytes that are none",
  permissions: "none",
  fn() {
    const codec: Codec<unknown> = json();
    const circle: { self?: unknown } = {};
    circle.self = circle;
    for (const value of [1n, circle, () => 1, Symbol("s")]) assertThrows(() => codec.encode(value), TypeError);
    const nested = { items: [{ when: new Date(0) }] };
    assertThrows(() => codec.encode(nested), TypeError, "Cannot write this as JSON: items[0].when is an object of the");
    const long = { ["x".repeat(1_000)]: NaN };
    assertEquals(assertThrows(() => codec.encode(long), TypeError).message.length, 27 + 300);
    for (const text of ["{", "undefined", "[1,]", " "]) assertThrows(() => codec.decode(utf8(text)), SyntaxError);
    // Half a character, and the mark of another encoding.
    assertThrows(() => codec.decode(new Uint8Array([34, 0xe2, 0x82, 34])), TypeError);
    assertThrows(() => codec.decode(new Uint8Array([0xef, 0xbb, 0xbf, 49])), SyntaxError);
  },
});

Deno.test({
  name: "json(check) sends what writes itself, for the check to make whole, and no address",
  permissions: "none",
  async fn() {
    const codec = json((value) => ({ at: new Date((value as { at: string }).at) }));
    assertEquals(codec.decode(codec.encode({ at: new Date(7) }) as Uint8Array), { at: new Date(7) });
    await using system = new ActorSystem();
    const at = system.spawn(() => new Shelf()) as unknown as Date;
    assertThrows(() => codec.encode({ at }), TypeError, "Cannot send the address");
    assertThrows(() => codec.encode({ at: new Date(7), n: NaN } as { at: Date }), TypeError, "n is NaN");
  },
});

interface Store extends Message<number | undefined> {
  type: "store";
  key: string;
  value: unknown;
}
const seen: Store[] = [];
class Shelf extends Actor<Store> {
  store(store: Store): number | undefined {
    seen.push(store);
    return store.key === "bad" ? 1n as unknown as number : seen.length === 1 ? undefined : seen.length;
  }
}
const keyed = json((value): { key: string; value: unknown } => {
  const { key } = value as { key: unknown };
  if (typeof key !== "string") throw new TypeError("A key is a string");
  return value as { key: string; value: unknown };
});

Deno.test("A message in JSON that does not pass its check is refused, and no handler sees it", async () => {
  const Loose = protocol<Store>({ store: { name: "Store", request: json(), reply: json() } });
  const Strict = protocol<Store>({ store: { name: "Store", request: keyed, reply: json() } });
  const transport = new MemoryNetwork();
  await using system = new ActorSystem();
  const router = new MessageRouter()
    .route(Strict, new LocalNode("shelves").handler(system.spawn(() => new Shelf()), { name: "shelf" }));
  await using server = await RemoteServer.bind({ hostname: "here", port: 0, transport }, router);
  await using client = await RemoteClient.connect({ ...server.address, transport });
  const shelf = client.remoteAddr("shelf", Loose);

  assertEquals(await shelf.send({ type: "store", key: "a", value: { n: [1] } }), undefined);
  assertEquals(await shelf.send({ type: "store", key: "b", value: null }), 2);
  const wrong = { type: "store", key: 7 as unknown as string, value: 1 } as const;
  const refused = await assertRejects(() => shelf.send(wrong), MessageRefusedError);
  assertEquals(refused.outcome, "not-delivered");
  const lossy = { type: "store", key: "c", value: [{ at: new Date() }] } as const;
  const named = await assertRejects(
    () => shelf.send(lossy),
    MessageRefusedError,
    "value[0].at is an object of the class",
  );
  assertEquals(named.outcome, "not-delivered");
  assertEquals(seen.map(({ key }) => key), ["a", "b"]);
  const lost = await assertRejects(() => shelf.send({ type: "store", key: "bad", value: 1 }), ReplyLostError);
  assertEquals(lost.outcome, "handled");
});
