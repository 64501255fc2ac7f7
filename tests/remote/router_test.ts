import { assertEquals, assertLess, assertRejects, assertStringIncludes, assertThrows } from "@std/assert";
import { ActorFailedError, ActorSystem, Rejection } from "../../mod.ts";
import { LocalNode, MessageRouter } from "../../remote/mod.ts";
import { CodecTable } from "../../remote/protocol.ts";
import { routesOf } from "../../remote/router.ts";
import { Routes } from "../../remote/routes.ts";
import { Desk, DeskProtocol, Gates, Office, untyped } from "../support/desk.ts";

Deno.test("MessageRouter finds an actor by its name and the name of the message", async () => {
  await using system = new ActorSystem();
  const node = new LocalNode("n");
  const [one, two] = ["one", "two"].map(() => system.spawn(() => new Desk([], new Gates())));
  const router = new MessageRouter()
    .route(DeskProtocol, node.handler(one!, { name: "one" }))
    .route(DeskProtocol, node.handler(two!, { name: "two" }));
  const routes = routesOf(router);
  const found = routes.find("two", "desk.Echo");
  assertEquals(typeof found === "object" && Object.is(found.ref, two), true);
  assertEquals([routes.find("three", "desk.Echo"), routes.find("one", "desk.Nonsense"), routes.find("one", "echo")], [
    "no-such-actor",
    "no-such-message",
    "no-such-message",
  ]);
  assertEquals(routes.node, "n");
});

Deno.test("what a Cinema-rs peer sends is for the actor that it names, else for the only one that takes it, else for nobody", () => {
  const routes = new Routes();
  const desk = [...CodecTable.of(DeskProtocol).values()];
  const echo = desk.filter(({ name }) => name === "desk.Echo");
  routes.add("one", untyped({ name: "one" }), desk);
  const sends = (target: string, messageType: string) => {
    const found = routes.findForCompat(target, messageType);
    return typeof found === "string" ? found : (found.ref as unknown as { name: string }).name;
  };
  for (const name of ["one", "somebody", ""]) assertEquals(sends(name, "desk.Echo"), "one");
  assertEquals([sends("one", "desk.Nonsense"), sends("two", "desk.Nonsense")], ["no-such-message", "no-such-actor"]);
  routes.add("two", untyped({ name: "two" }), echo);
  assertEquals([sends("one", "desk.Echo"), sends("two", "desk.Echo")], ["one", "two"]);
  assertEquals([sends("somebody", "desk.Echo"), sends("", "desk.Echo")], ["no-such-actor", "no-such-actor"]);
  // That it has a name of its own does not make it one that takes this.
  assertEquals(sends("two", "desk.Wait"), "one");
  routes.remove("one");
  assertEquals([sends("one", "desk.Echo"), sends("two", "desk.Wait")], ["two", "no-such-message"]);
});

Deno.test("MessageRouter routes all messages of a protocol or none", async () => {
  await using system = new ActorSystem();
  const desk = system.spawn(() => new Desk([], new Gates()));
  const router = new MessageRouter().route(DeskProtocol, new LocalNode("n").handler(desk, { name: "desk" }));
  const again = () => router.route(DeskProtocol, new LocalNode("n").handler(desk, { name: "desk" }));
  assertThrows(again, TypeError, 'Cannot route "desk.Echo" to "desk" twice');
  const elsewhere = () => router.route(DeskProtocol, new LocalNode("m").handler(desk, { name: "other" }));
  assertThrows(elsewhere, TypeError, "of the node m");
  assertEquals(routesOf(router).find("other", "desk.Echo"), "no-such-actor");
  const noProtocol = () => router.route<never>(untyped({}), untyped({ name: "x", node: "n" }));
  assertThrows(noProtocol, TypeError, "protocol()");
  const noHandler = () => router.route(DeskProtocol, untyped({ name: "x", node: "n" }));
  assertThrows(noHandler, TypeError, "LocalNode.handler()");
});

Deno.test("LocalNode refuses names with half a character: in UTF-8 they would all be one", () => {
  for (const name of ["\ud83d", "a\udc00b"]) {
    assertThrows(() => new LocalNode(name), TypeError, "whole characters");
    assertThrows(() => new LocalNode("n").handler(untyped({}), { name }), TypeError, "whole characters");
  }
  assertEquals(new LocalNode("\ud83d\ude00").id, "\u{1f600}");
});

Deno.test("the routes of twenty thousand actors that take the same messages go one by one in no time", () => {
  const routes = new Routes();
  const table = [...CodecTable.of(DeskProtocol).values()];
  const names = Array.from({ length: 20_000 }, (_, n) => `desk-${n}`);
  for (const name of names) routes.add(name, untyped({ name }), table);
  assertEquals(routes.findForCompat("", "desk.Echo"), "no-such-actor");
  const startedAt = performance.now();
  for (const name of names.slice(1)) routes.remove(name);
  // Some ten milliseconds. Where each looked at all the others, it took ten seconds, in which nothing else ran.
  assertLess(performance.now() - startedAt, 2_000);
  assertEquals(routes.refOf("desk-1"), undefined);
  assertEquals(routes.findForCompat("", "desk.Echo"), routes.find("desk-0", "desk.Echo"));
  routes.remove("desk-0");
  assertEquals(routes.findForCompat("", "desk.Echo"), "no-such-actor");
});

Deno.test("LocalNode refuses names that are empty or endless", () => {
  for (const name of ["", "x".repeat(256)]) {
    assertThrows(() => new LocalNode(name), TypeError, "Cannot name a node");
    assertThrows(() => new LocalNode("n").handler(untyped({}), { name }), TypeError, "Cannot name an actor");
  }
  assertEquals(new LocalNode("n".repeat(255)).id.length, 255);
});

Deno.test("defaultRoute() takes what no route takes, as bytes, and what it throws the asker is told", async () => {
  await using office = await Office.open();
  const seen: string[] = [];
  office.router.defaultRoute(({ target, messageType, payload, isAsk, node }) => {
    const text = new TextDecoder().decode(payload);
    seen.push(`${node.slice(0, 6)} ${target} ${messageType} ${isAsk}`);
    if (text.includes("reject")) throw new Rejection("not today", 7);
    if (text.includes("fail")) throw new RangeError("odd");
    return new TextEncoder().encode('"default"');
  });
  const nobody = (await office.connect()).remoteAddr("nobody", DeskProtocol);
  assertEquals(await nobody.send({ type: "echo", text: "hi" }), "default");
  assertEquals(await nobody.doSend({ type: "note", n: 1 }), "sent");
  assertEquals(
    (await assertRejects(() => nobody.send({ type: "echo", text: "reject" }), Rejection<unknown>)).detail,
    7,
  );
  const failed = await assertRejects(() => nobody.send({ type: "echo", text: "fail" }), ActorFailedError);
  assertStringIncludes(failed.message, "odd");
  assertEquals(seen.slice(0, 2), ["client nobody desk.Echo true", "client nobody desk.Note false"]);
});
