import { assert, assertAlmostEquals, assertEquals, assertLess } from "@std/assert";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { DEAD_LETTERS_MAX, FAILED_ACTORS_MAX, FAILURES_MAX } from "../../../cluster/observer/limits.ts";
import { Troubles } from "../../../cluster/observer/troubles.ts";
import type { AnyAddr, AnyMessage } from "../../../mod.ts";

function pure(name: string, fn: () => void): void {
  Deno.test({ name, permissions: "none", fn });
}

const at = (id: string): AnyAddr => ({ id }) as AnyAddr;
const unused = (): never => {
  throw new Error("it has not ended");
};

pure("Troubles keeps of a dead letter for whom it was, its type and why, and never what is in it", () => {
  const troubles = new Troubles(unused);
  const message = { type: "login", password: "secret" } as AnyMessage;
  troubles.heard({ kind: "dead-letter", addr: at("/a"), message, reason: "closed" });
  const [letter] = troubles.deadLetters.list();
  assertAlmostEquals(letter!.at, Date.now(), 10_000);
  assertEquals({ ...letter, at: 0 }, { at: 0, id: "/a", type: "login", reason: "closed" });
  assert(!JSON.stringify(troubles.deadLetters.list()).includes("secret"));
});

pure("Troubles keeps what was thrown, as text, and the last of it for each actor", () => {
  const troubles = new Troubles(unused);
  for (const [id, error] of [["/a", "one"], ["/b", "two"], ["/a", "three"]] as const) {
    troubles.heard({ kind: "failed", addr: at(id), error: new Error(error) });
  }
  assertEquals(troubles.failures.list().map(({ id, error }) => `${id} ${error}`), [
    "/a Error: three",
    "/b Error: two",
    "/a Error: one",
  ]);
  assertEquals(troubles.lastFailureOf("/a")?.error, "Error: three");
  assertEquals(troubles.lastFailureOf("/c"), undefined);
});

pure("Troubles counts restarts, and passes over senders that wait", () => {
  const troubles = new Troubles(unused);
  troubles.heard({ kind: "restarted", addr: at("/a") });
  troubles.heard({ kind: "blocked", from: undefined, to: at("/a"), waitedMs: 5_000 });
  assertEquals([troubles.restarts, troubles.failures.total, troubles.deadLetters.total], [1, 0, 0]);
});

pure("Troubles throws at nobody, whatever is thrown or sent", () => {
  const troubles = new Troubles(unused);
  const hostile = {
    get type(): string {
      throw new Error("no");
    },
    toString: unused,
  };
  troubles.heard({ kind: "failed", addr: at("/a"), error: hostile });
  troubles.heard({ kind: "dead-letter", addr: at("/a"), message: hostile, reason: "refused" });
  troubles.heard({ kind: "dead-letter", addr: at("/a"), message: undefined as never, reason: "refused" });
  assertEquals(troubles.deadLetters.list().map(({ type }) => type), ["undefined", "(unreadable)"]);
  assertEquals(troubles.failures.list().map(({ error }) => error), ["(what was thrown cannot be shown)"]);
});

pure("Troubles keeps no more than its bounds, and counts all", () => {
  const troubles = new Troubles(unused);
  const count = FAILED_ACTORS_MAX + 1;
  const long = "x".repeat(10_000);
  for (let n = 0; n < count; n++) {
    // The first one fails once more before there are too many, so it is not the one that goes.
    if (n === count - 1) troubles.heard({ kind: "failed", addr: at("/0"), error: "again" });
    troubles.heard({ kind: "failed", addr: at(`/${n}`), error: `${n} ${long}` });
    troubles.heard({ kind: "dead-letter", addr: at(`/${n}${long}`), message: { type: long }, reason: "closed" });
  }
  const [letters, failures] = [troubles.deadLetters.list(), troubles.failures.list()];
  assertEquals([letters.length, failures.length], [DEAD_LETTERS_MAX, FAILURES_MAX]);
  assertEquals([troubles.deadLetters.total, troubles.failures.total], [count, count + 1]);
  assert(JSON.stringify([letters, failures]).length < 400_000);
  assertEquals(troubles.lastFailureOf("/0")?.error, "again");
  assertEquals(troubles.lastFailureOf("/1"), undefined);
  assertEquals(troubles.lastFailureOf("/2")?.error.slice(0, 2), "2 ");
});

pure("Troubles passes on that the system has ended", () => {
  let ends = 0;
  const troubles = new Troubles(() => ends++);
  troubles.closed();
  assertEquals(ends, 1);
});

Deno.test("Troubles keeps no large text alive of which it shows a part, or which a short one was cut out of", () => {
  setFlagsFromString("--expose-gc");
  const collect: () => void = runInNewContext("gc");
  const heapBytes = () => {
    collect();
    return Deno.memoryUsage().heapUsed;
  };
  const troubles = new Troubles(unused);
  const large = (n: number) => new TextDecoder().decode(new Uint8Array(200_000).fill(65 + n % 26)) + n;
  const before = heapBytes();
  for (let n = 0; n < 200; n++) {
    troubles.heard({ kind: "failed", addr: at(`/${n}`), error: new Error(large(n)) });
    troubles.heard({ kind: "failed", addr: at(large(n).slice(100, 200)), error: `near ${large(n).slice(100, 200)}` });
    troubles.heard({ kind: "dead-letter", addr: at(large(n)), message: { type: large(n) }, reason: "closed" });
  }
  // All that is shown is less than 1 MB; the texts it was made of are 160.
  assertLess(heapBytes() - before, 5_000_000);
  assertEquals(troubles.failures.list()[0]!.error.length, 105);
});
