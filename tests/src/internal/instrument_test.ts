import { assertEquals, assertRejects } from "@std/assert";
import { ActorSystem, type Addr, SupervisorStrategy } from "../../../mod.ts";
import { TracedEnvelope } from "../../../src/internal/envelope.ts";
import { type ActorProbe, type Instrument, setInstrument, type Ticket } from "../../../src/internal/instrument.ts";
import { offerTo } from "../../../src/internal/delivery.ts";
import { cellOf } from "../../../src/internal/local_addr.ts";
import { act, boom, type Do, hang, Scripted, Stage } from "../../support/scripted.ts";

/** Notes what it is told. */
class Notes {
  readonly log: string[] = [];
  #tickets = 0;

  /** Calls `run` while it is set. */
  during<T>(run: () => T): T {
    setInstrument(this.#instrument());
    try {
      return run();
    } finally {
      setInstrument(undefined);
    }
  }

  take(): string[] {
    return this.log.splice(0);
  }

  #instrument(): Instrument {
    return {
      actor: (addr, className) => {
        this.log.push(`${className} ${addr.id}`);
        return this.#probe();
      },
      detached: (run) => run(),
    } as Partial<Instrument> as Instrument;
  }

  #probe(): ActorProbe {
    const note = (text: string) => void this.log.push(text);
    const ticket = (): Ticket => {
      const n = ++this.#tickets;
      return { admitted: () => note(`${n} admitted`), taken: () => note(`${n} taken`) };
    };
    return {
      posted: ticket,
      asked: (type) => ({
        ...ticket(),
        replied: () => note(`${type} replied`),
        failed: (error) => note(`${type}: ${(error as Error).name}`),
      }),
      handle: (type, sent, isAsk) => {
        note(`handle ${type}${sent === undefined ? " unsent" : ""}${isAsk ? " ask" : ""}`);
        return {
          run: (call) => call(),
          succeeded: () => note("ok"),
          failed: (error) => note(`failed: ${(error as Error).name}`),
        };
      },
      failed: () => note("failure"),
      restarted: () => note("restart"),
      deadLetter: (reason) => note(`dead letter: ${reason}`),
      ended: () => note("end"),
    };
  }
}

async function spawn(stage: Stage, options: Parameters<Stage["spawn"]>[2] = {}): Promise<Addr<Do>> {
  return await stage.spawn("a", {}, options);
}

Deno.test({
  name: "an instrument hears of the messages of systems that are created while it is set, and of no others",
  permissions: "none",
  async fn() {
    const notes = new Notes();
    await using before = new ActorSystem();
    await using during = notes.during(() => new ActorSystem());
    await using after = new ActorSystem();
    for (const system of [before, after]) await system.spawn(() => new Scripted()).send(act(() => {}));
    assertEquals(notes.take(), []);
    const a = during.spawn(() => new Scripted(), { name: "a" });
    await a.send(act(() => {}));
    assertEquals(notes.take(), ["Scripted /a", "1 admitted", "1 taken", "handle do ask", "ok", "do replied"]);
  },
});

Deno.test({
  name: "a tell lies in a mailbox without an envelope, unless an instrument hears of it",
  permissions: "none",
  async fn() {
    await using plain = new ActorSystem();
    await using heard = new Notes().during(() => new ActorSystem());
    const message = act(() => {});
    const queuedIn = (system: ActorSystem) => {
      const a = system.spawn(() => new Scripted());
      a.trySend(message);
      return cellOf(a)!.mailbox.take();
    };
    assertEquals(queuedIn(plain) === message, true);
    assertEquals(queuedIn(heard) instanceof TracedEnvelope, true);
  },
});

Deno.test({
  name: "each ticket is admitted and taken once, or never: at once, after a wait for room, or when the actor ends",
  permissions: "none",
  async fn() {
    const notes = new Notes();
    await using stage = notes.during(() => new Stage());
    const a = await spawn(stage, { capacity: 1, maxWaiting: 2 });
    const gate = Promise.withResolvers<void>();
    a.trySend(act(() => gate.promise));
    await stage.clock.settle();
    assertEquals(notes.take(), ["Scripted /a", "1 admitted", "1 taken", "handle do"]);
    a.trySend(act(() => {}));
    const late = a.doSend(act(() => {}), { timeout: 10 });
    const waiting = a.send(act(() => {}));
    assertEquals(await a.doSend(act(() => {})), "full");
    await stage.clock.advance(30);
    assertEquals([await late, notes.take()], ["timeout", ["2 admitted", "dead letter: full", "dead letter: timeout"]]);
    gate.resolve();
    await stage.clock.settle();
    await waiting;
    assertEquals(notes.take(), [
      "ok",
      "4 admitted",
      "2 taken",
      "handle do",
      "ok",
      "4 taken",
      "handle do ask",
      "ok",
      "do replied",
    ]);
    a.trySend(act(() => {}));
    await stage.system.stop(a);
    assertEquals(notes.take(), ["6 admitted", "6 taken", "dead letter: stopped", "end"]);
    await assertRejects(() => a.send(act(() => {})));
    assertEquals(notes.take(), ["do: MailboxClosedError"]);
  },
});

Deno.test({
  name: "a tell that waits for room is admitted when there is some, whether it comes from here or from elsewhere",
  permissions: "none",
  async fn() {
    const notes = new Notes();
    await using stage = notes.during(() => new Stage());
    const a = await spawn(stage, { capacity: 1 });
    const gate = Promise.withResolvers<void>();
    a.trySend(act(() => gate.promise));
    await stage.clock.settle();
    a.trySend(act(() => {}));
    notes.take();
    const waiting = a.doSend(act(() => {}));
    offerTo(a as never, act(() => {}), (result) => void notes.log.push(`offer ${result}`));
    assertEquals(notes.take(), []);
    gate.resolve();
    assertEquals(await waiting, "sent");
    await stage.clock.settle();
    const moved = notes.take().filter((line) => /admitted|taken|offer/.test(line));
    assertEquals(moved, ["3 admitted", "2 taken", "4 admitted", "offer sent", "3 taken", "4 taken"]);
  },
});

Deno.test({
  name: "a failure, a restart, a message without a handler and a handler that is given up are told of once",
  permissions: "none",
  async fn() {
    const notes = new Notes();
    await using stage = notes.during(() => new Stage());
    const a = await spawn(stage, { strategy: SupervisorStrategy.restart(1, 60_000), stopTimeout: 5 });
    a.trySend(act(boom));
    await stage.clock.settle();
    assertEquals(notes.take().slice(3), [
      "handle do",
      "failed: Error",
      "dead letter: failed",
      "failure",
      "restart",
    ]);
    a.trySend({ type: "nothing" } as never);
    await stage.clock.settle();
    assertEquals(notes.take().slice(2), [
      "handle nothing",
      "failed: UnhandledMessageError",
      "dead letter: unhandled",
    ]);
    a.trySend(act(hang));
    await stage.clock.settle();
    const stopped = stage.system.stop(a);
    await stage.clock.advance(10);
    await stopped;
    assertEquals(notes.take().slice(3), ["failed: HandlerAbandonedError", "dead letter: abandoned", "end"]);
  },
});

Deno.test({
  name: "a tick is a message that nobody has sent; one that was cancelled, a hook and a notice are none",
  permissions: "none",
  async fn() {
    const notes = new Notes();
    await using stage = notes.during(() => new Stage());
    const a = await spawn(stage);
    const gate = Promise.withResolvers<void>();
    await a.send(act((ctx) => {
      ctx.runLater(5, act(() => gate.promise));
      // Both fire while the actor is busy, so that the second is cancelled while it is queued.
      ctx.runLater(10, act(() => cancelled.cancel()));
      const cancelled = ctx.runLater(10, act(() => {}));
    }));
    notes.take();
    await stage.clock.advance(15);
    assertEquals([notes.take(), cellOf(a)!.queued], [["handle do unsent"], 2]);
    gate.resolve();
    await stage.clock.settle();
    assertEquals(notes.take(), ["ok", "handle do unsent", "ok"]);
  },
});
