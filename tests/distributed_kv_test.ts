import { assert, assertEquals, assertMatch } from "@std/assert";
import { readCommandLine, USAGE } from "../examples/distributed_kv/command_line.ts";
import { HELP } from "../examples/distributed_kv/shell.ts";
import { Program, runProgram } from "./support/program.ts";

const MAIN = "examples/distributed_kv/main.ts";

/** Starts a node on any port, and returns it with its address. */
async function start(id: string, ...args: string[]): Promise<{ node: Program; addr: string }> {
  const node = new Program("--allow-net", MAIN, id, ...args, "--port", "0");
  const addr = /[\d.]+:\d+/.exec(await node.until("listening on"))![0];
  return { node, addr };
}

Deno.test("distributed_kv/: what one node sets another gets, and every command says what it did", async () => {
  const { node: first, addr } = await start("node-1");
  await using one = first;
  const { node: second } = await start("node-2", addr);
  await using two = second;
  await two.until("kv-store is on node-1");
  for (
    const [line, answer] of [
      ["set greeting Hello, world", "greeting = Hello, world"],
      ["get greeting", "Hello, world"],
      ["delete greeting", "Deleted greeting"],
      ["delete greeting", "There is no greeting"],
      ["get greeting", "There is no greeting"],
      ["set greeting", "Type: set <key> <value>"],
      ["get", "Type: get <key>"],
      ["fetch", "Unknown command: fetch. Type help"],
      ["actors", "kv-store  Store  node-1"],
      ["members", `node-1  ${addr}  up`],
    ] as const
  ) {
    await two.type(line);
    assertEquals(await two.until(answer), answer);
  }
  await two.type("help");
  for (const line of HELP.split("\n")) await two.until(line);
  await two.type("leave");
  assertEquals(await two.ended().then(({ code, stderr }) => [code, stderr]), [0, ""]);
  await one.until("has left");
  assert(!one.lines.some((line) => /suspect|down/.test(line)), "who leaves is not taken for one who fails");
});

Deno.test("distributed_kv/: when the node with the store is gone, the next takes over, and says that it begins empty", async () => {
  const { node: first, addr } = await start("node-1");
  await using one = first;
  const { node: second } = await start("node-2", addr);
  await using two = second;
  await two.until("kv-store is on node-1");
  await two.type("set a 1");
  await two.until("a = 1");
  await one.type("quit");
  assertEquals((await one.ended()).code, 0);
  await two.until("is down");
  await two.until("this node has taken over");
  await two.type("get a");
  await two.until("There is no a");
});

Deno.test("distributed_kv/: a seed that nobody serves is tried again, and joined when it is there", async () => {
  const { node: first, addr } = await start("node-1");
  await first.type("leave");
  await first.ended();
  await first[Symbol.asyncDispose]();
  const { node: second } = await start("node-2", addr);
  await using two = second;
  await two.until(`${addr} cannot be reached: trying again in`);
  await two.type("get a");
  await two.until('no node of the cluster has an actor "kv-store" (nothing was done)');
  await using again = new Program("--allow-net", MAIN, "node-1", "--port", addr.split(":")[1]!);
  await again.until("listening on");
  await two.until("joined by way of");
});

Deno.test("distributed_kv/: a port in use and a name that is taken are said clearly, with exit code 1", async () => {
  const { node: first, addr } = await start("node-1");
  await using _one = first;
  const inUse = await runProgram("--allow-net", MAIN, "node-2", "--port", addr.split(":")[1]!);
  assertEquals(inUse.code, 1);
  assertMatch(inUse.stderr, /^Cannot listen on 127\.0\.0\.1:\d+: .*in use.*\. Choose another port with --port\n$/i);
  const { node: namesake } = await start("node-1", addr);
  await using taken = namesake;
  const { code, stderr } = await taken.ended();
  assertEquals(code, 1);
  assertMatch(stderr, /^Cannot join by way of .*a node "node-1" lives at another address\n$/);
});

Deno.test("distributed_kv/main.ts shows how to use it, and says what is wrong with its arguments", async () => {
  assertEquals(await runProgram("--allow-net", MAIN, "--help"), { code: 0, stdout: `${USAGE}\n`, stderr: "" });
  const { code, stderr } = await runProgram("--allow-net", MAIN, "node-1", "--prot", "1");
  assertEquals({ code, stderr }, { code: 2, stderr: `Unknown option: --prot\n\n${USAGE}\n` });
});

Deno.test({
  name: "distributed_kv/ reads its command line",
  permissions: "none",
  fn() {
    const run = { kind: "run", id: "node-2", seeds: [], hostname: "127.0.0.1", port: 7_002, key: undefined } as const;
    const seed = "127.0.0.1:7001";
    assertEquals(readCommandLine(["node-2"]), run);
    assertEquals(readCommandLine(["node-2", seed]), { ...run, seeds: [seed] });
    assertEquals(readCommandLine(["--port", "0", "node-2", "--hostname", "::1"]), { ...run, port: 0, hostname: "::1" });
    for (
      const [args, problem] of [
        [[], "Missing the name of this node"],
        [["node-1", "nowhere"], "Not an address: nowhere. It must be like 127.0.0.1:7001"],
        [["alice"], 'Missing --port: the id "alice" does not end with a number'],
        [["node-1", "--port", "99999"], "Not a port: 99999. It must be 0 to 65535"],
        [["node-1", "--key"], "Missing value of --key"],
        [["node-1", "--key", "short"], "The key is too short: it must have at least 32 characters"],
        [["node-1", "--hostname", "::"], "Nobody can be reached at ::: give the address of this computer"],
        [["node-1", "127.0.0.1:99999"], "Not an address: 127.0.0.1:99999. It must be like 127.0.0.1:7001"],
      ] as const
    ) assertEquals(readCommandLine(args), { kind: "wrong", problem });
  },
});

Deno.test("distributed_kv/demo.ts plays its session to the end: set, get, kill -9, suspect, down, rejoin", async () => {
  const { code, stdout, stderr } = await runProgram("--allow-run", "examples/distributed_kv/demo.ts");
  assertEquals([code, stderr], [0, ""]);
  const story = [
    "> set greeting Hello",
    "> get greeting",
    "Hello from the second node",
    "kill -9 node-3",
    "is suspect",
    "is down",
    "> members",
    "is up",
    "> get greeting",
    "has left",
    "That took",
  ];
  let at = 0;
  for (const part of story) {
    at = stdout.indexOf(part, at);
    assert(at >= 0, `"${part}" is missing, or comes too early, in:\n${stdout}`);
  }
});
