/**
 * Typed actors for Deno, on web-standard APIs: bounded mailboxes, supervision, death watch, streams, timers and a
 * registry.
 *
 * An actor is a class with one method for each message, named by the `type` of the message; what the method returns is
 * the reply. {@linkcode ActorSystem.spawn} starts it and returns its address, which is all that others hold of it.
 *
 * ```ts
 * import { Actor, ActorSystem, type Message } from "@cinema/cinema";
 * import { assertEquals } from "@std/assert";
 *
 * interface Greet extends Message<string> { // Message<Reply>
 *   type: "greet";
 *   name: string;
 * }
 * class Greeter extends Actor<Greet> {
 *   #greeted = 0;
 *   greet({ name }: Greet): string { // one method for each message, named by its `type`
 *     this.#greeted++;
 *     return `Hello, ${name}! You are number ${this.#greeted}.`;
 *   }
 * }
 *
 * await using system = new ActorSystem(); // ends every actor at the end of the block
 * const greeter = system.spawn(() => new Greeter());
 * await greeter.doSend({ type: "greet", name: "World" }); // tell: waits only while the mailbox is full
 * const reply = await greeter.send({ type: "greet", name: "Cinema" }); // ask: a string
 * assertEquals(reply, "Hello, Cinema! You are number 2.");
 * ```
 *
 * Read on at {@linkcode Actor} for handlers and hooks, {@linkcode ActorRef} for sending, {@linkcode Context} for what
 * an actor can do, {@linkcode LateReply} for an answer that comes later, {@linkcode SupervisorStrategy} for failures
 * and {@linkcode SystemEvent} for what can be observed.
 *
 * The other entries of the package:
 *
 * - `@cinema/cinema/remote`: the same typed messages to actors of another process, encrypted, with back-pressure;
 * - `@cinema/cinema/cluster`: many processes as one system, and messages by name;
 * - `@cinema/cinema/observer`: a page that shows what all of them are doing;
 * - `@cinema/cinema/telemetry`: traces and metrics, by OpenTelemetry;
 * - `@cinema/cinema/testing`: virtual time, an actor that records what it gets, and a simulated cluster.
 *
 * @module
 */
export {
  Actor,
  type ActorClass,
  type Factory,
  type Handler,
  type Handlers,
  type MessagesOf,
  type ReservedType,
  type Spawnable,
} from "./src/actor.ts";
export { AskTimeoutError, type AskTimeoutErrorOptions } from "./src/ask_timeout_error.ts";
export type { ActorRef, Addr, AnyAddr, Send, SendOptions, SendResult, TrySendResult } from "./src/addr.ts";
export { type Clock, type ClockTimer, systemClock } from "./src/clock.ts";
export type { Context } from "./src/context.ts";
export { CinemaError, ContextClosedError, NameTakenError, Rejection, SystemClosedError } from "./src/errors.ts";
export {
  ActorFailedError,
  HandlerAbandonedError,
  MailboxClosedError,
  MailboxFullError,
  MessageError,
  type MessageErrorOptions,
  MessageRefusedError,
  UnhandledMessageError,
} from "./src/message_errors.ts";
export type { DeadLetterReason, SystemEvent } from "./src/events.ts";
export { LateReply } from "./src/late_reply.ts";
export type { MailboxOptions } from "./src/mailbox.ts";
export { type AnyMessage, Message, type MessageOfType, type Reply } from "./src/message.ts";
export type { Outcome } from "./src/outcome.ts";
export { type Random, systemRandom } from "./src/random.ts";
export type { StreamHandler } from "./src/streams.ts";
export { type ChildrenPolicy, type RestartOptions, SupervisorStrategy } from "./src/supervision.ts";
export { ActorSystem } from "./src/system.ts";
export {
  type ActorSystemOptions,
  type ShutdownOptions,
  type SpawnOptions,
  type SystemStopOptions,
} from "./src/options.ts";
export type { TimerHandle } from "./src/timers.ts";
export type { StopReason, Terminated } from "./src/watch.ts";
