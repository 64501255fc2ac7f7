import { assertEquals, assertRejects, assertStringIncludes, assertThrows } from "@std/assert";
import { ActorFailedError, ActorSystem, Rejection } from "../../mod.ts";
import { LocalNode, MessageRouter } from "../../remote/mod.ts";
import { routesOf } from "../../remote/router.ts";
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
  assertEquals([routes.node, routes.ambiguous()], ["n", "desk.Echo"]);
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
