/**
 * Three processes of the store, played by a script: what one sets another gets; one is killed, is found out, and comes
 * back.
 *
 * Run it:
 *
 *     deno run --allow-run examples/distributed_kv/demo.ts
 *
 * @module
 */

import { toLines } from "@std/streams";

const MAIN = new URL("./main.ts", import.meta.url).href;

/** Longer than anything here takes. */
const PATIENCE_MS = 20_000;

/** A node in a process of its own; what it prints is shown, and can be waited for. */
class Terminal {
  readonly id: string;
  readonly #child: Deno.ChildProcess;
  readonly #input: WritableStreamDefaultWriter<Uint8Array>;
  readonly #lines: string[] = [];
  readonly #shown: Promise<void>;
  #wake: () => void = () => {};
  #seen = 0;

  constructor(id: string, ...args: string[]) {
    this.id = id;
    console.log(`\n$ deno run --allow-net examples/distributed_kv/main.ts ${[id, ...args].join(" ")}`);
    this.#child = new Deno.Command(Deno.execPath(), {
      args: ["run", "--allow-net", MAIN, id, ...args],
      stdin: "piped",
      stdout: "piped",
    }).spawn();
    this.#input = this.#child.stdin.getWriter();
    this.#shown = this.#show();
  }

  /** Types a line, and waits for what comes of it. */
  async type(line: string, expected: string): Promise<void> {
    console.log(`\n${this.id}> ${line}`);
    this.#seen = this.#lines.length;
    await this.#input.write(new TextEncoder().encode(`${line}\n`));
    await this.until(expected);
  }

  /** Waits for a line with a text in it, and returns that line. */
  async until(text: string): Promise<string> {
    const deadline = setTimeout(() => {
      console.error(`Gave up: ${this.id} never said "${text}"`);
      Deno.exit(1);
    }, PATIENCE_MS);
    for (;;) {
      const found = this.#lines.slice(this.#seen).find((line) => line.includes(text));
      if (found !== undefined) {
        clearTimeout(deadline);
        return found;
      }
      await new Promise<void>((resolve) => this.#wake = resolve);
    }
  }

  /** Ends the process as `kill -9` does: it cannot say goodbye. */
  async kill(): Promise<void> {
    console.log(`\n$ kill -9 ${this.id}`);
    this.#child.kill("SIGKILL");
    await this.#child.status;
  }

  /** Leaves, and waits for the end of the process. */
  async leave(): Promise<void> {
    await this.type("leave", "Leaving");
    await this.#input.close();
    await this.#child.status;
    await this.#shown;
  }

  /** From now on only what comes next counts. */
  mark(): void {
    this.#seen = this.#lines.length;
  }

  async #show(): Promise<void> {
    for await (const line of toLines(this.#child.stdout)) {
      // What a node says of its own accord has its name before it already.
      console.log(line.startsWith("[") ? line : `         ${line}`);
      this.#lines.push(line);
      this.#wake();
    }
  }
}

const start = performance.now();
const first = new Terminal("node-1", "--port", "0");
const seed = addressIn(await first.until("listening on"));
const second = new Terminal("node-2", seed, "--port", "0");
await second.until("kv-store is on node-1");
let third = new Terminal("node-3", seed, "--port", "0");
const thirdPort = addressIn(await third.until("listening on")).split(":").at(-1)!;
await third.until("kv-store is on node-1");
await second.until("node-3");

await second.type("set greeting Hello from the second node", "greeting =");
await third.type("get greeting", "Hello from the second node");
await third.type("members", "node-3");

first.mark();
second.mark();
await third.kill();
await first.until("is suspect");
await first.until("is down");
await second.until("is down");
await first.type("members", "down");

first.mark();
third = new Terminal("node-3", seed, "--port", thirdPort);
await first.until("is up");
await third.until("kv-store is on node-1");
await third.type("get greeting", "Hello from the second node");

for (const terminal of [third, second, first]) await terminal.leave();
console.log(`\nThat took ${((performance.now() - start) / 1_000).toFixed(1)} s`);

/** The address in a line that has one. */
function addressIn(line: string): string {
  return /[\d.]+:\d+/.exec(line)![0];
}
