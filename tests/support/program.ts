import { toLines } from "@std/streams";

const ROOT = new URL("../../", import.meta.url);

/** How long a test waits for a program before it fails. */
const PATIENCE_MS = 30_000;

/** What a program has left behind. */
export interface Result {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** An example, as a user starts it; `args` begins with its path from the root. */
function command(args: readonly string[], stdin: "null" | "piped"): Deno.Command {
  return new Deno.Command(Deno.execPath(), {
    args: ["run", ...args],
    cwd: ROOT,
    env: { NO_COLOR: "1", DENO_NO_PROMPT: "1", DENO_NO_UPDATE_CHECK: "1" },
    stdin,
    stdout: "piped",
    stderr: "piped",
    signal: AbortSignal.timeout(PATIENCE_MS),
  });
}

/** Runs a program to its end. */
export async function runProgram(...args: string[]): Promise<Result> {
  const { code, stdout, stderr } = await command(args, "null").output();
  return { code, stdout: new TextDecoder().decode(stdout), stderr: new TextDecoder().decode(stderr) };
}

/** A program that runs until it is told to end; `await using` kills what is left of it. */
export class Program implements AsyncDisposable {
  readonly lines: string[] = [];
  readonly #child: Deno.ChildProcess;
  readonly #input: WritableStreamDefaultWriter<Uint8Array>;
  readonly #reading: Promise<[void, string]>;
  #wake: () => void = () => {};
  #seen = 0;
  #isOver = false;

  constructor(...args: string[]) {
    this.#child = command(args, "piped").spawn();
    this.#input = this.#child.stdin.getWriter();
    this.#reading = Promise.all([this.#read(), new Response(this.#child.stderr).text()]);
  }

  /** Types a line. */
  async type(line: string): Promise<void> {
    await this.#input.write(new TextEncoder().encode(`${line}\n`));
  }

  /** The next line with `text` in it, of those that no earlier call has gone past. */
  async until(text: string): Promise<string> {
    for (;;) {
      while (this.#seen < this.lines.length) {
        const line = this.lines[this.#seen++]!;
        if (line.includes(text)) return line;
      }
      if (this.#isOver) throw new Error(`It never said "${text}":\n${this.lines.join("\n")}`);
      await new Promise<void>((resolve) => this.#wake = resolve);
    }
  }

  /** Sends a signal. */
  signal(name: Deno.Signal): void {
    this.#child.kill(name);
  }

  /** Resolves when it has ended, with what it left behind. */
  async ended(): Promise<Result> {
    const [{ code }, [, stderr]] = await Promise.all([this.#child.status, this.#reading]);
    return { code, stdout: this.lines.join("\n"), stderr };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#isOver) {
      try {
        this.#child.kill("SIGKILL");
      } catch {
        // It has just ended by itself.
      }
    }
    await this.#input.close().catch(() => "It is gone already");
    await this.ended();
  }

  async #read(): Promise<void> {
    for await (const line of toLines(this.#child.stdout)) {
      this.lines.push(line);
      this.#wake();
    }
    this.#isOver = true;
    this.#wake();
  }
}
