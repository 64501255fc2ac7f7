/**
 * The other side of a contender: starts its process and tells it what to do.
 *
 * @module
 */

import type { Answer, Hello, Order } from "./contender.ts";
import { linesOf } from "./lines.ts";

const SCRIPT = new URL("./contender.ts", import.meta.url).href;
const CONFIG = new URL("./deno.json", import.meta.url).pathname;

// Libraries made for Node.js look at their environment and their machine. The types are checked elsewhere.
const ARGS = ["run", "--quiet", "--no-check", "--allow-env", "--allow-sys", "--allow-read", "--v8-flags=--expose-gc"];

/** A contender that runs, and waits for orders. */
export class ContenderProcess implements AsyncDisposable {
  /** What it says about itself. */
  readonly hello: Hello;
  readonly #process: Deno.ChildProcess;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array<ArrayBuffer>>;
  readonly #lines: AsyncGenerator<string>;

  private constructor(process: Deno.ChildProcess, lines: AsyncGenerator<string>, hello: Hello) {
    this.#process = process;
    this.#writer = process.stdin.getWriter();
    this.#lines = lines;
    this.hello = hello;
  }

  /** Starts the contender of the file `<file>_peer.ts`. */
  static async start(file: string): Promise<ContenderProcess> {
    const args = [...ARGS, `--config=${CONFIG}`, SCRIPT, file];
    const process = new Deno.Command(Deno.execPath(), {
      args,
      stdin: "piped",
      stdout: "piped",
    }).spawn();
    const lines = linesOf(process.stdout);
    return new ContenderProcess(process, lines, JSON.parse(await nextOf(lines, file)));
  }

  /** Lets it do something, and waits for what comes of it. */
  async obey(order: Order): Promise<Answer> {
    await this.#writer.write(new TextEncoder().encode(`${JSON.stringify(order)}\n`));
    return JSON.parse(await nextOf(this.#lines, this.hello.name));
  }

  /** Ends it. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#writer.close();
    await this.#process.status;
  }
}

async function nextOf(lines: AsyncGenerator<string>, name: string): Promise<string> {
  const { value, done } = await lines.next();
  if (done) {
    throw new Error(`Cannot go on: ${name} has ended early, and said why above`);
  }
  return value;
}
