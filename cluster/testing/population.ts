/**
 * The hosts of a simulation, and the processes that start on them.
 * @module
 */

import type { Random } from "../../src/spi.ts";
import { Core } from "../core.ts";
import type { MembershipConfig } from "../membership/config.ts";
import { clusterTag } from "../membership/messages.ts";
import type { ClusterMessage } from "../wire/cluster_codec.ts";
import { SimulatedHost } from "./host.ts";

const CLUSTER = "simulated";
const UID_MAX = 2 ** 48;
const ENTRIES_MAX = 1_000_000;

/** What new processes are made of. */
export interface PopulationOptions {
  /** The knobs of membership. */
  readonly config: MembershipConfig;
  /** The choices. */
  readonly random: Random;
  /** The time. */
  readonly now: () => number;
}

/** See the module. */
export class Population {
  /** All hosts, by their names. */
  readonly hosts: Map<string, SimulatedHost> = new Map();
  readonly #options: PopulationOptions;

  /** Creates a world without hosts. */
  constructor(options: PopulationOptions) {
    this.#options = options;
  }

  /** The host of a name. */
  host(name: string): SimulatedHost {
    const host = this.hosts.get(name);
    if (host === undefined) throw new TypeError(`Cannot find the host "${name}" in the simulation`);
    return host;
  }

  /** Those whose process runs. */
  running(): SimulatedHost[] {
    return [...this.hosts.values()].filter(({ state }) => state === "running");
  }

  /** Starts a process, on a new host or on one whose process has ended. */
  start(name: string, id: string): SimulatedHost {
    const known = this.hosts.get(name);
    if (known?.isThere === true) throw new TypeError(`Cannot start ${name}: it runs`);
    const { config, random, now } = this.#options;
    const uid = 1 + Math.floor(random.next() * UID_MAX);
    const [addr, cluster, entriesMax] = [addrOf(name), clusterTag(CLUSTER), ENTRIES_MAX];
    const options = { id, uid, addr, cluster, clusterName: CLUSTER, config, random, entriesMax };
    const core = new Core(options, now() + (known?.clockMs ?? 0));
    const host = known ?? new SimulatedHost(name, this.hosts.size, addr, core);
    if (known === undefined) this.hosts.set(name, host);
    else known.replace(core);
    return host;
  }

  /** What tells each host all records, as if it had compared its state with another. */
  introductions(): [SimulatedHost, ClusterMessage][] {
    const all = [...this.hosts.values()];
    const records = all.map(({ core }) => core.self);
    if (all.length === 1) return [];
    return all.map((host, i) => {
      const sender = records[(i + 1) % all.length]!;
      const body = { kind: "state", records, wantsReply: false } as const;
      return [host, { kind: "packet", packet: { cluster: clusterTag(CLUSTER), sender, body, updates: [] } }];
    });
  }
}

/** Where the process of a host listens. */
export function addrOf(host: string): string {
  return `${host}:7000`;
}
