import { assertEquals, assertThrows } from "@std/assert";
import { type ChildrenPolicy, NameTakenError, type SpawnOptions, type SupervisorStrategy } from "../../../mod.ts";
import { act, boom, type Do, Scripted, Stage } from "../../support/scripted.ts";

Deno.test("spawn() refuses wrong options at the caller, says which, and spawns nothing", async () => {
  await using stage = new Stage();
  const wrong: [SpawnOptions<Do>, typeof TypeError | typeof RangeError, string][] = [
    [{ strategy: { kind: "stop" } as unknown as SupervisorStrategy }, TypeError, "must be a SupervisorStrategy"],
    [{ strategy: null as unknown as SupervisorStrategy }, TypeError, "must be a SupervisorStrategy"],
    [{ children: "all" as ChildrenPolicy }, TypeError, '"all" is no policy for children'],
    [{ stopTimeout: -1 }, RangeError, "Cannot wait -1 ms"],
    [{ stopTimeout: NaN }, RangeError, "Cannot wait NaN ms"],
    [{ stopTimeout: "5" as never }, RangeError, "Cannot wait 5 ms"],
    [{ capacity: 0 }, RangeError, "Cannot create a mailbox for 0 messages"],
    [{ capacity: "5" as never }, RangeError, "Cannot create a mailbox for 5 messages"],
    [{ maxWaiting: "5" as never }, RangeError, "Cannot let 5 senders wait"],
    [{ name: "" }, TypeError, 'Cannot use "" as a name'],
    [{ name: "a/b" }, TypeError, 'Cannot use "a/b" as a name'],
  ];
  let made = 0;
  const factory = () => {
    made++;
    return new Scripted();
  };
  for (const [options, ErrorClass, text] of wrong) {
    assertThrows(() => stage.system.spawn(factory, options), ErrorClass, text);
  }
  assertEquals([made, stage.system.actors.length], [0, 0]);
});

Deno.test("spawn() keeps the options as they were, also when the caller changes the object for the next actor", async () => {
  await using stage = new Stage();
  const options: { name: string; capacity: number } = { name: "a", capacity: 5 };
  const first = stage.system.spawn(() => new Scripted(), options);
  Object.assign(options, { name: "b", capacity: 7 });
  const second = stage.system.spawn(() => new Scripted(), options);
  assertEquals([first.id, first.desiredSize], ["/a", 5]);
  await stage.system.stop(first);
  assertThrows(() => stage.system.spawn(() => new Scripted(), { name: "b" }), NameTakenError);
  const third = stage.system.spawn(() => new Scripted(), { name: "a" });
  assertEquals(stage.system.actors, [second, third]);
});

Deno.test("spawn() refuses what is no factory", async () => {
  await using stage = new Stage();
  for (const wrong of [undefined, null, new Scripted(), "Scripted", {}]) {
    assertThrows(() => stage.system.spawn(wrong as never), TypeError, "a factory is needed");
  }
  assertEquals(stage.system.actors, []);
});

Deno.test("spawn() calls the factory at once and started in a microtask", async () => {
  await using stage = new Stage();
  const order: string[] = [];
  stage.system.spawn(() => {
    order.push("factory");
    return new Scripted({ started: () => order.push("started") });
  });
  order.push("spawned");
  await undefined;
  assertEquals(order, ["factory", "spawned", "started"]);
});

Deno.test("spawn() never throws what the factory throws", async () => {
  await using stage = new Stage();
  const addr = stage.system.spawn((): Scripted => boom(), { name: "a" });
  assertEquals([addr.id, (await addr.closed).reason], ["/a", "failed"]);
});

Deno.test("an actor may be sent to before it has started", async () => {
  await using stage = new Stage();
  const gate = Promise.withResolvers<void>();
  const addr = stage.system.spawn(() => new Scripted({ started: () => gate.promise }));
  const reply = addr.send(act(() => stage.log.push("handled")));
  await stage.clock.settle();
  assertEquals(stage.take(), []);
  gate.resolve();
  assertEquals(await reply, 1);
});
