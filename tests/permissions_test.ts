// What the library and the examples are allowed to do: each is run with exactly the permissions in the table of
// SECURITY.md, and fails without them. Nothing here may ask, and nothing is granted that the table does not say.

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { Authority } from "./support/certificates.ts";
import { Program, type Result, runProgram } from "./support/program.ts";

const PATIENCE_MS = 30_000;

/** All ports of this machine. */
const HERE = "--allow-net=127.0.0.1";
/** The right to start processes of this one program. */
const DENO = `--allow-run=${Deno.execPath()}`;

/** Runs a program that is given as text, as a file in the root would run. */
async function runText(permissions: readonly string[], text: string): Promise<Result> {
  const command = new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-check", ...permissions, "-"],
    cwd: new URL("../", import.meta.url),
    env: { NO_COLOR: "1", DENO_NO_PROMPT: "1", DENO_NO_UPDATE_CHECK: "1" },
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
    signal: AbortSignal.timeout(PATIENCE_MS),
  });
  const child = command.spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(text));
  await writer.close();
  const { code, stdout, stderr } = await child.output();
  return { code, stdout: new TextDecoder().decode(stdout), stderr: new TextDecoder().decode(stderr) };
}

/** A port that nobody had a moment ago, to name it in a permission. */
function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}

const config = JSON.parse(await Deno.readTextFile(new URL("../deno.json", import.meta.url)));

for (const entry of Object.keys(config.exports)) {
  const name = config.name + entry.slice(1);
  Deno.test(`${name} is imported without any permission, and asks for none by itself`, async () => {
    const result = await runText([], `import * as all from "${name}"; console.log(Object.keys(all).length > 0);`);
    assertEquals(result, { code: 0, stdout: "true\n", stderr: "" });
  });
}

/** Programs that use an entry without any permission at all. */
const BARE: Record<string, string> = {
  "actors, with supervision, timers, streams and events": `
    import { Actor, ActorSystem, SupervisorStrategy } from "@cinema/cinema";
    let lives = 0;
    class A extends Actor<any> {
      started(ctx: any) {
        ctx.addStream(ReadableStream.from([1]), { item: () => {} });
        if (lives++ === 0) ctx.runLater(1, { type: "go" });
      }
      go() { throw new Error("boom"); }
      ask() { return "done"; }
    }
    await using system = new ActorSystem();
    const events = system.events;
    const addr = system.spawn(() => new A(), { strategy: SupervisorStrategy.restart(1, 1_000) });
    for await (const { kind } of events) if (kind === "restarted") break;
    console.log(await addr.send({ type: "ask" } as never));`,
  "servers and clients over a network in memory": `
    import { MemoryNetwork, MessageRouter, RemoteClient, RemoteServer } from "@cinema/cinema/remote";
    const at = { hostname: "s", port: 1, transport: new MemoryNetwork(), key: "x".repeat(32) };
    await using server = await RemoteServer.bind(at, new MessageRouter());
    await using client = await RemoteClient.connect(at);
    console.log(client.isConnected ? "done" : "lost");`,
  "a cluster over a network in memory": `
    import { ClusterNode } from "@cinema/cinema/cluster";
    import { MemoryNetwork } from "@cinema/cinema/remote";
    const transport = new MemoryNetwork();
    await using one = new ClusterNode("one", "one:1", { transport });
    await using two = new ClusterNode("two", "two:1", { transport });
    await one.join([]);
    await two.join(["one:1"]);
    console.log(two.members.length === 2 ? "done" : "alone");`,
  "the simulator of clusters": `
    import { ClusterSimulator } from "@cinema/cinema/testing";
    const sim = new ClusterSimulator({ nodes: 3, seed: 1 });
    sim.run(1_000);
    console.log("done");`,
};

for (const [what, text] of Object.entries(BARE)) {
  Deno.test(`${what} run without any permission`, async () => {
    assertEquals(await runText([], text), { code: 0, stdout: "done\n", stderr: "" });
  });
}

/** A program that says what a server or a client of the remote layer was refused. */
const remote = (port: number, more = ""): string => `
  import { MessageRouter, RemoteClient, RemoteServer } from "@cinema/cinema/remote";
  const at = { hostname: "127.0.0.1", port: ${port} };
  const told = (error) => console.log(error.name, error.cause.name);
  const server = await RemoteServer.bind({ ...at, ${more} }, new MessageRouter()).catch(told);
  const client = await RemoteClient.connect({ ...at, ${more} }).catch(told);
  if (client) console.log(client.isConnected);
  await client?.close();
  await server?.shutdown();`;

Deno.test("a server and a client need the permission for their one address, and say so where they do not have it", async () => {
  const port = freePort();
  const allowed = await runText([`--allow-net=127.0.0.1:${port}`], remote(port));
  assertEquals(allowed, { code: 0, stdout: "true\n", stderr: "" });
  for (const permissions of [[], [`--allow-net=127.0.0.1:${port + 1}`], ["--allow-net=localhost"]]) {
    const denied = await runText(permissions, remote(port));
    assertEquals(denied, { code: 0, stdout: "BindError NotCapable\nConnectError NotCapable\n", stderr: "" });
  }
});

Deno.test("TLS needs no more than the address: no files, no environment, no system", async () => {
  const authority = await Authority.create("authority");
  const tls = JSON.stringify({ ...await authority.issue("server"), ca: authority.cert });
  const port = freePort();
  const allowed = await runText([`--allow-net=127.0.0.1:${port}`], remote(port, `tls: ${tls}`));
  assertEquals(allowed, { code: 0, stdout: "true\n", stderr: "" });
  assertEquals((await runText([], remote(port, `tls: ${tls}`))).stdout.includes("true"), false);
});

Deno.test("a node of a cluster needs the permission for its own address and for those of the others", async () => {
  const [one, two, rust] = [freePort(), freePort(), freePort()];
  const text = `
    import { ClusterNode } from "@cinema/cinema/cluster";
    await using one = new ClusterNode("one", "127.0.0.1:${one}");
    await one.join([]);
    await using two = new ClusterNode("two", "127.0.0.1:${two}");
    await two.join([one.addr]);
    console.log(two.members.length, await one.startCompatServer(${rust}) === ${rust});`;
  const ports = [one, two, rust].map((port) => `127.0.0.1:${port}`);
  assertEquals(await runText([`--allow-net=${ports}`], text), { code: 0, stdout: "2 true\n", stderr: "" });
  const without = await runText([`--allow-net=${ports.slice(1)}`], text);
  assertEquals(without.code, 1);
  assertStringIncludes(without.stderr, "BindError");
});

for (const name of ["hello", "crud", "supervision", "streams", "timers", "job_queue"]) {
  Deno.test(`examples/${name}.ts runs without any permission`, async () => {
    const { code, stderr } = await runProgram(`examples/${name}.ts`);
    assertEquals([code, stderr], [0, ""]);
  });
}

/** Runs an example until it has said something, and once more without its permission. */
async function serves(permission: string, says: string, ...args: string[]): Promise<void> {
  await using program = new Program(permission, ...args);
  await program.until(says);
  const { stdout, stderr } = await runProgram(...args);
  assert(/net access|NotCapable/.test(stdout + stderr), `it ran without ${permission}: ${stdout}${stderr}`);
}

Deno.test("the servers among the examples need their own address, and no other", async () => {
  const port = freePort();
  const net = `--allow-net=127.0.0.1:${port}`;
  await serves(net, "Listening", "examples/chat/main.ts", "--hostname", "127.0.0.1", "--port", `${port}`);
  await serves(net, "Listening", "examples/remote_calculator/server.ts", `${port}`);
  await serves(net, "is listening", "examples/cluster_pingpong/server.ts", `${port}`);
  await serves(net, "listening on", "examples/distributed_kv/main.ts", "node-1", "--port", `${port}`);
  await serves(HERE, "http://127.0.0.1", "examples/observer/main.ts", "--port", `${port}`);
});

Deno.test("the clients among the examples need the address of their server, and a node of a cluster its own as well", async () => {
  const [port, any] = [freePort(), "127.0.0.1:0"];
  for (const [folder, net] of [["remote_calculator", []], ["cluster_pingpong", [any]]] as const) {
    const address = `127.0.0.1:${port}`;
    await using server = new Program(`--allow-net=${address}`, `examples/${folder}/server.ts`, `${port}`);
    await server.until("istening");
    const client = `examples/${folder}/client.ts`;
    const { code, stderr } = await runProgram(`--allow-net=${[address, ...net]}`, client, `${port}`);
    assertEquals([code, stderr], [0, ""]);
    assert((await runProgram(client, `${port}`)).code !== 0);
  }
});

Deno.test("the programs that play a story by themselves need this machine alone, and deno where they start processes", async () => {
  const demos = [
    ["examples/chat/demo.ts", HERE],
    ["examples/crawler/main.ts", HERE],
    ["examples/distributed_kv/demo.ts", DENO],
    ["examples/session_cache/main.ts", HERE, DENO],
    ["examples/tracing/main.ts", HERE, DENO],
  ] as const;
  for (const [demo, ...permissions] of demos) {
    const { code, stderr } = await runProgram(...permissions, demo);
    assertEquals([code, stderr], [0, ""], demo);
    for (const permission of permissions) {
      const denied = await runProgram(...permissions.filter((other) => other !== permission), demo);
      assertEquals(denied.code === 0, false, `${demo} ran without ${permission}`);
      assertStringIncludes(denied.stderr, permission.split("=")[0]!);
    }
  }
});

Deno.test("SECURITY.md has a row with the permissions of each entry of the package and of each example", async () => {
  const page = await Deno.readTextFile(new URL("../.github/SECURITY.md", import.meta.url));
  const rows = page.split("## Permissions")[1]!.split("\n").filter((line) => line.startsWith("|"));
  const missing = Object.keys(config.exports).map((entry) => config.name + entry.slice(1));
  for await (const { name, isDirectory } of Deno.readDir(new URL("../examples/", import.meta.url))) {
    // The files beside them that are parts of several.
    if (name !== "interrupted.ts" && name !== "read_port.ts") missing.push(`examples/${name}${isDirectory ? "/" : ""}`);
  }
  assertEquals(missing.filter((what) => !rows.some((row) => row.includes(what))), []);
});
