import { assertEquals, assertStrictEquals } from "@std/assert";
import { Envelope } from "../../../src/internal/envelope.ts";
import { Waiter, WaitingLine, type WaitResult } from "../../../src/internal/waiter.ts";
import { forSeeds } from "../../support/seeded.ts";
import { take } from "../../support/taker.ts";

function waiter(n: number, size = 1): Waiter {
  return new Waiter(new Envelope(take(n), size));
}

function inLine({ first }: WaitingLine): Waiter[] {
  const found: Waiter[] = [];
  for (let next = first; next !== undefined; next = next.next) found.push(next);
  return found;
}

Deno.test({
  name: "WaitingLine keeps the order of arrival, wherever one leaves",
  permissions: "none",
  async fn() {
    await forSeeds(100, (random) => {
      const line = new WaitingLine();
      let model: Waiter[] = [];
      for (let step = 0; step < 60; step++) {
        if (random.next() < 0.6) {
          const joined = waiter(step, 1 + random.below(5));
          line.add(joined);
          model.push(joined);
        } else if (model.length > 0) {
          const leaving = random.pick(model);
          leaving.leave("aborted");
          model = model.filter((other) => other !== leaving);
        }
        assertEquals(inLine(line).map((each) => each.envelope.message), model.map((each) => each.envelope.message));
        assertEquals(line.length, model.length);
        assertEquals(line.size, model.reduce((sum, each) => sum + each.envelope.size, 0));
      }
    });
  },
});

Deno.test({
  name: "WaitingLine that became empty has no size left, also after fractions",
  permissions: "none",
  fn() {
    const line = new WaitingLine();
    const waiters = [0.1, 0.2, 0.3].map((size, n) => waiter(n, size));
    for (const each of waiters) line.add(each);
    for (const each of waiters) each.leave("sent");
    assertEquals([line.length, line.size, line.first], [0, 0, undefined]);
  },
});

Deno.test({
  name: "Waiter.leave() tells how the wait ended, once, and lets go of the line",
  permissions: "none",
  fn() {
    const line = new WaitingLine();
    const told: WaitResult[] = [];
    const each = waiter(1);
    each.onLeave = (result) => told.push(result);
    line.add(each);
    each.leave("sent");
    each.leave("closed");
    each.expire();
    assertEquals([told, each.isDone, line.length], [["sent"], true, 0]);
    assertStrictEquals(each.line, undefined);
  },
});

Deno.test({
  name: "Waiter that expires leaves with a time-out, and one that never stood in line may leave too",
  permissions: "none",
  fn() {
    const told: WaitResult[] = [];
    const each = new Waiter(new Envelope(take(1), 1), 50);
    each.onLeave = (result) => told.push(result);
    each.expire();
    assertEquals([told, each.timeoutMs, waiter(2).timeoutMs], [["timeout"], 50, Infinity]);
  },
});
