import { assert, assertEquals, assertThrows } from "@std/assert";
import type { Envelope } from "../../../remote/wire/envelope.ts";
import { WireError } from "../../../remote/wire/wire_error.ts";
import { ClientStage, ServerStage } from "../../support/sessions.ts";
import { forSeeds } from "../../support/seeded.ts";

const permissions = "none";
const reason = { code: "refused", message: "no", name: "Error", detail: "" } as const;
const ask = (correlationId: number, target = "a"): Partial<Envelope> => ({
  messageType: "Ask",
  targetActor: target,
  correlationId,
});
const tell = (target = "a"): Partial<Envelope> => ({ messageType: "Tell", targetActor: target });

Deno.test({
  name: "ServerSession numbers messages for each target, and answers tells that fail by their number",
  permissions,
  fn() {
    const stage = new ServerStage();
    stage.receive(tell(), tell("b"), ask(1), tell());
    assertEquals(stage.inbound.map(({ envelope, sequence }) => `${envelope.targetActor}${sequence}`), [
      "a1",
      "b1",
      "a2",
      "a3",
    ]);
    stage.session.fault(stage.inbound[3]!, reason);
    const [frame] = stage.flush();
    assertEquals([frame?.targetActor, frame?.isResponse, frame?.fault], ["a", false, { ...reason, sequence: 3 }]);
  },
});

Deno.test({
  name: "ServerSession answers an ask once: a reply, a fault, or nothing when it was taken back",
  permissions,
  fn() {
    const stage = new ServerStage();
    stage.receive(ask(1), ask(2), ask(3));
    const [one, two, three] = stage.inbound;
    const taken: unknown[] = [];
    three!.cancel = (why) => taken.push(why);
    stage.receive({ control: "cancel", correlationId: 3 }, { control: "cancel", correlationId: 99 });
    assert(taken.length === 1 && taken[0] instanceof Error);
    for (let twice = 0; twice < 2; twice++) {
      stage.session.reply(one!, new Uint8Array([7]));
      stage.session.fault(two!, reason);
      stage.session.reply(three!, new Uint8Array([7]));
    }
    const frames = stage.flush();
    assertEquals(frames.map(({ correlationId, fault, isResponse }) => [correlationId, fault?.code, isResponse]), [
      [1, undefined, true],
      [2, "refused", true],
    ]);
  },
});

Deno.test({
  name: "ServerSession takes asks back when the connection is lost",
  permissions,
  fn() {
    const stage = new ServerStage();
    stage.receive(ask(1), ask(2));
    const taken: unknown[] = [];
    for (const message of stage.inbound) message.cancel = (why) => taken.push(why);
    stage.session.lost("gone");
    stage.session.lost("gone");
    assertEquals(taken, ["gone", "gone"]);
    assertEquals(stage.flush(), []);
  },
});

Deno.test({
  name: "ServerSession tells an ask too many that it is busy, and settles it",
  permissions,
  fn() {
    const stage = new ServerStage({ asksMax: 2 });
    stage.receive(ask(1), ask(2), ask(3));
    assertEquals(stage.inbound.length, 2);
    const [frame] = stage.flush();
    assertEquals([frame?.correlationId, frame?.fault?.code], [3, "busy"]);
    stage.session.reply(stage.inbound[0]!, new Uint8Array(0));
    stage.receive(ask(4));
    assertEquals(stage.inbound.length, 3);
  },
});

Deno.test({
  name: "ServerSession grants at once when half is used up, and otherwise when it is told to",
  permissions,
  fn() {
    const stage = new ServerStage({ messages: 4 });
    stage.receive(tell(), tell(), tell("b"));
    const [one, two, three] = stage.inbound;
    stage.session.settle(one!);
    assertEquals(stage.flush(), []);
    stage.session.settle(two!);
    stage.session.settle(three!);
    assertEquals(stage.flush().map(({ targetActor, credit }) => [targetActor, credit?.accepted]), [["a", 2]]);
    stage.session.grantAll();
    stage.session.grantAll();
    assertEquals(stage.flush().map(({ targetActor, credit }) => [targetActor, credit?.accepted]), [["b", 1]]);
  },
});

Deno.test({
  name: "ServerSession refuses what makes no sense: open numbers again, answers, endless names, nothing at all",
  permissions,
  fn() {
    const wrong: Partial<Envelope>[][] = [
      [ask(1), ask(1)],
      [{ ...ask(1), isResponse: true }],
      [{}],
      [{ targetActor: "a", credit: { accepted: 1, messages: 1, bytes: 1 } }],
      [{ control: "goodbye" }],
      Array.from({ length: 4_097 }, (_, n) => tell(`name ${n}`)),
    ];
    const stage = () => new ServerStage({ isOffered: () => false });
    for (const envelopes of wrong) assertThrows(() => stage().receive(...envelopes), WireError);
  },
});

Deno.test({
  name: "ServerSession cuts the text of a fault, and leaves out a detail that would not fit",
  permissions,
  fn() {
    const stage = new ServerStage({ frameBytesMax: 8_000 });
    stage.receive(tell());
    stage.session.fault(stage.inbound[0]!, { ...reason, message: "x".repeat(100_000), detail: "y".repeat(2_000) });
    const [frame] = stage.flush();
    assertEquals([frame?.fault?.message.length, frame?.fault?.detail], [4_096, ""]);
  },
});

Deno.test({
  name: "two sessions, however slow the actors: nothing is lost, doubled or out of order, and no credit is overdrawn",
  permissions,
  async fn() {
    await forSeeds(100, (random) => {
      const client = new ClientStage({ windowMessages: 4, windowBytes: 200 });
      const server = new ServerStage({ messages: 4, messagesMax: 16, bytes: 200 });
      const targets = ["a", "b", "c"];
      const total = 60;
      const sent: Record<string, string[]> = { a: [], b: [], c: [] };
      const handled: Record<string, string[]> = { a: [], b: [], c: [] };
      let asked = 0;
      let settled = 0;
      const done = () => targets.every((target) => handled[target]!.length === total) && client.session.isSettled;
      for (let turn = 0; turn < 100_000 && !done(); turn++) {
        const target = random.pick(targets);
        const window = client.session.windowOf(target);
        const word = `${sent[target]!.length}`.padEnd(1 + random.below(60));
        if (random.below(2) === 0 && sent[target]!.length < total && client.session.canAsk(window)) {
          sent[target]!.push(word);
          if (random.below(2) === 0) client.tell(word, target);
          else asked++, client.ask(word, target);
        }
        if (random.below(3) === 0) { for (const frame of client.flush()) server.session.receive(frame); }
        if (random.below(2) === 0) settled += handleOne(server, handled, random.below(3));
        if (random.below(10) === 0) server.session.grantAll();
        if (random.below(3) === 0) { for (const frame of server.flush()) client.session.receive(frame); }
      }
      assertEquals(handled, sent);
      assertEquals([settled, client.take().filter((line) => line.includes("=")).length], [3 * total, asked]);
      assertEquals(client.lose(), []);
    });
  },
});

/** Lets the first message of some target be taken, and answered. */
function handleOne(server: ServerStage, handled: Record<string, string[]>, at: number): number {
  const message = server.inbound.find(({ envelope }) => envelope.targetActor === ["a", "b", "c"][at]);
  if (message === undefined) return 0;
  server.inbound.splice(server.inbound.indexOf(message), 1);
  handled[message.envelope.targetActor]!.push(new TextDecoder().decode(message.envelope.payload));
  server.session.settle(message);
  if (server.session.isAsk(message)) server.session.reply(message, message.envelope.payload);
  return 1;
}

Deno.test({
  name: "ServerSession counts the names that nothing is offered under, and of those that are takes any number",
  permissions,
  fn() {
    const stage = new ServerStage({ isOffered: (target) => target.startsWith("desk") });
    for (let n = 0; n < 4_096; n++) stage.receive(tell(`desk ${n}`), tell(`nobody ${n}`));
    for (let n = 4_096; n < 10_000; n++) stage.receive(tell(`desk ${n}`));
    stage.receive(tell("nobody 7"));
    assertEquals(stage.inbound.length, 14_097);
    const error = assertThrows(() => stage.receive(tell("one too many")), WireError);
    assert(error.message.includes("4096 names"), error.message);
  },
});
