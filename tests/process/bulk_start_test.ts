// Many processes start at once, and then nothing happens. The original takes its own healthy members for dead at this
// size.

import { assertEquals } from "@std/assert";
import { delay } from "@std/async/delay";
import { among, startCluster } from "../support/node_process.ts";

/** Several rounds of probing: each node probes one other per second. */
const QUIET_MS = 3_000;

Deno.test("ClusterNode of which 12 start at once against one seed find each other, and nobody is ever doubted", async () => {
  await among(startCluster(12, { options: { preset: "local" } }), async (nodes) => {
    const view = nodes.map(({ id }) => `${id} up`).sort();
    for (const node of nodes) assertEquals(await node.view(), view);
    // Nothing is waited for: this is how long the cluster has to go wrong.
    await delay(QUIET_MS);
    for (const node of nodes) {
      assertEquals(node.events().filter((event) => !/^(up node-\d+|joined)$/.test(event)), []);
      assertEquals(await node.view(), view);
      assertEquals(node.stderr, "");
    }
  });
});
