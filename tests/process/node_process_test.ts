// The tests with real processes must not leave any behind, whatever happens to them.

import { assertEquals, assertRejects, assertStringIncludes, assertThrows } from "@std/assert";
import { among, NodeProcess, startCluster } from "../support/node_process.ts";

Deno.test("among ends every process of a test that fails, and the failure shows what they have said", async () => {
  const pids: number[] = [];
  const failing = among(startCluster(3), async (nodes) => {
    pids.push(...nodes.map(({ pid }) => pid));
    // One that stands still could not end by itself.
    nodes[1]!.signal("SIGSTOP");
    // It asks one that has ended for something.
    await nodes[2]!.kill();
    await nodes[2]!.view();
  });
  const { message } = await assertRejects(() => failing, Error);
  for (const id of ["node-1", "node-2", "node-3"]) assertStringIncludes(message, `${id}, process`);
  assertStringIncludes(message, `"kind":"listening"`);
  assertEquals(pids.length, 3);
  for (const pid of pids) assertThrows(() => Deno.kill(pid, "SIGCONT"), Deno.errors.NotFound);
});

Deno.test("NodeProcess.start tells why a node did not start, and leaves no process behind", async () => {
  using taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const setup = { id: "node-1", addr: `127.0.0.1:${taken.addr.port}`, seeds: [] };
  const { message } = await assertRejects(() => NodeProcess.start(setup), Error);
  assertStringIncludes(message, "BindError");
  const [, pid] = /process (\d+)/.exec(message)!;
  assertThrows(() => Deno.kill(Number(pid), "SIGCONT"), Deno.errors.NotFound);
});
