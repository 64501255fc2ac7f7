import { assertEquals, assertRejects } from "@std/assert";
import {
  Actor,
  ActorFailedError,
  ActorSystem,
  type Addr,
  type Context,
  type Message,
  SupervisorStrategy,
  UnhandledMessageError,
} from "../../mod.ts";
import { VirtualSystem } from "../support/virtual.ts";

interface AskOf<K extends string> extends Message<string> {
  readonly type: K;
}
// One message for each name of the union, not one message with several names.
type Ask<K extends string> = K extends string ? AskOf<K> : never;
const ask = <K extends string>(type: K): AskOf<K> => ({ type });

abstract class Animal extends Actor<Ask<"speak" | "name">> {
  abstract speak(): string;
  name(): string {
    return "animal";
  }
}

class Dog extends Animal {
  speak(): string {
    return `${this.name()} says wuff`;
  }
  override name(): string {
    return `dog, ${super.name()}`;
  }
}

Deno.test("Actor handles messages with methods of its own, of its base classes and with those that override them", async () => {
  await using system = new ActorSystem();
  const addr = system.spawn(() => new Dog());
  assertEquals(await addr.send(ask("name")), "dog, animal");
  assertEquals(await addr.send(ask("speak")), "dog, animal says wuff");
});

Deno.test("Actor handles messages with own function fields, which see the fields of their instance", async () => {
  await using system = new ActorSystem();
  class Fields extends Actor<Ask<"arrow" | "injected">> {
    #secret = "secret";
    readonly injected: () => string;
    constructor(injected: () => string) {
      super();
      this.injected = injected;
    }
    arrow = (): string => this.#secret;
  }
  const [first, second] = ["first", "second"].map((text) => system.spawn(() => new Fields(() => text)));
  assertEquals([await first!.send(ask("injected")), await second!.send(ask("injected"))], ["first", "second"]);
  assertEquals(await first!.send(ask("arrow")), "secret");
});

Deno.test("Actor gives each handler the message and a context, and `this` is the actor", async () => {
  await using system = new ActorSystem();
  class Self extends Actor<Ask<"self">> {
    self(...args: [Ask<"self">, Context<Ask<"self">>]): string {
      const [msg, ctx] = args;
      return [args.length, msg.type, ctx.id === ctx.address.id, this instanceof Self].join();
    }
  }
  assertEquals(await system.spawn(() => new Self()).send(ask("self")), "2,self,true,true");
});

Deno.test("Actor may have messages named then, name, length, send, id or like members of its context", async () => {
  await using system = new ActorSystem();
  class Odd extends Actor<Ask<"then" | "name" | "length" | "send" | "stop" | "catch" | "toJSON">> {
    then = (): string => "then";
    name(): string {
      return "name";
    }
    length(): string {
      return "length";
    }
    send(): string {
      return "send";
    }
    stop(): string {
      return "stop";
    }
    catch(): string {
      return "catch";
    }
    toJSON(): string {
      return "toJSON";
    }
  }
  const addr = system.spawn(() => new Odd());
  for (const type of ["then", "name", "length", "send", "stop", "catch", "toJSON"] as const) {
    assertEquals(await addr.send(ask(type)), type);
  }
});

class Hooked extends Actor<Ask<"log">> {
  readonly #log: string[] = [];
  override started(): void {
    this.#log.push("started");
  }
  override stopped(): void {
    this.#log.push("stopped");
  }
  override terminated(): void {
    this.#log.push("terminated");
  }
  override toString(): string {
    this.#log.push("toString");
    return "hooked";
  }
  log(): string {
    return this.#log.join();
  }
}

Deno.test("Actor does not let a message call its hooks or a method of every object, and lives on", async () => {
  await using system = new ActorSystem();
  const addr = system.spawn(() => new Hooked());
  const untyped = addr as unknown as Addr<Message & { type: string }>;
  const reserved = ["started", "stopped", "terminated", ...Object.getOwnPropertyNames(Object.prototype)];
  for (const type of reserved) await assertRejects(() => untyped.send({ type }), UnhandledMessageError, `"${type}"`);
  assertEquals(await addr.send(ask("log")), "started");
});

Deno.test("Actor has no handler in what Object.prototype was given meanwhile", async () => {
  await using system = new ActorSystem();
  class Clean extends Actor<Ask<"clean">> {
    clean(): string {
      return "clean";
    }
  }
  Object.defineProperty(Object.prototype, "polluted", { value: () => "polluted", configurable: true });
  try {
    const addr = system.spawn(() => new Clean());
    assertEquals(await addr.send(ask("clean")), "clean");
    await assertRejects(() => (addr as unknown as Addr<Ask<"polluted">>).send(ask("polluted")), UnhandledMessageError);
  } finally {
    delete (Object.prototype as { polluted?: unknown }).polluted;
  }
});

interface Step extends Message {
  readonly type: "step";
  readonly n: number;
}

Deno.test("Actor handles one message at a time, whatever its handlers wait for", async () => {
  await using system = new VirtualSystem();
  const { clock } = system;
  const trace: string[] = [];
  class Steps extends Actor<Step> {
    async step({ n }: Step): Promise<void> {
      trace.push(`in ${n}`);
      for (let i = 0; i < 5 - n; i++) await undefined;
      if (n === 2) await new Promise<void>((resolve) => clock.schedule(100, resolve));
      trace.push(`out ${n}`);
    }
  }
  const addr = system.spawn(() => new Steps());
  for (const n of [0, 1, 2, 3]) addr.trySend({ type: "step", n });
  await clock.runUntilIdle();
  assertEquals(trace, [0, 1, 2, 3].flatMap((n) => [`in ${n}`, `out ${n}`]));
});

Deno.test("Actor of a restarted incarnation is a new instance with handlers of its own", async () => {
  await using system = new ActorSystem();
  let made = 0;
  class Numbered extends Actor<Ask<"number" | "fail">> {
    readonly number: () => string;
    constructor(n: number) {
      super();
      this.number = () => `${n}`;
    }
    fail(): string {
      throw new Error("boom");
    }
  }
  const addr = system.spawn(() => new Numbered(++made), { strategy: SupervisorStrategy.restart(3, 1_000) });
  assertEquals(await addr.send(ask("number")), "1");
  await assertRejects(() => addr.send(ask("fail")), ActorFailedError);
  assertEquals(await addr.send(ask("number")), "2");
});
