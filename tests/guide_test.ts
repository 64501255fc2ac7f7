import { assert, assertEquals } from "@std/assert";

const ROOT = new URL("../", import.meta.url);
const GUIDE = new URL("examples/guide/", ROOT);

/** Every name that the README of Cinema-rs 0.1 mentions: of its API, its examples and its commands. */
const CINEMA_RS_NAMES = [
  // Local actors.
  ...["Actor", "Handler", "Message", "Result", "ActorSystem", "Context", "Addr", "started", "handle", "spawn"],
  ...["spawn_with_capacity", "do_send", "try_send", "send", "MailboxFull", "tokio::main", "tokio::spawn", "join_all"],
  ...["spawn_child", "spawn_child_with_capacity", "spawn_child_with_strategy"],
  ...["spawn_child_with_strategy_and_capacity", "stop", "address", "run_later", "run_interval", "add_stream", "watch"],
  ...["SupervisorStrategy", "Stop", "Restart", "max_restarts", "within", "Escalate", "restart", "Duration", "Arc"],
  ...["StreamHandler", "finished", "UnboundedReceiverStream", "register", "lookup"],
  // Remote actors.
  ...[
    "RemoteMessage",
    "ProstMessage",
    "prost::Message",
    "prost",
    "LocalNode",
    "handler",
    "RemoteServer",
    "bind",
    "run",
  ],
  ...["TcpTransport", "Transport", "connect", "RemoteClient", "remote_addr", "payload", "decode", "MessageRouter"],
  ...["route", "build"],
  // Clusters.
  ...["ClusterNode", "Node", "NodeStatus", "Up", "Suspect", "Down", "start_gossip_server", "add_member"],
  ...["start_periodic_gossip", "suspect_timeout", "register_actor", "lookup_actor", "start_server", "ClusterClient"],
  ...["ClusterRemoteAddr", "call", "envelope", "ClusterMessage"],
  // Examples and commands.
  ...["Greeter", "Greet", "Calculator", "Add", "AddResult", "Subtract", "GetValue", "PingPong", "Ping", "Pong"],
  ...["UserStore", "CreateUser", "GetUser", "UpdateUser", "DeleteUser", "KVStore", "kv-store", "set", "get"],
  ...["members", "actors", "cargo run -p chat", "nc localhost 8080", "cargo run -p distributed-kv", "make bench"],
  ...["make bench-actor", "make bench-msg", "make bench-rr", "make bench-gossip", "make bench-serial"],
  ...["make bench-fail", "make bench-quick"],
];

/** What it says besides: its features, its principles and its roadmap, finished or not. */
const CINEMA_RS_WORDS = [
  ...["Async/await native", "Typed messages", "Bounded mailboxes", "Supervision", "Streams", "Timers", "Registry"],
  ...["Async handlers", "Remote actors", "Cluster", "explicit supervision", "typed messaging", "sequential state"],
  ...["minimal magic", "panics", "location transparency", "automatic discovery", "connection pooling", "correlation"],
  ...["heartbeat", "Criterion", "Core Actors", "Cluster Gossip", "Failure Detection", "Distributed Actor Registry"],
  ...["Cluster-Aware Messaging", "Cluster sharding", "event sourcing", "Distributed sagas", "MIT"],
];

const IGNORED_MAX = 3;

const pages = new Map<string, string>();
for await (const { name } of Deno.readDir(GUIDE)) pages.set(name, await Deno.readTextFile(new URL(name, GUIDE)));

function pageOf(name: string): string {
  const text = pages.get(name);
  assert(text !== undefined, `${name} is missing`);
  return text;
}

/** The part of a page under a heading of the second level. */
function sectionOf(name: string, heading: string): string {
  const section = pageOf(name).split(`\n## ${heading}\n`)[1];
  assert(section !== undefined, `${name} has no section "${heading}"`);
  return section.split("\n## ")[0]!;
}

/** The cells on the left side of all tables: what one looks up. */
function firstCells(section: string): string {
  return [...section.matchAll(/^\| (.*?) +(?<!\\)\|/gm)].map(([, cell]) => cell).join("\n");
}

/** A link to a heading, as the pages of the repository make it. */
function anchorOf(heading: string): string {
  const text = heading.replaceAll(/`|\*|\[([^\]]*)\]\([^)]*\)/g, (_, label) => label ?? "");
  return text.toLowerCase().replaceAll(/[^\p{L}\p{N} _-]/gu, "").replaceAll(" ", "-");
}

function anchorsOf(text: string): string[] {
  const prose = text.replaceAll(/^```[^]*?^```$/gm, "");
  return [...prose.matchAll(/^#+ (.*)$/gm)].map(([, heading]) => anchorOf(heading!));
}

async function problemOf(page: string, link: string): Promise<string | undefined> {
  const [path = "", anchor] = link.split("#");
  const url = path === "" ? new URL(page, GUIDE) : new URL(path, new URL(page, GUIDE));
  if (!url.href.startsWith(ROOT.href)) return `${page}: ${link} leaves the repository`;
  try {
    if ((await Deno.stat(url)).isDirectory || anchor === undefined) return undefined;
  } catch {
    return `${page}: ${link} leads nowhere`;
  }
  const isThere = anchorsOf(await Deno.readTextFile(url)).includes(anchor);
  return isThere ? undefined : `${page}: ${link} names a heading that is not there`;
}

Deno.test("the guide has a page for each task, and its index links to all of them", () => {
  const names = ["local_actors", "supervision", "streams", "http", "testing", "operating", "security", "coming_from"];
  assertEquals([...pages.keys()].sort(), ["README.md", ...names.map((name) => `${name}.md`)].sort());
  for (const name of names) assert(pageOf("README.md").includes(`](${name}.md)`), `${name}.md is not in the index`);
});

Deno.test("every link of the guide leads to a file, and to a heading where it names one", async () => {
  const links = [...pages].flatMap(([page, text]) =>
    [...text.matchAll(/\]\(([^)\s]+)\)/g)].map(([, link]) => [page, link!] as const)
  );
  assert(links.length > 50);
  const relative = links.filter(([, link]) => !/^[a-z]+:/.test(link));
  const problems = await Promise.all(relative.map(([page, link]) => problemOf(page, link)));
  assertEquals(problems.filter((problem) => problem !== undefined), []);
});

Deno.test("every program of the guide is run by the gate, and asserts what it shows", async () => {
  const gate = await Deno.readTextFile(new URL("tests/gate/main.ts", ROOT));
  const documented = /^const documented = \[(.*)\];$/m.exec(gate)?.[1] ?? "";
  assert(documented.includes('"examples/guide/"'), 'tests/gate/main.ts does not run the snippets of "examples/guide/"');
  const programs = [...pages].flatMap(([page, text]) =>
    [...text.matchAll(/^```([a-z]+.*)\n([^]*?)^```$/gm)].map(([, info, code]) => ({ page, info: info!, code: code! }))
  );
  assertEquals(programs.filter(({ info }) => !["ts", "ts ignore", "sh"].includes(info)), []);
  const running = programs.filter(({ info }) => info === "ts");
  assert(running.length >= 35, `${running.length} programs`);
  assert(programs.filter(({ info }) => info === "ts ignore").length <= IGNORED_MAX);
  for (const { page, code } of running) {
    assert(/from "@cinema\/cinema(?:\/\w+)?"/.test(code), `${page} has a program without the package:\n${code}`);
    assert(/\bassert\w*\(/.test(code), `${page} has a program that asserts nothing:\n${code}`);
  }
});

Deno.test("whoever comes from Cinema-rs finds every name that its README mentions, on the left side of a table", () => {
  const cells = firstCells(sectionOf("coming_from.md", "Cinema-rs"));
  const code = [...cells.matchAll(/`([^`]+)`/g)].map(([, text]) => text!);
  const missing = CINEMA_RS_NAMES.filter((name) => {
    const word = new RegExp(`(?<![\\w-])${name}(?![\\w-])`);
    return !code.some((text) => word.test(text));
  });
  assertEquals(missing, []);
});

Deno.test("whoever comes from Cinema-rs finds each of its features, principles and plans", () => {
  const cells = firstCells(sectionOf("coming_from.md", "Cinema-rs"));
  assertEquals(CINEMA_RS_WORDS.filter((words) => !cells.includes(words)), []);
});

Deno.test("the tables of events name every kind of event that there is", async () => {
  for (
    const [file, page, heading] of [
      ["cluster/events.ts", "operating.md", "Read the events"],
      ["src/events.ts", "local_actors.md", "See what happens"],
    ] as const
  ) {
    const source = await Deno.readTextFile(new URL(file, ROOT));
    const kinds = new Set([...source.matchAll(/readonly kind: "([a-z-]+)"/g)].map(([, kind]) => kind!));
    if (page === "operating.md") { for (const status of ["up", "suspect", "down", "left"]) kinds.add(status); }
    assert(kinds.size >= 7, file);
    const cells = firstCells(sectionOf(page, heading));
    assertEquals([...kinds].filter((kind) => !cells.includes(`\`${kind}\``)), [], page);
  }
});

Deno.test("the table of reasons names every reason for which an actor ends", async () => {
  const source = await Deno.readTextFile(new URL("src/watch.ts", ROOT));
  const type = source.split("export type StopReason =")[1]!.split(";")[0]!;
  const reasons = [...type.matchAll(/"([a-z-]+)"/g)].map(([, reason]) => reason!);
  assert(reasons.length >= 8);
  const cells = firstCells(sectionOf("supervision.md", "Watch"));
  assertEquals(reasons.filter((reason) => !cells.includes(`"${reason}"`)), []);
});
