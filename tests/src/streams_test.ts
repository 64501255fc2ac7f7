import { assert, assertEquals, assertRejects } from "@std/assert";
import { type Addr, type Context, type StreamHandler, SupervisorStrategy } from "../../mod.ts";
import { recordEvents } from "../support/record.ts";
import { act, boom, type Do, hang, Stage } from "../support/scripted.ts";

/** A source that counts what is pulled from it and notes that it was cancelled. */
class Source {
  pulled = 0;
  readonly cancelled: unknown[] = [];
  readonly readable: ReadableStream<number>;

  constructor({ length = Infinity, cancel }: { length?: number; cancel?: () => unknown } = {}) {
    this.readable = new ReadableStream<number>({
      pull: (to) => {
        if (this.pulled === length) to.close();
        else to.enqueue(++this.pulled);
      },
      cancel: (reason) => {
        this.cancelled.push(reason);
        return cancel?.() as void;
      },
      // Without a buffer of its own, so that a pull is a read.
    }, { highWaterMark: 0 });
  }
}

/** A handler that notes everything. */
function noting(log: string[]): Required<StreamHandler<unknown>> {
  return {
    item: (item) => void log.push(`item ${item}`),
    finished: () => void log.push("finished"),
    failed: (error) => void log.push(`failed ${error}`),
  };
}

async function attach<T>(addr: Addr<Do>, readable: ReadableStream<T>, handler: StreamHandler<T>): Promise<Disposable> {
  return await addr.send(act((ctx: Context<Do>) => ctx.addStream(readable, handler))) as Disposable;
}

Deno.test("the items of a stream are turns of the actor, in order, and finished is the last", async () => {
  await using stage = new Stage();
  const addr = await stage.spawn("a");
  await attach(addr, ReadableStream.from([1, 2, 3]), noting(stage.log));
  await stage.clock.settle();
  assertEquals(stage.take(), ["+a", "item 1", "item 2", "item 3", "finished"]);
});

Deno.test("a stream that breaks gives failed after its last item", async () => {
  await using stage = new Stage();
  const addr = await stage.spawn("a");
  const broken = new ReadableStream<number>({
    start: (to) => to.enqueue(1),
    pull: () => Promise.reject("the line is cut"),
  });
  await attach(addr, broken, noting(stage.log));
  await stage.clock.settle();
  assertEquals(stage.take(), ["+a", "item 1", "failed the line is cut"]);
  assert(addr.isAlive);
});

Deno.test("an async item is handled before the next one is pulled, and before any other message", async () => {
  await using stage = new Stage();
  const addr = await stage.spawn("a");
  const source = new Source({ length: 3 });
  const item = async (n: number) => {
    stage.log.push(`from ${n}`);
    await new Promise<void>((done) => void stage.clock.schedule(10, done));
    stage.log.push(`to ${n}`);
  };
  await attach(addr, source.readable, { item });
  await stage.clock.settle();
  addr.doSend(act(() => stage.log.push("message")));
  await stage.clock.advance(9);
  assertEquals([source.pulled, stage.take()], [1, ["+a", "from 1"]]);
  await stage.clock.advance(21);
  assertEquals(stage.take(), ["to 1", "message", "from 2", "to 2", "from 3", "to 3"]);
});

Deno.test("a stream is never read more than one item ahead, also while the actor is busy with something else", async () => {
  await using stage = new Stage();
  const addr = await stage.spawn("a");
  const source = new Source();
  const gate = Promise.withResolvers<void>();
  let handled = 0;
  addr.doSend(act((ctx) => {
    const item = () => {
      handled++;
      assertEquals(source.pulled, handled);
      if (handled === 500) ctx.stop();
    };
    ctx.addStream(source.readable, { item });
    return gate.promise;
  }));
  await stage.clock.settle();
  assertEquals([handled, source.pulled], [0, 1]);
  gate.resolve();
  await addr.closed;
  assertEquals([handled, source.cancelled.length], [500, 1]);
});

Deno.test("an endless stream that is always ready starves neither messages nor timers", async () => {
  const stage = new Stage();
  const addr = await stage.spawn("a");
  let handled = 0;
  await attach(addr, new Source().readable, { item: () => void handled++ });
  await new Promise((resolve) => setTimeout(resolve, 0));
  const before = handled;
  assertEquals(await addr.send(act(() => "answered")), "answered");
  await new Promise((resolve) => setTimeout(resolve, 0));
  assert(before > 0 && handled > before, `${before} and ${handled} items`);
  await stage.system.shutdown();
});

Deno.test("items come also while the mailbox is full, and wait their turn in line", async () => {
  await using stage = new Stage();
  const addr = await stage.spawn("a", {}, { capacity: 1 });
  stage.take();
  const gate = Promise.withResolvers<void>();
  addr.doSend(act((ctx) => {
    ctx.addStream(ReadableStream.from(["x"]), noting(stage.log));
    return gate.promise;
  }));
  const sent = ["queued", "waiting"].map((name) => addr.doSend(act(() => stage.log.push(name))));
  await stage.clock.settle();
  gate.resolve();
  assertEquals(await Promise.all(sent), ["sent", "sent"]);
  await stage.clock.settle();
  assertEquals(stage.take().toSorted(), ["finished", "item x", "queued", "waiting"]);
});

Deno.test("disposing of a stream cancels its source, and no callback runs any more", async () => {
  await using stage = new Stage();
  const addr = await stage.spawn("a");
  const source = new Source();
  const gate = Promise.withResolvers<void>();
  const attached = Promise.withResolvers<Disposable>();
  addr.doSend(act((ctx) => {
    attached.resolve(ctx.addStream(source.readable, noting(stage.log)));
    return gate.promise;
  }));
  const stream = await attached.promise;
  await stage.clock.settle();
  // One item is queued by now.
  stream[Symbol.dispose]();
  stream[Symbol.dispose]();
  gate.resolve();
  await stage.clock.settle();
  assertEquals([stage.take(), source.cancelled.length, source.readable.locked], [["+a"], 1, false]);
});

Deno.test("the end of an incarnation, by stop or by restart, cancels its streams and unlocks them", async () => {
  for (const end of ["stop", "restart"] as const) {
    await using stage = new Stage();
    const addr = await stage.spawn("a", {}, { strategy: SupervisorStrategy.restart(1, 1_000) });
    const flowing = new Source();
    const cancelled: string[] = [];
    const silent = new ReadableStream<number>({ cancel: () => void cancelled.push("silent") });
    const gate = Promise.withResolvers<void>();
    addr.doSend(act((ctx) => {
      ctx.addStream(flowing.readable, noting(stage.log));
      ctx.addStream(silent, noting(stage.log));
      return gate.promise.then(() => end === "stop" ? ctx.stop() : boom());
    }));
    await stage.clock.settle();
    stage.take();
    gate.resolve();
    await stage.clock.settle();
    assertEquals(stage.take(), end === "stop" ? ["-a"] : ["-a", "+a"]);
    assertEquals([flowing.cancelled.length, flowing.pulled, cancelled], [1, 1, ["silent"]]);
    assertEquals([flowing.readable.locked, silent.locked], [false, false]);
  }
});

Deno.test("the signal of a fetch-like source aborts through its cancel", async () => {
  const stage = new Stage();
  const addr = await stage.spawn("a");
  const controller = new AbortController();
  const io = new ReadableStream<Uint8Array>({
    start: (to) => to.enqueue(new Uint8Array(3)),
    pull: () => new Promise<void>((_, reject) => controller.signal.addEventListener("abort", reject)),
    cancel: () => controller.abort(),
  });
  let bytes = 0;
  await attach(addr, io, { item: (chunk) => void (bytes += chunk.byteLength) });
  await stage.clock.settle();
  await stage.system.shutdown();
  assertEquals([bytes, controller.signal.aborted], [3, true]);
});

Deno.test("a source whose cancel throws is told as an event, and the actor ends in order", async () => {
  for (const cancel of [boom, () => Promise.reject(new Error("boom"))]) {
    await using stage = new Stage();
    const events = recordEvents(stage.system);
    const addr = await stage.spawn("a");
    await attach(addr, new Source({ cancel }).readable, { item: () => {} });
    await stage.system.stop(addr);
    assertEquals((await addr.closed).reason, "stopped");
    await stage.clock.settle();
    const errors = events.flatMap((event) => event.kind === "failed" ? [(event.error as Error).message] : []);
    assertEquals(errors, ["boom"]);
  }
});

Deno.test("a stream that broke just before the actor ended is not lost silently", async () => {
  await using stage = new Stage();
  const events = recordEvents(stage.system);
  const addr = await stage.spawn("a");
  addr.doSend(act((ctx) => {
    ctx.addStream(new ReadableStream({ start: (to) => to.error(new Error("cut")) }), noting(stage.log));
    ctx.stop();
  }));
  await addr.closed;
  await stage.clock.settle();
  const errors = events.flatMap((event) => event.kind === "failed" ? [(event.error as Error).message] : []);
  assertEquals([errors, stage.take()], [["cut"], ["+a", "-a"]]);
});

Deno.test("a source whose cancel never settles does not keep the actor from ending", async () => {
  await using stage = new Stage();
  const addr = await stage.spawn("a");
  await attach(addr, new Source({ cancel: hang }).readable, { item: () => {} });
  await stage.system.stop(addr);
  assertEquals((await addr.closed).reason, "stopped");
});

Deno.test("an item that fails under resume is handled, and the stream goes on", async () => {
  await using stage = new Stage();
  const addr = await stage.spawn("a", {}, { strategy: SupervisorStrategy.resume });
  const handler = noting(stage.log);
  const item = (n: number) => n === 2 ? boom() : n === 3 ? Promise.reject(new Error("async")) : handler.item(n);
  await attach(addr, ReadableStream.from([1, 2, 3, 4]), { ...handler, item });
  await stage.clock.settle();
  assertEquals(stage.take(), ["+a", "item 1", "item 4", "finished"]);
});

Deno.test("addStream() refuses a locked stream, and leaves it as it is", async () => {
  await using stage = new Stage();
  const addr = await stage.spawn("a", {}, { strategy: SupervisorStrategy.resume });
  const locked = new Source();
  const reader = locked.readable.getReader();
  const error = await assertRejects(() => attach(addr, locked.readable, noting(stage.log)));
  assert((error as Error).cause instanceof TypeError);
  assertEquals(await reader.read(), { done: false, value: 1 });
});

Deno.test("an actor may read several streams, and attach another when one has finished", async () => {
  await using stage = new Stage();
  const addr = await stage.spawn("a");
  stage.take();
  addr.doSend(act((ctx) => {
    const note = (item: string) => void stage.log.push(item);
    const finished = () => void ctx.addStream(ReadableStream.from(["c1", "c2"]), { item: note });
    ctx.addStream(ReadableStream.from(["a1", "a2"]), { item: note, finished });
    ctx.addStream(ReadableStream.from(["b1", "b2"]), { item: note });
  }));
  await stage.clock.settle();
  const noted = stage.take();
  for (const name of ["a", "b", "c"]) {
    assertEquals(noted.filter((item) => item.startsWith(name)), [`${name}1`, `${name}2`]);
  }
});

Deno.test("a stream piped through transforms feeds an actor with back-pressure", async () => {
  await using stage = new Stage();
  const addr = await stage.spawn("a");
  const source = new Source();
  const lines = source.readable.pipeThrough(
    new TransformStream<number, string>({ transform: (n, to) => to.enqueue(`line ${n}`) }),
  );
  const gate = Promise.withResolvers<void>();
  await attach(addr, lines, { item: () => gate.promise });
  await stage.clock.settle();
  // One is being handled; what the transform may hold on its own is all that was pulled besides.
  assert(source.pulled <= 4, `${source.pulled} were pulled`);
  gate.resolve();
  await stage.system.stop(addr);
  await stage.clock.settle();
  assertEquals(source.cancelled.length, 1);
});
