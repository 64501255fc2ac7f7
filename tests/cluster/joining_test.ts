import { assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import type { ClusterEvent } from "../../cluster/events.ts";
import { Joining } from "../../cluster/joining.ts";
import { JOIN_RETRY_MAX_MS, OTHER_SEEDS_MS } from "../../cluster/limits.ts";
import { JoinError } from "../../cluster/mod.ts";
import { ConnectError, HandshakeError, type HandshakeErrorCode } from "../../remote/mod.ts";
import { ManualClock } from "../../src/testing/mod.ts";
import { CountingSignal, watch } from "../support/signals.ts";

const permissions = "none";

/** A join in virtual time; the test plays the seeds. */
function stage(seeds: readonly string[] = ["a", "b"]) {
  const clock = new ManualClock();
  const asked: string[] = [];
  const events: ClusterEvent[] = [];
  const ask = (addrs: readonly string[]) => asked.push(`${clock.now()}: ${addrs.join(" ")}`);
  const joining = new Joining({ seeds, clock, ask, emit: (event) => events.push(event) });
  return { clock, asked, events, joining };
}

function handshakeError(code: HandshakeErrorCode): ConnectError {
  return new ConnectError("Cannot connect", { cause: new HandshakeError(code, `it is the ${code}`) });
}

Deno.test({
  name:
    "all seeds are asked at once, then again after ever longer pauses, until one has answered and is caught up with",
  permissions,
  async fn() {
    const { clock, asked, events, joining } = stage();
    await clock.advance(1_500);
    assertEquals(asked.splice(0), ["0: a b", "200: a b", "600: a b", "1400: a b"]);
    await clock.advance(60_000);
    const [last, before] = asked.slice(-2).map((line) => Number(line.split(":")[0])).reverse();
    assertEquals(last! - before!, JOIN_RETRY_MAX_MS);
    joining.caughtUp();
    joining.synced("b");
    joining.synced("a");
    asked.length = 0;
    const state = watch(joining.finish());
    await clock.advance(60_000);
    assertEquals([state.ended, events, asked], ["pending", [], []]);
    joining.caughtUp();
    joining.caughtUp();
    await joining.finish();
    await clock.advance(60_000);
    assertEquals([events, asked], [[{ kind: "joined", seed: "b" }], []]);
  },
});

Deno.test({
  name:
    "a seed that cannot be reached is told of with the time until the next attempt; strangers and late failures are not",
  permissions,
  async fn() {
    const { clock, events, joining } = stage();
    const error = new Error("refused");
    joining.failed("a", error);
    await clock.advance(50);
    joining.failed("b", error);
    joining.failed("stranger", error);
    await clock.advance(200);
    joining.failed("a", error);
    assertEquals(
      events.map((event) => event.kind === "unreachable" ? [event.addr, event.error, event.retryInMs] : event),
      [["a", error, 200], ["b", error, 150], ["a", error, 350]],
    );
    joining.synced("b");
    joining.failed("a", error);
    assertEquals(events.length, 3);
    joining.caughtUp();
    joining.failed("a", error);
    assertEquals(events.slice(3), [{ kind: "joined", seed: "b" }]);
  },
});

Deno.test({
  name: "a seed that turns the node away ends the join, and nobody is asked any more",
  permissions,
  async fn() {
    const { clock, asked, joining } = stage();
    const done = joining.finish();
    joining.refused("stranger", "cluster", "no");
    joining.refused("a", "id-taken", "somebody has that id");
    joining.refused("b", "cluster", "too late");
    const error = await assertRejects(() => done, JoinError, "Cannot join by way of a: somebody has that id");
    assertEquals(error.code, "id-taken");
    asked.length = 0;
    await clock.advance(60_000);
    joining.synced("b");
    joining.caughtUp();
    assertEquals(asked, []);
  },
});

Deno.test({
  name:
    "a seed that turns the node away after another has answered is not heard; who gives up then still ends the join",
  permissions,
  async fn() {
    const { clock, asked, joining } = stage();
    joining.synced("b");
    joining.refused("a", "cluster", "no");
    joining.metSelf("a");
    const done = joining.finish();
    const state = watch(done);
    await clock.settle();
    assertEquals([state.ended, asked], ["pending", ["0: a b"]]);
    joining.giveUp(new Error("left"));
    await assertRejects(() => done, Error, "left");
    assertEquals(asked, ["0: a b", "0: "]);
  },
});

Deno.test({
  name: "a handshake that fails for its key or its version ends the join; for any other reason the seed is tried again",
  permissions,
  async fn() {
    for (const [code, told] of [["key", "key"], ["version", "cluster"]] as const) {
      const { joining } = stage();
      const cause = handshakeError(code);
      joining.failed("a", cause);
      const error = await assertRejects(() => joining.finish(), JoinError, `it is the ${code}`);
      assertEquals(error.code, told);
      assertStrictEquals(error.cause, cause);
    }
    const { clock, events, joining } = stage();
    for (const code of ["closing", "connections", "closed", "malformed", "epoch"] as const) {
      joining.failed("a", handshakeError(code));
    }
    joining.failed("a", undefined);
    const state = watch(joining.finish());
    await clock.settle();
    assertEquals([events.length, state.ended], [6, "pending"]);
  },
});

Deno.test({
  name: "a seed that is the node itself is asked no more, and with no other the node is the first one",
  permissions,
  async fn() {
    const { clock, asked, events, joining } = stage();
    joining.metSelf("stranger");
    joining.metSelf("a");
    await clock.advance(200);
    assertEquals(asked, ["0: a b", "0: b", "200: b"]);
    const state = watch(joining.finish());
    await clock.settle();
    assertEquals(state.ended, "pending");
    joining.metSelf("b");
    await clock.advance(60_000);
    assertEquals([state.ended, asked.slice(3), events], [undefined, ["200: "], []]);
    joining.metSelf("b");
  },
});

Deno.test({
  name: "finish ends with the reason of its signal or of who gives up, and leaves no listener behind",
  permissions,
  async fn() {
    const aborted = stage();
    const signal = new CountingSignal();
    const done = aborted.joining.finish(signal.signal);
    signal.abort(new Error("enough"));
    await assertRejects(() => done, Error, "enough");
    assertEquals([signal.listeners, aborted.asked], [0, ["0: a b", "0: "]]);
    const other = stage();
    const given = other.joining.finish(new AbortController().signal);
    other.joining.giveUp(new Error("left"));
    other.joining.giveUp(new Error("twice"));
    await assertRejects(() => given, Error, "left");
    await other.clock.runUntilIdle();
    assertEquals(other.asked, ["0: a b", "0: "]);
  },
});

Deno.test({
  name:
    "a join waits for the seeds that have not answered yet, and for what they know, but no longer than half a second",
  permissions,
  async fn() {
    // Nodes that start together find each other before one that runs has answered.
    const { clock, events, joining } = stage(["young", "old", "gone"]);
    const state = watch(joining.finish());
    joining.synced("young");
    joining.caughtUp();
    joining.failed("gone", new Error("refused"));
    await clock.advance(100);
    assertEquals([state.ended, events], ["pending", []]);
    joining.synced("old");
    await clock.advance(1_000);
    assertEquals([state.ended, events], ["pending", []]);
    joining.caughtUp();
    await clock.settle();
    assertEquals([state.ended, events], [undefined, [{ kind: "joined", seed: "young" }]]);

    const late = stage(["young", "unplugged"]);
    const waiting = watch(late.joining.finish());
    late.joining.synced("young");
    late.joining.caughtUp();
    await late.clock.advance(OTHER_SEEDS_MS - 1);
    assertEquals(waiting.ended, "pending");
    await late.clock.advance(1);
    assertEquals([waiting.ended, late.events], [undefined, [{ kind: "joined", seed: "young" }]]);
    await late.clock.runUntilIdle();
  },
});

Deno.test({
  name: "the last seed that is waited for ends a join, whether it refuses, fails or is the node itself",
  permissions,
  async fn() {
    for (const end of ["refused", "failed", "metSelf"] as const) {
      const { clock, joining } = stage();
      const state = watch(joining.finish());
      joining.synced("a");
      joining.caughtUp();
      await clock.settle();
      assertEquals(state.ended, "pending");
      if (end === "refused") joining.refused("b", "cluster", "no");
      else if (end === "failed") joining.failed("b", new Error("refused"));
      else joining.metSelf("b");
      await clock.settle();
      assertEquals(state.ended, undefined);
    }
  },
});
