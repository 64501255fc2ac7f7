import { assertEquals } from "@std/assert";
import { Outgoing } from "../../remote/outgoing.ts";
import type { Connection } from "../../remote/transport/transport.ts";
import { FrameWriter } from "../../remote/wire/frame_writer.ts";
import { readFrames } from "../support/frames.ts";

/** A connection whose writes end when the test says so. */
class Held implements Connection {
  readonly remote = { hostname: "there", port: 1 };
  readonly written: Uint8Array[] = [];
  #ends: PromiseWithResolvers<void>[] = [];

  read(): Promise<undefined> {
    return Promise.resolve(undefined);
  }

  write(bytes: Uint8Array): Promise<void> {
    this.written.push(bytes.slice());
    const end = Promise.withResolvers<void>();
    this.#ends.push(end);
    return end.promise;
  }

  close(): void {}

  /** Lets the write that is under way end. */
  async release(error?: Error): Promise<void> {
    const end = this.#ends.shift();
    if (error === undefined) end?.resolve();
    else end?.reject(error);
    for (let turns = 0; turns < 5; turns++) await undefined;
  }
}

function stage() {
  const connection = new Held();
  const writer = new FrameWriter();
  const log: string[] = [];
  const outgoing = new Outgoing(connection, writer, {
    flushed: () => void log.push("flushed"),
    failed: (error) => void log.push(String(error)),
  });
  const send = (count: number) => {
    for (let n = 0; n < count; n++) {
      writer.append({ messageType: "x", correlationId: n });
      outgoing.schedule();
    }
  };
  return { connection, writer, outgoing, log, send };
}

Deno.test("what is sent in one turn is one write, and what comes while it is under way is the next", async () => {
  const { connection, send, log } = stage();
  send(100);
  await undefined;
  assertEquals([connection.written.length, readFrames(connection.written).length], [1, 100]);
  send(50);
  await undefined;
  send(50);
  await undefined;
  assertEquals(connection.written.length, 1);
  await connection.release();
  assertEquals([connection.written.length, readFrames(connection.written).length], [2, 200]);
  assertEquals(log, ["flushed", "flushed"]);
});

Deno.test("drained() resolves when everything was handed over, and at once where nothing waits", async () => {
  const { connection, outgoing, send } = stage();
  await outgoing.drained();
  send(1);
  let isDrained = false;
  outgoing.drained().then(() => isDrained = true);
  await undefined;
  assertEquals(isDrained, false);
  await connection.release();
  assertEquals(isDrained, true);
});

Deno.test("a large write goes in pieces, and is stuck only while none of them is taken", async () => {
  const { connection, writer, outgoing } = stage();
  writer.append({ payload: new Uint8Array(600_000) });
  outgoing.schedule();
  await undefined;
  assertEquals([outgoing.isStuck(), outgoing.isStuck()], [false, true]);
  await connection.release();
  assertEquals([connection.written.length, outgoing.isStuck(), outgoing.isStuck()], [2, false, true]);
  await connection.release();
  await connection.release();
  assertEquals([readFrames(connection.written)[0]?.payload.length, outgoing.isStuck()], [600_000, false]);
});

Deno.test("a write that fails is told once, and nothing is written after it", async () => {
  const { connection, outgoing, send, log } = stage();
  send(1);
  await undefined;
  send(1);
  await connection.release(new Error("gone"));
  send(1);
  await undefined;
  assertEquals([connection.written.length, log], [1, ["flushed", "Error: gone"]]);
  await outgoing.drained();
  await outgoing.stop();
});

Deno.test("stop() lets the write that is under way end, and nothing that has gathered meanwhile is written", async () => {
  const { connection, outgoing, send, log } = stage();
  send(1);
  await undefined;
  send(1);
  let isStopped = false;
  outgoing.stop().then(() => isStopped = true);
  await undefined;
  assertEquals(isStopped, false);
  await connection.release();
  assertEquals([isStopped, connection.written.length, log], [true, 1, ["flushed"]]);
});
