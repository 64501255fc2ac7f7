import { assert, assertEquals, assertInstanceOf } from "@std/assert";
import {
  ActorFailedError,
  AskTimeoutError,
  HandlerAbandonedError,
  MailboxClosedError,
  MailboxFullError,
  MessageError,
  MessageRefusedError,
  Rejection,
  UnhandledMessageError,
} from "../../mod.ts";
import { NoRouteError, RemoteFailure, ReplyLostError } from "../../remote/mod.ts";
import { describe, errorOf, faultOf, faultOfResult } from "../../remote/faults.ts";

const about = { target: "/there", messageType: "greet" };
const here = { target: "there@host:1", messageType: "greet" };

/** The error as it comes out at the other side. */
function travel(error: unknown): Error {
  return errorOf({ ...faultOf(error), sequence: 0 }, here, 100);
}

Deno.test("every error about a message comes out as the same class, and says what became of it", () => {
  const cause = new TypeError("inner");
  const timeout = { ...about, timeoutMs: 5, started: true, queued: 0, busyMs: 1 };
  const errors: readonly MessageError[] = [
    new ActorFailedError("failed", { ...about, cause }),
    new MailboxClosedError("closed", about),
    new MailboxFullError("full", about),
    new UnhandledMessageError("unhandled", about),
    new MessageRefusedError("refused", { ...about, cause }),
    new HandlerAbandonedError("abandoned", about),
    new AskTimeoutError(timeout),
    new NoRouteError("nobody", about),
    new ReplyLostError("lost", { ...about, cause }),
  ];
  for (const error of errors) {
    const arrived = travel(error);
    assertInstanceOf(arrived, MessageError);
    assertEquals([arrived.name, arrived.outcome, arrived.target], [error.name, error.outcome, here.target]);
    assertEquals(arrived.constructor, error.constructor);
  }
});

Deno.test("nobody knows here how many messages were queued for an actor over there", () => {
  const arrived = travel(new AskTimeoutError({ ...about, timeoutMs: 5, started: true, queued: 7, busyMs: 1 }));
  assertInstanceOf(arrived, AskTimeoutError);
  assertEquals([arrived.queued, arrived.started, arrived.busyMs, arrived.timeoutMs], [
    undefined,
    undefined,
    undefined,
    100,
  ]);
});

Deno.test("what a handler threw is the cause: its class and its text", () => {
  const arrived = travel(new ActorFailedError("failed", { ...about, cause: new RangeError("too far") }));
  assertInstanceOf(arrived.cause, RemoteFailure);
  assertEquals([arrived.cause.remoteName, arrived.cause.message], ["RangeError", "too far"]);
  const odd = travel(new ActorFailedError("failed", { ...about, cause: "a text" }));
  assertInstanceOf(odd.cause, RemoteFailure);
  assertEquals([odd.cause.remoteName, odd.cause.message], ["string", "a text"]);
});

Deno.test("a Rejection keeps its text and its detail, where that is JSON", () => {
  const cycle: { self?: unknown } = {};
  cycle.self = cycle;
  for (
    const [detail, arrives] of [[{ a: [1, null] }, { a: [1, null] }], ["text", "text"], [0, 0], [cycle, undefined]]
  ) {
    const arrived = travel(new Rejection<unknown>("no", detail));
    assertInstanceOf(arrived, Rejection);
    assertEquals([arrived.message, arrived.detail], ["no", arrives]);
  }
  assertEquals((travel(new Rejection("no")) as Rejection).detail, undefined);
  assertEquals((travel(new Rejection<unknown>("no", 1n)) as Rejection<unknown>).detail, undefined);
});

Deno.test("a detail that is no JSON after all is given as it came", () => {
  const fault = { code: "rejected", message: "no", name: "Rejection", detail: "{", sequence: 0 } as const;
  assertEquals((errorOf(fault, here, 1) as Rejection<unknown>).detail, "{");
});

Deno.test("whatever is thrown can be described, even what cannot be read", () => {
  const unreadable = {
    toString() {
      throw new Error("never");
    },
  };
  assertEquals(describe("failed", unreadable).message, "(unreadable)");
  assert(travel(unreadable) instanceof ActorFailedError);
  // deno-lint-ignore cinema/plain-language -- what is thrown may be one
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  assertEquals(describe("failed", proxy), { code: "failed", message: "(unreadable)", name: "object", detail: "" });
  const nameless = Object.defineProperty(new Error("x"), "name", { get: unreadable.toString });
  assertEquals(describe("failed", nameless), { code: "failed", message: "x", name: "object", detail: "" });
  const odd = Object.assign(new Error(), { name: 5, message: 6 });
  assertEquals(describe("failed", odd), { code: "failed", message: "6", name: "5", detail: "" });
  assertEquals(describe("failed", undefined), { code: "failed", message: "undefined", name: "undefined", detail: "" });
});

Deno.test("a tell that was not taken says which word the mailbox had for it", () => {
  assertEquals(
    (["closed", "full", "refused", "timeout", "aborted"] as const).map((result) => faultOfResult(result).code),
    [
      "closed",
      "full",
      "refused",
      "closed",
      "closed",
    ],
  );
});
