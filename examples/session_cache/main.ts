/**
 * A session cache of two processes: every session is kept by one of them, and found from both by its key. This process
 * is node-1 and tells the story; it starts the others (`node.ts`), which have room for three sessions each.
 *
 * A session ends with its time to live, or when its node needs room. A node that leaves hands its sessions over, and a
 * node that comes is handed those that are its own from then on. What was on a node that dies is gone: a get that was
 * on its way fails, the next one waits until the death is known, and finds no session in the new home of the key.
 *
 * Run it:
 *
 *     deno run --allow-net --allow-run examples/session_cache/main.ts
 *
 * It prints:
 *
 *     node-2 joins, and both serve all keys
 *       node-1> put ada tea: kept by node-1
 *       node-1> put fay figs: kept by node-2
 *       node-2> put bob rum: kept by node-1
 *       node-2> put pam jam: kept by node-2
 *       node-2> get ada: tea from node-1
 *       node-1> get fay: figs from node-2
 *       node-1> delete pam: deleted
 *       node-2> get pam: no session
 *     Sessions end after a while, unless they are touched
 *       node-1> put gus ham 1000: kept by node-1
 *       node-1> put ann ice 1000: kept by node-2
 *       node-1> touch ann: touched
 *       node-2> get gus: no session
 *       node-2> get ann: ice from node-2
 *     A full node lets the one go that was used longest ago
 *       node-1> put sid ale: kept by node-2
 *       node-1> put ray gin: kept by node-2, without fay
 *       node-1> get fay: no session
 *     node-2 leaves
 *       node-2: left, and 3 sessions were taken over
 *       node-1> get sid: ale from node-1
 *       node-1> get ray: gin from node-1
 *     node-3 joins, and takes over its keys with their sessions
 *       node-1> get sid: ale from node-3
 *       node-3> get ada: tea from node-3
 *       node-3> get bob: rum from node-1
 *     node-3 dies by kill -9, with a get on its way
 *       node-1> get sid: ConnectionLostError, unknown
 *       node-1> get sid: no session
 *       node-1> put sid rye: kept by node-1
 *       node-1> get bob: rum from node-1
 *
 * @module
 */

import { MessageError } from "@cinema/cinema";
import { delay } from "@std/async";
import { SessionCache } from "./cache.ts";
import { command } from "./command.ts";
import { NodeProcess } from "./node_process.ts";

const secret = crypto.getRandomValues(new Uint8Array(32)).toHex();
await using cache = new SessionCache("node-1", "127.0.0.1:0", { secret, sessionsMax: 100 });
await cache.join([]);

async function here(line: string): Promise<void> {
  console.log(`  node-1> ${line}: ${await command(cache, line).catch(explain)}`);
}
async function at(node: NodeProcess, line: string): Promise<void> {
  console.log(`  ${node.id}> ${line}: ${await node.command(line)}`);
}
function explain(error: unknown): string {
  return error instanceof MessageError ? `${error.name}, ${error.outcome}` : String(error);
}

console.log("node-2 joins, and both serve all keys");
const two = await NodeProcess.start("node-2", cache.addr, secret);
await cache.settled(2);
await here("put ada tea");
await here("put fay figs");
await at(two, "put bob rum");
await at(two, "put pam jam");
await at(two, "get ada");
await here("get fay");
await here("delete pam");
await at(two, "get pam");

console.log("Sessions end after a while, unless they are touched");
await here("put gus ham 1000");
await here("put ann ice 1000");
await here("touch ann");
while (await cache.get("gus") !== null) await delay(50);
await at(two, "get gus");
await at(two, "get ann");

console.log("A full node lets the one go that was used longest ago");
await here("put sid ale");
await here("put ray gin");
await here("get fay");

console.log("node-2 leaves");
console.log(`  node-2: ${await two.leave()}`);
await cache.settled(1);
await here("get sid");
await here("get ray");

console.log("node-3 joins, and takes over its keys with their sessions");
const three = await NodeProcess.start("node-3", cache.addr, secret);
await cache.settled(2);
await here("get sid");
await at(three, "get ada");
await at(three, "get bob");

console.log("node-3 dies by kill -9, with a get on its way");
three.freeze();
const asking = here("get sid");
await delay(50); // the get has left by then
three.kill();
await asking;
await here("get sid");
await here("put sid rye");
await here("get bob");
