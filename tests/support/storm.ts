import { MessageError, type SendResult } from "../../mod.ts";
import { MemoryNetwork } from "../../remote/mod.ts";
import { ManualClock, SeededRandom } from "../../src/testing/mod.ts";
import { DeskProtocol, Office } from "./desk.ts";
import { recordAll } from "./record.ts";

/** What became of the messages of a storm, by their numbers. */
export interface Wreckage {
  /** Those that were handled, in that order. */
  readonly handled: number[];
  /** Tells that `doSend` or `trySend` called sent. */
  readonly sent: number[];
  /** Tells that became dead letters, by what is known of them. */
  readonly lost: { readonly "not-delivered": number[]; readonly unknown: number[] };
  /** Asks that were answered. */
  readonly answered: number[];
  /** Asks that failed, by what is known of them. */
  readonly failed: { readonly "not-delivered": number[]; readonly unknown: number[] };
  /** Asks that had not settled at the end. */
  readonly open: number;
  /** Connections that there were. */
  readonly connections: number;
}

/**
 * Sends numbered messages in every way, in virtual time, while the network breaks every connection again and again. The
 * same seed gives the same storm.
 */
export async function storm(seed: number, resets: number): Promise<Wreckage> {
  const random = new SeededRandom(seed);
  const clock = new ManualClock();
  const transport = new MemoryNetwork({ clock, random, faults: { split: true, delayMs: [0, 3] } });
  await using office = await openIn(clock, () => Office.open({ transport, clock, random }));
  const client = await openIn(clock, () => office.connect());
  const events = recordAll(client.events);
  const desk = client.remoteAddr("desk", DeskProtocol);
  const [sent, answered]: [number[], number[]] = [[], []];
  const failed = { "not-delivered": [] as number[], unknown: [] as number[] };
  let open = 0;
  let n = 0;
  const tell = (n: number) => (result: SendResult) => void (result === "sent" && sent.push(n));
  const ask = async (n: number): Promise<void> => {
    open++;
    try {
      await desk.send({ type: "note", n }, { timeout: 5_000 });
      answered.push(n);
    } catch (error) {
      if (!(error instanceof MessageError) || error.outcome === "handled") throw error;
      failed[error.outcome].push(n);
    }
    open--;
  };
  for (let reset = 0; reset < resets; reset++) {
    for (let burst = Math.floor(random.next() * 8); burst >= 0; burst--) {
      const way = random.next();
      if (way < 0.3) ask(n);
      else if (way < 0.6) tell(n)(desk.trySend({ type: "note", n }));
      else desk.doSend({ type: "note", n }).then(tell(n));
      n++;
    }
    await clock.advance(random.next() * 8);
    transport.reset();
    // Sometimes it is back by then, sometimes the next burst waits for it.
    await clock.advance(random.next() * 80);
  }
  // Everything that waits is sent, confirmed or given up.
  await clock.advance(20_000);
  const letters = events.flatMap((event) => event.kind === "dead-letter" ? [event] : []);
  const numbers = (outcome: string) =>
    letters.filter((letter) => letter.outcome === outcome).map(({ message }) =>
      (message as unknown as { n: number }).n
    );
  const connections = 1 + events.filter(({ kind }) => kind === "connected").length;
  const lost = { "not-delivered": numbers("not-delivered"), unknown: numbers("unknown") };
  return { handled: office.notes, sent, lost, answered, failed, open, connections };
}

/** Opens something that needs the virtual time to move. */
async function openIn<T>(clock: ManualClock, open: () => Promise<T>): Promise<T> {
  const opening = open();
  await clock.advance(50);
  return await opening;
}
