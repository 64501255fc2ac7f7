// The guarantees of the README between processes, in its words: one test each, and each name is the promise.

import { assert, assertEquals, assertLess, assertRejects } from "@std/assert";
import { ConnectError, NoRouteError } from "../../remote/mod.ts";
import { DeskProtocol, Office } from "../support/desk.ts";
import { recordAll } from "../support/record.ts";
import { storm } from "../support/storm.ts";

const SEEDS = [1, 2, 3, 4, 5];

Deno.test("Messages of one client to one remote actor are handled in the order sent, also over lost connections.", async () => {
  const { handled, connections } = await storm(11, 1_000);
  assertEquals(handled, handled.toSorted((a, b) => a - b));
  assert(connections > 500, `there were ${connections} connections`);
  assert(handled.length > 1_000, `${handled.length} were handled`);
});

Deno.test("A remote message is handled once at most: nothing is sent again by itself.", async () => {
  for (const seed of SEEDS) {
    const { handled, lost, failed } = await storm(seed, 100);
    assertEquals(new Set(handled).size, handled.length);
    const undelivered = new Set([...lost["not-delivered"], ...failed["not-delivered"]]);
    assertEquals(handled.filter((n) => undelivered.has(n)), []);
  }
});

Deno.test("Every remote ask gets its own reply or an error that says what became of it, and none waits beyond its time-out.", async () => {
  for (const seed of SEEDS) {
    const { open, answered, failed, handled } = await storm(seed, 100);
    assertEquals(open, 0);
    const known = new Set(handled);
    assertEquals(answered.filter((n) => !known.has(n)), []);
    assert(answered.length > 0 && failed.unknown.length > 0);
  }
});

Deno.test("A remote tell that was sent is handled, or it is a dead letter of the client that says what is known of it.", async () => {
  for (const seed of SEEDS) {
    const { sent, handled, lost } = await storm(seed, 100);
    const accounted = new Set([...handled, ...lost.unknown, ...lost["not-delivered"]]);
    assertEquals(sent.filter((n) => !accounted.has(n)), []);
    assert(lost.unknown.length > 0);
  }
});

Deno.test("A remote actor that is slow holds up who sends to it, and nobody else.", async () => {
  await using office = await Office.open();
  office.addDesk("slow", { capacity: 1 });
  const client = await office.connect();
  const slow = client.remoteAddr("slow", DeskProtocol);
  const held = slow.send({ type: "wait", gate: "go" });
  let sent = 0;
  const waiting = Array.from({ length: 500 }, (_, n) => slow.doSend({ type: "note", n }).then(() => sent++));
  const desk = client.remoteAddr("desk", DeskProtocol);
  for (let n = 0; n < 100; n++) assertEquals(await desk.send({ type: "echo", text: `${n}` }), `${n}`);
  assertLess(sent, 500);
  office.gates.open("go");
  await Promise.all([held, ...waiting]);
});

Deno.test("A peer reaches what was routed and nothing else, and with a key or TLS only who has it reaches that.", async () => {
  const key = "a secret of 32 random bytes or more";
  await using office = await Office.open({ key });
  office.system.spawn(() => {
    throw new Error("nobody may reach this");
  }, { name: "hidden" });
  const letters = recordAll(office.server.events);
  const client = await office.connect();
  for (const name of ["hidden", "/desk", "__proto__", "constructor"]) {
    await assertRejects(() => client.remoteAddr(name, DeskProtocol).send({ type: "echo", text: "" }), NoRouteError);
  }
  assertEquals(letters.filter(({ kind }) => kind === "dead-letter").length, 4);
  assertEquals(await client.remoteAddr("desk", DeskProtocol).send({ type: "echo", text: "in" }), "in");
  const { port } = office;
  await assertRejects(() => office.connect({ port, key: "another secret of 32 random bytes" }), ConnectError);
  const keyless = await Office.open();
  await assertRejects(() => keyless.connect({ port }), ConnectError);
  await keyless[Symbol.asyncDispose]();
});
