import { clusterOf, meet, type NodeCluster, type NodeProcess, startAll } from "../support/node_process.ts";
import type { NodeSetup } from "../support/node_program.ts";
import { type Fate, type Fates, TcpProxy } from "../support/proxy.ts";

/** The network between nodes of which each advertises a proxy in front of it. */
export class ProxiedNetwork {
  readonly #proxies: ReadonlyMap<string, TcpProxy>;

  /** Takes the proxies by the ids of their nodes. */
  constructor(proxies: ReadonlyMap<string, TcpProxy>) {
    this.#proxies = proxies;
  }

  /** Parts two sides: nothing goes from any node of one to any of the other, whoever has dialled. */
  part(one: readonly NodeProcess[], other: readonly NodeProcess[], fate: Fate = "stall"): void {
    for (const [here, there] of [[one, other], [other, one]] as const) {
      for (const to of here) for (const from of there) this.link(from, to, fate);
    }
  }

  /**
   * Decides what becomes of the connections that one node makes to another; those of the other way round are not
   * touched.
   */
  link(from: NodeProcess, to: NodeProcess, fates: Fate | Fates): void {
    this.#proxies.get(to.id)!.set(fates, from.id);
  }

  /** Lets everything pass again, what was held first. */
  heal(): void {
    for (const proxy of this.#proxies.values()) proxy.set("pass");
  }
}

/** Nodes and the network between them, which end together. */
export type ProxiedCluster = NodeCluster & { readonly network: ProxiedNetwork };

/** Starts `count` nodes that reach each other through proxies only, and resolves when everybody sees everybody up. */
export async function startProxied(
  count: number,
  setup: Partial<Omit<NodeSetup, "id" | "seeds">> = {},
): Promise<ProxiedCluster> {
  const ids = Array.from({ length: count }, (_, i) => `node-${i + 1}`);
  const ports = new Map(ids.map((id) => [id, freePort()]));
  const proxies = new Map(ids.map((id) => [id, new TcpProxy({ hostname: "127.0.0.1", port: ports.get(id)! })]));
  const closeProxies = () => Promise.all([...proxies.values()].map((proxy) => proxy[Symbol.asyncDispose]()));
  const setupOf = (id: string): NodeSetup => ({
    ...setup,
    id,
    addr: `127.0.0.1:${ports.get(id)}`,
    seeds: id === ids[0] ? [] : [proxies.get(ids[0]!)!.addr],
    options: { ...setup.options, advertise: proxies.get(id)!.addr },
  });
  const nodes = clusterOf([]);
  const end = nodes[Symbol.asyncDispose];
  const cluster = Object.assign(nodes, {
    network: new ProxiedNetwork(proxies),
    async [Symbol.asyncDispose](): Promise<void> {
      await end();
      await closeProxies();
    },
  });
  try {
    nodes.push(...await startAll(ids.map(setupOf)));
    await meet(nodes);
    return cluster;
  } catch (error) {
    await cluster[Symbol.asyncDispose]();
    throw error;
  }
}

/** A port that is free at the moment: the proxy must know it before the node listens there. */
function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}
