import { assert, assertEquals, assertFalse, assertInstanceOf, assertMatch, assertStringIncludes } from "@std/assert";
import * as cinema from "../../mod.ts";
import {
  ActorFailedError,
  AskTimeoutError,
  CinemaError,
  ContextClosedError,
  HandlerAbandonedError,
  MailboxClosedError,
  MailboxFullError,
  MessageError,
  MessageRefusedError,
  NameTakenError,
  Rejection,
  SystemClosedError,
  UnhandledMessageError,
} from "../../mod.ts";

const about = { target: "/store-1", messageType: "put" };

const messageErrors: MessageError[] = [
  new ActorFailedError("x", about),
  new AskTimeoutError({ ...about, timeoutMs: 20, started: true, queued: 3, busyMs: 12.4 }),
  new HandlerAbandonedError("x", about),
  new MailboxClosedError("x", about),
  new MailboxFullError("x", about),
  new MessageRefusedError("x", about),
  new UnhandledMessageError("x", about),
];
const otherErrors: CinemaError[] = [
  new CinemaError("x"),
  new ContextClosedError("x"),
  new NameTakenError("x"),
  new Rejection("x"),
  new SystemClosedError("x"),
];

Deno.test({
  name: "CinemaError is the root of every error class that is exported",
  permissions: "none",
  fn() {
    const classes = Object.entries(cinema).filter(([name]) => name.endsWith("Error") || name === "Rejection");
    const shown = new Set<unknown>([...messageErrors, ...otherErrors].map((error) => error.constructor));
    for (const [name, exported] of classes) {
      assert(exported === CinemaError || (exported as typeof CinemaError).prototype instanceof CinemaError, name);
      assert(exported === MessageError || shown.has(exported), `${name} is not tested here`);
    }
    assert(CinemaError.prototype instanceof Error);
  },
});

Deno.test({
  name: "CinemaError and its children bear the name of their class, also in their stack",
  permissions: "none",
  fn() {
    for (const error of [...messageErrors, ...otherErrors]) {
      assertEquals(error.name, error.constructor.name);
      assertStringIncludes(`${error}`, `${error.constructor.name}: `);
    }
  },
});

Deno.test({
  name: "MessageError knows the actor and the message, and is the base of every error about one message",
  permissions: "none",
  fn() {
    for (const error of messageErrors) {
      assertInstanceOf(error, MessageError);
      assertEquals([error.target, error.messageType], ["/store-1", "put"]);
    }
    for (const error of otherErrors) assertFalse(error instanceof MessageError);
  },
});

Deno.test({
  name: "MessageError has a cause where there is one, whatever was thrown",
  permissions: "none",
  fn() {
    for (const cause of [new Error("boom"), "text", 0, null, false, Object.freeze({})]) {
      const error = new ActorFailedError("x", { ...about, cause });
      assertEquals(error.cause, cause);
      assert("cause" in error);
    }
    assertFalse("cause" in new ActorFailedError("x", about));
    assertEquals(new CinemaError("x", { cause: 5 }).cause, 5);
  },
});

Deno.test({
  name: "AskTimeoutError says whether the handler had started, what is queued and what is running",
  permissions: "none",
  fn() {
    const busy = new AskTimeoutError({ ...about, timeoutMs: 20, started: true, queued: 3, busyMs: 12.4 });
    assertEquals([busy.timeoutMs, busy.started, busy.queued, busy.busyMs], [20, true, 3, 12.4]);
    for (const part of ['"put"', "/store-1", "within 20 ms", "it was started", "3 messages", "for 12 ms"]) {
      assertStringIncludes(busy.message, part);
    }
    const idle = new AskTimeoutError({ ...about, timeoutMs: 5_000, started: false, queued: 0, busyMs: undefined });
    assertEquals([idle.started, idle.busyMs], [false, undefined]);
    for (const part of ["not started", "0 messages", "no handler is running"]) assertStringIncludes(idle.message, part);
    const late = new AskTimeoutError({ ...about, timeoutMs: 20, started: true, queued: 0, busyMs: undefined });
    assertStringIncludes(late.message, "it was started, 0 messages are queued, its LateReply is still open");
    const far = { ...about, timeoutMs: 5, started: undefined, busyMs: undefined };
    const waits = new AskTimeoutError({ ...far, queued: 3, outcome: "not-delivered" });
    assertStringIncludes(waits.message, "it was not sent, 3 messages wait to be sent");
    const unknown = new AskTimeoutError({ ...far, queued: undefined });
    assertStringIncludes(unknown.message, "it was sent, and took too long over there");
    assertMatch(idle.message, /^Cannot [^.]*: [^.]*[^.]$/);
    for (const started of [true, undefined]) {
      const one = new AskTimeoutError({ ...about, timeoutMs: 20, started, queued: 1, busyMs: undefined });
      assertStringIncludes(one.message, started ? "1 message is queued" : "1 message waits to be sent");
    }
  },
});

Deno.test({
  name: "Rejection carries a detail",
  permissions: "none",
  fn() {
    const rejection = new Rejection("Not enough money", { balance: 5 });
    assertEquals([rejection.message, rejection.detail.balance], ["Not enough money", 5]);
    assertEquals(new Rejection("no").detail, undefined);
    class Overdrawn extends Rejection<number> {
      override name = "Overdrawn";
    }
    const own = new Overdrawn("too much", 7);
    assertInstanceOf(own, Rejection);
    assertEquals([own.name, own.detail], ["Overdrawn", 7]);
  },
});
