/**
 * Effect: a fiber that takes from a bounded queue, and a deferred for each answer.
 *
 * @module
 */

import { Deferred, Effect, Fiber, Queue } from "effect";
import type { Gauge } from "./gauge.ts";
import { type Cast, type Peer, type Stage, sum } from "./peer.ts";

/** As in its guide: `Queue.bounded`, `Deferred` for answers, `Effect.retry` to begin anew after a failure. */
export const peer: Peer = {
  name: "effect",
  use: "fiber, Queue.bounded(256), Deferred",
  open: async () => new EffectStage(await Effect.runPromise(start(loop))),
};

const CAPACITY = 256;

type Sent =
  | { readonly type: "tick"; readonly n: number }
  | { readonly type: "count"; readonly reply: Deferred.Deferred<number> }
  | { readonly type: "crash" };

type Mailbox = Queue.Queue<Sent>;
type Loop = (mailbox: Mailbox) => Effect.Effect<never, Error>;

interface Counter {
  readonly mailbox: Mailbox;
  readonly fiber: Fiber.Fiber<never, Error>;
}

const loop: Loop = (mailbox) =>
  Effect.gen(function* () {
    let handled = 0;
    while (true) {
      const message = yield* Queue.take(mailbox);
      if (message.type === "crash") {
        return yield* Effect.fail(new Error("crash"));
      }
      handled++;
      if (message.type === "count") {
        yield* Deferred.succeed(message.reply, handled);
      }
    }
  });

const supervised: Loop = (mailbox) => Effect.retry(loop(mailbox), { while: () => true });

function start(run: Loop): Effect.Effect<Counter> {
  return Effect.gen(function* () {
    const mailbox = yield* Queue.bounded<Sent>(CAPACITY);
    const fiber = yield* Effect.forkDetach(run(mailbox));
    return { mailbox, fiber };
  });
}

function ask({ mailbox }: Counter): Effect.Effect<number> {
  return Effect.gen(function* () {
    const reply = yield* Deferred.make<number>();
    yield* Queue.offer(mailbox, { type: "count", reply });
    return yield* Deferred.await(reply);
  });
}

class EffectStage implements Stage {
  readonly #counter: Counter;

  constructor(counter: Counter) {
    this.#counter = counter;
  }

  tell(count: number): Promise<number> {
    const counter = this.#counter;
    const last = count - 1;
    return Effect.runPromise(Effect.gen(function* () {
      for (let n = 0; n < last; n++) yield* Queue.offer(counter.mailbox, { type: "tick", n });
      return yield* ask(counter);
    }));
  }

  askInTurn(count: number): Promise<number> {
    const counter = this.#counter;
    return Effect.runPromise(Effect.gen(function* () {
      let handled = 0;
      for (let n = 0; n < count; n++) handled = yield* ask(counter);
      return handled;
    }));
  }

  askAtOnce(count: number, atATime: number): Promise<number> {
    const asks = Array.from({ length: atATime }, () => ask(this.#counter));
    return Effect.runPromise(Effect.gen(function* () {
      let handled = 0;
      for (let n = 0; n < count; n += atATime) {
        handled = (yield* Effect.all(asks, { concurrency: "unbounded" })).at(-1)!;
      }
      return handled;
    }));
  }

  async spawn(count: number): Promise<Cast> {
    const counters = await Effect.runPromise(Effect.all(Array.from({ length: count }, () => start(loop))));
    return {
      askEach: async () => {
        return sum(await Effect.runPromise(Effect.all(counters.map(ask), { concurrency: "unbounded" })));
      },
      stop: () => Effect.runPromise(Fiber.interruptAll(counters.map(({ fiber }) => fiber))),
    };
  }

  restart(count: number, lap: () => void): Promise<number> {
    return Effect.runPromise(Effect.gen(function* () {
      const counter = yield* start(supervised);
      let answers = 0;
      for (let n = 0; n < count; n++) {
        yield* Queue.offer(counter.mailbox, { type: "crash" });
        answers += yield* ask(counter);
        lap();
      }
      yield* Fiber.interrupt(counter.fiber);
      return answers;
    }));
  }

  flood(count: number, gauge: Gauge): void {
    const flow = Effect.gen(function* () {
      const mailbox = yield* Queue.bounded<number>(CAPACITY);
      yield* Effect.forkDetach(Effect.forever(Effect.andThen(Queue.take(mailbox), () => Effect.promise(gauge.handle))));
      const sends = Array.from(
        { length: count },
        (_, n) => Effect.tap(Queue.offer(mailbox, n), () => Effect.sync(gauge.accept)),
      );
      yield* Effect.all(sends, { concurrency: "unbounded" });
    });
    Effect.runPromise(flow).catch((error) => console.error("The flood has failed", error));
  }

  async close(): Promise<void> {
    await Effect.runPromise(Fiber.interrupt(this.#counter.fiber));
  }
}
