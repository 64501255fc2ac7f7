// A node of a cluster in a process of its own. Its only argument is JSON: see `NodeSetup`. It prints one JSON line for
// each event, with the time of the machine, and does what the lines of its standard input ask for.

import { Actor, ActorSystem, type Message, type Random, systemRandom } from "@cinema/cinema";
import {
  ClusterClient,
  type ClusterEvent,
  ClusterNode,
  type ClusterNodeOptions,
  type GossipOptions,
} from "@cinema/cinema/cluster";
import { json, protocol } from "@cinema/cinema/remote";
import { toLines } from "@std/streams";

/** How a node process is set up. */
export interface NodeSetup {
  readonly id: string;
  readonly addr: string;
  readonly seeds: readonly string[];
  readonly options?: Omit<ClusterNodeOptions, "transport" | "clock" | "random">;
  readonly gossip?: GossipOptions;
  /** From 0 to 1: how high the number is that this start of the node draws, where it should not be left to chance. */
  readonly draw?: number;
}

/** What can be asked of a node process, as a line of JSON with a number that its answer has. */
export type NodeCommand =
  | { readonly kind: "register"; readonly name: string }
  | { readonly kind: "unregister"; readonly name: string }
  | { readonly kind: "ask"; readonly name: string; readonly text: string; readonly slow?: boolean }
  | { readonly kind: "watch"; readonly name: string }
  | { readonly kind: "wait"; readonly name: string }
  | { readonly kind: "members" }
  | { readonly kind: "actors" }
  /** Blocks the event loop for `ms`, so many times; between two of them it gets one turn, or some, in turn. */
  | { readonly kind: "block"; readonly ms: number; readonly times?: number }
  | { readonly kind: "leave" };

/** A line that a node process prints, and when that was. */
export type NodeLine = NodeWord & { readonly at: number };

/** What a node process says in a line. */
export type NodeWord =
  | { readonly kind: "event"; readonly event: ClusterEvent }
  | { readonly kind: "listening"; readonly addr: string }
  | { readonly kind: "ready" }
  | { readonly kind: "turned-away"; readonly error: { readonly name: string; readonly message: string } }
  | { readonly kind: "hanging"; readonly name: string }
  | { readonly kind: "terminated"; readonly name: string; readonly reason: string }
  | { readonly kind: "answer"; readonly number: number; readonly value?: unknown; readonly error?: NodeError };

/** An error as a node process tells it. */
export interface NodeError {
  readonly name: string;
  readonly message: string;
  readonly outcome?: string | undefined;
  readonly cause?: { readonly name: string; readonly message: string } | undefined;
}

/** Long enough to read what has arrived while the event loop was blocked. */
const LISTEN_MS = 10;

interface Echo extends Message<string> {
  type: "echo";
  text: string;
}
interface Hang extends Message<string> {
  type: "hang";
  text: string;
}

const EchoProtocol = protocol<Echo | Hang>({
  echo: { name: "test.Echo", request: json(), reply: json() },
  hang: { name: "test.Hang", request: json(), reply: json() },
});

class Echoer extends Actor<Echo | Hang> {
  echo({ text }: Echo): string {
    return `${setup.id}: ${text}`;
  }
  hang({ text }: Hang): Promise<string> {
    say({ kind: "hanging", name: text });
    return new Promise(() => {});
  }
}

class Guard extends Actor {
  readonly #name: string;
  constructor(name: string) {
    super();
    this.#name = name;
  }
  override started(ctx: Parameters<NonNullable<Actor["started"]>>[0]): void {
    ctx.watch(client.remoteAddr(this.#name, EchoProtocol));
  }
  override terminated({ reason }: { reason: string }): void {
    say({ kind: "terminated", name: this.#name, reason });
  }
}

const setup: NodeSetup = JSON.parse(Deno.args[0]!);
const system = new ActorSystem();
const node = new ClusterNode(setup.id, setup.addr, { ...setup.options, random: drawing(setup.draw) });
const client = new ClusterClient(node);

/** Randomness of which the first number is given: the one that a node draws for its start. */
function drawing(first: number | undefined): Random {
  let drawn = first;
  return {
    next(): number {
      const value = drawn ?? systemRandom.next();
      drawn = undefined;
      return value;
    },
    bytes: (length) => systemRandom.bytes(length),
  };
}

function say(word: NodeWord): void {
  const text = JSON.stringify(
    { at: performance.timeOrigin + performance.now(), ...word },
    (_, value) => value instanceof Error ? { name: value.name, message: value.message } : value,
  );
  console.log(text);
}

async function report(): Promise<void> {
  for await (const event of node.events) say({ kind: "event", event });
}

/** Does what was asked; the result is the answer. */
async function perform(command: NodeCommand): Promise<unknown> {
  switch (command.kind) {
    case "register":
      return node.register(command.name, system.spawn(() => new Echoer()), EchoProtocol);
    case "unregister":
      return node.unregisterActor(command.name);
    case "ask": {
      const addr = client.remoteAddr(command.name, EchoProtocol);
      if (command.slow) return await addr.send({ type: "hang", text: command.name }, { timeout: 60_000 });
      return await addr.send({ type: "echo", text: command.text });
    }
    case "watch":
      system.spawn(() => new Guard(command.name));
      return;
    case "wait":
      return await node.waitForActor(command.name);
    case "members":
      return node.members;
    case "actors":
      return node.actors;
    case "block":
      for (let left = command.times ?? 1; left > 0; left--) {
        const end = performance.now() + command.ms;
        while (performance.now() < end);
        // In one turn it can send, but not hear an answer before it is blocked again.
        await new Promise((resolve) => setTimeout(resolve, left % 2 === 0 ? 0 : LISTEN_MS));
      }
      return;
    case "leave":
      await node.leave();
      return await system.shutdown();
  }
}

async function answer(line: string): Promise<void> {
  const { number, command }: { number: number; command: NodeCommand } = JSON.parse(line);
  try {
    say({ kind: "answer", number, value: await perform(command) });
  } catch (error) {
    const { name, message, outcome, cause } = error as NodeError;
    say({ kind: "answer", number, error: { name, message, outcome, cause } });
  }
  if (command.kind === "leave") Deno.exit(0);
}

report();
await node.startServer();
node.startPeriodicGossip(setup.gossip);
say({ kind: "listening", addr: node.addr });
node.join(setup.seeds).then(() => say({ kind: "ready" }), (error) => say({ kind: "turned-away", error }));
for await (const line of toLines(Deno.stdin.readable)) answer(line);
Deno.exit(0);
