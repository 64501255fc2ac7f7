/**
 * Errors as they travel: an error becomes a fault on the wire, and a fault an error again.
 * @module
 */

import {
  ActorFailedError,
  AskTimeoutError,
  HandlerAbandonedError,
  MailboxClosedError,
  MailboxFullError,
  type MessageErrorOptions,
  MessageRefusedError,
  Rejection,
  type SendResult,
  UnhandledMessageError,
} from "../mod.ts";
import { NoRouteError, RemoteFailure, ReplyLostError } from "./errors.ts";
import type { Fault } from "./wire/envelope.ts";
import type { FaultReason } from "./wire/server_session.ts";

/** A fault for what `send` rejected with. */
export function faultOf(error: unknown): FaultReason {
  if (error instanceof Rejection) return rejected(error);
  if (error instanceof ActorFailedError) return describe("failed", error.cause);
  if (error instanceof MailboxClosedError) return describe("closed", error);
  if (error instanceof MailboxFullError) return describe("full", error);
  if (error instanceof UnhandledMessageError) return describe("unhandled", error);
  if (error instanceof MessageRefusedError) return describe("refused", error.cause ?? error);
  if (error instanceof HandlerAbandonedError) return describe("abandoned", error);
  if (error instanceof AskTimeoutError) return describe("timeout", error);
  if (error instanceof NoRouteError) return describe("no-such-message", error);
  if (error instanceof ReplyLostError) return describe("reply-refused", error);
  return describe("failed", error);
}

/** A fault for a tell that was not taken. */
export function faultOfResult(result: Exclude<SendResult, "sent">): FaultReason {
  const code = result === "timeout" || result === "aborted" ? "closed" : result;
  return { code, message: `The mailbox has answered "${result}"`, name: "", detail: "" };
}

/** A fault with the name and the text of an error. */
export function describe(code: Fault["code"], error: unknown): FaultReason {
  return { code, message: textOf(error), name: nameOf(error), detail: "" };
}

/** The error that a fault is for whoever sent the message. */
export function errorOf(fault: Fault, about: MessageErrorOptions, timeoutMs: number): Error {
  const { message, code } = fault;
  const what = `"${about.messageType}" for ${about.target}`;
  const cause = new RemoteFailure(message, fault.name);
  switch (code) {
    case "rejected":
      return rejection(fault);
    case "closed":
      return new MailboxClosedError(`Cannot send ${what}: the actor has ended or is stopping`, about);
    case "full":
    case "busy":
      return new MailboxFullError(`Cannot send ${what}: ${message}`, about);
    case "unhandled":
      return new UnhandledMessageError(`Cannot handle ${what}: ${message}`, about);
    case "refused":
      return new MessageRefusedError(`Cannot take ${what}: it was refused there`, { ...about, cause });
    case "abandoned":
      return new HandlerAbandonedError(`Cannot get a reply to ${what}: ${message}`, about);
    case "no-such-actor":
    case "no-such-message":
      return new NoRouteError(`Cannot send ${what}: ${message}`, about);
    case "timeout":
      return new AskTimeoutError({ ...about, timeoutMs, started: undefined, queued: undefined, busyMs: undefined });
    case "reply-refused":
      return new ReplyLostError(`Cannot get the reply to ${what}: ${message}`, { ...about, cause });
    default:
      return new ActorFailedError(`Cannot get a reply to ${what}: ${fault.name}: ${message}`, { ...about, cause });
  }
}

function rejected(error: Rejection<unknown>): FaultReason {
  let detail = "";
  try {
    detail = JSON.stringify(error.detail) ?? "";
  } catch {
    // What is no JSON stays here; the text of the rejection still travels.
    detail = "";
  }
  return { ...describe("rejected", error), detail };
}

function rejection({ message, detail }: Fault): Rejection<unknown> {
  if (detail === "") return new Rejection<unknown>(message, undefined);
  try {
    return new Rejection<unknown>(message, JSON.parse(detail));
  } catch {
    return new Rejection<unknown>(message, detail);
  }
}

/** The text of what was thrown, which may be anything: of an error its message. */
export function textOf(error: unknown): string {
  try {
    return String(error instanceof Error ? error.message : error);
  } catch {
    return "(unreadable)";
  }
}

function nameOf(error: unknown): string {
  try {
    return error instanceof Error ? String(error.name) : typeof error;
  } catch {
    return typeof error;
  }
}
