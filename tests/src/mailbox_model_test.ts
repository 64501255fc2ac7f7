import { assert, assertEquals } from "@std/assert";
import {
  Actor,
  ActorFailedError,
  type Addr,
  AskTimeoutError,
  MailboxClosedError,
  MailboxFullError,
  type Message,
  SupervisorStrategy,
  type SystemEvent,
} from "../../mod.ts";
import { type Item, MailboxModel } from "../support/mailbox_model.ts";
import { recordEvents } from "../support/record.ts";
import { forSeeds, type Seeded } from "../support/seeded.ts";
import { VirtualSystem } from "../support/virtual.ts";

interface Letter extends Message<string>, Item {
  readonly type: "letter";
  readonly sender: number;
  /** How long its handler takes in ms; undefined for a synchronous one. */
  readonly workMs: number | undefined;
  readonly fails: boolean;
}

/** What happened to one letter, as its sender and the actor saw it. */
interface Fate {
  readonly letter: Letter;
  readonly way: "trySend" | "doSend" | "send";
  result: unknown;
  started: number;
}

/** Tells the test of each letter when its handler starts. */
class Clerk extends Actor<Letter> {
  readonly #world: World;
  constructor(world: World) {
    super();
    this.#world = world;
  }
  letter(letter: Letter): string | Promise<string> {
    this.#world.started(letter);
    const answer = (): string => {
      this.#world.done();
      if (letter.fails) throw new RangeError(letter.name);
      return letter.name;
    };
    return letter.workMs === undefined ? answer() : this.#world.work(letter.workMs).then(answer);
  }
}

/** One run: an actor, the model of its mailbox, and senders whose every step the seed decides. */
class World {
  readonly system: VirtualSystem = new VirtualSystem();
  readonly fates: Map<string, Fate> = new Map();
  readonly #random: Seeded;
  readonly #model: MailboxModel;
  readonly #addr: Addr<Letter>;
  readonly #aborts: (() => void)[] = [];
  readonly #order: Letter[] = [];
  readonly #events: SystemEvent[] = recordEvents(this.system);
  #isBusy = false;

  constructor(random: Seeded) {
    this.#random = random;
    const highWaterMark = 1 + random.below(6);
    const maxWaiting = random.pick([0, 1, 3, 10_000]);
    const strategy = random.pick([SupervisorStrategy.resume, SupervisorStrategy.restart(Infinity, 1_000)]);
    this.#model = new MailboxModel(highWaterMark, maxWaiting);
    const mailbox = { highWaterMark, size: ({ size }: Letter) => size };
    this.#addr = this.system.spawn(() => new Clerk(this), { mailbox, maxWaiting, strategy, stopTimeout: 100 });
  }

  started(letter: Letter): void {
    this.fates.get(letter.name)!.started++;
    this.#order.push(letter);
    this.#model.start(letter.name);
    this.#isBusy = true;
  }

  done(): void {
    this.#isBusy = false;
  }

  work(ms: number): Promise<void> {
    return new Promise((resolve) => this.system.clock.schedule(ms, resolve));
  }

  /** One step: something is sent, time passes, or somebody gives up. */
  async step(): Promise<void> {
    const { clock } = this.system;
    const dice = this.#random.next();
    if (dice < 0.6) this.#send();
    else if (dice < 0.7) this.#aborts.splice(this.#random.below(this.#aborts.length), 1)[0]?.();
    else if (dice < 0.8) { for (let i = this.#random.below(8); i > 0; i--) await undefined; }
    else if (dice < 0.9) await clock.settle();
    else await clock.advance(this.#random.below(20));
    if (this.#model.holdsCancelled) await clock.settle();
    if (!this.#isBusy) this.#model.skipCancelled();
    assertEquals(this.#addr.desiredSize, this.#model.desiredSize);
  }

  /** Ends the actor, and checks that nobody is left in the dark. */
  async finish(): Promise<void> {
    const { system } = this;
    const ended = system.stop(this.#addr, { drain: this.#random.next() < 0.5 });
    await system.clock.advance(10_000);
    await ended;
    assertEquals(this.#addr.trySend(this.#letter(0)), "closed");
    const letters = new Map<string, string[]>();
    for (const event of this.#events) {
      if (event.kind !== "dead-letter") continue;
      const { name } = event.message as Letter;
      letters.set(name, [...letters.get(name) ?? [], event.reason]);
    }
    for (const fate of this.fates.values()) checkFate(fate, letters.get(fate.letter.name) ?? []);
    for (const sender of [0, 1, 2]) {
      const numbers = this.#order.filter((letter) => letter.sender === sender).map(({ name }) => Number(name));
      assertEquals(numbers, numbers.toSorted((a, b) => a - b), "the order of each sender is kept");
    }
  }

  #letter(sender: number): Letter {
    const random = this.#random;
    return {
      type: "letter",
      name: `${this.fates.size}`,
      sender,
      size: random.pick([0, 1, 1, 1, 2, 5]),
      workMs: random.pick([undefined, undefined, 0, 3, 12]),
      fails: random.next() < 0.1,
      isCancelled: false,
    };
  }

  #send(): void {
    const way = this.#random.pick(["trySend", "doSend", "send"] as const);
    const letter = this.#letter(this.#random.below(3));
    const fate: Fate = { letter, way, result: "pending", started: 0 };
    this.fates.set(letter.name, fate);
    if (way === "trySend") {
      fate.result = this.#addr.trySend(letter);
      assertEquals(fate.result, this.#model.offer(letter));
      return;
    }
    const controller = new AbortController();
    const options = { timeout: this.#random.pick([5, 30, 3_000]), signal: controller.signal };
    const admission = this.#model.send(letter);
    this.#addr[way](letter, options).then((result) => fate.result = result, (error) => fate.result = error).then(() => {
      if (fate.result === "timeout" || fate.result instanceof AskTimeoutError) this.#model.cancel(letter);
      if (admission === "full") assert(fate.result === "full" || fate.result instanceof MailboxFullError);
      else assert(fate.result !== "full" && !(fate.result instanceof MailboxFullError));
    });
    this.#aborts.push(() => {
      if (way === "send") this.#model.cancel(letter);
      else this.#model.leave(letter);
      controller.abort("aborted");
    });
  }
}

/** What a letter's sender was told must be what happened, and all of what happened. */
function checkFate({ letter, way, result, started }: Fate, deadLetters: readonly string[]): void {
  const seen = { way, result: `${result}`, started, deadLetters };
  const failed = started === 1 && letter.fails ? ["failed"] : [];
  if (way !== "send") {
    const stopped = result === "sent" && started === 0;
    const unsent = way === "doSend" ? [`${result}`] : [];
    const expected = result === "sent" ? (stopped ? ["stopped"] : failed) : unsent;
    const starts = result === "sent" && !stopped ? 1 : 0;
    return assertEquals(seen, { ...seen, started: starts, deadLetters: expected }, letter.name);
  }
  assertEquals(seen, { ...seen, started: expectedStarts(result, letter, started), deadLetters: failed }, letter.name);
}

/** How often the handler of an ask must have started, from how the ask ended. */
function expectedStarts(result: unknown, letter: Letter, started: number): number {
  if (result === "aborted") return Math.min(started, 1);
  if (result === letter.name) return letter.fails ? NaN : 1;
  if (result instanceof AskTimeoutError) return result.started ? 1 : 0;
  if (result instanceof ActorFailedError) return letter.fails ? 1 : NaN;
  return result instanceof MailboxClosedError || result instanceof MailboxFullError ? 0 : NaN;
}

Deno.test({
  name: "Mailbox does what its model does: bound, order and fate of every message, whoever sends, waits or gives up",
  permissions: "none",
  async fn() {
    await forSeeds(300, async (random) => {
      const world = new World(random);
      await using _system = world.system;
      for (let step = 0; step < 120; step++) await world.step();
      await world.finish();
    });
  },
});
