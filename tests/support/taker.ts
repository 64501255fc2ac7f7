import { Actor, type ActorSystem, type Addr, type Message, type SpawnOptions } from "../../mod.ts";

/** A message that is told from others by its number; the reply is the number. */
export interface Take extends Message<number> {
  readonly type: "take";
  readonly n: number;
}

/** The message with number `n`. */
export function take(n: number): Take {
  return { type: "take", n };
}

/** What a {@linkcode Taker} shares with its test: what it has handled, and a brake. */
export class Ledger {
  /** The numbers of the messages that were handled, in order. */
  readonly handled: number[] = [];
  /** The numbers of the messages whose handler has started, in order. */
  readonly started: number[] = [];
  #held: PromiseWithResolvers<void> | undefined;

  /** What a handler must wait for before it goes on, if anything. */
  get held(): Promise<void> | undefined {
    return this.#held?.promise;
  }

  /** From now on, each handler that starts is held. */
  hold(): void {
    this.#held ??= Promise.withResolvers();
  }

  /** Lets them go on, and those that follow. */
  release(): void {
    this.#held?.resolve();
    this.#held = undefined;
  }
}

/** Records the messages it handles. */
export class Taker extends Actor<Take> {
  readonly #ledger: Ledger;

  constructor(ledger: Ledger) {
    super();
    this.#ledger = ledger;
  }

  take({ n }: Take): number | Promise<number> {
    const { held, started } = this.#ledger;
    started.push(n);
    return held === undefined ? this.#done(n) : held.then(() => this.#done(n));
  }

  #done(n: number): number {
    this.#ledger.handled.push(n);
    return n;
  }
}

/** A taker and what it shares with its test. */
export interface Spawned {
  readonly addr: Addr<Take>;
  readonly ledger: Ledger;
}

/** Spawns a taker; one that is `held` takes its first message into its handler and keeps it there. */
export function spawnTaker(system: ActorSystem, options: SpawnOptions<Take> & { held?: boolean } = {}): Spawned {
  const { held = false, ...rest } = options;
  const ledger = new Ledger();
  if (held) ledger.hold();
  return { addr: system.spawn(() => new Taker(ledger), rest), ledger };
}
