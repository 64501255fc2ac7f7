import { assertEquals, assertFalse, assertInstanceOf } from "@std/assert";
import { Actor, ActorSystem, type AnyMessage, Message } from "../../mod.ts";

class Add extends Message<number> {
  readonly type = "add";
  readonly a: number;
  readonly b: number;
  constructor(a: number, b: number) {
    super();
    this.a = a;
    this.b = b;
  }
  get sum(): number {
    return this.a + this.b;
  }
}

class Adder extends Actor<Add> {
  add(msg: Add): number {
    assertInstanceOf(msg, Add);
    return msg.sum;
  }
}

Deno.test("Message as a base class reaches the handler as the same instance", async () => {
  await using system = new ActorSystem();
  const addr = system.spawn(() => new Adder());
  assertEquals(await addr.send(new Add(20, 22)), 42);
});

Deno.test("Message has nothing of the type of its reply at run time", () => {
  const add = new Add(1, 2);
  assertEquals(Object.keys(add).sort(), ["a", "b", "type"]);
  assertFalse("~reply" in add);
  assertEquals(JSON.parse(JSON.stringify(add)), { type: "add", a: 1, b: 2 });
});

Deno.test("Message may be frozen, without a prototype, or have its type on the prototype", async () => {
  await using system = new ActorSystem();
  class Typed extends Message<string> {
    get type(): "name" {
      return "name";
    }
  }
  class Namer extends Actor<Typed> {
    name(msg: AnyMessage): string {
      return msg.type;
    }
  }
  const addr = system.spawn(() => new Namer());
  const bare = Object.assign(Object.create(null), { type: "name" });
  for (const message of [new Typed(), Object.freeze({ type: "name" as const }), bare]) {
    assertEquals(await addr.send(message), "name");
  }
});
