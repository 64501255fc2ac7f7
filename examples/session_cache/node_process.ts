/**
 * Another node of the cache, in a process of its own, that takes commands.
 * @module
 */

import { TextLineStream } from "@std/streams";

export class NodeProcess {
  readonly id: string;
  readonly #process: Deno.ChildProcess;
  readonly #input: WritableStreamDefaultWriter<Uint8Array>;
  readonly #output: ReadableStreamDefaultReader<string>;

  private constructor(id: string, process: Deno.ChildProcess) {
    this.id = id;
    this.#process = process;
    this.#input = process.stdin.getWriter();
    const lines = process.stdout.pipeThrough(new TextDecoderStream()).pipeThrough(new TextLineStream());
    this.#output = lines.getReader();
  }

  /** Resolves when the node has joined. The secret travels in the environment: arguments can be seen by others. */
  static async start(id: string, seed: string, secret: string): Promise<NodeProcess> {
    const file = new URL("node.ts", import.meta.url).href;
    const process = new Deno.Command(Deno.execPath(), {
      args: ["run", "--quiet", "--allow-net", "--allow-env=SESSION_SECRET", file, id, seed],
      env: { SESSION_SECRET: secret },
      stdin: "piped",
      stdout: "piped",
    });
    const node = new NodeProcess(id, process.spawn());
    await node.#answer(); // that it has joined
    return node;
  }

  async command(line: string): Promise<string> {
    await this.#input.write(new TextEncoder().encode(`${line}\n`));
    return await this.#answer();
  }

  /** Ends its input: it hands over, leaves and ends. */
  async leave(): Promise<string> {
    await this.#input.close();
    const answer = await this.#answer();
    await this.#process.status;
    return answer;
  }

  /** Stops it where it is; its connections stand. */
  freeze(): void {
    this.#process.kill("SIGSTOP");
  }

  /** As `kill -9` does. */
  kill(): void {
    this.#process.kill("SIGKILL");
  }

  async #answer(): Promise<string> {
    const { value } = await this.#output.read();
    if (value === undefined) throw new Error(`${this.id} has ended`);
    return value;
  }
}
