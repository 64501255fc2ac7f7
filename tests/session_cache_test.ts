import { ActorSystem, type Addr } from "@cinema/cinema";
import { ManualClock } from "@cinema/cinema/testing";
import { assertEquals } from "@std/assert";
import type { Session } from "../examples/session_cache/messages.ts";
import { Shard, type ShardMessage } from "../examples/session_cache/shard.ts";

function sessionOf(user: string): Session {
  return { user, cart: [] };
}
async function keysOf(shard: Addr<ShardMessage>): Promise<string[]> {
  const moving = await shard.send({ type: "release", leaves: () => true });
  return moving.map(({ key, ttlMs }) => `${key} ${ttlMs}`);
}

Deno.test("a session ends with its time, unless it is touched or put again", { permissions: "none" }, async () => {
  const clock = new ManualClock();
  await using system = new ActorSystem({ clock });
  const shard = system.spawn(() => new Shard(10));
  for (const key of ["ada", "bob", "cyd"]) {
    await shard.send({ type: "put", key, session: sessionOf(key), ttlMs: 1_000 });
  }
  await clock.advance(600);
  assertEquals(await shard.send({ type: "touch", key: "bob", ttlMs: 1_000 }), true);
  await shard.send({ type: "put", key: "cyd", session: sessionOf("new"), ttlMs: 2_000 });
  await clock.advance(600);
  assertEquals(await shard.send({ type: "get", key: "ada" }), null);
  assertEquals(await shard.send({ type: "touch", key: "ada", ttlMs: 1_000 }), false);
  assertEquals(await shard.send({ type: "get", key: "cyd" }), sessionOf("new"));
  assertEquals(await keysOf(shard), ["bob 400", "cyd 1400"]);
});

Deno.test("a full shard lets the session go that was used longest ago", { permissions: "none" }, async () => {
  await using system = new ActorSystem({ clock: new ManualClock() });
  const shard = system.spawn(() => new Shard(2));
  const put = (key: string) => shard.send({ type: "put", key, session: sessionOf(key), ttlMs: 1_000 });
  assertEquals([await put("ada"), await put("bob")], [null, null]);
  await shard.send({ type: "get", key: "ada" });
  assertEquals([await put("cyd"), await put("cyd")], ["bob", null]);
  assertEquals(await shard.send({ type: "get", key: "bob" }), null);
});

Deno.test("a session that is handed over does not take the place of a newer one", { permissions: "none" }, async () => {
  const clock = new ManualClock();
  await using system = new ActorSystem({ clock });
  const shard = system.spawn(() => new Shard(2));
  await shard.send({ type: "put", key: "ada", session: sessionOf("new"), ttlMs: 1_000 });
  const adopt = (key: string) => shard.send({ type: "adopt", key, session: sessionOf("old"), ttlMs: 500 });
  assertEquals([await adopt("ada"), await adopt("bob")], [false, true]);
  assertEquals(await shard.send({ type: "get", key: "ada" }), sessionOf("new"));
  assertEquals(await keysOf(shard), ["bob 500", "ada 1000"]);
});
