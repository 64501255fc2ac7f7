import { assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { ActorSystem, type AnyMessage, type SpawnOptions } from "../../mod.ts";
import { Envelope, type Queued } from "../../src/internal/envelope.ts";
import { Waiter } from "../../src/internal/waiter.ts";
import { MAILBOX_CAPACITY, WAITING_MAX } from "../../src/limits.ts";
import { checkMailboxOptions, Mailbox, type MailboxOptions } from "../../src/mailbox.ts";
import { type Take, take } from "../support/taker.ts";

const letter = (n: number, size = 1): Envelope => new Envelope(take(n), size);
const turn = (): Envelope => new Envelope(undefined, 0, undefined, { run: () => undefined });
const numberOf = (queued: Queued | undefined): number | undefined =>
  ((queued instanceof Envelope ? queued.message : queued) as Take | undefined)?.n;

/** Takes everything; a turn of the runtime shows as `undefined`. */
function takeAll(mailbox: Mailbox): (number | undefined)[] {
  const taken: (number | undefined)[] = [];
  for (let next = mailbox.take(); next !== undefined; next = mailbox.take()) taken.push(numberOf(next));
  return taken;
}

/** Calls `read()` and tells whether it has returned. */
function reading(mailbox: Mailbox): { isOver: boolean } {
  const state = { isOver: false };
  mailbox.read().then(() => state.isOver = true);
  return state;
}

const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));

Deno.test({
  name: "Mailbox holds 256 messages and lets 10,000 senders wait unless told otherwise",
  permissions: "none",
  fn() {
    const mailbox = new Mailbox({});
    assertEquals([MAILBOX_CAPACITY, WAITING_MAX], [256, 10_000]);
    for (let n = 0; n < 256; n++) {
      assertEquals([mailbox.hasRoom, mailbox.desiredSize], [true, 256 - n]);
      mailbox.accept(letter(n));
    }
    assertEquals([mailbox.hasRoom, mailbox.desiredSize, mailbox.queued], [false, 0, 256]);
    for (let n = 0; n < 10_000; n++) assertEquals(mailbox.wait(new Waiter(letter(n))), true);
    assertEquals([mailbox.wait(new Waiter(letter(0))), mailbox.desiredSize], [false, -10_000]);
  },
});

Deno.test({
  name: "Mailbox gives messages in the order they came, whichever batch they are in",
  permissions: "none",
  fn() {
    const mailbox = new Mailbox({ capacity: 3 });
    for (const n of [1, 2, 3]) mailbox.accept(letter(n));
    assertEquals([numberOf(mailbox.take()), mailbox.queued], [1, 2]);
    mailbox.accept(letter(4));
    assertEquals([mailbox.queued, mailbox.desiredSize], [3, 0]);
    assertEquals(takeAll(mailbox), [2, 3, 4]);
    assertEquals([mailbox.queued, mailbox.desiredSize, mailbox.take()], [0, 3, undefined]);
  },
});

Deno.test({
  name: "Mailbox admits one waiting sender for each message that is taken, first come, first served",
  permissions: "none",
  fn() {
    const mailbox = new Mailbox({ capacity: 2 });
    const admitted: number[] = [];
    for (const n of [1, 2]) mailbox.accept(letter(n));
    for (const n of [3, 4, 5]) {
      const waiter = new Waiter(letter(n));
      waiter.onLeave = (result) => admitted.push(result === "sent" ? n : NaN);
      mailbox.wait(waiter);
    }
    assertEquals([mailbox.hasRoom, mailbox.desiredSize], [false, -3]);
    assertEquals([numberOf(mailbox.take()), admitted, mailbox.queued], [1, [3], 2]);
    // There is no room for others as long as somebody waits.
    assertEquals(mailbox.hasRoom, false);
    assertEquals(takeAll(mailbox), [2, 3, 4, 5]);
    assertEquals([admitted, mailbox.hasRoom, mailbox.desiredSize], [[3, 4, 5], true, 2]);
  },
});

Deno.test({
  name: "Mailbox passes its mark by one message at most, and admits several small ones for a large one",
  permissions: "none",
  fn() {
    const mailbox = new Mailbox({ mailbox: { highWaterMark: 10 } });
    mailbox.accept(letter(1, 9));
    assertEquals([mailbox.hasRoom, mailbox.desiredSize], [true, 1]);
    mailbox.accept(letter(2, 100));
    assertEquals([mailbox.hasRoom, mailbox.desiredSize], [false, -99]);
    for (const n of [3, 4, 5, 6]) mailbox.wait(new Waiter(letter(n, 4)));
    assertEquals([mailbox.desiredSize, numberOf(mailbox.take())], [-115, 1]);
    assertEquals([mailbox.queued, numberOf(mailbox.take())], [1, 2]);
    // 4 + 4 leave room, the third passes the mark, the fourth waits on.
    assertEquals([mailbox.queued, mailbox.desiredSize, mailbox.hasRoom], [3, -6, false]);
    assertEquals(takeAll(mailbox), [3, 4, 5, 6]);
  },
});

Deno.test({
  name: "Mailbox that became empty has its whole room again, also after fractions and messages of size 0",
  permissions: "none",
  fn() {
    const mailbox = new Mailbox({ mailbox: { highWaterMark: 1 } });
    for (const size of [0.1, 0.2, 0, 0.3, 0]) mailbox.accept(letter(1, size));
    takeAll(mailbox);
    assertEquals([mailbox.desiredSize, mailbox.queued], [1, 0]);
    for (let n = 0; n < 1_000; n++) mailbox.accept(letter(n, 0));
    assertEquals([mailbox.hasRoom, mailbox.desiredSize, mailbox.queued], [true, 1, 1_000]);
  },
});

Deno.test({
  name: "Mailbox neither refuses nor counts turns of the runtime, but they keep the order of arrival",
  permissions: "none",
  fn() {
    const mailbox = new Mailbox({ capacity: 1, maxWaiting: 1 });
    mailbox.push(turn());
    mailbox.accept(letter(1));
    mailbox.push(turn());
    assertEquals([mailbox.desiredSize, mailbox.queued], [0, 3]);
    mailbox.wait(new Waiter(letter(2)));
    // Behind the one who waits: what it sends was sent earlier.
    mailbox.push(turn());
    assertEquals([mailbox.desiredSize, mailbox.queued], [-1, 3]);
    assertEquals(takeAll(mailbox), [undefined, 1, undefined, 2, undefined]);
  },
});

Deno.test({
  name: "Mailbox.turnAway() tells those who wait, and keeps what was accepted and the turns among them",
  permissions: "none",
  async fn() {
    const mailbox = new Mailbox({ capacity: 1 });
    const results: string[] = [];
    mailbox.accept(letter(1));
    for (const n of [2, 3]) {
      const waiter = new Waiter(letter(n));
      waiter.onLeave = (result) => results.push(`${n} ${result}`);
      mailbox.wait(waiter);
      mailbox.push(turn());
    }
    const { ready } = mailbox;
    mailbox.turnAway();
    await ready;
    assertEquals(results, ["2 closed", "3 closed"]);
    assertEquals(takeAll(mailbox), [1, undefined, undefined]);
  },
});

Deno.test({
  name: "Mailbox.clear() returns what was queued, in order, and leaves nothing",
  permissions: "none",
  fn() {
    const mailbox = new Mailbox({ capacity: 10 });
    for (const n of [1, 2, 3]) mailbox.accept(letter(n));
    mailbox.take();
    mailbox.accept(letter(4));
    assertEquals(mailbox.clear().map(numberOf), [2, 3, 4]);
    assertEquals([mailbox.queued, mailbox.desiredSize, mailbox.take(), mailbox.clear()], [0, 10, undefined, []]);
  },
});

Deno.test({
  name: "Mailbox.read() waits until something arrives, and takes all of it at once",
  permissions: "none",
  async fn() {
    const mailbox = new Mailbox({});
    for (let round = 0; round < 3; round++) {
      const state = reading(mailbox);
      await settled();
      assertEquals(state.isOver, false);
      for (const n of [1, 2, 3]) mailbox.accept(letter(n));
      await settled();
      assertEquals([state.isOver, takeAll(mailbox)], [true, [1, 2, 3]]);
    }
    mailbox.accept(letter(4));
    await mailbox.read();
    assertEquals(takeAll(mailbox), [4]);
  },
});

Deno.test({
  name: "Mailbox.read() loses nothing that arrives between two steps of its stream",
  permissions: "none",
  async fn() {
    for (let steps = 0; steps < 12; steps++) {
      const mailbox = new Mailbox({});
      const state = reading(mailbox);
      for (let step = 0; step < steps; step++) await undefined;
      mailbox.accept(letter(1));
      await undefined;
      mailbox.accept(letter(2));
      await settled();
      assertEquals([state.isOver, takeAll(mailbox), mailbox.queued], [true, [1, 2], 0]);
      const [single, last] = [new Mailbox({}), letter(3)];
      const waiting = reading(single);
      for (let step = 0; step < steps; step++) await undefined;
      single.accept(last);
      await settled();
      assertEquals([waiting.isOver, takeAll(single)], [true, [3]]);
    }
  },
});

Deno.test({
  name: "Mailbox.wake() ends a read although nothing came, also one that begins later, and nothing is lost",
  permissions: "none",
  async fn() {
    const mailbox = new Mailbox({});
    const state = reading(mailbox);
    await settled();
    mailbox.wake();
    mailbox.accept(letter(1));
    await settled();
    assertEquals([state.isOver, takeAll(mailbox)], [true, [1]]);
    mailbox.wake();
    await mailbox.read();
    assertEquals(mailbox.queued, 0);
  },
});

Deno.test({
  name: "Mailbox.ready resolves with the first room, and at once when there is some",
  permissions: "none",
  async fn() {
    const mailbox = new Mailbox({ capacity: 1 });
    await mailbox.ready;
    mailbox.accept(letter(1));
    let isReady = false;
    mailbox.ready.then(() => isReady = true);
    assertStrictEquals(mailbox.ready, mailbox.ready);
    mailbox.wait(new Waiter(letter(2)));
    mailbox.take();
    await settled();
    assertEquals(isReady, false);
    mailbox.take();
    await settled();
    assertEquals(isReady, true);
  },
});

Deno.test({
  name: "Mailbox.measure() takes any finite size >= 0 and refuses everything else",
  permissions: "none",
  fn() {
    const measure = (size: unknown) => () =>
      new Mailbox({ mailbox: { highWaterMark: 1, size: () => size as number } }).measure(take(1));
    for (const size of [0, 0.5, 1, 1e300, Number.MAX_VALUE]) assertEquals(measure(size)(), size);
    for (const size of [-1, NaN, Infinity, -Infinity, undefined, null, "1", {}, 1n]) {
      assertThrows(measure(size), RangeError, "size() must give a finite number >= 0");
    }
    assertThrows(measure(Symbol("1")), TypeError);
    assertEquals(new Mailbox({}).measure(take(1)), 1);
    assertEquals(new Mailbox({ mailbox: new CountQueuingStrategy({ highWaterMark: 2 }) }).measure(take(1)), 1);
  },
});

Deno.test({
  name: "Mailbox calls size() as a method of its strategy",
  permissions: "none",
  fn() {
    class Weighted implements QueuingStrategy<Take> {
      readonly highWaterMark = 10;
      readonly weight = 3;
      size = function (this: Weighted): number {
        return this.weight;
      };
    }
    assertEquals(new Mailbox({ mailbox: new Weighted() }).measure(take(1)), 3);
  },
});

/** Options that no mailbox can have, and the error that says so. */
const wrong: [MailboxOptions<never>, typeof TypeError | typeof RangeError, string][] = [
  [{ capacity: 1, mailbox: { highWaterMark: 1 } }, TypeError, "both capacity and mailbox"],
  [{ capacity: 1, mailbox: {} }, TypeError, "both capacity and mailbox"],
  ...[0, -1, NaN, -Infinity].flatMap((mark): typeof wrong => [
    [{ capacity: mark }, RangeError, `for ${mark} messages`],
    [{ mailbox: { highWaterMark: mark } }, RangeError, "the high-water mark must be > 0"],
  ]),
  [{ maxWaiting: -1 }, RangeError, "maxWaiting must be >= 0"],
  [{ maxWaiting: NaN }, RangeError, "maxWaiting must be >= 0"],
  [{ mailbox: { highWaterMark: 1, size: 5 as never } }, TypeError, "size of its strategy must be a function"],
];

Deno.test({
  name: "checkMailboxOptions() refuses what no mailbox can have, and spawn() does so before the factory is called",
  permissions: "none",
  async fn() {
    await using system = new ActorSystem();
    for (const [options, errorClass, text] of wrong) {
      assertThrows(() => checkMailboxOptions(options), errorClass, text);
      const factory = (): never => {
        throw new Error("The factory was called");
      };
      assertThrows(() => system.spawn(factory, options as SpawnOptions<AnyMessage>), errorClass, text);
    }
    assertEquals(system.actors, []);
  },
});

Deno.test({
  name: "checkMailboxOptions() lets through an endless mailbox, an endless line, none at all, and a fraction",
  permissions: "none",
  fn() {
    const right: MailboxOptions<never>[] = [
      {},
      { capacity: Infinity },
      { capacity: 0.5 },
      { capacity: 1, maxWaiting: 0 },
      { maxWaiting: Infinity },
      { mailbox: {} },
      { mailbox: new ByteLengthQueuingStrategy({ highWaterMark: 16 }) as QueuingStrategy<never> },
    ];
    for (const options of right) checkMailboxOptions(options);
  },
});

Deno.test({
  name: "Mailbox: a message without an envelope counts 1, and clear() puts it into one",
  permissions: "none",
  fn() {
    const mailbox = new Mailbox({ capacity: 3 });
    mailbox.accept(take(1));
    mailbox.accept(letter(2));
    assertEquals([mailbox.queued, mailbox.desiredSize], [2, 1]);
    assertEquals(numberOf(mailbox.take()), 1);
    mailbox.accept(take(3));
    assertEquals(mailbox.desiredSize, 1);
    assertEquals(mailbox.clear().map(({ message, size }) => [(message as Take).n, size]), [[2, 1], [3, 1]]);
  },
});

Deno.test({
  name: "Mailbox.taken counts what was taken, in every batch and from the stream, and not what was cleared away",
  permissions: "none",
  async fn() {
    const mailbox = new Mailbox({ capacity: 3 });
    for (const n of [1, 2, 3]) mailbox.accept(letter(n));
    mailbox.wait(new Waiter(letter(4)));
    assertEquals([mailbox.taken, mailbox.waiting, mailbox.used], [0, 1, 3]);
    mailbox.take();
    mailbox.push(turn());
    assertEquals([mailbox.taken, mailbox.waiting, mailbox.used], [1, 0, 3]);
    takeAll(mailbox);
    assertEquals([mailbox.taken, mailbox.used], [5, 0]);
    for (const n of [6, 7]) {
      const state = reading(mailbox);
      mailbox.accept(letter(n, 2));
      await settled();
      assertEquals([state.isOver, mailbox.taken, mailbox.used], [true, n - 1, 2]);
      takeAll(mailbox);
    }
    assertEquals(mailbox.taken, 7);
    for (const n of [8, 9]) mailbox.accept(letter(n));
    mailbox.take();
    mailbox.clear();
    assertEquals([mailbox.taken, mailbox.queued, mailbox.take()], [8, 0, undefined]);
  },
});
