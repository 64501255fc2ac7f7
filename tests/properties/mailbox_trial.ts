import { assert, assertEquals, assertLess } from "@std/assert";
import {
  Actor,
  ActorFailedError,
  type Addr,
  AskTimeoutError,
  type Context,
  HandlerAbandonedError,
  MailboxClosedError,
  MailboxFullError,
  type Message,
  Rejection,
  type SpawnOptions,
  SupervisorStrategy,
  type SystemEvent,
} from "../../mod.ts";
import { recordEvents } from "../support/record.ts";
import { VirtualSystem } from "../support/virtual.ts";

/** How a message gets into a mailbox. */
export type Way = "trySend" | "doSend" | "send" | "write";

/** What is known of a message before it is sent. */
export interface Draft {
  readonly sender: number;
  readonly way: Way;
  readonly size: number;
  /** How long its handler takes in ms; undefined for a synchronous one. */
  readonly workMs: number | undefined;
  readonly ends: "well" | "failed" | "rejected" | "stop";
  readonly timeoutMs: number;
}

/** How the actor is spawned. */
export interface Terms {
  readonly mark: number;
  readonly maxWaiting: number;
  readonly strategy: "stop" | "resume" | "restart" | "restart twice" | "back off" | "escalate";
  readonly siblings: "one-for-one" | "one-for-all" | "rest-for-one";
  readonly stopTimeout: number;
}

interface Letter extends Message<number>, Draft {
  readonly type: "letter";
  readonly n: number;
}
interface Fail extends Message {
  readonly type: "fail";
}
interface Hire extends Message<void> {
  readonly type: "hire";
}

/** What happened to one letter, as its sender and the actor saw it. */
interface Fate {
  readonly letter: Letter;
  readonly clerk: Addr<Letter>;
  result: unknown;
  started: number;
}

const STRATEGIES = {
  "stop": SupervisorStrategy.stop,
  "resume": SupervisorStrategy.resume,
  "restart": SupervisorStrategy.restart(Infinity, 1_000),
  "restart twice": SupervisorStrategy.restart(2, 50),
  "back off": SupervisorStrategy.restart(Infinity, 1_000, { backoff: 7 }),
  "escalate": SupervisorStrategy.escalate,
} as const;

class Clerk extends Actor<Letter> {
  readonly #trial: MailboxTrial;
  #isBusy = false;
  constructor(trial: MailboxTrial) {
    super();
    this.#trial = trial;
  }
  letter(letter: Letter, ctx: Context<Letter>): number | Promise<number> {
    assert(!this.#isBusy, "one handler at a time");
    this.#isBusy = true;
    this.#trial.started(letter);
    const answer = (): number => {
      this.#isBusy = false;
      if (letter.ends === "failed") throw new RangeError(`${letter.n}`);
      if (letter.ends === "rejected") throw new Rejection("no");
      if (letter.ends === "stop") ctx.stop();
      return letter.n;
    };
    return letter.workMs === undefined ? answer() : this.#trial.work(letter.workMs).then(answer);
  }
}

/** Fails when told to, and takes the clerk along where they restart together. */
class Sibling extends Actor<Fail> {
  fail(): void {
    throw new RangeError("the sibling");
  }
}

class Office extends Actor<Hire> {
  readonly #trial: MailboxTrial;
  constructor(trial: MailboxTrial) {
    super();
    this.#trial = trial;
  }
  override started(ctx: Context<Hire>): void {
    const strategy = SupervisorStrategy.restart(Infinity, 1_000);
    this.#trial.sibling = ctx.spawnChild(() => new Sibling(), { strategy });
    this.hire({ type: "hire" }, ctx);
  }
  hire(_: Hire, ctx: Context<Hire>): void {
    this.#trial.clerk = ctx.spawnChild(() => new Clerk(this.#trial), this.#trial.options);
  }
}

/** One run: an office with a clerk, and senders of letters. */
export class MailboxTrial {
  readonly system: VirtualSystem = new VirtualSystem();
  readonly options: SpawnOptions<Letter>;
  clerk!: Addr<Letter>;
  sibling!: Addr<Fail>;
  readonly #office: Addr<Hire>;
  readonly #mark: number;
  readonly #fates: Fate[] = [];
  readonly #order: Fate[] = [];
  readonly #aborts: (() => void)[] = [];
  readonly #events: SystemEvent[];
  readonly #writers: Map<Addr<Letter>, WritableStreamDefaultWriter<Letter>> = new Map();
  readonly #wrong: string[] = [];

  constructor({ mark, maxWaiting, strategy, siblings, stopTimeout }: Terms) {
    this.#mark = mark;
    this.#events = recordEvents(this.system);
    const mailbox = { highWaterMark: mark, size: ({ size }: Letter) => size };
    this.options = { mailbox, maxWaiting, stopTimeout, strategy: STRATEGIES[strategy] };
    const own = SupervisorStrategy.restart(Infinity, 1_000);
    this.#office = this.system.spawn(() => new Office(this), { children: siblings, strategy: own });
  }

  started(letter: Letter): void {
    const fate = this.#fates[letter.n]!;
    if (++fate.started > 1) this.#wrong.push(`letter ${letter.n} was handled twice`);
    this.#order.push(fate);
  }

  work(ms: number): Promise<void> {
    return new Promise((resolve) => this.system.clock.schedule(ms, resolve));
  }

  send(draft: Draft): void {
    // A stream has a queue of its own: it is a sender of its own.
    const sender = draft.way === "write" ? -1 : draft.sender;
    const letter: Letter = { ...draft, sender, type: "letter", n: this.#fates.length };
    const fate: Fate = { letter, clerk: this.clerk, result: "pending", started: 0 };
    this.#fates.push(fate);
    if (draft.way === "trySend") {
      const used = this.#used(fate.clerk);
      fate.result = this.clerk.trySend(letter);
      if (fate.result === "sent") assertLess(used, this.#mark, "a message is taken only where there is room");
      return;
    }
    const controller = new AbortController();
    const sent: Promise<unknown> = draft.way === "write"
      ? this.#writer().write(letter).then(() => "sent")
      : this.clerk[draft.way](letter, { timeout: draft.timeoutMs, signal: controller.signal });
    sent.then((result) => fate.result = result, (error) => fate.result = error).catch((error) => {
      this.#wrong.push(String(error));
    });
    if (draft.way !== "write") this.#aborts.push(() => controller.abort("aborted"));
  }

  giveUp(which: number): void {
    if (this.#aborts.length > 0) this.#aborts.splice(which % this.#aborts.length, 1)[0]!();
  }

  failSibling(): void {
    this.sibling.trySend({ type: "fail" });
  }

  stop(drain: boolean): void {
    const { clerk } = this;
    this.system.stop(clerk, { drain }).catch((error) => this.#wrong.push(String(error)));
  }

  hire(): void {
    if (!this.clerk.isAlive) this.#office.trySend({ type: "hire" });
  }

  /** Everything comes to its end: nobody may be left in the dark. */
  async finish(drain: boolean): Promise<void> {
    const { clock } = this.system;
    await clock.advance(60_000);
    if (this.clerk.isAlive) {
      assertEquals(this.clerk.desiredSize, this.#mark, "an idle mailbox is empty");
      const queued = this.#fates.find(({ clerk, result, started }) =>
        clerk === this.clerk && result === "sent" && started === 0
      );
      assertEquals(queued, undefined, "an idle actor has handled what was sent");
    }
    const down = this.system.shutdown({ drain });
    await clock.advance(60_000);
    await down;
    await clock.settle();
    assertEquals(this.#wrong, []);
    this.#checkOrder();
    const letters = new Map<number, string[]>();
    for (const event of this.#events) {
      assert(event.kind !== "missed");
      if (event.kind !== "dead-letter" || event.message.type !== "letter") continue;
      const { n } = event.message as Letter;
      letters.set(n, [...letters.get(n) ?? [], event.reason]);
    }
    for (const fate of this.#fates) checkFate(fate, letters.get(fate.letter.n) ?? []);
  }

  /** The sizes of what is known to lie in the mailbox. */
  #used(clerk: Addr<Letter>): number {
    return this.#fates.reduce((sum, { letter, clerk: own, result, started }) => {
      const isQueued = own === clerk && result === "sent" && started === 0;
      return isQueued && clerk.isAlive ? sum + letter.size : sum;
    }, 0);
  }

  #writer(): WritableStreamDefaultWriter<Letter> {
    let writer = this.#writers.get(this.clerk);
    if (writer === undefined) {
      writer = this.clerk.writable().getWriter();
      const ended = (error: unknown) => {
        if (!(error instanceof MailboxClosedError) && !(error instanceof MailboxFullError)) {
          this.#wrong.push(String(error));
        }
      };
      writer.closed.catch(ended);
      this.#writers.set(this.clerk, writer);
    }
    // What it waits for is told by `closed`.
    writer.ready.catch(toldByClosed);
    return writer;
  }

  #checkOrder(): void {
    const last = new Map<string, number>();
    const clerks = [...new Set(this.#fates.map(({ clerk }) => clerk))];
    for (const { letter: { sender, n }, clerk } of this.#order) {
      const key = `${sender} to ${clerks.indexOf(clerk)}`;
      assertLess(last.get(key) ?? -1, n, `the order of sender ${key}`);
      last.set(key, n);
    }
  }
}

function toldByClosed(): void {}

/** What a sender was told must be what happened, and all of what happened. */
function checkFate({ letter, result, started }: Fate, deadLetters: readonly string[]): void {
  const seen = `${letter.n} ${letter.way} ${letter.ends}: ${result}, started ${started}, dead [${deadLetters}]`;
  assert(endings(letter, result, started).includes(deadLetters.join()), seen);
}

/** The dead letters that go with what a sender was told; none where what happened is something else. */
function endings({ way, n, ends }: Letter, result: unknown, started: number): string[] {
  const own = ends === "failed" || (ends === "rejected" && way !== "send") ? ends : "";
  const handled = [own, "abandoned"];
  if (result === "sent") return started === 0 ? ["stopped"] : handled;
  if (way === "send") {
    if (result === n) return started === 1 && (ends === "well" || ends === "stop") ? [""] : [];
    if (result instanceof ActorFailedError) return started === 1 && ends === "failed" ? ["failed"] : [];
    if (result instanceof Rejection) return started === 1 && ends === "rejected" ? [""] : [];
    if (result instanceof HandlerAbandonedError) return started === 1 ? ["abandoned"] : [];
    if (result instanceof AskTimeoutError) {
      return result.started === (started === 1) ? (started === 1 ? handled : [""]) : [];
    }
    if (result === "aborted") return started === 1 ? handled : [""];
    const isUnsent = result instanceof MailboxClosedError || result instanceof MailboxFullError;
    return isUnsent && started === 0 ? [""] : [];
  }
  if (started !== 0) return [];
  if (way === "trySend") return result === "closed" || result === "full" ? [""] : [];
  if (way === "doSend") return ["closed", "full", "timeout", "aborted"].filter((word) => word === result);
  // A stream that is over says so of all that still stood in it.
  if (result instanceof MailboxClosedError) return ["closed", ""];
  return result instanceof MailboxFullError ? ["full", ""] : [];
}
