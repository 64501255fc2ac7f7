import { assert, assertEquals, assertMatch, assertRejects, assertThrows } from "@std/assert";
import { type Observer, observer, type ObserverState } from "../../../cluster/observer/mod.ts";
import type { ClusterNode } from "../../../cluster/mod.ts";
import { ActorSystem } from "../../../mod.ts";
import { runtimeOf } from "../../../src/system.ts";
import { Cluster } from "../../support/cluster_nodes.ts";
import { DeskProtocol } from "../../support/desk.ts";
import { act, boom, hang, Stage } from "../../support/scripted.ts";

const HERE = { remoteAddr: { transport: "tcp", hostname: "127.0.0.1" } };

/** Asks as a browser on this machine does. */
function get(page: Observer, path: string, init: RequestInit = {}): Promise<Response> {
  return page(new Request(`http://localhost${path}`, init), HERE);
}

async function stateOf(page: Observer): Promise<ObserverState> {
  return await (await get(page, "/state")).json();
}

/** The events of a stream: the name and the data of each, as they come. */
async function* eventsOf({ body }: Response): AsyncGenerator<[string, unknown]> {
  let text = "";
  for await (const chunk of body!.pipeThrough(new TextDecoderStream())) {
    const events = (text + chunk).split("\n\n");
    text = events.pop()!;
    for (const event of events) {
      const line = (name: string) => event.split("\n").find((line) => line.startsWith(name))!.slice(name.length);
      yield [line("event: "), JSON.parse(line("data: "))];
    }
  }
  assertEquals(text, "");
}

const systemOf = (data: unknown) => (data as ObserverState).system;

Deno.test("observer serves the page, what belongs to it, and its state, at any prefix", async () => {
  await using stage = new Stage();
  using page = observer(stage.system, { clock: stage.clock });
  for (const prefix of ["", "/admin/observer"]) {
    for (
      const [path, type] of [
        ["/", "text/html"],
        ["/index.html", "text/html"],
        ["/observer.css", "text/css"],
        ["/observer.js", "text/javascript"],
        ["/state", "application/json"],
      ]
    ) {
      const response = await get(page, `${prefix}${path}`);
      assertEquals([response.status, response.headers.get("content-type")], [200, `${type}; charset=utf-8`], path);
      assert((await response.text()).length >= 0);
    }
  }
});

Deno.test("observer adds a slash that is missing, and has nothing else", async () => {
  await using stage = new Stage();
  using page = observer(stage.system, { clock: stage.clock });
  const response = await get(page, "/admin/observer?a=b");
  assertEquals([response.status, response.headers.get("location")], [303, "./observer/"]);
  const none = ["/favicon.ico", "/..%2fetc%2fpasswd", "/state.json", "/%00", "/a.b.c", "/javascript:alert(1)"];
  for (const path of none) assertEquals((await get(page, path)).status, 404, path);
  for (const path of ["/toString", "/__proto__", "/constructor"]) {
    assertEquals((await get(page, path)).status, 303, path);
  }
});

Deno.test("observer lets a browser do nothing but show the page, and keep nothing", async () => {
  await using stage = new Stage();
  using page = observer(stage.system, { clock: stage.clock });
  const refused = await page(new Request("http://evil.example/"), HERE);
  for (const response of [await get(page, "/"), await get(page, "/state"), await get(page, "/a.b"), refused]) {
    const { headers } = response;
    assertMatch(headers.get("content-security-policy")!, /^default-src 'none'; .*frame-ancestors 'none'$/);
    assert(!headers.get("content-security-policy")!.includes("unsafe"));
    assertEquals(
      ["cache-control", "x-content-type-options", "referrer-policy"].map((name) => headers.get(name)),
      ["no-store", "nosniff", "no-referrer"],
    );
    await response.body?.cancel();
  }
});

Deno.test("observer answers GET and HEAD and nothing else", async () => {
  await using stage = new Stage();
  using page = observer(stage.system, { clock: stage.clock });
  for (const method of ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "PROPFIND"]) {
    const response = await get(page, "/state", { method });
    assertEquals([response.status, response.headers.get("allow")], [405, "GET, HEAD"], method);
  }
  for (const path of ["/", "/state", "/events", "/a.b"]) {
    const head = await get(page, path, { method: "HEAD" });
    const { status, headers, body } = await get(page, path);
    assertEquals([head.status, head.headers.get("content-type")], [status, headers.get("content-type")]);
    assertEquals(head.body, null, path);
    await body?.cancel();
  }
});

Deno.test("observer refuses a URL that is none or too long, and says nothing of the system to strangers", async () => {
  await using stage = new Stage();
  await stage.spawn("secret-name");
  using page = observer(stage.system, { clock: stage.clock, name: "secret-name", token: "0123456789abcdef" });
  assertEquals((await get(page, `/state?${"a".repeat(5_000)}`)).status, 414);
  assertEquals((await page({ method: "GET", url: "", headers: new Headers() } as Request, HERE)).status, 400);
  for (const path of ["/", "/state", "/events", "/observer.js", "/nothing.here"]) {
    const response = await get(page, path);
    assertEquals(response.status, 401, path);
    assert(!(await response.text()).includes("secret-name"));
  }
});

Deno.test("observer shows what went wrong since it was made, also while nobody looked", async () => {
  await using stage = new Stage();
  const addr = await stage.spawn("a");
  addr.trySend(act(boom));
  await stage.clock.settle();
  using page = observer(stage.system, { clock: stage.clock, name: "shop" });
  const other = await stage.spawn("b");
  other.trySend(act(() => {
    throw new TypeError("too bad");
  }));
  await stage.clock.settle();
  await other.doSend(act(hang));
  const { system, failures, deadLetters } = await stateOf(page);
  assertEquals([system.name, system.failures, system.deadLetters], ["shop", 1, 2]);
  assertEquals(failures.map(({ id, error }) => `${id} ${error}`), ["/b TypeError: too bad"]);
  assertEquals(deadLetters.map(({ id, type, reason }) => `${id} ${type} ${reason}`), ["/b do closed", "/b do failed"]);
  // It is not the observer who takes care of them.
  assertEquals(stage.unobserved.map(({ addr }) => addr.id), ["/a", "/b"]);
});

Deno.test("observer keeps a system neither from ending nor alive, and shows afterwards how it was", async () => {
  const stage = new Stage();
  using page = observer(stage.system, { clock: stage.clock });
  (await stage.spawn("a")).trySend(act(boom));
  await stage.clock.settle();
  await stage.spawn("b");
  const events = eventsOf(await get(page, "/events"));
  const first = (await events.next()).value!;
  assertEquals([first[0], systemOf(first[1]).actors], ["state", 1]);
  await stage.system.shutdown();
  const rest = await Array.fromAsync(events);
  assertEquals(rest.map(([name]) => name), ["state", "end"]);
  assertEquals([systemOf(rest[0]![1]).actors, rest[1]![1]], [0, { reason: "system" }]);
  // Whoever comes later, too, is told that it is over.
  const late = await Array.fromAsync(eventsOf(await get(page, "/events")));
  assertEquals(late.map(([name]) => name), ["state", "end"]);
  assertEquals(late[1]![1], { reason: "system" });
  const { system, failures } = await stateOf(page);
  assertEquals([system.actors, failures.length, (await get(page, "/")).status], [0, 1, 200]);
});

Deno.test("observer of a system that has ended shows that", async () => {
  const system = new ActorSystem();
  await system.shutdown();
  using page = observer(system);
  const events = await Array.fromAsync(eventsOf(await get(page, "/events")));
  assertEquals(events.map(([name]) => name), ["state", "end"]);
});

Deno.test("a disposed observer ends its streams and hears nothing any more", async () => {
  await using stage = new Stage();
  const page = observer(stage.system, { clock: stage.clock });
  const events = eventsOf(await get(page, "/events"));
  await events.next();
  page[Symbol.dispose]();
  page[Symbol.dispose]();
  const rest = await Array.fromAsync(events);
  assertEquals([rest.map(([name]) => name), rest.at(-1)![1]], [["state", "end"], { reason: "observer" }]);
  for (const path of ["/", "/state", "/events"]) assertEquals((await get(page, path)).status, 503);
  assert(stage.clock.now() === 0);
  await stage.clock.advance(10_000);
});

Deno.test("a disposed observer gives up what it had of the system and of the node", async () => {
  await using stage = new Stage();
  let isRead = true;
  const events = new ReadableStream({
    cancel: () => {
      isRead = false;
      throw new Error("a stream that does not even end well");
    },
  });
  const cluster = { id: "a", clusterName: "shop", members: [], actors: [], events } as unknown as ClusterNode;
  const page = observer(stage.system, { clock: stage.clock, cluster });
  const runtime = runtimeOf(stage.system);
  assertEquals([isRead, runtime.events.isTroubleHeard, runtime.events.isObserved], [true, true, false]);
  page[Symbol.dispose]();
  assertEquals([isRead, runtime.events.isTroubleHeard], [false, false]);
});

Deno.test("observer shows one state to all: those who ask for it do not disturb the figures of those who look on", async () => {
  await using stage = new Stage();
  using page = observer(stage.system, { clock: stage.clock });
  const addr = await stage.spawn("a");
  const events = eventsOf(await get(page, "/events"));
  await events.next();
  for (let n = 0; n < 4; n++) await addr.send(act(() => n));
  await stage.clock.advance(900);
  assertEquals((await stateOf(page)).system.handledPerSecond, 0);
  const next = events.next();
  await stage.clock.advance(100);
  assertEquals(systemOf((await next).value![1]).handledPerSecond, 4);
  assertEquals((await stateOf(page)).system.handledPerSecond, 4);
  await events.return(undefined);
});

Deno.test("observer has 32 streams at a time, and says when to come again", async () => {
  await using stage = new Stage();
  using page = observer(stage.system, { clock: stage.clock });
  const streams = await Promise.all(Array.from({ length: 32 }, () => get(page, "/events")));
  const more = await get(page, "/events");
  assertEquals([more.status, more.headers.get("retry-after")], [503, "10"]);
  assertEquals((await get(page, "/events", { method: "HEAD" })).status, 200);
  await streams[7]!.body!.cancel();
  const again = await get(page, "/events");
  assertEquals(again.status, 200);
});

Deno.test("observer shows the cluster, and messages to other nodes that were lost, until the node leaves and after", async () => {
  await using cluster = new Cluster();
  const [a, b] = await cluster.start("a", "b");
  using page = observer(cluster.system, { cluster: a!, clock: cluster.clock });
  b!.register("desk", cluster.desk(), DeskProtocol);
  await cluster.known(a!, "desk");
  await cluster.at(a!, "nobody").doSend({ type: "note", n: 1 });
  await cluster.clock.advance(1_000);
  const state = await stateOf(page);
  assertEquals([state.system.name, state.cluster?.self, state.system.deadLetters], ["a", "a", 1]);
  assertEquals(state.deadLetters.map(({ type, reason }) => `${type} ${reason}`), ["note not-delivered"]);
  assertMatch(state.deadLetters[0]!.id, /nobody/);
  assertEquals(state.cluster?.members.map(({ id, status, since }) => [id, status, since]), [
    ["a", "up", null],
    ["b", "up", null],
  ]);
  assertEquals(state.cluster?.directory, [{ name: "desk", node: "b", actorType: "actor" }]);
  await cluster.run(b!.leave());
  await cluster.clock.advance(1_000);
  const left = (await stateOf(page)).cluster?.members[1];
  assertEquals([left?.status, typeof left?.since], ["left", "number"]);
  await cluster.run(a!.leave());
  await cluster.clock.advance(1_000);
  assertEquals((await stateOf(page)).cluster?.members[0]?.status, "left");
});

Deno.test("observer refuses a token that is too short, and what is no system", () => {
  const system = new ActorSystem();
  assertThrows(() => observer(system, { token: "short" }), RangeError, "Cannot use a token of 5 characters");
  assertThrows(() => observer({} as ActorSystem), TypeError);
});

Deno.test("observer is a handler for Deno.serve, with streams that end with their reader", async () => {
  await using system = new ActorSystem();
  const page = observer(system);
  await using server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, page);
  using _streams = page;
  const base = `http://127.0.0.1:${server.addr.port}`;
  assertEquals((await (await fetch(`${base}/state`)).json() as ObserverState).system.actors, 0);
  assertMatch(await (await fetch(base)).text(), /^<!doctype html>/i);
  const gone = new AbortController();
  const streams = await Promise.all(
    Array.from({ length: 32 }, () => fetch(`${base}/events`, { signal: gone.signal })),
  );
  for (const stream of streams) assertEquals(stream.status, 200);
  const more = await fetch(`${base}/events`);
  assertEquals([more.status, await more.text()], [503, "Too many look at once\n"]);
  gone.abort();
  for (const { body } of streams) await assertRejects(() => body!.getReader().closed);
  // Their places are free as soon as the server has seen that they are gone.
  let next = await fetch(`${base}/events`);
  for (; next.status === 503; next = await fetch(`${base}/events`)) await next.body?.cancel();
  const events = eventsOf(next);
  assertEquals((await events.next()).value![0], "state");
  await events.return(undefined);
});

Deno.test("observer refuses another name for this machine over a real connection, and lives with a broken one", async () => {
  await using system = new ActorSystem();
  const page = observer(system);
  await using server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, page);
  using _streams = page;
  const statusOf = async (lines: readonly string[]) => {
    using connection = await Deno.connect({ hostname: "127.0.0.1", port: server.addr.port });
    await connection.write(new TextEncoder().encode(`${lines.join("\r\n")}\r\nConnection: close\r\n\r\n`));
    const text = await new Response(connection.readable).text();
    return text.split(" ")[1];
  };
  assertEquals(await statusOf(["GET /state HTTP/1.1", `Host: 127.0.0.1:${server.addr.port}`]), "200");
  assertEquals(await statusOf(["GET /state HTTP/1.1", "Host: evil.example"]), "403");
  assertEquals(await statusOf(["GET http://evil.example/state HTTP/1.1", "Host: localhost"]), "403");
  assertEquals(await statusOf(["GET /../../etc/passwd HTTP/1.1", "Host: localhost"]), "303");
  assertEquals(await statusOf([`GET /state?${"a".repeat(20_000)} HTTP/1.1`, "Host: localhost"]), "414");
  assertEquals(await statusOf(["GET /state HTTP/1.1", "Host: localhost", "Sec-Fetch-Site: cross-site"]), "403");
  // A host that is none.
  assertMatch((await statusOf(["GET /state HTTP/1.1", "Host: a b"]))!, /^40[03]$/);
});
