import { assertEquals, assertThrows } from "@std/assert";
import { SendWindow } from "../../../remote/wire/send_window.ts";
import { WireError } from "../../../remote/wire/wire_error.ts";

const permissions = "none";

Deno.test({
  name: "SendWindow lets as many messages go as it was given, and a grant renews it",
  permissions,
  fn() {
    const window = new SendWindow<string>("a", 2, 1_000);
    window.spend(10);
    window.spend(10);
    assertEquals(window.hasRoom, false);
    assertEquals(window.grant({ accepted: 1, messages: 3, bytes: 1_010 }), true);
    assertEquals(window.hasRoom, true);
    window.spend(10);
    assertEquals(window.hasRoom, false);
  },
});

Deno.test({
  name: "SendWindow counts bytes too: one message of any size may pass, and then no other",
  permissions,
  fn() {
    const window = new SendWindow<string>("a", 10, 100);
    window.spend(99);
    assertEquals(window.hasRoom, true);
    window.spend(1_000_000);
    assertEquals(window.hasRoom, false);
    assertEquals(window.grant({ accepted: 1, messages: 10, bytes: 199 }), false);
    assertEquals(window.grant({ accepted: 2, messages: 12, bytes: 1_000_199 }), true);
  },
});

Deno.test({
  name: "SendWindow: a grant that is smaller, late or doubled takes nothing back",
  permissions,
  fn() {
    const window = new SendWindow<string>("a", 2, 1_000);
    window.spend(1);
    window.grant({ accepted: 1, messages: 9, bytes: 9_000 });
    assertEquals(window.grant({ accepted: 0, messages: 1, bytes: 1 }), false);
    for (let n = 0; n < 8; n++) {
      assertEquals(window.hasRoom, true);
      window.spend(1);
    }
    assertEquals(window.hasRoom, false);
  },
});

Deno.test({
  name: "SendWindow does not believe a grant that confirms what was never sent",
  permissions,
  fn() {
    const window = new SendWindow<string>("a", 2, 1_000);
    window.spend(1);
    assertThrows(() => window.grant({ accepted: 2, messages: 9, bytes: 9 }), WireError);
  },
});

Deno.test({
  name: "SendWindow remembers tells until they are confirmed or refused, and knows which had left",
  permissions,
  fn() {
    const window = new SendWindow<string>("a", 10, 1_000);
    window.spendOnTell(1, "one", 1);
    window.spend(1); // an ask: it has an answer of its own
    window.spendOnTell(1, "three", 3);
    window.spendOnTell(1, "four", 4);
    window.spendOnTell(1, "five", 5);
    assertEquals(window.unconfirmed, 4);
    window.grant({ accepted: 2, messages: 12, bytes: 1_002 });
    assertEquals([window.unconfirmed, window.refuse(1), window.refuse(4), window.refuse(4)], [
      3,
      undefined,
      "four",
      undefined,
    ]);
    assertEquals(window.takeUnconfirmed(4), [{ item: "three", isWritten: true }, { item: "five", isWritten: false }]);
    assertEquals([window.unconfirmed, window.takeUnconfirmed(9)], [0, []]);
  },
});

Deno.test({
  name: "SendWindow keeps its memory small over many tells",
  permissions,
  fn() {
    const window = new SendWindow<number>("a", 1e9, 1e9);
    for (let n = 1; n <= 100_000; n++) {
      window.spendOnTell(1, n, n);
      // One is always under way, so the queue is never empty.
      if (n > 1) window.grant({ accepted: n - 1, messages: 1e9, bytes: 1e9 });
      assertEquals(window.unconfirmed, 1);
    }
    assertEquals(window.takeUnconfirmed(0), [{ item: 100_000, isWritten: false }]);
  },
});
