// A producer that is much faster than a remote consumer, for some seconds: prints one line of JSON with what it cost.
//
//     deno run --allow-net --v8-flags=--expose-gc tests/support/overrun.ts 60

import { Actor, systemClock } from "../../mod.ts";
import { WINDOW_BYTES } from "../../remote/limits.ts";
import { DeskProtocol, type Note, Office } from "./desk.ts";
import { json, type Protocol, protocol } from "../../remote/mod.ts";
import { recordAll } from "./record.ts";

const seconds = Number(Deno.args[0] ?? 10);
const { gc } = globalThis as unknown as { gc(): void };

/** What the heap keeps, after garbage collection. Buffers outside of it are freed when the platform likes to. */
function kept(): number {
  gc();
  return Deno.memoryUsage().heapUsed;
}

let handled = 0;
let isSorted = true;
class Slow extends Actor<Note> {
  #last = -1;
  async note({ n }: Note): Promise<void> {
    isSorted &&= n === this.#last + 1;
    this.#last = n;
    handled++;
    // A few turns of the event loop: ten times what the producer needs for a message.
    for (let turn = 0; turn < 10; turn++) await systemClock.yield();
  }
}

const SlowProtocol: Protocol<Note> = protocol<Note>({ note: { name: "Note", request: json() } });
const CAPACITY = 256;
const padding = "x".repeat(1_000);

await using office = await Office.open();
const slow = office.system.spawn(() => new Slow(), { capacity: CAPACITY });
office.router.route(SlowProtocol, office.node.handler(slow, { name: "slow" }));
const client = await office.connect();
const letters = recordAll(client.events);
const addr = client.remoteAddr("slow", SlowProtocol);
await client.remoteAddr("desk", DeskProtocol).send({ type: "echo", text: "warm" });

// The first second compiles the code and fills the caches; what grows then, grows with the messages.
let before = 0;
let growth = 0;
let sent = 0;
let ahead = 0;
const start = performance.now();
for (let look = start + 1_000; performance.now() < start + 1_000 * (seconds + 1);) {
  if (await addr.doSend({ type: "note", n: sent, padding }) === "sent") sent++;
  ahead = Math.max(ahead, sent - handled);
  if (performance.now() < look) continue;
  look += 500;
  if (before === 0) before = kept();
  growth = Math.max(growth, kept() - before);
}
await addr.send({ type: "note", n: sent++, padding });
const bound = WINDOW_BYTES + CAPACITY * 1_024;
console.log(JSON.stringify({ sent, handled, ahead, lost: letters.length, isSorted, growth, bound }));
