/**
 * A cluster of three nodes in this process, on a network within it; the third one can be cut off.
 * @module
 */

import { ClusterNode } from "@cinema/cinema/cluster";
import { MemoryNetwork } from "@cinema/cinema/remote";
import { Cable } from "./cable.ts";

/** How long the third node stays away, in ms: longer than the others take to give it up. */
const AWAY_MS = 20_000;

/** Three nodes that know each other. */
export class ThreeNodes implements AsyncDisposable {
  /** All of them; the first is the one that is looked at. */
  readonly nodes: readonly ClusterNode[];
  readonly #cable: Cable;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** Makes them; they know nobody yet. */
  constructor() {
    const network = new MemoryNetwork({ faults: { delayMs: [0.2, 1.5] } });
    const cable = this.#cable = new Cable(network);
    this.nodes = [1, 2, 3].map((n) =>
      new ClusterNode(`node-${n}`, `node-${n}:7000`, {
        transport: n === 3 ? cable : network,
        preset: "local",
        clusterName: "shop",
        insecure: true, // nothing leaves this process
      })
    );
  }

  /** The node whose page it is. */
  get first(): ClusterNode {
    return this.nodes[0]!;
  }

  /** Brings them together. */
  async join(): Promise<void> {
    const [first, second, third] = this.nodes as [ClusterNode, ClusterNode, ClusterNode];
    await first.join([]);
    await second.join([first.addr]);
    await third.join([first.addr]);
    first.registerActor("checkout", "Checkout");
    second.registerActor("search", "Search");
    for (const node of [second, third]) node.registerActor("mail", "Mailer", { group: true });
  }

  /** Cuts the third node off after a while, and lets it come back later. */
  cutAfter(ms: number): void {
    this.#timer = setTimeout(() => {
      console.log("node-3 is cut off");
      this.#cable.cut();
      this.#timer = setTimeout(() => {
        console.log("node-3 is connected again");
        this.#cable.mend();
      }, AWAY_MS);
    }, ms);
  }

  /** Takes leave, one after the other. */
  async [Symbol.asyncDispose](): Promise<void> {
    clearTimeout(this.#timer);
    for (const node of this.nodes.toReversed()) await node.leave();
  }
}
