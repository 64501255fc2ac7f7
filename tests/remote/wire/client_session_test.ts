import { assertEquals, assertThrows } from "@std/assert";
import { WireError } from "../../../remote/wire/wire_error.ts";
import { ClientStage } from "../../support/sessions.ts";

const permissions = "none";
const text = (word: string): Uint8Array => new TextEncoder().encode(word);
const fault = (code: "closed" | "full", sequence = 0) => ({ code, message: "", name: "", detail: "", sequence });

Deno.test({
  name: "ClientSession gives every answer to its ask, in whatever order they come",
  permissions,
  fn() {
    const stage = new ClientStage();
    const [one, two, three] = [stage.ask("one"), stage.ask("two"), stage.ask("three", "b")];
    stage.receive(
      { isResponse: true, correlationId: three, payload: text("3") },
      { isResponse: true, correlationId: one, payload: text("1") },
      { isResponse: true, correlationId: two, fault: fault("closed") },
    );
    assertEquals(stage.take(), ["three = 3", "one = 1", "two = closed"]);
    assertEquals(stage.session.isSettled, true);
  },
});

Deno.test({
  name: "ClientSession drops an answer that nobody waits for: doubled, late, made up, or with a number beyond 2^53",
  permissions,
  fn() {
    const stage = new ClientStage();
    const [one, late] = [stage.ask("one"), stage.ask("late")];
    stage.session.abandon(late, false);
    const numbers = [one, one, late, 99, 2n ** 60n];
    stage.receive(...numbers.map((correlationId) => ({ isResponse: true, correlationId, payload: text("x") })));
    assertEquals(stage.take(), ["one = x", `stray ${one}`, `stray ${late}`, "stray 99", `stray ${2n ** 60n}`]);
  },
});

Deno.test({
  name: "ClientSession gives a refused tell back, once",
  permissions,
  fn() {
    const stage = new ClientStage();
    stage.tell("one");
    stage.tell("two");
    const refusal = { targetActor: "a", fault: fault("full", 2) };
    stage.receive(refusal, refusal);
    assertEquals(stage.take(), ["two for a: full", "stray 0 full"]);
    assertEquals(stage.session.isSettled, false);
    stage.receive({ targetActor: "a", credit: { accepted: 2, messages: 40, bytes: 1e6 } });
    assertEquals(stage.session.isSettled, true);
  },
});

Deno.test({
  name: "ClientSession: after a loss, what had not left was not delivered, and of the rest nobody knows",
  permissions,
  fn() {
    const stage = new ClientStage();
    stage.ask("answered");
    stage.tell("confirmed");
    stage.tell("told");
    stage.ask("asked");
    stage.flush();
    stage.receive({ isResponse: true, correlationId: 1, payload: text("yes") });
    stage.receive({ targetActor: "a", credit: { accepted: 2, messages: 40, bytes: 1e6 } });
    stage.tell("kept", "b");
    stage.ask("held", "b");
    assertEquals(stage.lose(), [
      "asked unknown",
      "held not-delivered",
      "told for a unknown",
      "kept for b not-delivered",
    ]);
    assertEquals(stage.lose(), []);
    assertEquals(stage.session.canTell(stage.session.windowOf("a")), false);
  },
});

Deno.test({
  name: "ClientSession.abandon() tells what is known, and takes the ask back over there only when it was cancelled",
  permissions,
  fn() {
    const stage = new ClientStage();
    const [one, two] = [stage.ask("one"), stage.ask("two")];
    stage.flush();
    const three = stage.ask("three");
    assertEquals(stage.session.abandon(one, false), "unknown");
    assertEquals(stage.session.abandon(two, true), "unknown");
    // It has not been written, but it will be.
    assertEquals(stage.session.abandon(three, false), "unknown");
    const words = stage.flush().map(({ control, correlationId }) => `${control} ${correlationId}`);
    assertEquals(words, ["none 3", "cancel 2"]);
  },
});

Deno.test({
  name: "ClientSession sends no more asks than may be open, and says when there is room",
  permissions,
  fn() {
    const stage = new ClientStage({ asksMax: 2 });
    const room: string[] = [];
    stage.onRoom = (target) => room.push(target);
    const window = stage.session.windowOf("a");
    stage.ask("one");
    stage.ask("two", "b");
    assertEquals([stage.session.canAsk(window), stage.session.canTell(window)], [false, true]);
    stage.receive({ isResponse: true, correlationId: 1, payload: text("") });
    assertEquals([stage.session.canAsk(window), room], [true, ["all"]]);
  },
});

Deno.test({
  name: "ClientSession waits while too many bytes wait to be written, and says when there is room",
  permissions,
  fn() {
    const stage = new ClientStage({ sendBytesMax: 100 });
    const room: string[] = [];
    stage.onRoom = (target) => room.push(target);
    stage.tell("x".repeat(200));
    assertEquals(stage.session.canTell(stage.session.windowOf("b")), false);
    stage.flush();
    assertEquals([stage.session.canTell(stage.session.windowOf("b")), room], [true, ["all"]]);
  },
});

Deno.test({
  name: "ClientSession sends nothing new after a goodbye, and still takes its answers",
  permissions,
  fn() {
    const stage = new ClientStage();
    const one = stage.ask("one");
    stage.receive({ control: "goodbye" });
    assertEquals([stage.session.isClosing, stage.session.canTell(stage.session.windowOf("a"))], [true, false]);
    stage.receive({ isResponse: true, correlationId: one, payload: text("1") });
    assertEquals(stage.take(), ["goodbye", "one = 1"]);
  },
});

Deno.test({
  name: "ClientSession refuses frames that only clients send, and grants and faults for what it never sent to",
  permissions,
  fn() {
    const wrong = [
      { messageType: "Ask", targetActor: "a", correlationId: 1 },
      {},
      { targetActor: "never", credit: { accepted: 0, messages: 9, bytes: 9 } },
      { targetActor: "never", fault: fault("full", 1) },
    ];
    for (const envelope of wrong) assertThrows(() => new ClientStage().receive(envelope), WireError);
  },
});

Deno.test({
  name: "ClientSession with a Cinema-rs peer writes fields 1 to 6 and remembers no tell that has left",
  permissions,
  fn() {
    const stage = new ClientStage({ windowMessages: Infinity, windowBytes: Infinity, compatNode: "me" });
    const one = stage.ask("one");
    stage.tell("two");
    stage.session.abandon(one, true);
    const frames = stage.flush();
    assertEquals(frames.map(({ senderNode, correlationId, control }) => [senderNode, correlationId, control]), [
      ["me", 1, "none"],
      ["me", 0, "none"],
    ]);
    stage.tell("three");
    assertEquals(stage.lose(), ["three for a not-delivered"]);
  },
});

Deno.test({
  name: "ClientSession takes the answer of a Cinema-rs peer to a tell for none that came astray",
  permissions,
  fn() {
    const stage = new ClientStage({ windowMessages: Infinity, windowBytes: Infinity, compatNode: "me" });
    stage.tell("one");
    stage.flush();
    stage.receive({ isResponse: true, payload: text("done") });
    stage.receive({ isResponse: true, correlationId: 7 });
    assertEquals(stage.take(), ["stray 7"]);
  },
});
