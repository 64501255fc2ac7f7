import { assertEquals, assertRejects } from "@std/assert";
import { NameWaiters } from "../../cluster/name_waiters.ts";
import { CountingSignal, watch } from "../support/signals.ts";

const permissions = "none";

const ONE = () => 1;

Deno.test({
  name: "everybody who waits for a name gets it, and nobody who waits for another",
  permissions,
  async fn() {
    const waiters = new NameWaiters<number>();
    const [one, two] = [waiters.wait("a", 1, undefined), waiters.wait("a", 1, undefined)];
    const other = watch(waiters.wait("b", 1, undefined));
    waiters.found("a", 1, ONE);
    assertEquals(await Promise.all([one, two]), [1, 1]);
    assertEquals(other.ended, "pending");
    // The first who found it got it: later news are for those who come later.
    const late = waiters.wait("a", 1, undefined);
    waiters.found("a", 2, ONE);
    assertEquals(await late, 2);
    waiters.found("nobody waits", 3, ONE);
  },
});

Deno.test({
  name: "who waits for several gets the name when there are so many or more, and nobody is counted where nobody waits",
  permissions,
  async fn() {
    const waiters = new NameWaiters<string>();
    const [two, three] = [waiters.wait("a", 2, undefined), waiters.wait("a", 3, undefined)];
    const state = watch(two);
    waiters.found("a", "first", ONE);
    await Promise.resolve();
    assertEquals(state.ended, "pending");
    waiters.found("a", "third", () => 3);
    assertEquals(await Promise.all([two, three]), ["third", "third"]);
    waiters.found("a", "fourth", () => {
      throw new Error("nobody waits");
    });
  },
});

Deno.test({
  name: "a wait ends with the reason of its signal, and leaves no listener behind",
  permissions,
  async fn() {
    const waiters = new NameWaiters<number>();
    const signal = new CountingSignal();
    const [aborted, other] = [waiters.wait("a", 1, signal.signal), waiters.wait("a", 1, undefined)];
    signal.abort(new Error("enough"));
    await assertRejects(() => aborted, Error, "enough");
    await assertRejects(() => waiters.wait("a", 1, signal.signal), Error, "enough");
    waiters.found("a", 1, ONE);
    assertEquals([await other, signal.listeners], [1, 0]);
  },
});

Deno.test({
  name: "after a close nobody waits: neither who did, nor who comes later",
  permissions,
  async fn() {
    const waiters = new NameWaiters<number>();
    const signal = new CountingSignal();
    const waiting = waiters.wait("a", 1, signal.signal);
    waiters.close(new Error("left"));
    await assertRejects(() => waiting, Error, "left");
    await assertRejects(() => waiters.wait("b", 1, undefined), Error, "left");
    assertEquals(signal.listeners, 0);
  },
});
