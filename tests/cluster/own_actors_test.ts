import { assert, assertEquals, assertFalse, assertStrictEquals, assertThrows } from "@std/assert";
import { OwnActors } from "../../cluster/own_actors.ts";
import { ActorSystem, CinemaError } from "../../mod.ts";
import { LocalNode, MessageRouter, type Protocol } from "../../remote/mod.ts";
import type { AnyMessage } from "../../mod.ts";
import { Desk, type DeskMessage, DeskProtocol, Gates } from "../support/desk.ts";

const protocol = DeskProtocol as unknown as Protocol<AnyMessage>;

/** The actors of the node "a", in front of a directory that notes what it is told. */
function stage(system: ActorSystem, max = Infinity) {
  const names = new Map<string, string>();
  const log: string[] = [];
  const own = new OwnActors("a", {
    register: (name, actorType, isGroup) => {
      if (names.size >= max) throw new CinemaError("too many");
      names.set(name, actorType);
      log.push(`+${name} ${actorType}${isGroup ? " group" : ""}`);
    },
    unregister: (name, reason) => {
      log.push(`-${name} ${reason}`);
      return names.delete(name);
    },
  });
  const desk = () => system.spawn(() => new Desk([], new Gates()));
  const offer = (name: string, addr = desk()) => {
    own.offer(name, { addr: addr as never, protocol }, "Desk", false);
    return addr;
  };
  return { own, log, desk, offer };
}

Deno.test("an actor that is offered is routed and announced, until it ends: then it is neither, for its reason", async () => {
  await using system = new ActorSystem({ onUnobservedFailure: () => {} });
  const { own, log, offer } = stage(system);
  const [one, two] = [offer("one"), offer("two")];
  const route = own.find("one", "desk.Echo");
  assert(typeof route !== "string");
  assertStrictEquals<unknown>(route.ref, one);
  await system.stop(one);
  two.trySend({ type: "fail", how: "throw" });
  await two.closed;
  await undefined;
  assertEquals(log, ["+one Desk", "+two Desk", "-one stopped", "-two failed"]);
  assertEquals([own.find("one", "desk.Echo"), own.find("two", "desk.Echo")], ["no-such-actor", "no-such-actor"]);
});

Deno.test("withdraw takes a name away before its actor ends, and its end then tells nothing more", async () => {
  await using system = new ActorSystem();
  const { own, log, offer } = stage(system);
  const first = offer("desk");
  assertEquals(own.withdraw("desk", "stopped"), true);
  assertEquals(own.withdraw("desk", "stopped"), false);
  const second = offer("desk");
  await system.stop(first);
  const route = own.find("desk", "desk.Echo");
  assert(typeof route !== "string");
  assertStrictEquals<unknown>(route.ref, second);
  assertEquals(log, ["+desk Desk", "-desk stopped", "-desk stopped", "+desk Desk"]);
});

Deno.test("a name is offered once, whatever messages each of both would take", async () => {
  await using system = new ActorSystem();
  const { own, log, desk, offer } = stage(system);
  offer("desk");
  assertThrows(() => offer("desk"), TypeError, 'Cannot register "desk"');
  const other = { addr: desk() as never, protocol: { ...protocol } };
  assertThrows(() => own.offer("desk", other, "Desk", false), TypeError);
  assertEquals(log, ["+desk Desk"]);
});

Deno.test("an offer that the directory refuses leaves no route behind", async () => {
  await using system = new ActorSystem();
  const { own, offer } = stage(system, 1);
  offer("one");
  assertThrows(() => offer("two"), CinemaError, "too many");
  assertEquals(own.find("two", "desk.Echo"), "no-such-actor");
});

Deno.test("useRouter takes the router of the user, and routes there what was offered and what will be", async () => {
  await using system = new ActorSystem();
  const { own, offer, desk } = stage(system);
  offer("before");
  const router = new MessageRouter().route(DeskProtocol, new LocalNode("a").handler(desk(), { name: "routed" }));
  own.useRouter(router);
  // A start of the server that failed is tried again with the same.
  own.useRouter(router);
  offer("after");
  assertStrictEquals(own.router, router);
  for (const name of ["routed", "before", "after"]) assertFalse(typeof own.find(name, "desk.Echo") === "string", name);
  assertThrows(() => offer("routed"), TypeError, "routes to an actor of that name already");
});

Deno.test("useRouter refuses the routes of another node, and those of a name that was offered; nothing changes then", async () => {
  await using system = new ActorSystem();
  const { own, offer, desk } = stage(system);
  offer("desk");
  const { router } = own;
  const route = (node: string, name: string) =>
    new MessageRouter().route(DeskProtocol, new LocalNode(node).handler<DeskMessage>(desk(), { name }));
  assertThrows(() => own.useRouter(route("b", "other")), TypeError, 'this is the node "a"');
  assertThrows(() => own.useRouter(route("a", "desk")), TypeError, 'Cannot register "desk"');
  assertStrictEquals(own.router, router);
  assertFalse(typeof own.find("desk", "desk.Echo") === "string");
});

Deno.test("announce tells of an actor that somebody else routes", async () => {
  await using system = new ActorSystem();
  const { own, log } = stage(system);
  own.announce("store", "Store", true);
  assertEquals([own.withdraw("store", "stopped"), log], [true, ["+store Store group", "-store stopped"]]);
});
