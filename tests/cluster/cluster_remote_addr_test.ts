import { assert, assertEquals, assertInstanceOf, assertRejects, assertStrictEquals, assertThrows } from "@std/assert";
import {
  type ClusterHome,
  type ClusterRemoteAddr,
  FollowingAddr,
  type Whereabouts,
} from "../../cluster/cluster_remote_addr.ts";
import { type ClusterEvent, NoActorError } from "../../cluster/mod.ts";
import { Actor, ActorSystem, type AnyMessage, MessageRefusedError } from "../../mod.ts";
import { NoRouteError, type Protocol, type RemoteClient } from "../../remote/mod.ts";
import { CodecTable } from "../../remote/spi.ts";
import { watchableOf } from "../../src/internal/watchable.ts";
import { Desk, type DeskMessage, DeskProtocol, Gates, untyped } from "../support/desk.ts";

/** A home whose names lead where the test says. */
class House implements ClusterHome {
  readonly clusterName = "test";
  readonly hasLeft: boolean = false;
  readonly events: ClusterEvent[] = [];
  readonly watched = { watch: () => ({ cancel: () => {} }) };
  readonly asked: string[] = [];
  found: (Whereabouts & { readonly node: string }) | undefined;

  locate(name: string, key: string): Whereabouts | undefined {
    this.asked.push(`${name} ${key}`);
    return this.found;
  }

  nodeOf(): string | undefined {
    return this.found?.node;
  }

  watchable() {
    return this.watched;
  }

  emit: (event: ClusterEvent) => void = (event) => this.events.push(event);

  /** The address of "desk". */
  desk(): ClusterRemoteAddr<DeskMessage> {
    const protocol = DeskProtocol as unknown as Protocol<AnyMessage>;
    return new FollowingAddr(this, "desk", "key", protocol) as unknown as ClusterRemoteAddr<DeskMessage>;
  }

  /** From now on the name leads to an actor of this node. */
  leadTo(ref: unknown, types: readonly string[] = ["desk.Echo", "desk.Note", "desk.Wait"]): void {
    const codecs = new Map([...CodecTable.of(DeskProtocol).values()].map((one) => [one.name, one]));
    const route = (messageType: string) =>
      types.includes(messageType) ? { ref, codecs: codecs.get(messageType)! } : "no-such-message";
    this.found = { node: "a", route } as House["found"];
  }
}

Deno.test("an actor of this node gets the very message, and its own results and errors come back", async () => {
  await using system = new ActorSystem();
  const house = new House();
  const got: unknown[] = [];
  class Keeper extends Actor<DeskMessage> {
    echo(message: DeskMessage & { type: "echo" }): string {
      got.push(message);
      return message.text;
    }
    note(): void {}
    wait(): string {
      return "";
    }
    fail(): string {
      throw new Error("broken");
    }
  }
  house.leadTo(system.spawn(() => new Keeper()));
  const desk = house.desk();
  const message = { type: "echo", text: "hello" } as const;
  assertEquals([await desk.send(message), await desk.call(message)], ["hello", "hello"]);
  assertStrictEquals(got[0], message);
  assertEquals([await desk.doSend(message), desk.trySend(message)], ["sent", "sent"]);
  assertEquals([desk.node, desk.id, String(desk), desk.name], ["a", "desk@test", "desk@test", "desk"]);
  assertEquals(Deno.inspect(desk), "ClusterRemoteAddr(desk@test)");
  assertEquals([new Set(house.asked), house.events], [new Set(["desk key"]), []]);
});

Deno.test("a name that nobody has is an error of its own, not delivered; a tell is a dead letter, a try is not", async () => {
  const house = new House();
  const desk = house.desk();
  const message = { type: "note", n: 1 } as const;
  const error = await assertRejects(
    () => desk.send(message),
    NoActorError,
    'no node of the cluster has an actor "desk"',
  );
  assertEquals([error.outcome, error.target, error.messageType], ["not-delivered", "desk@test", "note"]);
  assertEquals([desk.trySend(message), house.events.length, desk.node], ["closed", 0, undefined]);
  assertEquals(await desk.doSend(message), "closed");
  const [event] = house.events;
  assert(event?.kind === "dead-letter");
  assertStrictEquals<unknown>(event.message, message);
  assertInstanceOf(event.error, NoActorError);
  assertEquals([event.target, event.outcome], ["desk@test", "not-delivered"]);
});

Deno.test("a name of this node that its router does not route is told from one that nobody has", async () => {
  await using system = new ActorSystem();
  const house = new House();
  house.leadTo(system.spawn(() => new Desk([], new Gates())), ["desk.Note"]);
  const desk = house.desk();
  await assertRejects(() => desk.send({ type: "echo", text: "" }), NoRouteError, "has no route for the message");
  assertEquals(await desk.doSend({ type: "echo", text: "" }), "closed");
  assertEquals(desk.trySend({ type: "note", n: 1 }), "sent");
});

Deno.test("what is no message of the protocol is refused, wherever the actor lives, and nothing is thrown at the sender", async () => {
  await using system = new ActorSystem();
  const house = new House();
  house.leadTo(system.spawn(() => new Desk([], new Gates())));
  const desk = house.desk();
  const throws = {
    get type(): string {
      throw new Error("hostile");
    },
  };
  for (const wrong of [{ type: "other" }, { type: "toString" }, {}, throws, null, undefined, 7]) {
    const message = untyped(wrong as object);
    await assertRejects(() => desk.send(message), MessageRefusedError);
    assertEquals([desk.trySend(message), await desk.doSend(message)], ["refused", "refused"]);
  }
  assertEquals(house.events.length, 7);
  assertThrows(() => desk.doSend({ type: "note", n: 1 }, { timeout: -1 }), RangeError);
});

Deno.test("each message goes where the name leads at that moment, and an address is made once for each connection", async () => {
  const house = new House();
  const made: string[] = [];
  const client = (node: string) => ({
    remoteAddr: (name: string) => {
      made.push(`${name} on ${node}`);
      return { send: () => Promise.resolve(node), doSend: () => Promise.resolve("sent"), trySend: () => "full" };
    },
  } as unknown as RemoteClient);
  const desk = house.desk();
  const ask = () => desk.send({ type: "echo", text: "" });
  house.found = { node: "b", client: client("b") };
  assertEquals([await ask(), await ask(), desk.node, desk.trySend({ type: "note", n: 1 })], ["b", "b", "b", "full"]);
  house.found = { node: "c", client: client("c") };
  assertEquals([await ask(), made], ["c", ["desk on b", "desk on c"]]);
  house.found = undefined;
  await assertRejects(ask, NoActorError);
});

Deno.test("writable() sends each chunk, and errors when nobody has the name any more", async () => {
  await using system = new ActorSystem();
  const house = new House();
  const notes: number[] = [];
  const keeper = system.spawn(() => new Desk(notes, new Gates()));
  house.leadTo(keeper);
  const writer = house.desk().writable().getWriter();
  for (let n = 0; n < 3; n++) await writer.write({ type: "note", n });
  await keeper.send({ type: "echo", text: "" });
  assertEquals(notes, [0, 1, 2]);
  house.found = undefined;
  await assertRejects(() => writer.write({ type: "note", n: 3 }), Error, "there is no connection");
  await assertRejects(() => writer.closed);
});

Deno.test("an address says how its actor is watched", () => {
  const house = new House();
  assertStrictEquals<unknown>(watchableOf(house.desk()), house.watched);
});
