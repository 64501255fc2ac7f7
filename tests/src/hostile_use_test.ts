import { assert, assertEquals, assertMatch, assertRejects, assertThrows } from "@std/assert";
import {
  Actor,
  ActorFailedError,
  ActorSystem,
  AskTimeoutError,
  type Context,
  type Message,
  NameTakenError,
  SupervisorStrategy,
} from "../../mod.ts";

interface Go extends Message<string> {
  type: "go";
}

class Goer extends Actor<Go> {
  go(): string {
    return "gone";
  }
}

Deno.test("a message that is a proxy and throws at every touch once it is queued harms nobody", async () => {
  await using system = new ActorSystem();
  const addr = system.spawn(() => new Goer());
  // deno-lint-ignore cinema/plain-language -- what users send may be one
  const { proxy, revoke } = Proxy.revocable<Go>({ type: "go" }, {});
  assertEquals(addr.trySend(proxy), "sent");
  revoke();
  assertEquals(addr.trySend(proxy), "refused");
  // What it does to the actor is a failure, as if the handler had thrown.
  assertEquals((await addr.closed).reason, "failed");
  const other = system.spawn(() => new Goer());
  assertEquals(await other.send({ type: "go" }), "gone");
});

Deno.test("a failure is told where its asker had given up before", async () => {
  const told: unknown[] = [];
  await using system = new ActorSystem({ onUnobservedFailure: ({ error }) => told.push(error) });
  const failing = Promise.withResolvers<string>();
  class Late extends Actor<Go> {
    go(): Promise<string> {
      return failing.promise;
    }
  }
  const addr = system.spawn(() => new Late());
  await assertRejects(() => addr.send({ type: "go" }, { timeout: 1 }), AskTimeoutError);
  failing.reject("late");
  await system.stop(addr);
  assertEquals(told, ["late"]);
});

Deno.test("a `stopped` that throws is told where nobody else observes the actor", async () => {
  const told: unknown[] = [];
  class Sore extends Actor {
    override stopped(): void {
      throw new Error("sore");
    }
  }
  const system = new ActorSystem({ onUnobservedFailure: ({ error }) => told.push(String(error)) });
  system.spawn(() => new Sore());
  await new Promise<void>((resolve) => queueMicrotask(resolve));
  await system.shutdown();
  await undefined;
  assertEquals(told, ["Error: sore"]);
});

Deno.test("actors that spawn each other without end leave timers their turn", async () => {
  const system = new ActorSystem();
  let spawned = 0;
  class Link extends Actor {
    override started(ctx: Context<never>): void {
      if (spawned++ < 1_000_000) ctx.system.spawn(() => new Link());
      ctx.stop();
    }
  }
  system.spawn(() => new Link());
  await new Promise((resolve) => setTimeout(resolve, 10));
  assert(spawned < 1_000_000, `the timer fired only after ${spawned} actors`);
  await system.shutdown();
});

Deno.test("a factory finds its actor's name taken, and may shut the system down", async () => {
  const system = new ActorSystem();
  const addr = system.spawn(() => {
    assertThrows(() => system.spawn(() => new Goer(), { name: "x" }), NameTakenError);
    system.shutdown();
    return new Goer();
  }, { name: "x" });
  assertEquals([addr.isAlive, system.actors.map(({ id }) => id)], [false, ["/x"]]);
  await system.shutdown();
  assertEquals([(await addr.closed).reason, system.actors.length], ["shutdown", 0]);
});

Deno.test("names, time-outs and addresses of a wrong type are a TypeError or a RangeError", async () => {
  await using system = new ActorSystem();
  const wrong = { name: 5 as never };
  assertThrows(() => system.spawn(() => new Goer(), wrong), TypeError, "it must be a string");
  await assertRejects(() => system.stop(null as never), TypeError, "it is no actor of this system");
  const addr = system.spawn(() => new Goer());
  await assertRejects(() => addr.send({ type: "go" }, { timeout: "5" as never }), RangeError);
});

Deno.test("whatever a handler throws, its asker hears of it, and the strategy decides", async () => {
  // deno-lint-ignore cinema/plain-language -- what is thrown may be one
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  class Thrower extends Actor<Go> {
    go(): string {
      throw proxy;
    }
  }
  await using system = new ActorSystem();
  const addr = system.spawn(() => new Thrower(), { strategy: SupervisorStrategy.resume });
  await assertRejects(() => addr.send({ type: "go" }), ActorFailedError);
  await assertRejects(() => addr.send({ type: "go" }), ActorFailedError);
  assert(addr.isAlive);
});

Deno.test("a class whose `name` is no text, or throws, is one of actors without a name", async () => {
  await using system = new ActorSystem();
  const throwing = {
    get(): never {
      throw new Error("no");
    },
  };
  for (const name of [{ value: () => "a/b" }, { value: Symbol("name") }, { value: 5 }, throwing]) {
    const kind = Object.defineProperty(class extends Goer {}, "name", name);
    const addr = system.spawn(() => new kind());
    assertMatch(addr.id, /^\/Actor-\d+$/);
    assertEquals(await addr.send({ type: "go" }), "gone");
  }
});

Deno.test("an id can be had of an actor that is further down than the stack is deep", async () => {
  const levels = 20_000;
  const reached = Promise.withResolvers<string>();
  class Level extends Actor {
    readonly #level: number;
    constructor(level: number) {
      super();
      this.#level = level;
    }
    override started(ctx: Context<never>): void {
      if (this.#level < levels) ctx.spawnChild(() => new Level(this.#level + 1), { name: "x" });
      else reached.resolve(ctx.id);
    }
  }
  await using system = new ActorSystem();
  system.spawn(() => new Level(1), { name: "x" });
  assertEquals(await reached.promise, "/x".repeat(levels));
});
