import type { ClusterEvent } from "@cinema/cinema/cluster";
import { toLines } from "@std/streams";
import type { NodeCommand, NodeError, NodeLine, NodeSetup } from "./node_program.ts";

export type { NodeError, NodeLine } from "./node_program.ts";

const PROGRAM = new URL("./node_program.ts", import.meta.url).href;

/** How long a test waits for anything before it fails. */
const PATIENCE_MS = 30_000;

/** How much of what a node said a failure shows. */
const TAIL_LINES = 20;

/** What an ask failed with. */
class NodeAnswerError extends Error {
  readonly error: NodeError;
  constructor(error: NodeError) {
    super(`${error.name}: ${error.message}`);
    this.error = error;
  }
}

/** A real process that runs a node of a cluster, and everything that it has said. `await using` ends it. */
export class NodeProcess implements AsyncDisposable {
  readonly id: string;
  readonly lines: NodeLine[] = [];
  /** What it wrote to standard error: nothing, where all is well. */
  stderr = "";
  readonly #child: Deno.ChildProcess;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;
  readonly #reading: Promise<unknown>;
  readonly #waiting: Set<() => void> = new Set();
  #number = 0;
  #isOver = false;

  private constructor(id: string, child: Deno.ChildProcess) {
    this.id = id;
    this.#child = child;
    this.#writer = child.stdin.getWriter();
    this.#reading = Promise.all([this.#readLines(), this.#readErrors()]);
  }

  /** Starts a node, and resolves when it listens; it may not have joined by then. */
  static async start(setup: NodeSetup): Promise<NodeProcess> {
    const child = new Deno.Command(Deno.execPath(), {
      args: ["run", "--no-check", "--allow-net", PROGRAM, JSON.stringify(setup)],
      env: { NO_COLOR: "1", DENO_NO_UPDATE_CHECK: "1" },
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    const node = new NodeProcess(setup.id, child);
    try {
      await node.line("listening", ({ kind }) => kind === "listening");
    } catch (error) {
      await node[Symbol.asyncDispose]();
      throw error;
    }
    return node;
  }

  /** The end of what it has said, and all that it has complained about: for failures. */
  get tail(): string {
    const said = this.lines.slice(-TAIL_LINES).map((line) => `  ${JSON.stringify(line)}`);
    return [`${this.id}, process ${this.pid}:`, ...said, this.stderr].join("\n");
  }

  /** Where it can be reached. */
  get addr(): string {
    const line = this.lines.find(({ kind }) => kind === "listening");
    if (line?.kind !== "listening") throw new Error(`${this.id} does not listen`);
    return line.addr;
  }

  get pid(): number {
    return this.#child.pid;
  }

  /** How many lines there are by now: what comes later is behind this mark. */
  get mark(): number {
    return this.lines.length;
  }

  /**
   * The first line that passes, of those from number `from` on; `what` names it in the failure when it does not come.
   */
  async line(what: string, passes: (line: NodeLine) => boolean, from = 0): Promise<NodeLine> {
    const deadline = performance.now() + PATIENCE_MS;
    for (let at = from;;) {
      for (; at < this.lines.length; at++) if (passes(this.lines[at]!)) return this.lines[at]!;
      const leftMs = deadline - performance.now();
      if (this.#isOver) {
        await this.ended();
        throw new Error(`${this.id} has ended without saying: ${what}\n${this.tail}`);
      }
      if (leftMs <= 0) throw new Error(`${this.id} has not said within ${PATIENCE_MS} ms: ${what}\n${this.tail}`);
      await this.#more(leftMs);
    }
  }

  /** Resolves when it has joined. */
  async ready(): Promise<void> {
    await this.line("ready", ({ kind }) => kind === "ready");
  }

  /** The first event of a kind that is about a node, an actor or an address, of the lines from number `from` on. */
  async event(kind: ClusterEvent["kind"], about: string, from = 0): Promise<NodeLine> {
    return await this.line(
      `${kind} ${about}`,
      (line) => line.kind === "event" && line.event.kind === kind && JSON.stringify(line.event).includes(`"${about}"`),
      from,
    );
  }

  /** Its events from line number `from` on, as short texts. */
  events(from = 0): string[] {
    return this.lines.slice(from).flatMap((line) => {
      if (line.kind !== "event") return [];
      const { event } = line;
      return [
        "member" in event
          ? `${event.kind} ${event.member.id}`
          : "name" in event
          ? `${event.kind} ${event.name}`
          : event.kind,
      ];
    });
  }

  /** Asks for something, and resolves with the answer. */
  async ask(command: NodeCommand): Promise<unknown> {
    const number = this.#number++;
    await this.#writer.write(new TextEncoder().encode(`${JSON.stringify({ number, command })}\n`));
    const what = `the answer to ${JSON.stringify(command)}`;
    const line = await this.line(what, (one) => one.kind === "answer" && one.number === number);
    if (line.kind !== "answer") throw new Error("Not an answer");
    if (line.error !== undefined) throw new NodeAnswerError(line.error);
    return line.value;
  }

  /** Asks for something that cannot be had, and resolves with what the failure was. */
  failure(command: NodeCommand): Promise<NodeError> {
    const failing = this.ask(command).then((value) => {
      throw new Error(`${this.id} should have failed, and answered ${JSON.stringify(value)}`);
    }, (error) => {
      if (error instanceof NodeAnswerError) return error.error;
      throw error;
    });
    failing.catch(() => "A test that has failed of something else does not come to look at it");
    return failing;
  }

  /** Sends a text to an actor, wherever it is, and resolves with its answer. */
  async call(name: string, text: string): Promise<unknown> {
    return await this.ask({ kind: "ask", name, text });
  }

  /** How every member is, as this node sees it: `id status`, by id. */
  async view(): Promise<string[]> {
    const members = await this.ask({ kind: "members" }) as { id: string; status: string }[];
    return members.map(({ id, status }) => `${id} ${status}`);
  }

  /** Resolves when it sees the members so: `id status`, by id. */
  async sees(expected: readonly string[]): Promise<void> {
    for (let view: string[] = [];;) {
      const from = this.mark;
      view = await this.view();
      if (view.join() === expected.join()) return;
      await this.line(`an event after which it sees ${expected}, not ${view}`, ({ kind }) => kind === "event", from);
    }
  }

  /** Sends a signal, and returns when that was, as the lines tell the time. */
  signal(name: Deno.Signal): number {
    const at = performance.timeOrigin + performance.now();
    this.#child.kill(name);
    return at;
  }

  /** Kills it, and resolves when it is gone. */
  async kill(): Promise<number> {
    const at = this.signal("SIGKILL");
    await this.ended();
    return at;
  }

  /** Resolves when it has ended. */
  async ended(): Promise<Deno.CommandStatus> {
    const status = await this.#child.status;
    await this.#reading;
    return status;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#isOver) {
      // One that is stopped would not hear of anything else.
      try {
        this.#child.kill("SIGKILL");
      } catch {
        // It has ended by itself.
      }
    }
    await this.#writer.close().catch(() => "It is gone already");
    await this.ended();
  }

  async #readLines(): Promise<void> {
    for await (const line of toLines(this.#child.stdout)) {
      this.lines.push(JSON.parse(line));
      this.#wake();
    }
    this.#isOver = true;
    this.#wake();
  }

  async #readErrors(): Promise<void> {
    for await (const chunk of this.#child.stderr.pipeThrough(new TextDecoderStream())) this.stderr += chunk;
  }

  #wake(): void {
    for (const wake of this.#waiting) wake();
    this.#waiting.clear();
  }

  async #more(ms: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waiting.add(resolve);
    const timer = setTimeout(resolve, ms);
    await promise;
    clearTimeout(timer);
    this.#waiting.delete(resolve);
  }
}

/** Nodes that end together. */
export type NodeCluster = NodeProcess[] & AsyncDisposable;

/** Makes nodes end together. */
export function clusterOf(nodes: NodeProcess[]): NodeCluster {
  return Object.assign(nodes, {
    async [Symbol.asyncDispose](): Promise<void> {
      await Promise.all(nodes.map((node) => node[Symbol.asyncDispose]()));
    },
  });
}

/** Starts all of them; where one does not start, none stays behind. */
export async function startAll(setups: readonly NodeSetup[]): Promise<NodeCluster> {
  const started = await Promise.allSettled(setups.map((setup) => NodeProcess.start(setup)));
  const nodes = clusterOf(started.flatMap((one) => one.status === "fulfilled" ? [one.value] : []));
  const failed = started.find((one) => one.status === "rejected");
  if (failed === undefined) return nodes;
  await nodes[Symbol.asyncDispose]();
  throw failed.reason;
}

/** Resolves when each of these nodes has seen each other one up. */
export async function meet(nodes: readonly NodeProcess[]): Promise<void> {
  for (const node of nodes) for (const other of nodes) if (other !== node) await node.event("up", other.id);
}

/** Starts `count` nodes that all know the first, and resolves when everybody sees everybody up. */
export async function startCluster(
  count: number,
  setup: Partial<Omit<NodeSetup, "id" | "seeds">> = {},
): Promise<NodeCluster> {
  const base = { addr: "127.0.0.1:0", ...setup };
  const nodes = await startAll([{ id: "node-1", seeds: [], ...base }]);
  try {
    const seeds = [nodes[0]!.addr];
    nodes.push(
      ...await startAll(Array.from({ length: count - 1 }, (_, i) => ({ id: `node-${i + 2}`, seeds, ...base }))),
    );
    await meet(nodes);
    return nodes;
  } catch (error) {
    await nodes[Symbol.asyncDispose]();
    throw error;
  }
}

/**
 * Runs a test among nodes; where it fails, the error shows what each of them has said. They end with it in any case.
 */
export async function among<N extends NodeProcess[] & AsyncDisposable>(
  starting: Promise<N>,
  test: (nodes: N) => Promise<void>,
): Promise<void> {
  await using nodes = await starting;
  try {
    await test(nodes);
  } catch (error) {
    if (error instanceof Error) error.message += `\n${nodes.map(({ tail }) => tail).join("\n")}`;
    throw error;
  }
}
