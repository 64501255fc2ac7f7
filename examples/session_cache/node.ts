/**
 * A process that is one node of the cache. It answers each line of its input, a command, with a line; when the input
 * ends (Ctrl-D), it hands its sessions over and leaves.
 *
 * Run it in several terminals, with one secret of 32 characters or more in the environment. The first node needs no
 * address, the others that of any that runs:
 *
 *     deno run --allow-net --allow-env=SESSION_SECRET examples/session_cache/node.ts node-2 127.0.0.1:7001
 *
 * @module
 */

import { TextLineStream } from "@std/streams";
import { SessionCache } from "./cache.ts";
import { command } from "./command.ts";

const [id = "node-1", ...seeds] = Deno.args;
const secret = Deno.env.get("SESSION_SECRET");
if (secret === undefined) throw new Error("SESSION_SECRET is not set");

const cache = new SessionCache(id, "127.0.0.1:0", { secret, sessionsMax: 3 });
await cache.join(seeds);
console.log(`${id} listens at ${cache.addr}`);
const lines = Deno.stdin.readable.pipeThrough(new TextDecoderStream()).pipeThrough(new TextLineStream());
for await (const line of lines) console.log(await command(cache, line).catch(String));
console.log(`left, and ${await cache.leave()} sessions were taken over`);
