import { assertEquals, assertMatch } from "@std/assert";
import { Program, runProgram } from "./support/program.ts";

const SERVER = "examples/cluster_pingpong/server.ts";
const CLIENT = "examples/cluster_pingpong/client.ts";

/** What the header of the client promises to print. */
async function promised(): Promise<string> {
  const text = await Deno.readTextFile(new URL(`../${CLIENT}`, import.meta.url));
  const block = /It prints:\n \*\n((?: \* {5}.*\n)+)/.exec(text)?.[1] ?? "";
  return block.replaceAll(/^ \* {5}/gm, "");
}

Deno.test({
  name:
    "cluster_pingpong/: a node calls an actor of another process by its name, twice, and both see who comes and goes",
  ignore: Deno.build.os === "windows",
  async fn() {
    await using server = new Program("--allow-net", SERVER, "0");
    const port = /:(\d+)$/.exec(await server.until("node-2 is listening on"))![1]!;
    const expected = { code: 0, stdout: await promised(), stderr: "" };
    assertEquals(await runProgram("--allow-net", CLIENT, port), expected);
    await server.until("node-1: left");
    assertEquals(await runProgram("--allow-net", CLIENT, port), expected);
    await server.until("node-1: left");
    server.signal("SIGINT");
    const { code, stderr } = await server.ended();
    assertEquals([code, stderr], [0, ""]);
  },
});

Deno.test("cluster_pingpong/server.ts says that its port is in use", async () => {
  using taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { code, stderr } = await runProgram("--allow-net", SERVER, `${taken.addr.port}`);
  assertEquals(code, 1);
  assertMatch(stderr, /^Cannot listen on 127\.0\.0\.1:\d+: .*in use.*\n$/i);
});

Deno.test("cluster_pingpong/ shows how to use it, and says what is wrong with its argument", async () => {
  const help = await runProgram("--allow-net", CLIENT, "--help");
  assertEquals([help.code, help.stdout], [
    0,
    "Usage: deno run --allow-net examples/cluster_pingpong/client.ts [port]\n",
  ]);
  const wrong = await runProgram("--allow-net", SERVER, "eighty");
  assertEquals(wrong.code, 2);
  assertMatch(wrong.stderr, /^Cannot use "eighty" as a port: /);
});
