import { assertEquals, assertRejects } from "@std/assert";
import { NameWaiters } from "../../cluster/name_waiters.ts";
import { CountingSignal, watch } from "../support/signals.ts";

const permissions = "none";

Deno.test({
  name: "everybody who waits for a name gets it, and nobody who waits for another",
  permissions,
  async fn() {
    const waiters = new NameWaiters<number>();
    const [one, two] = [waiters.wait("a", undefined), waiters.wait("a", undefined)];
    const other = watch(waiters.wait("b", undefined));
    waiters.found("a", 1);
    assertEquals(await Promise.all([one, two]), [1, 1]);
    assertEquals(other.ended, "pending");
    // The first who found it got it: later news are for those who come later.
    const late = waiters.wait("a", undefined);
    waiters.found("a", 2);
    assertEquals(await late, 2);
    waiters.found("nobody waits", 3);
  },
});

Deno.test({
  name: "a wait ends with the reason of its signal, and leaves no listener behind",
  permissions,
  async fn() {
    const waiters = new NameWaiters<number>();
    const signal = new CountingSignal();
    const [aborted, other] = [waiters.wait("a", signal.signal), waiters.wait("a", undefined)];
    signal.abort(new Error("enough"));
    await assertRejects(() => aborted, Error, "enough");
    await assertRejects(() => waiters.wait("a", signal.signal), Error, "enough");
    waiters.found("a", 1);
    assertEquals([await other, signal.listeners], [1, 0]);
  },
});

Deno.test({
  name: "after a close nobody waits: neither who did, nor who comes later",
  permissions,
  async fn() {
    const waiters = new NameWaiters<number>();
    const signal = new CountingSignal();
    const waiting = waiters.wait("a", signal.signal);
    waiters.close(new Error("left"));
    await assertRejects(() => waiting, Error, "left");
    await assertRejects(() => waiters.wait("b", undefined), Error, "left");
    assertEquals(signal.listeners, 0);
  },
});
