import { assertEquals, assertMatch } from "@std/assert";
import { deadline } from "@std/async";
import { toLines } from "@std/streams";

const ROOT = new URL("../", import.meta.url);

/** One of the two programs, as a user starts it. */
function command(program: string, ...args: string[]): Deno.Command {
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "--allow-net", `examples/remote_calculator/${program}`, ...args],
    cwd: ROOT,
    env: { NO_COLOR: "1", DENO_NO_PROMPT: "1", DENO_NO_UPDATE_CHECK: "1" },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
    signal: AbortSignal.timeout(30_000),
  });
}

async function run(program: string, ...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const { code, stdout, stderr } = await command(program, ...args).output();
  return { code, stdout: new TextDecoder().decode(stdout), stderr: new TextDecoder().decode(stderr) };
}

/** What the header of the client promises to print. */
async function promised(): Promise<string> {
  const text = await Deno.readTextFile(new URL("examples/remote_calculator/client.ts", ROOT));
  const block = /It prints:\n \*\n((?: \* {5}.*\n)+)/.exec(text)?.[1] ?? "";
  return block.replaceAll(/^ \* {5}/gm, "");
}

Deno.test({
  name: "remote_calculator/: a client in another process gets its answers, twice, and the server closes at Ctrl-C",
  ignore: Deno.build.os === "windows",
  async fn() {
    const server = command("server.ts", "0").spawn();
    const lines = toLines(server.stdout).getReader();
    const { value: greeting = "" } = await lines.read();
    const port = /^Listening on 127\.0\.0\.1:(\d+)$/.exec(greeting)?.[1] ?? "";
    const expected = { code: 0, stdout: await promised(), stderr: "" };
    assertEquals(await run("client.ts", port), expected);
    assertEquals(await run("client.ts", port), expected);
    server.kill("SIGINT");
    assertEquals((await deadline(server.status, 10_000)).code, 0);
    assertEquals(await lines.read(), { done: false, value: "Closing" });
    assertEquals((await lines.read()).done, true);
    assertEquals(await new Response(server.stderr).text(), "");
  },
});

Deno.test("remote_calculator/client.ts says that no server runs, and how to start one", async () => {
  const free = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = free.addr;
  free.close();
  const { code, stdout, stderr } = await run("client.ts", `${port}`);
  assertEquals([code, stdout], [1, ""]);
  assertMatch(stderr, /^Cannot connect to 127\.0\.0\.1:\d+: .*refused.*\nIs the server running\? deno run /);
});

Deno.test("remote_calculator/server.ts says that its port is in use", async () => {
  using taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { code, stderr } = await run("server.ts", `${taken.addr.port}`);
  assertEquals(code, 1);
  assertMatch(stderr, /^Cannot listen on 127\.0\.0\.1:\d+: .*in use.*\n$/i);
});

Deno.test("remote_calculator/ shows how to use it, and says what is wrong with its argument", async () => {
  const help = await run("client.ts", "--help");
  assertEquals([help.code, help.stdout], [
    0,
    "Usage: deno run --allow-net examples/remote_calculator/client.ts [port]\n",
  ]);
  const wrong = await run("server.ts", "eighty");
  assertEquals(wrong.code, 2);
  assertMatch(wrong.stderr, /^Cannot use "eighty" as a port: /);
});
