import { assert, assertEquals, assertNotStrictEquals, assertStrictEquals } from "@std/assert";
import { ActorWatches } from "../../cluster/actor_watches.ts";
import type { Location } from "../../cluster/directory/entry.ts";
import type { StopReason } from "../../mod.ts";
import { systemClock } from "../../src/spi.ts";
import { locationOf } from "../support/cluster_records.ts";

const permissions = "none";

/** Watches over a directory that the test writes. */
function stage() {
  const hosts: Location[] = [];
  const watches = new ActorWatches({
    lookup: (name) => hosts.find((host) => host.name === name),
    hosts: (name) => hosts.filter((host) => host.name === name),
  });
  const heard: string[] = [];
  const watch = (name = "bank", key = "k", label = name) =>
    watches.watchable(name, key).watch((reason: StopReason) => heard.push(`${label} ${reason}`));
  const remove = (location: Location, reason: string) => {
    hosts.splice(hosts.indexOf(location), 1);
    watches.gone(location, reason);
  };
  return { hosts, watches, heard, watch, remove };
}

Deno.test({
  name: "a watch ends once, with the reason that the node gave, and an unknown reason is a plain stop",
  permissions,
  fn() {
    for (
      const [reason, told] of [["failed", "failed"], ["node-down", "node-down"], ["of a later version", "stopped"]]
    ) {
      const { hosts, heard, watch, remove } = stage();
      const bank = locationOf();
      hosts.push(bank, locationOf({ name: "other" }));
      watch();
      watch("other");
      remove(bank, reason!);
      assertEquals(heard, [`bank ${told}`]);
      hosts.push(bank);
      remove(bank, "stopped");
      assertEquals(heard.length, 1);
    }
  },
});

Deno.test({
  name: "a watch is on the actor that has the name, not on another start of its node, nor on who has the name later",
  permissions,
  fn() {
    const { hosts, watches, heard, watch, remove } = stage();
    const bank = locationOf({ uid: 5, entryUid: 7 });
    hosts.push(bank);
    watch();
    watches.gone(locationOf({ uid: 4, entryUid: 7 }), "node-down");
    watches.gone(locationOf({ uid: 5, entryUid: 6 }), "stopped");
    watches.gone(locationOf({ node: "node-2", uid: 5, entryUid: 7 }), "node-down");
    assertEquals(heard, []);
    remove(bank, "failed");
    const later = locationOf({ uid: 5, entryUid: 8 });
    hosts.push(later);
    remove(later, "stopped");
    assertEquals(heard, ["bank failed"]);
  },
});

Deno.test({
  name: "an actor of which only the description has changed has not ended",
  permissions,
  fn() {
    const { hosts, watches, heard, watch, remove } = stage();
    const [before, after] = [locationOf(), locationOf({ actorType: "Better" })];
    hosts.push(before);
    watch();
    hosts.splice(0, 1, after);
    watches.gone(before, "");
    assertEquals(heard, []);
    remove(after, "stopped");
    assertEquals(heard, ["bank stopped"]);
  },
});

Deno.test({
  name: "an actor that another has replaced under its name in one step has ended, and so has one of an earlier start",
  permissions,
  fn() {
    for (const change of [{ entryUid: 8 }, { uid: 6 }]) {
      const { hosts, watches, heard, watch } = stage();
      const before = locationOf({ uid: 5, entryUid: 7 });
      hosts.push(before);
      watch();
      hosts.splice(0, 1, { ...before, ...change });
      watches.gone(before, "");
      assertEquals(heard, ["bank stopped"]);
    }
  },
});

Deno.test({
  name: "a name that nobody has is told of soon, not within the call, and not to whoever has lost interest",
  permissions,
  async fn() {
    const { heard, watch } = stage();
    watch("nobody");
    watch("nobody either").cancel();
    assertEquals(heard, []);
    await undefined;
    assertEquals(heard, ["nobody stopped"]);
  },
});

Deno.test({
  name: "a watch that was taken back is told of nothing",
  permissions,
  fn() {
    const { hosts, heard, watch, remove } = stage();
    const bank = locationOf();
    hosts.push(bank);
    const first = watch("bank", "k", "first");
    watch("bank", "k", "second");
    first.cancel();
    first.cancel();
    remove(bank, "stopped");
    assertEquals(heard, ["second stopped"]);
  },
});

Deno.test({
  name: "with the node's own end all others are gone, for who watches and for who comes later",
  permissions,
  async fn() {
    const { hosts, watches, heard, watch } = stage();
    hosts.push(locationOf());
    watch("bank", "k", "early");
    watches.close();
    assertEquals(heard, ["early node-down"]);
    watch("bank", "k", "late");
    await undefined;
    assertEquals(heard, ["early node-down", "late node-down"]);
  },
});

Deno.test({
  name: "all addresses of one name and key share what is watched",
  permissions,
  fn() {
    const { watches } = stage();
    const one = watches.watchable("bank", "k");
    assertStrictEquals(watches.watchable("bank", "k"), one);
    assertNotStrictEquals(watches.watchable("bank", "l"), one);
    assertNotStrictEquals(watches.watchable("a", "b\0c"), watches.watchable("a\0b", "c"));
  },
});

Deno.test("what nobody watches or can watch any more is not kept", async () => {
  const { watches } = stage();
  for (let key = 0; key < 1_000; key++) watches.watchable("bank", `key ${key}`);
  const kept = watches.watchable("bank", "kept");
  assertEquals(watches.size, 1_001);
  // The collector comes when it wants: it is given work until it does.
  for (let round = 0; round < 200 && watches.size > 10; round++) {
    Array.from({ length: 100_000 }, (_, n) => ({ n }));
    await systemClock.yield();
  }
  assert(watches.size <= 10, `${watches.size} of 1,001 are still there`);
  assertStrictEquals(watches.watchable("bank", "kept"), kept);
});
