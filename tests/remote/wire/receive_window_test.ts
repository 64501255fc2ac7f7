import { assertEquals, assertThrows } from "@std/assert";
import { Budget } from "../../../remote/wire/budget.ts";
import { ReceiveWindow } from "../../../remote/wire/receive_window.ts";
import { WireError } from "../../../remote/wire/wire_error.ts";

const permissions = "none";
const limits = { messages: 4, messagesMax: 16, bytes: 1_000 };

Deno.test({
  name: "ReceiveWindow refuses what had no credit, in messages or in bytes",
  permissions,
  fn() {
    const window = new ReceiveWindow("a", limits, new Budget(1e6));
    for (let n = 1; n <= 4; n++) assertEquals(window.receive(10), n);
    assertThrows(() => window.receive(10), WireError);
    const bytes = new ReceiveWindow("a", limits, new Budget(1e6));
    bytes.receive(999);
    bytes.receive(5_000); // one of any size may pass while there is room
    assertThrows(() => bytes.receive(0), WireError);
  },
});

Deno.test({
  name: "ReceiveWindow is due when half of what was granted is used up, and dirty before",
  permissions,
  fn() {
    const window = new ReceiveWindow("a", limits, new Budget(1e6));
    window.settle(window.receive(1), 1);
    assertEquals([window.isDirty, window.isDue], [true, false]);
    window.settle(window.receive(1), 1);
    assertEquals(window.isDue, true);
    assertEquals(window.grant().accepted, 2);
    assertEquals([window.isDirty, window.isDue], [false, false]);
    window.settle(window.receive(600), 600);
    assertEquals(window.isDue, true);
  },
});

Deno.test({
  name: "ReceiveWindow doubles for an actor that keeps up, to a bound, and halves for one that lets messages wait",
  permissions,
  fn() {
    const window = new ReceiveWindow("a", limits, new Budget(1e6));
    const room = () => {
      const { accepted, messages } = window.grant();
      return messages - accepted;
    };
    const keepUp = (count: number) => {
      for (let n = 0; n < count; n++) window.settle(window.receive(0), 0);
    };
    keepUp(4);
    assertEquals(room(), 8);
    keepUp(8);
    assertEquals(room(), 16);
    keepUp(16);
    assertEquals(room(), 16);
    for (let n = 0; n < 16; n++) window.receive(0);
    window.settle(29, 0);
    // What was granted stays granted.
    assertEquals(window.grant(), { accepted: 29, messages: 44, bytes: 1_000 });
    for (let n = 30; n <= 44; n++) window.settle(n, 0);
    assertEquals(room() <= 16, true);
  },
});

Deno.test({
  name: "ReceiveWindow confirms nothing that waits behind a gap: what was refused ahead counts when its turn comes",
  permissions,
  fn() {
    const window = new ReceiveWindow("a", limits, new Budget(1e6));
    for (let n = 0; n < 4; n++) window.receive(1);
    window.settle(3, 1);
    window.settle(2, 1);
    assertEquals([window.isDirty, window.grant().accepted], [false, 0]);
    window.settle(1, 1);
    assertEquals(window.grant().accepted, 3);
    window.settle(4, 1);
    assertEquals(window.grant().accepted, 4);
  },
});

Deno.test({
  name: "ReceiveWindow grants less near the end of the budget, and never nothing",
  permissions,
  fn() {
    const budget = new Budget(1_000);
    const window = new ReceiveWindow("a", { messages: 100, messagesMax: 100, bytes: 1_000 }, budget);
    budget.add(750);
    for (let n = 0; n < 100; n++) window.settle(window.receive(0), 0);
    assertEquals(window.grant(), { accepted: 100, messages: 125, bytes: 1_000 });
    budget.add(250);
    for (let n = 0; n < 25; n++) window.settle(window.receive(0), 0);
    assertEquals(window.grant().messages, 126);
    budget.add(-1_000);
    window.settle(window.receive(0), 0);
    assertEquals(window.grant(), { accepted: 126, messages: 226, bytes: 1_000 });
  },
});

Deno.test({
  name: "Budget counts in the budget above, and gives everything back at once",
  permissions,
  fn() {
    const all = new Budget(100);
    const [one, other] = [new Budget(80, all), new Budget(80, all)];
    one.add(60);
    other.add(30);
    assertEquals([one.isSpent, other.isSpent, all.used], [false, false, 90]);
    other.add(10);
    assertEquals([one.isSpent, one.free, all.free], [true, 0, 0]);
    one.clear();
    assertEquals([one.used, all.used, other.isSpent], [0, 40, false]);
    assertEquals(other.free, 0.5);
  },
});
