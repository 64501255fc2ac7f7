/**
 * The network of the soak: where each node listens, and proxies in front of some of them, which break and hold
 * connections.
 *
 * @module
 */

import { TcpProxy } from "../../tests/support/proxy.ts";

/** Ports below those that the system gives to connections, so that nobody takes one while its node is dead. */
const [PORT_MIN, PORT_MAX] = [20_000, 32_000];
const LISTEN_TRIES = 50;
const LISTEN_PAUSE_MS = 100;

/** See the module. */
export class Network implements AsyncDisposable {
  readonly #ports: Map<number, number> = new Map();
  readonly #proxies: Map<number, TcpProxy> = new Map();

  /** Gives each node a port, and a proxy to those that `isProxied` names. */
  constructor(nodes: number, isProxied: (node: number) => boolean) {
    let port = PORT_MIN + Math.floor(Math.random() * (PORT_MAX - PORT_MIN - 1_000));
    for (let node = 1; node <= nodes; node++) {
      port = freePort(port + 1);
      this.#ports.set(node, port);
      if (isProxied(node)) this.#proxies.set(node, new TcpProxy({ hostname: "127.0.0.1", port }));
    }
  }

  /** Which nodes have a proxy. */
  get proxied(): number[] {
    return [...this.#proxies.keys()];
  }

  /** Where a node listens. */
  addrOf(node: number): string {
    return `127.0.0.1:${this.#ports.get(node)}`;
  }

  /** Where others reach a node. */
  advertiseOf(node: number): string {
    return this.#proxies.get(node)?.addr ?? this.addrOf(node);
  }

  /** Breaks all connections that one node has made to another, or everybody. */
  reset(node: number, source: number | undefined): void {
    this.#set(node, source, "cut");
    this.#set(node, source, "pass");
  }

  /** Holds all bytes between a node and those who have dialled it, or one of them, until `release` is called. */
  hold(node: number, source: number | undefined): void {
    this.#set(node, source, "stall");
  }

  /** Lets the bytes go on. */
  release(node: number, source: number | undefined): void {
    this.#set(node, source, "pass");
  }

  /** Nobody listens at the address of a node. */
  refuse(node: number): void {
    this.#proxies.get(node)?.refuse();
  }

  /** The address of a node can be reached again. */
  async listen(node: number): Promise<void> {
    for (let left = LISTEN_TRIES; left > 0; left--) {
      try {
        return this.#proxies.get(node)?.listen();
      } catch (error) {
        // A connection of somebody else may have the port for a moment.
        if (!(error instanceof Deno.errors.AddrInUse) || left === 1) throw error;
        await new Promise((resolve) => setTimeout(resolve, LISTEN_PAUSE_MS));
      }
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#proxies.values()].map((proxy) => proxy[Symbol.asyncDispose]()));
  }

  #set(node: number, source: number | undefined, fate: "pass" | "stall" | "cut"): void {
    this.#proxies.get(node)?.set(fate, source === undefined ? undefined : `node-${source}`);
  }
}

function freePort(from: number): number {
  for (let port = from;; port++) {
    try {
      using _ = Deno.listen({ hostname: "127.0.0.1", port });
      return port;
    } catch (error) {
      if (!(error instanceof Deno.errors.AddrInUse) || port === PORT_MAX) throw error;
    }
  }
}
