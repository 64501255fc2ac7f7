import { assert, assertEquals, assertFalse, assertInstanceOf, assertRejects, assertStrictEquals } from "@std/assert";
import {
  Actor,
  ActorFailedError,
  ActorSystem,
  type Addr,
  type Message,
  Rejection,
  SupervisorStrategy,
  UnhandledMessageError,
} from "../../../mod.ts";
import { isThenable } from "../../../src/internal/thenable.ts";
import { deadLetters, recordEvents } from "../../support/record.ts";
import { VirtualSystem } from "../../support/virtual.ts";

interface Do extends Message<unknown> {
  readonly type: "do";
  readonly what: () => unknown;
}
interface Count extends Message<number> {
  readonly type: "count";
}
const run = (what: () => unknown): Do => ({ type: "do", what });
const count: Count = { type: "count" };

/** Does what the message says, and counts how often. */
class Doer extends Actor<Do | Count> {
  #count = 0;
  do({ what }: Do): unknown {
    this.#count++;
    return what();
  }
  count(): number {
    return this.#count;
  }
}

/** A doer that lives on after a failure. */
function spawnDoer(system: ActorSystem): Addr<Do | Count> {
  return system.spawn(() => new Doer(), { strategy: SupervisorStrategy.resume });
}

const doThrow = (error: unknown) => (): never => {
  throw error;
};

/** Whatever can be thrown. */
const thrown: unknown[] = [
  new Error("boom"),
  undefined,
  null,
  0,
  "text",
  Symbol("thrown"),
  Object.freeze(new Error("frozen")),
  Object.freeze({}),
  Object.create(null),
  () => 1,
];

Deno.test("A handler that throws anything, at once or later, fails: the asker gets it as the cause", async () => {
  await using system = new ActorSystem();
  const addr = spawnDoer(system);
  for (const error of thrown) {
    for (const what of [doThrow(error), () => Promise.reject(error), () => Promise.resolve().then(doThrow(error))]) {
      const failed = await assertRejects(() => addr.send(run(what)), ActorFailedError);
      assertStrictEquals(failed.cause, error);
      assertEquals([failed.target, failed.messageType], [addr.id, "do"]);
    }
  }
  assertEquals(await addr.send(count), 3 * thrown.length);
});

Deno.test("A handler that throws on a tell makes a dead letter with the error, and a failed event", async () => {
  await using system = new VirtualSystem();
  const { clock } = system;
  const events = recordEvents(system);
  const addr = spawnDoer(system);
  const messages = thrown.map((error) => run(doThrow(error)));
  for (const message of messages) addr.trySend(message);
  await clock.settle();
  assertEquals(deadLetters(events), messages.map((message) => ["failed", message]));
  assertEquals(events.flatMap((event) => event.kind === "failed" ? [event.error] : []), thrown);
});

Deno.test("A Rejection reaches the asker as the same object, and the actor lives on with its state", async () => {
  await using system = new ActorSystem();
  const addr = system.spawn(() => new Doer());
  class Own extends Rejection<number> {}
  for (const rejection of [new Rejection("no"), new Own("not that", 5)]) {
    assertStrictEquals(await addr.send(run(doThrow(rejection))).catch((error) => error), rejection);
    assertStrictEquals(await addr.send(run(() => Promise.reject(rejection))).catch((error) => error), rejection);
  }
  assertEquals(await addr.send(count), 4);
});

Deno.test("A Rejection of a tell is a dead letter and no failure", async () => {
  await using system = new VirtualSystem();
  const { clock } = system;
  const events = recordEvents(system);
  const addr = system.spawn(() => new Doer());
  const rejection = new Rejection("no");
  const message = run(doThrow(rejection));
  addr.trySend(message);
  await clock.settle();
  assertEquals(events.map(({ kind }) => kind), ["started", "dead-letter"]);
  assertEquals(deadLetters(events), [["rejected", message]]);
  assert(events.some((event) => event.kind === "dead-letter" && event.error === rejection));
  assertEquals(await addr.send(count), 1);
});

Deno.test("An actor takes its next message when the promise of its handler has settled", async () => {
  await using system = new VirtualSystem();
  const { clock } = system;
  const addr = spawnDoer(system);
  const order: string[] = [];
  const work = Promise.withResolvers<void>();
  const first = addr.send(run(async () => {
    order.push("first in");
    await work.promise;
    order.push("first out");
  }));
  const second = addr.send(run(() => order.push("second")));
  await clock.settle();
  assertEquals(order, ["first in"]);
  work.resolve();
  await Promise.all([first, second]);
  assertEquals(order, ["first in", "first out", "second"]);
});

Deno.test("A handler may return any thenable: it is waited for, called once, and its value is the reply", async () => {
  await using system = new VirtualSystem();
  const { clock } = system;
  const addr = spawnDoer(system);
  let calls = 0;
  const settle: ((value: number) => void)[] = [];
  const lazy = {
    then(resolve: (value: number) => void) {
      calls++;
      settle.push(resolve);
    },
  };
  const callable = Object.assign(() => {}, lazy);
  for (const thenable of [lazy, callable, Object.freeze({ ...lazy })]) {
    calls = 0;
    const reply = addr.send(run(() => thenable));
    const counted = addr.send(count);
    let isCounted = false;
    counted.then(() => isCounted = true);
    await clock.settle();
    assertEquals([calls, isCounted], [1, false]);
    settle.pop()?.(7);
    assertEquals(await reply, 7);
    await counted;
  }
});

Deno.test("A hostile thenable is a failure of the actor at most, never of the process", async () => {
  await using system = new ActorSystem();
  const addr = spawnDoer(system);
  const error = new RangeError("hostile");
  const getter = Object.defineProperty({}, "then", { get: doThrow(error) });
  for (const thenable of [getter, { then: doThrow(error) }]) {
    const failed = await assertRejects(() => addr.send(run(() => thenable)), ActorFailedError);
    assertStrictEquals(failed.cause, error);
  }
  const contrary = {
    then(resolve: (value: number) => void, reject: (error: unknown) => void) {
      resolve(1);
      resolve(2);
      reject(error);
      throw error;
    },
  };
  assertEquals(await addr.send(run(() => contrary)), 1);
  assertEquals(await addr.send(run(() => Object.assign(Promise.resolve(3), { then: doThrow(error) }))), 3);
  const nested = { then: (resolve: (value: unknown) => void) => resolve(contrary) };
  assertEquals(await addr.send(run(() => nested)), 1);
  assertEquals(await addr.send(count), 5);
});

Deno.test("A handler may reply with anything: undefined, a function, an object with a `then` that is no function", async () => {
  await using system = new ActorSystem();
  const addr = spawnDoer(system);
  for (const value of [undefined, null, NaN, () => 1, Symbol("reply"), { then: 5 }, Object.create(null), [addr]]) {
    assertStrictEquals(await addr.send(run(() => value)), value);
    assertStrictEquals(await addr.send(run(() => Promise.resolve(value))), value);
  }
});

Deno.test("A message whose type can be read only once ends in a defined outcome, not with the process", async () => {
  await using system = new VirtualSystem();
  const { clock } = system;
  const addr = spawnDoer(system);
  const shy = (): Count => {
    let reads = 0;
    const type = { get: () => reads++ === 0 ? "count" : doThrow(new RangeError("once"))() };
    return Object.defineProperty({}, "type", type) as Count;
  };
  const failed = await assertRejects(() => addr.send(shy()), ActorFailedError);
  assertInstanceOf(failed.cause, RangeError);
  assertEquals(failed.messageType, "(unreadable)");
  addr.trySend(shy());
  const held = addr.send(run(() => new Promise<void>((resolve) => clock.schedule(100, resolve))));
  const late = addr.send(shy(), { timeout: 50 });
  const queued = addr.send(shy(), { timeout: 1_000 });
  await clock.settle();
  const outcomes = Promise.allSettled([held, late, queued, system.stop(addr)]);
  await clock.advance(100);
  assertEquals((await outcomes).map(({ status }) => status), ["fulfilled", "rejected", "rejected", "fulfilled"]);
});

Deno.test("An unknown type rejects with UnhandledMessageError, a tell is a dead letter, and the actor lives on", async () => {
  await using system = new VirtualSystem();
  const { clock } = system;
  const events = recordEvents(system);
  const addr = spawnDoer(system) as unknown as Addr<Message & { type: string }>;
  const names = Object.getOwnPropertyNames(Object.prototype);
  const types = ["unknown", "", "started", "stopped", "terminated", "#count", "prototype", ...names];
  for (const type of types) {
    const error = await assertRejects(() => addr.send({ type }), UnhandledMessageError);
    assertEquals([error.target, error.messageType], [addr.id, type]);
    assertEquals(await addr.doSend({ type }), "sent");
  }
  await clock.settle();
  const expected = types.flatMap((type) => [["unhandled", { type }], ["unhandled", { type }]]);
  assertEquals(deadLetters(events), expected as [string, unknown][]);
  assertEquals(events.filter(({ kind }) => kind === "failed"), []);
});

Deno.test({
  name: "isThenable() knows promises and what behaves as one",
  permissions: "none",
  fn() {
    const then = () => {};
    for (const yes of [Promise.resolve(), { then }, Object.assign(() => {}, { then }), Object.create({ then })]) {
      assert(isThenable(yes));
    }
    for (const no of [undefined, null, 0, "then", Symbol("then"), {}, { then: 1 }, then]) assertFalse(isThenable(no));
  },
});
