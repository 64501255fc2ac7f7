import { assert, assertEquals, assertMatch, assertRejects, assertThrows } from "@std/assert";
import {
  Actor,
  ActorFailedError,
  ActorSystem,
  type Addr,
  AskTimeoutError,
  type Context,
  type Message,
  NameTakenError,
  SupervisorStrategy,
} from "../../mod.ts";
import { ManualClock } from "../../src/testing/mod.ts";

interface Go extends Message<string> {
  type: "go";
}

class Goer extends Actor<Go> {
  go(): string {
    return "gone";
  }
}

/** Gives its context away. */
class Kept extends Actor {
  readonly #give: (ctx: Context<never>) => void;
  constructor(give: (ctx: Context<never>) => void) {
    super();
    this.#give = give;
  }
  override started(ctx: Context<never>): void {
    this.#give(ctx);
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
  assertThrows(() => new ActorSystem({ askTimeout: "5" as never }), RangeError, "Cannot ask within 5 ms");
  assertThrows(() => SupervisorStrategy.restart(1, "5" as never), RangeError, "Cannot count restarts within 5 ms");
  const context = Promise.withResolvers<Context<never>>();
  system.spawn(() => new Kept(context.resolve));
  const ctx = await context.promise;
  assertThrows(() => ctx.sleep("5" as never), RangeError, "Cannot wait 5 ms");
  assertThrows(() => ctx.runLater("5" as never, {} as never), RangeError, "Cannot wait 5 ms");
  assertThrows(() => ctx.runInterval("5" as never, {} as never), RangeError, "Cannot repeat every 5 ms");
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

Deno.test("an unobserved failure is one line of console.error also when what was thrown has no text", async () => {
  const clock = new ManualClock();
  const lines: unknown[] = [];
  const { error: write } = console;
  console.error = (line: unknown) => lines.push(line);
  try {
    await using system = new ActorSystem({ clock });
    system.spawn(() => {
      throw Object.create(null);
    }, { name: "hostile" });
    await clock.settle();
  } finally {
    console.error = write;
  }
  assertEquals(lines, ["Actor /hostile ended (failed): (unreadable)"]);
});

Deno.test("a hook that is a getter and throws is a failure, and the siblings that restart with its actor do", async () => {
  class Trap extends Actor {}
  Object.defineProperty(Trap.prototype, "stopped", { get: () => assert(false, "trap") });
  class Crash extends Actor<Go> {
    go(_: Go, ctx: Context<Go>): string {
      if (ctx.restarts === 0) throw new Error("crash");
      return "gone";
    }
  }
  const child = Promise.withResolvers<Addr<Go>>();
  class Parent extends Actor {
    override started(ctx: Context<never>): void {
      const strategy = SupervisorStrategy.restart(1, 1_000);
      child.resolve(ctx.spawnChild(() => new Crash(), { strategy }));
      ctx.spawnChild(() => new Trap(), { strategy });
    }
  }
  await using system = new ActorSystem({ askTimeout: 1_000 });
  system.spawn(() => new Parent(), { children: "one-for-all" });
  const addr = await child.promise;
  await assertRejects(() => addr.send({ type: "go" }), ActorFailedError);
  assertEquals(await addr.send({ type: "go" }), "gone");
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

Deno.test("a shutdown that runs out of time gives up a tree that is deeper than the stack, and at once", async () => {
  const levels = 20_000;
  const isHanging = Promise.withResolvers<void>();
  class Level extends Actor {
    readonly #level: number;
    constructor(level: number) {
      super();
      this.#level = level;
    }
    override started(ctx: Context<never>): void | Promise<void> {
      if (this.#level < levels) return void ctx.spawnChild(() => new Level(this.#level + 1));
      isHanging.resolve();
      return new Promise(() => {});
    }
  }
  const clock = new ManualClock();
  const system = new ActorSystem({ clock });
  const top = system.spawn(() => new Level(1));
  await isHanging.promise;
  const stopped = system.stop(top, { drain: true, timeout: Infinity });
  await clock.settle();
  system.stop(top); // overrules the drain down to the last level
  const shutdown = system.shutdown({ timeout: 10 });
  await clock.advance(10);
  await Promise.all([shutdown, stopped]);
  assertEquals([(await top.closed).reason, clock.now()], ["stopped", 10]);
});

Deno.test("a signal that is null, as in a RequestInit, is none", async () => {
  await using system = new ActorSystem();
  const addr = system.spawn(() => new Goer());
  const options = { signal: null as never };
  assertEquals(await addr.send({ type: "go" }, options), "gone");
  assertEquals(await addr.doSend({ type: "go" }, options), "sent");
});
