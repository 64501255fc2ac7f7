import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { deadline } from "@std/async";
import { toLines } from "@std/streams";
import { cleanText } from "../examples/chat/clean_text.ts";
import { Client } from "../examples/chat/client.ts";
import { readCommandLine, USAGE } from "../examples/chat/command_line.ts";
import { LineLimit, LineTooLongError } from "../examples/chat/line_limit.ts";

const ROOT = new URL("../", import.meta.url);

/** The server as a user starts it. */
function command(...args: string[]): Deno.Command {
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "--allow-net", "examples/chat/main.ts", ...args],
    cwd: ROOT,
    env: { NO_COLOR: "1", DENO_NO_PROMPT: "1", DENO_NO_UPDATE_CHECK: "1" },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
    signal: AbortSignal.timeout(30_000),
  });
}

async function run(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const { code, stdout, stderr } = await command(...args).output();
  return { code, stdout: new TextDecoder().decode(stdout), stderr: new TextDecoder().decode(stderr) };
}

Deno.test("chat/main.ts --help shows how to use it", async () => {
  assertEquals(await run("--help"), { code: 0, stdout: `${USAGE}\n`, stderr: "" });
});

Deno.test("chat/main.ts says what is wrong with its arguments", async () => {
  const { code, stderr } = await run("--prot", "1");
  assertEquals({ code, stderr }, { code: 2, stderr: `Unknown argument: --prot\n\n${USAGE}\n` });
});

Deno.test("chat/main.ts says that its port is in use, or that it cannot listen there", async () => {
  using taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = taken.addr;
  const stderr = `Cannot listen on 127.0.0.1:${port}: the port is in use. Choose another one with --port\n`;
  assertEquals(await run("--port", `${port}`), { code: 1, stdout: "", stderr });
  // An address of the range for documentation, which no interface has.
  const elsewhere = await run("--hostname", "192.0.2.1");
  assertEquals(elsewhere.code, 1);
  assertMatch(elsewhere.stderr, /^Cannot listen on 192\.0\.2\.1:8080: .+\n$/);
});

Deno.test({
  name: "chat/main.ts serves until Ctrl-C, and then says goodbye and exits with 0",
  ignore: Deno.build.os === "windows",
  async fn() {
    const child = command("--port=0").spawn();
    const lines = toLines(child.stdout).getReader();
    const { value: greeting = "" } = await lines.read();
    const port = Number(/^Listening on 127\.0\.0\.1:(\d+)\. Join with: nc 127\.0\.0\.1 \d+$/.exec(greeting)?.[1]);
    using ann = await Client.connect({ hostname: "127.0.0.1", port });
    await ann.type("ann\n/crash");
    const seen = [await ann.read(), await ann.read(), await ann.read(), await ann.read()];
    assertEquals(seen.at(-1), "* Your session failed and was restarted. You are still ann.");
    child.kill("SIGINT");
    assertEquals(await ann.read(), "* The server closes this connection. Goodbye!");
    assertEquals(await ann.read(), undefined);
    assertEquals((await deadline(child.status, 10_000)).code, 0);
    assertEquals(await lines.read(), { done: false, value: "Closing" });
    assertEquals((await lines.read()).done, true);
    const log = await new Response(child.stderr).text();
    assertStringIncludes(log, "/chat/client-1/session failed: Error: Crashed by /crash\n");
    assertStringIncludes(log, "/chat/client-1/session was restarted\n");
  },
});

Deno.test({
  name: "readCommandLine() understands both forms of a flag and refuses what it does not know",
  permissions: "none",
  fn() {
    assertEquals(readCommandLine([]), { kind: "listen", hostname: "127.0.0.1", port: 8080 });
    const expected = { kind: "listen", hostname: "::1", port: 0 } as const;
    assertEquals(readCommandLine(["--port", "0", "--hostname", "::1"]), expected);
    assertEquals(readCommandLine(["--port=0", "--hostname=::1"]), expected);
    assertEquals(readCommandLine(["--port", "1", "--help"]), { kind: "help" });
    const wrong = [["--port"], ["--port="], ["--port", "65536"], ["--port", "-1"], ["--port", "8e3"], ["8080"], [""]];
    for (const args of wrong) assertEquals(readCommandLine(args).kind, "wrong", `${args}`);
  },
});

Deno.test({
  name: "cleanText() leaves text as it is and nothing that a terminal would obey",
  permissions: "none",
  fn() {
    for (const text of ["plain", "Grüße, 世界", "👩‍👩‍👧 🍑", "{}<>&'\"\\"]) assertEquals(cleanText(text), text);
    assertEquals(cleanText("a\tb"), "a b");
    assertEquals(cleanText("\x1b[31m\x00\x7f\x9b\r\u2028\u202e"), "\ufffd[31m\ufffd\ufffd\ufffd\ufffd\ufffd\ufffd");
  },
});

Deno.test({
  name: "LineLimit breaks before more than the limit of one line has passed, however it is cut",
  permissions: "none",
  async fn() {
    const passed = async (text: string, chunkBytes: number): Promise<string> => {
      const bytes = new TextEncoder().encode(text);
      const starts = Array.from({ length: Math.ceil(bytes.length / chunkBytes) }, (_, i) => i * chunkBytes);
      const source = ReadableStream.from(starts.map((start) => bytes.slice(start, start + chunkBytes)));
      let seen = "";
      try {
        for await (const chunk of source.pipeThrough(new LineLimit(4))) seen += new TextDecoder().decode(chunk);
      } catch (error) {
        if (!(error instanceof LineTooLongError)) throw error;
        seen += "!";
      }
      return seen;
    };
    for (const chunkBytes of [1, 2, 3, 5, 100]) {
      assertEquals(await passed("1234\n\n12\n1234", chunkBytes), "1234\n\n12\n1234");
      assertMatch(await passed(`12\n12345\n${"x".repeat(1_000)}`, chunkBytes), /^(12\n1?2?3?4?)?!$/);
      assertMatch(await passed("x".repeat(1_000), chunkBytes), /^x{0,4}!$/);
    }
  },
});
