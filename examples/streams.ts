/**
 * Streams: a download is decoded, cut into lines and fed to an actor, no faster than the actor handles them.
 *
 * Run it, without any permission:
 *
 *     deno run examples/streams.ts
 *
 * It prints:
 *
 *     addStream: 3 apples
 *     addStream: 4 pears
 *     addStream: 5 plüms 🍑
 *     addStream: the end after 3 lines
 *     pipeTo: 12 pieces of fruit
 *     back-pressure: 20 lines handled, never more than 10 ahead: true
 *
 * @module
 */

import { Actor, ActorSystem, type Context, MailboxClosedError, type Message } from "@cinema/cinema";
import { TextLineStream } from "@std/streams";

/** What `(await fetch(url)).body` gives: bytes in chunks that know of no lines and may even split a character. */
function download(): ReadableStream<Uint8Array<ArrayBuffer>> {
  const bytes = new TextEncoder().encode("3 apples\n4 pears\n5 plüms 🍑\n");
  const starts = Array.from({ length: Math.ceil(bytes.length / 5) }, (_, i) => i * 5);
  return ReadableStream.from(starts.map((start) => bytes.slice(start, start + 5)));
}

function linesOf(bytes: ReadableStream<Uint8Array<ArrayBuffer>>): ReadableStream<string> {
  return bytes.pipeThrough(new TextDecoderStream()).pipeThrough(new TextLineStream());
}

/** Attaches a stream itself: each item is a turn of the actor, and the stream ends with the actor. */
class Printer extends Actor {
  #lines = 0;

  override started(ctx: Context<never>): void {
    ctx.addStream(linesOf(download()), {
      item: (line) => {
        this.#lines++;
        console.log(`addStream: ${line}`);
      },
      finished: () => {
        console.log(`addStream: the end after ${this.#lines} lines`);
        ctx.stop();
      },
    });
  }
}

interface Line extends Message {
  type: "line";
  text: string;
}

interface Total extends Message<number> {
  type: "total";
}

/** Knows nothing of streams: somebody else pipes one into its mailbox. */
class Adder extends Actor<Line | Total> {
  #total = 0;

  line({ text }: Line): void {
    this.#total += Number.parseInt(text);
  }

  total(): number {
    return this.#total;
  }
}

/** Makes messages of lines. */
const toMessages = () =>
  new TransformStream<string, Line>({
    transform: (text, controller) => controller.enqueue({ type: "line", text }),
  });

await using system = new ActorSystem();
await system.spawn(() => new Printer()).closed;

const adder = system.spawn(() => new Adder());
await linesOf(download()).pipeThrough(toMessages()).pipeTo(adder.writable());
console.log(`pipeTo: ${await adder.send({ type: "total" })} pieces of fruit`);

/** Slower than its source: the pipe waits for room in its mailbox, and the source waits for the pipe. */
class Slow extends Actor<Line> {
  #handled = 0;
  #mostAhead = 0;

  async line(_: Line, ctx: Context<Line>): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, 1));
    this.#mostAhead = Math.max(this.#mostAhead, read - ++this.#handled);
    if (this.#handled < 20) return;
    console.log(`back-pressure: ${this.#handled} lines handled, never more than 10 ahead: ${this.#mostAhead <= 10}`);
    ctx.stop();
  }
}

let read = 0;
// Endless, were there no back-pressure: nothing is read that there is no room for.
const endless = new ReadableStream<Line>({
  pull: (controller) => controller.enqueue({ type: "line", text: `${++read} drops` }),
});
const slow = system.spawn(() => new Slow(), { capacity: 4 });
// The pipe breaks with a MailboxClosedError when the actor ends, and cancels the source.
await endless.pipeTo(slow.writable()).catch((error) => {
  if (!(error instanceof MailboxClosedError)) throw error;
});
