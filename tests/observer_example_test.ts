import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import type { ActorState, ObserverState } from "@cinema/cinema/observer";
import { Cable } from "../examples/observer/cable.ts";
import { readCommandLine, USAGE } from "../examples/observer/command_line.ts";
import { MemoryNetwork } from "@cinema/cinema/remote";
import { Program, runProgram } from "./support/program.ts";

const MAIN = ["--allow-net", "examples/observer/main.ts"];

/** The example on a free port, and where its page is. */
async function start(...args: string[]): Promise<{ program: Program; page: string }> {
  const program = new Program(...MAIN, "--port", "0", ...args);
  const line = await program.until("Look at ");
  return { program, page: line.slice("Look at ".length) };
}

async function read(page: string): Promise<ObserverState> {
  return await (await fetch(`${page}state`)).json();
}

/** Reads states from the event stream until one is as wanted. */
async function waitFor(page: string, isWanted: (state: ObserverState) => boolean): Promise<ObserverState> {
  const response = await fetch(`${page}events`);
  assertEquals(response.headers.get("content-type")?.split(";")[0], "text/event-stream");
  let text = "";
  for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    const events = text.split("\n\n");
    text = events.pop() ?? "";
    for (const event of events) {
      const data = /^data: (.*)$/m.exec(event)?.[1];
      if (!/^event: state$/m.test(event) || data === undefined) continue;
      const state: ObserverState = JSON.parse(data);
      if (isWanted(state)) return state;
    }
  }
  throw new Error("The events ended before");
}

function everyActor(actors: readonly ActorState[]): ActorState[] {
  return actors.flatMap((actor) => [actor, ...everyActor(actor.children)]);
}

Deno.test({
  name: "observer/main.ts serves a page and the state of a lively system with its cluster, until Ctrl-C",
  ignore: Deno.build.os === "windows",
  async fn() {
    const { program, page } = await start();
    await using _ = program;
    const html = await fetch(page);
    assertEquals(html.headers.get("content-type"), "text/html; charset=utf-8");
    assertStringIncludes(await html.text(), '<script type="module" src="observer.js"');
    for (const asset of ["observer.css", "observer.js"]) {
      const response = await fetch(page + asset);
      assertEquals(response.status, 200, asset);
      assert((await response.text()).length > 1_000, asset);
    }

    const { system, actors, cluster } = await waitFor(page, (state) => {
      const all = everyActor(state.actors);
      const isBusy = all.filter(({ handledPerSecond }) => handledPerSecond > 0).length > 10;
      return isBusy && state.deadLetters.length > 0 && state.cluster!.directory.length === 4;
    });
    assertEquals(system.name, "Shop");
    assertEquals(actors.map(({ id }) => id), ["/checkout", "/customers", "/studio", "/sessions"]);
    assertEquals(cluster?.members.map(({ id, status }) => `${id} ${status}`), ["node-1 up", "node-2 up", "node-3 up"]);

    program.signal("SIGINT");
    assertEquals(await program.ended(), { code: 0, stdout: `Look at ${page}`, stderr: "" });
  },
});

Deno.test({
  name: "observer/main.ts --cut takes a node away, which the state shows",
  ignore: Deno.build.os === "windows",
  async fn() {
    const { program, page } = await start("--cut", "0");
    await using _ = program;
    const isNode = (status: string) => (state: ObserverState) =>
      state.cluster!.members.some((member) => member.id === "node-3" && member.status === status);
    await waitFor(page, isNode("suspect"));
    await waitFor(page, isNode("down"));
  },
});

Deno.test({
  name: "observer/main.ts --empty shows a system without actors, and says when its port is in use",
  ignore: Deno.build.os === "windows",
  async fn() {
    const { program, page } = await start("--empty");
    await using _ = program;
    const { system, actors, cluster } = await read(page);
    assertEquals({ name: system.name, actors, cluster }, { name: "Nothing yet", actors: [], cluster: null });
    const { port } = new URL(page);
    const other = await runProgram(...MAIN, "--empty", `--port=${port}`);
    assertEquals(other.code, 1);
    assertMatch(
      other.stderr,
      /^Cannot listen on 127\.0\.0\.1:\d+: the port is in use\. Choose another one with --port\n$/,
    );
  },
});

Deno.test("observer/main.ts --help shows how to use it, and a wrong argument is told", async () => {
  assertEquals(await runProgram(...MAIN, "--help"), { code: 0, stdout: `${USAGE}\n`, stderr: "" });
  const { code, stderr } = await runProgram(...MAIN, "--prot", "1");
  assertEquals({ code, stderr }, { code: 2, stderr: `Unknown argument: --prot\n\n${USAGE}\n` });
});

Deno.test({
  name:
    "readCommandLine() of the observer's example understands both forms of a flag, and refuses what it does not know",
  permissions: "none",
  fn() {
    const preset = { kind: "run", port: 8000, cutAfterMs: undefined, isEmpty: false } as const;
    assertEquals(readCommandLine([]), preset);
    assertEquals(readCommandLine(["--port=0", "--cut", "5"]), { ...preset, port: 0, cutAfterMs: 5_000 });
    assertEquals(readCommandLine(["--empty"]), { ...preset, isEmpty: true });
    assertEquals(readCommandLine(["--port", "1", "-h"]), { kind: "help" });
    for (const args of [["--port"], ["--port="], ["--port", "65536"], ["--cut", "-1"], ["8000"], [""]]) {
      assertEquals(readCommandLine(args).kind, "wrong", `${args}`);
    }
  },
});

Deno.test({
  name: "a Cable that is cut breaks what is connected, lets nothing through, and can be mended",
  permissions: "none",
  async fn() {
    const network = new MemoryNetwork();
    const cable = new Cable(network);
    const at = { hostname: "node", port: 7000 };
    const listener = await cable.listen(at);
    const other = await network.connect(at);
    const accepted = await listener.accept();
    cable.cut();
    assertEquals(await accepted!.read(), undefined);
    assertEquals(await other.read(), undefined);
    const refused = await cable.connect(at).then(() => "connected", (error) => error.message);
    assertEquals(refused, "No way to node: the cable is cut");
    const next = listener.accept();
    const sentAway = await network.connect(at);
    assertEquals(await sentAway.read(), undefined);
    cable.mend();
    const back = await cable.connect(at);
    const welcome = await next;
    await back.write(new Uint8Array([1]));
    assertEquals(await welcome!.read(), new Uint8Array([1]));
    for (const connection of [other, sentAway, back, welcome!]) connection.close();
    listener.close();
  },
});
