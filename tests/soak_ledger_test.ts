import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { scheduleOf } from "../bench/soak/faults.ts";
import { type Accounts, Ledger } from "../bench/soak/ledger.ts";
import { pairNumber, pairOf, RecordReader, type RecordSink, RecordWriter } from "../bench/soak/records.ts";

/** Node 1 sends to an actor of node 2, of which there may be several starts. */
class Stage {
  readonly wrongs: string[] = [];
  readonly ledger: Ledger;
  readonly pair = pairNumber({ sender: 1, start: 1, receiver: 2, actor: 0 });
  readonly sender: RecordSink;
  receiver: RecordSink;
  #start = 1;

  constructor() {
    this.ledger = new Ledger({
      startOf: (node) => node === 2 ? this.#start : 1,
      heldMax: () => 2,
      wrong: (what) => this.wrongs.push(what.replace(/.*: it /, "")),
    });
    this.sender = this.ledger.voice(1, 1, () => {});
    this.receiver = this.ledger.voice(2, 1, () => {});
  }

  /** The receiver is killed, and starts anew. */
  restart(): void {
    this.ledger.died(2, this.#start);
    this.receiver = this.ledger.voice(2, ++this.#start, () => {});
  }

  /** Tells are put on their way. */
  tell(...seqs: number[]): void {
    for (const seq of seqs) {
      this.sender.intent(this.pair, seq, "doSend");
      this.sender.fate(this.pair, seq, "sent", "");
    }
  }

  handle(...seqs: number[]): void {
    for (const seq of seqs) this.receiver.handled(this.pair, seq);
  }

  /** The accounts that are not empty, as `[handled, not handled]`. */
  close(): Partial<Record<keyof Accounts, [number, number]>> {
    const rows = Object.entries(this.ledger.close()).filter(([, { handled, not }]) => handled + not > 0);
    return Object.fromEntries(rows.map(([verdict, { handled, not }]) => [verdict, [handled, not]]));
  }
}

Deno.test("the ledger settles what was answered, and a tell that was sent, with the handling by its receiver", {
  permissions: "none",
}, () => {
  const stage = new Stage();
  stage.sender.intent(stage.pair, 1, "ask");
  stage.handle(1);
  stage.sender.fate(stage.pair, 1, "answered", "");
  stage.tell(2);
  stage.handle(2);
  assertEquals([stage.close(), stage.wrongs], [{ answered: [1, 0], sent: [1, 0] }, []]);
});

Deno.test("the ledger takes the pipe of the receiver before that of the sender", { permissions: "none" }, () => {
  const stage = new Stage();
  stage.handle(1);
  stage.tell(1);
  assertEquals([stage.close(), stage.wrongs], [{ sent: [1, 0] }, []]);
});

Deno.test(
  "the ledger finds a message that was handled twice, out of order, or never sent",
  { permissions: "none" },
  () => {
    const stage = new Stage();
    stage.tell(1, 2, 3);
    stage.handle(1, 1, 3, 2, 4);
    stage.close();
    assertEquals(stage.wrongs.slice(0, 3), [
      "was handled twice",
      "was handled after 3: out of order",
      "was never sent, and was handled",
    ]);
  },
);

Deno.test("the ledger finds a tell that is gone without a word", { permissions: "none" }, () => {
  const stage = new Stage();
  stage.tell(1, 2, 3);
  stage.handle(1, 3);
  assertEquals([stage.close(), stage.wrongs], [{ sent: [2, 1] }, ["was sent, and is gone without a word"]]);
});

Deno.test("the ledger lets a mailbox take with it what it can hold when its process is killed, and no more", {
  permissions: "none",
}, () => {
  const stage = new Stage();
  stage.tell(1, 2, 3, 4);
  stage.handle(1);
  stage.restart();
  stage.handle(4);
  assertEquals([stage.close(), stage.wrongs, stage.ledger.takenMost], [{ sent: [2, 2] }, [], 2]);

  const more = new Stage();
  more.tell(1, 2, 3, 4);
  more.restart();
  more.handle(4);
  more.close();
  assertEquals(more.wrongs, ["3 tells are gone with store 2.1.0.1, which can hold 2"]);
});

Deno.test("the ledger reconciles the unknown with what the receiver says", { permissions: "none" }, () => {
  const stage = new Stage();
  stage.tell(1, 2, 3);
  stage.handle(1, 2);
  // Its confirmation was lost after it had been handled.
  stage.sender.fate(stage.pair, 1, "dead-unknown", "ConnectionLostError");
  stage.sender.fate(stage.pair, 3, "dead-unknown", "ConnectionLostError");
  assertEquals([stage.close(), stage.wrongs], [{ sent: [1, 0], unknown: [1, 1] }, []]);
});

Deno.test("the ledger finds a message that was handled although its sender was told that it was not", {
  permissions: "none",
}, () => {
  const stage = new Stage();
  stage.sender.intent(stage.pair, 1, "ask");
  stage.sender.fate(stage.pair, 1, "not-delivered", "ConnectionLostError");
  stage.handle(1);
  stage.close();
  assertEquals(stage.wrongs, ["was handled, and its sender was told that not"]);
});

Deno.test("the ledger finds an ask without an outcome, unless its sender was killed", { permissions: "none" }, () => {
  const stage = new Stage();
  stage.sender.intent(stage.pair, 1, "ask");
  stage.close();
  assertEquals(stage.wrongs, ["has no outcome: unaccounted", "1 messages were sent, and 0 are accounted for"]);

  const killed = new Stage();
  killed.sender.intent(killed.pair, 1, "ask");
  killed.ledger.died(1, 1);
  assertEquals([killed.close(), killed.wrongs], [{ orphan: [0, 1] }, []]);
});

Deno.test("records are read as they were written, in pieces of any length", { permissions: "none" }, () => {
  const bytes: number[] = [];
  const writer = new RecordWriter((chunk) => bytes.push(...chunk) && chunk.length);
  writer.intent(7, 1, "trySend");
  writer.text({ kind: "ready" });
  writer.fate(7, 1, "turned-away", "full");
  writer.handled(8, 2);
  writer.flush();
  for (let length = 1; length <= bytes.length; length++) {
    const read: unknown[] = [];
    const reader = new RecordReader({
      intent: (...record) => read.push(record),
      fate: (...record) => read.push(record),
      handled: (...record) => read.push(record),
      text: (text) => read.push(text),
    });
    for (let at = 0; at < bytes.length; at += length) reader.push(new Uint8Array(bytes.slice(at, at + length)));
    assertEquals(read, [[7, 1, "trySend"], '{"kind":"ready"}', [7, 1, "turned-away", "full"], [8, 2]]);
    assertEquals(reader.leftBytes, 0);
  }
});

Deno.test("a pair and its number are the same", { permissions: "none" }, () => {
  const pair = { sender: 15, start: 4_095, receiver: 255, actor: 254 };
  assertEquals(pairOf(pairNumber(pair)), pair);
});

Deno.test("a schedule follows from its seed, and kills only those that may be killed", { permissions: "none" }, () => {
  const options = { nodes: 6, mortal: [3, 4], proxied: [1, 3], durationMs: 600_000 };
  const faults = scheduleOf(1, options);
  assertEquals(scheduleOf(1, options), faults);
  assertNotEquals(scheduleOf(2, options), faults);
  assert(faults.length > 100);
  for (const { kind, node, atMs } of faults) {
    if (kind === "kill") assert([3, 4].includes(node));
    if (kind === "reset" || kind === "hold") assert([1, 3].includes(node));
    assert(atMs < 597_000);
  }
});
