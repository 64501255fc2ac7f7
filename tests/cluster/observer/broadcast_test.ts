import { assert, assertEquals, assertRejects } from "@std/assert";
import { Broadcast } from "../../../cluster/observer/broadcast.ts";
import { STREAMS_MAX, STUCK_MS } from "../../../cluster/observer/limits.ts";
import { ManualClock } from "../../../src/testing/mod.ts";

/** A broadcast of numbers in virtual time, and when somebody looked. */
function make(next?: (n: number) => string) {
  const clock = new ManualClock();
  const watched: boolean[] = [];
  let made = 0;
  const broadcast = new Broadcast({
    clock,
    next: () => next?.(++made) ?? `${++made}`,
    watched: (isWatched) => watched.push(isWatched),
  });
  return { broadcast, clock, watched, made: () => made };
}

/** Reads one chunk as text; undefined at the end. */
async function read(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<string | undefined> {
  const { done, value } = await reader.read();
  return done ? undefined : new TextDecoder().decode(value);
}

const state = (n: number | string) => `event: state\ndata: ${n}\n\n`;

function pure(name: string, fn: () => Promise<void>): void {
  Deno.test({ name, permissions: "none", fn });
}

pure("Broadcast sends a state at once, and one each second to everybody, made once", async () => {
  const { broadcast, clock, watched, made } = make();
  assertEquals(broadcast.latest, undefined);
  const [one, two] = [broadcast.open()!.getReader(), broadcast.open()!.getReader()];
  const first = `retry: 2000\n${state(1)}`;
  assertEquals([await read(one), await read(two), broadcast.latest], [first, first, "1"]);
  const waiting = [read(one), read(two)];
  await clock.advance(999);
  assertEquals(made(), 1);
  await clock.advance(1);
  assertEquals([await Promise.all(waiting), broadcast.latest], [[state(2), state(2)], "2"]);
  await one.cancel();
  await clock.advance(1_000);
  assertEquals([await read(two), watched], [state(3), [true]]);
  await two.cancel();
});

pure("Broadcast makes nothing and has no timer while nobody looks", async () => {
  const { broadcast, clock, watched, made } = make();
  await clock.advance(10_000);
  const reader = broadcast.open()!.getReader();
  await reader.cancel();
  await clock.advance(10_000);
  assertEquals([watched, made(), broadcast.latest], [[true, false], 1, undefined]);
  const next = broadcast.open()!.getReader();
  assertEquals([await read(next), watched], [`retry: 2000\n${state(2)}`, [true, false, true]]);
  await next.cancel();
});

pure("Broadcast gives a slow reader the newest state, and none of those that it was too slow for", async () => {
  const { broadcast, clock } = make();
  const [slow, fast] = [broadcast.open()!.getReader(), broadcast.open()!.getReader()];
  assertEquals([await read(slow), await read(fast)].length, 2);
  for (let n = 2; n <= 20; n++) {
    await clock.advance(1_000);
    assertEquals(await read(fast), state(n));
  }
  const waiting = [await read(slow), read(slow)];
  await clock.advance(1_000);
  assertEquals(await Promise.all(waiting), [state(20), state(21)]);
  await slow.cancel();
  await fast.cancel();
});

pure("Broadcast gives up who reads nothing for long, and keeps who reads slowly", async () => {
  const { broadcast, clock, watched } = make();
  const gone = broadcast.open()!;
  const slow = broadcast.open()!.getReader();
  for (let ms = 0; ms < STUCK_MS; ms += 10_000) {
    await clock.advance(10_000);
    await read(slow);
  }
  await clock.advance(1_000);
  // What it had not read is there still, and then the end.
  const reader = gone.getReader();
  assert((await read(reader))?.startsWith("event: state"));
  assertEquals([await read(reader), watched], [undefined, [true]]);
  await slow.cancel();
  assertEquals(watched, [true, false]);
});

pure("Broadcast makes nothing more once the only one who looked was given up, and hears a late goodbye", async () => {
  const { broadcast, clock, watched, made } = make();
  const gone = broadcast.open()!;
  await clock.advance(STUCK_MS + 10_000);
  const before = made();
  // What it had not read is there still, so the stream was not over.
  await gone.cancel();
  await clock.advance(10_000);
  assertEquals([watched, made(), before], [[true, false], before, STUCK_MS / 1_000]);
});

pure("Broadcast has so many streams and no more, and takes the next one when one has gone", async () => {
  const { broadcast } = make();
  const streams = Array.from({ length: STREAMS_MAX }, () => broadcast.open()!);
  assertEquals(broadcast.open(), undefined);
  await streams.pop()!.cancel();
  streams.push(broadcast.open()!);
  assertEquals(broadcast.open(), undefined);
  for (const stream of streams) await stream.cancel();
});

pure("Broadcast.end sends the state as it is then and why, to slow readers too, and ends all streams", async () => {
  const { broadcast, clock, watched } = make();
  const [slow, fast] = [broadcast.open()!.getReader(), broadcast.open()!.getReader()];
  await read(fast);
  const waiting = read(fast);
  broadcast.end("why");
  broadcast.end("again");
  const last = `${state(2)}event: end\ndata: why\n\n`;
  assertEquals([await waiting, await read(fast)], [last, undefined]);
  assertEquals([await read(slow), await read(slow), await read(slow)], [`retry: 2000\n${state(1)}`, last, undefined]);
  await clock.advance(5_000);
  assertEquals([watched, broadcast.latest], [[true, false], undefined]);
});

pure(
  "Broadcast whose state cannot be made breaks its streams off with the reason, and goes on with new ones",
  async () => {
    const { broadcast, clock, watched } = make((n) => {
      if (n === 2) throw new Error("boom");
      return `${n}`;
    });
    const reader = broadcast.open()!.getReader();
    await read(reader);
    const waiting = assertRejects(() => read(reader), Error, "boom");
    await clock.advance(1_000);
    await waiting;
    assertEquals(watched, [true, false]);
    const next = broadcast.open()!.getReader();
    assertEquals(await read(next), `retry: 2000\n${state(3)}`);
    await next.cancel();
  },
);
