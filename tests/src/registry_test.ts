import { assert, assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { Actor, type ActorClass, ActorSystem, type Addr, type Message, NameTakenError } from "../../mod.ts";
import { SupervisorStrategy } from "../../mod.ts";
import { act, boom, type Do, Scripted, Stage } from "../support/scripted.ts";

interface Ping extends Message<string> {
  type: "ping";
}

class Server extends Actor<Ping> {
  ping(): string {
    return "pong";
  }
}

class SpecialServer extends Server {}

class Other extends Actor<Ping> {
  ping(): string {
    return "other";
  }
}

Deno.test("lookup() finds the living actor that was registered, and undefined where there is none", async () => {
  await using system = new ActorSystem();
  const addr = system.spawn(() => new Server());
  assertEquals(system.lookup("server", Server), undefined);
  system.register("server", addr);
  assertStrictEquals(system.lookup("server", Server), addr);
  assertEquals(await system.lookup("server", Server)?.send({ type: "ping" }), "pong");
});

Deno.test("lookup() takes the class or a superclass of it, and throws for any other", async () => {
  await using system = new ActorSystem();
  system.register("special", system.spawn(() => new SpecialServer()));
  system.register("plain", system.spawn(() => new Server()));
  assert(system.lookup("special", Server) !== undefined && system.lookup("special", SpecialServer) !== undefined);
  assert(system.lookup("special", Actor as ActorClass<never>) !== undefined);
  assertThrows(() => system.lookup("plain", SpecialServer), TypeError, 'Cannot look up "plain" as SpecialServer');
  assertThrows(() => system.lookup("plain", Other), TypeError, "is of another class");
});

Deno.test("a name is held by one living actor; registering the same one again does nothing", async () => {
  await using system = new ActorSystem();
  const [first, second] = [system.spawn(() => new Server()), system.spawn(() => new Server(), { name: "second" })];
  system.register("server", first);
  system.register("server", first);
  const error = assertThrows(() => system.register("server", second), NameTakenError);
  assertEquals(error.message, `Cannot register "server": ${first.id} holds that name`);
  assertStrictEquals(system.lookup("server", Server), first);
});

Deno.test("an actor may have several names, and any string that is not empty is a name", async () => {
  await using system = new ActorSystem();
  const addr = system.spawn(() => new Server());
  const names = ["a", "b/c", "__proto__", "constructor", "toString", " ", "ünï"];
  for (const name of names) assertEquals(system.lookup(name, Server), undefined);
  for (const name of names) system.register(name, addr);
  for (const name of names) assertStrictEquals(system.lookup(name, Server), addr);
  assertThrows(() => system.register("", addr), TypeError);
  await system.stop(addr);
  for (const name of names) assertEquals([system.lookup(name, Server), system.unregister(name)], [undefined, false]);
});

Deno.test("unregister() frees the name, and says whether anybody held it", async () => {
  await using system = new ActorSystem();
  const addr = system.spawn(() => new Server());
  assert(!system.unregister("server"));
  system.register("server", addr);
  assert(system.unregister("server"));
  assertEquals([system.lookup("server", Server), system.unregister("server")], [undefined, false]);
  system.register("server", system.spawn(() => new Other()));
  await system.stop(addr);
  assert(system.lookup("server", Other) !== undefined);
});

Deno.test("an entry vanishes in the turn in which its actor is told to stop, long before it has ended", async () => {
  await using stage = new Stage();
  const addr = await stage.spawn("a");
  const gate = Promise.withResolvers<void>();
  addr.doSend(act(() => gate.promise));
  await stage.clock.settle();
  stage.system.register("name", addr);
  const stopping = stage.system.stop(addr);
  assertEquals(stage.system.lookup("name", Scripted), undefined);
  gate.resolve();
  await stopping;
});

Deno.test("S11: a name that is registered anew while its old owner dies stays with the new owner, 20 of 20", async () => {
  await using stage = new Stage();
  for (let run = 0; run < 20; run++) {
    const old = await stage.spawn("old");
    const gate = Promise.withResolvers<void>();
    old.doSend(act(() => gate.promise));
    await stage.clock.settle();
    stage.system.register("name", old);
    const stopping = stage.system.stop(old);
    const fresh: Addr<Do> = await stage.spawn("fresh");
    // From before the old owner has ended to after it, one point further in each run.
    for (let turn = 0; turn < run; turn++) await undefined;
    stage.system.register("name", fresh);
    gate.resolve();
    await stopping;
    await stage.clock.settle();
    assertStrictEquals(stage.system.lookup("name", Scripted), fresh);
    await stage.system.stop(fresh);
    assertEquals(stage.system.lookup("name", Scripted), undefined);
  }
});

Deno.test("a watcher that is told of the end can register its successor under the same name", async () => {
  await using stage = new Stage();
  const first = await stage.spawn("first");
  const second = await stage.spawn("second");
  stage.system.register("name", first);
  await stage.spawn("w", {
    started: (ctx) => ctx.watch(first),
    terminated: () => stage.system.register("name", second),
  });
  await stage.system.stop(first);
  await stage.clock.settle();
  assertStrictEquals(stage.system.lookup("name", Scripted), second);
});

Deno.test("a restart keeps the name, also while it backs off", async () => {
  await using stage = new Stage();
  const strategy = SupervisorStrategy.restart(3, 1_000, { backoff: 100 });
  const addr = await stage.spawn("a", {}, { strategy });
  stage.system.register("name", addr);
  addr.doSend(act(boom));
  await stage.clock.settle();
  assertStrictEquals(stage.system.lookup("name", Scripted), addr);
  await stage.clock.advance(100);
  assertStrictEquals(stage.system.lookup("name", Scripted), addr);
});

Deno.test("register() refuses actors that have ended or are stopping, and those of another system", async () => {
  await using stage = new Stage();
  await using other = new Stage();
  const addr = await stage.spawn("a");
  const stopping = stage.system.stop(addr);
  assertThrows(() => stage.system.register("name", addr), TypeError, 'Cannot register "name": /a has ended');
  await stopping;
  assertThrows(() => stage.system.register("name", addr), TypeError);
  const foreign = await other.spawn("f");
  assertThrows(() => stage.system.register("name", foreign), TypeError, "Cannot register /f: it is no actor of this");
  assertEquals(stage.system.lookup("name", Scripted), undefined);
});

Deno.test("two systems have a name space each", async () => {
  await using one = new ActorSystem();
  await using two = new ActorSystem();
  one.register("server", one.spawn(() => new Server()));
  assertEquals(two.lookup("server", Server), undefined);
});
