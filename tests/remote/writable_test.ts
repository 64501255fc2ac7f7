import { assertEquals, assertInstanceOf, assertRejects } from "@std/assert";
import { MailboxClosedError, MailboxFullError, MessageRefusedError, type SendResult } from "../../mod.ts";
import { writableTo } from "../../remote/writable.ts";

/** An address whose tells end as the test says, and what they were. */
function stage(...results: (SendResult | Promise<SendResult>)[]) {
  const told: unknown[] = [];
  const signals: (AbortSignal | undefined)[] = [];
  const writer = writableTo({
    id: "desk@b",
    doSend: (message, { signal } = {}) => {
      told.push(message);
      signals.push(signal);
      return Promise.resolve(results.shift() ?? "sent");
    },
  }).getWriter();
  return { told, signals, writer };
}

Deno.test("each chunk is one tell, and the next waits until it was sent", async () => {
  const first = Promise.withResolvers<SendResult>();
  const { told, writer } = stage(first.promise);
  const writes = [1, 2].map((n) => writer.write({ type: `${n}` }));
  await undefined;
  assertEquals(told, [{ type: "1" }]);
  first.resolve("sent");
  await Promise.all(writes);
  await writer.close();
  assertEquals(told, [{ type: "1" }, { type: "2" }]);
});

Deno.test("the first chunk that cannot be sent errors the stream with the reason", async () => {
  const errors = {
    closed: [MailboxClosedError, 'Cannot send "note" to desk@b: there is no connection'],
    full: [MailboxFullError, 'Cannot send "note" to desk@b: too many wait already'],
    refused: [MessageRefusedError, 'Cannot send "note" to desk@b'],
    timeout: [MailboxClosedError, "there is no connection"],
  } as const;
  for (const [result, [type, text]] of Object.entries(errors)) {
    const { told, writer } = stage(result as SendResult);
    const error = await assertRejects(() => writer.write({ type: "note" }), Error, text);
    assertInstanceOf(error, type);
    await assertRejects(() => writer.write({ type: "note" }), type);
    await assertRejects(() => writer.closed, type);
    assertEquals(told.length, 1);
  }
});

Deno.test("abort() takes a tell back that waits, with the reason", async () => {
  const waiting = Promise.withResolvers<SendResult>();
  const { signals, writer } = stage(waiting.promise);
  const write = writer.write({ type: "note" });
  const closed = assertRejects(() => writer.closed, Error, "enough");
  await undefined;
  const aborted = writer.abort(new Error("enough"));
  assertEquals(signals[0]?.aborted, true);
  waiting.resolve("aborted");
  await Promise.all([aborted, write, closed]);
});
