/**
 * One process of the soak, from outside.
 *
 * @module
 */

import type { Sample } from "./gauges.ts";
import type { RecordReader } from "./records.ts";
import type { SoakCommand, SoakSetup, SoakWord } from "./soak_node.ts";

const PROGRAM = new URL("./soak_node.ts", import.meta.url).href;
const LEAVE_MS = 60_000;

/** See the module. */
export class SoakProcess {
  /** What was asked of it when, and how many handles it had. */
  sampling: Pick<Sample, "atMs" | "handles"> | undefined;
  readonly #name: string;
  readonly #wrong: (what: string) => void;
  readonly #child: Deno.ChildProcess;
  readonly #input: WritableStreamDefaultWriter<Uint8Array>;
  readonly #reading: Promise<unknown>;
  readonly #heard: Map<string, PromiseWithResolvers<void>> = new Map();
  #isExpectedToEnd = false;

  /** Starts it; `hear` is told what it says, `wrong` what must not happen. */
  constructor(
    setup: SoakSetup,
    voice: (hear: (text: string) => void) => RecordReader,
    hear: (word: SoakWord) => void,
    wrong: (what: string) => void,
  ) {
    this.#wrong = wrong;
    this.#name = `node-${setup.node}, start ${setup.start}`;
    this.#child = new Deno.Command(Deno.execPath(), {
      args: ["run", "--no-check", "--v8-flags=--expose-gc", "--allow-net", PROGRAM, JSON.stringify(setup)],
      env: { NO_COLOR: "1", DENO_NO_UPDATE_CHECK: "1" },
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    this.#input = this.#child.stdin.getWriter();
    const reader = voice((text) => {
      const word: SoakWord = JSON.parse(text);
      this.#waited(word.kind).resolve();
      hear(word);
    });
    this.#reading = Promise.all([this.#read(reader), this.#readErrors(), this.#watch()]);
  }

  /** Its number. */
  get pid(): number {
    return this.#child.pid;
  }

  /** Sends it a signal. */
  signal(signal: Deno.Signal): void {
    this.#child.kill(signal);
  }

  /** Tells it what to do. */
  async tell(command: SoakCommand): Promise<void> {
    try {
      await this.#input.write(new TextEncoder().encode(`${command}\n`));
    } catch {
      // It is gone: whoever watches it says so.
    }
  }

  /** Resolves when it has said something of this kind. */
  async said(kind: SoakWord["kind"], withinMs: number): Promise<void> {
    const { promise, reject } = this.#waited(kind);
    const timer = setTimeout(() => reject(new Error(`${this.#name} is not ${kind} after ${withinMs} ms`)), withinMs);
    const ended = this.#child.status.then(() => {
      throw new Error(`${this.#name} has ended, and was not ${kind}`);
    });
    await Promise.race([promise, ended]).finally(() => clearTimeout(timer));
  }

  /** Kills it, and resolves when everything that it had said was taken. */
  async kill(): Promise<void> {
    this.#isExpectedToEnd = true;
    this.#child.kill("SIGKILL");
    await this.#ended();
  }

  /** Lets it leave, and resolves when it is gone. */
  async leave(): Promise<void> {
    this.#isExpectedToEnd = true;
    await this.tell("leave");
    const timer = setTimeout(() => {
      this.#wrong(`${this.#name} does not leave`);
      this.#child.kill("SIGKILL");
    }, LEAVE_MS);
    await this.#ended();
    clearTimeout(timer);
  }

  async #ended(): Promise<void> {
    await this.#reading;
    await this.#input.close().catch(() => "It is gone already");
  }

  async #read(reader: RecordReader): Promise<void> {
    for await (const chunk of this.#child.stdout) reader.push(chunk);
  }

  async #readErrors(): Promise<void> {
    let text = "";
    for await (const chunk of this.#child.stderr.pipeThrough(new TextDecoderStream())) text += chunk;
    if (text !== "") this.#wrong(`${this.#name} has complained: ${text}`);
  }

  async #watch(): Promise<void> {
    const { code, signal } = await this.#child.status;
    if (!this.#isExpectedToEnd) this.#wrong(`${this.#name} has ended by itself, with ${signal ?? code}`);
    else if (signal === null && code !== 0) this.#wrong(`${this.#name} has ended with ${code}`);
  }

  #waited(kind: string): PromiseWithResolvers<void> {
    let waited = this.#heard.get(kind);
    if (waited === undefined) this.#heard.set(kind, waited = Promise.withResolvers<void>());
    return waited;
  }
}
