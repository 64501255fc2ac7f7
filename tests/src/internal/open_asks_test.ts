import { assertEquals, assertRejects } from "@std/assert";
import { type Addr, HandlerAbandonedError, LateReply } from "../../../mod.ts";
import { cellOf } from "../../../src/internal/local_addr.ts";
import { openAsksOf } from "../../../src/internal/open_asks.ts";
import { act, boom, type Do, Scripted, Stage } from "../../support/scripted.ts";

Deno.test("open asks are kept only while somebody waits: a reply, a time-out and the end each take theirs out", async () => {
  await using stage = new Stage();
  const addr = await stage.spawn("a");
  const cell = cellOf(addr)!;
  const lates = Array.from({ length: 30 }, () => new LateReply<unknown>());
  const asked = lates.map((late, n) => addr.send(act(() => late), { timeout: n % 3 === 0 ? 10 : Infinity }));
  const told = Promise.allSettled(asked);
  await stage.clock.settle();
  assertEquals(openAsksOf(cell), 30);
  lates.forEach((late, n) => n % 3 === 1 && late.resolve(n));
  assertEquals(openAsksOf(cell), 20);
  await stage.clock.advance(50);
  assertEquals(openAsksOf(cell), 10);
  await stage.system.stop(addr);
  assertEquals(openAsksOf(cell), 0);
  const ends = (await told).map((end) => end.status === "fulfilled" ? "reply" : end.reason.name);
  assertEquals(ends.slice(0, 3), ["AskTimeoutError", "reply", HandlerAbandonedError.name]);
});

Deno.test("an ask that was settled before its handler returned is not kept", async () => {
  await using stage = new Stage();
  const addr = await stage.spawn("a");
  const late = new LateReply<unknown>();
  late.resolve(1);
  assertEquals(await addr.send(act(() => late)), 1);
  addr.doSend(act(() => new LateReply<unknown>()));
  await stage.clock.settle();
  assertEquals(openAsksOf(cellOf(addr)!), 0);
});

Deno.test("open asks are told also when the loop of their actor breaks, and a hook that breaks when looked at breaks no child", async () => {
  class Broken extends Scripted {}
  for (const name of ["stopped", "terminated"]) Object.defineProperty(Broken.prototype, name, { get: boom });
  await using stage = new Stage();
  const addr = stage.system.spawn(() => new Broken());
  const child = await addr.send(act((ctx) => ctx.spawnChild(() => new Scripted()))) as Addr<Do>;
  const told = assertRejects(() => addr.send(act(() => new LateReply<unknown>())), HandlerAbandonedError);
  child.doSend(act(boom));
  await stage.clock.settle();
  assertEquals((await child.closed).reason, "failed");
  assertEquals(stage.system.actors.length, 0);
  await told;
});
