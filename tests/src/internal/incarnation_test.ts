import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import { type Context, ContextClosedError, SupervisorStrategy } from "../../../mod.ts";
import { ownerOf } from "../../../src/internal/incarnation.ts";
import { act, boom, type Do, Stage } from "../../support/scripted.ts";

Deno.test("the signal aborts as soon as a stop is requested, with ContextClosedError as its reason", async () => {
  await using stage = new Stage();
  const addr = await stage.spawn("a");
  const ctx = await addr.send(act((ctx) => ctx)) as Context<Do>;
  const { signal } = ctx;
  let aborted = 0;
  signal.addEventListener("abort", () => aborted++);
  stage.system.stop(addr);
  assert(signal.aborted && signal.reason instanceof ContextClosedError);
  await addr.closed;
  assertEquals(aborted, 1);
});

Deno.test("a signal that is first asked for after the stop request is aborted already", async () => {
  await using stage = new Stage();
  const seen: boolean[] = [];
  const addr = await stage.spawn("a", { stopped: (ctx) => seen.push(ctx.signal.aborted) });
  await addr.send(act((ctx) => {
    ctx.stop();
    seen.push(ctx.signal.aborted);
  }));
  await addr.closed;
  assertEquals(seen, [true, true]);
});

Deno.test("the signal does not abort while the actor drains, until it ends", async () => {
  await using stage = new Stage();
  const addr = await stage.spawn("a", { stopped: (ctx) => stage.log.push(`stopped ${ctx.signal.aborted}`) });
  addr.doSend(act((ctx) => stage.log.push(`handler ${ctx.signal.aborted}`)));
  await stage.system.stop(addr, { drain: true });
  assertEquals(stage.take(), ["+a", "handler false", "-a", "stopped true"]);
});

Deno.test("a handler can pass the signal on, so that a stop ends its io", async () => {
  await using stage = new Stage();
  const addr = await stage.spawn("a");
  const io = (signal: AbortSignal) =>
    new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
  addr.doSend(act((ctx) => io(ctx.signal).catch(() => stage.log.push("io ended"))));
  await stage.clock.settle();
  await stage.system.stop(addr);
  assertEquals([stage.clock.now(), stage.take()], [0, ["+a", "io ended", "-a"]]);
});

Deno.test("ownerOf() knows whose signal it is, of any incarnation, and of no other signal", async () => {
  await using stage = new Stage();
  const addr = await stage.spawn("a", {}, { strategy: SupervisorStrategy.restart(1, 1_000) });
  const signals = [await addr.send(act((ctx) => ctx.signal))];
  addr.doSend(act(boom));
  signals.push(await addr.send(act((ctx) => ctx.signal)));
  for (const signal of signals) assertStrictEquals(ownerOf(signal as AbortSignal)?.addr, addr);
  assertEquals([ownerOf(new AbortController().signal), ownerOf(undefined)], [undefined, undefined]);
});
