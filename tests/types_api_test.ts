/**
 * What the compiler promises about addresses, contexts and options. The code is never run: see `support/type_tests.ts`.
 *
 * @module
 */

import { assertEquals, assertRejects } from "@std/assert";
import {
  Actor,
  type ActorRef,
  type ActorSystem,
  type Addr,
  type AnyAddr,
  type AnyMessage,
  CinemaError,
  type Context,
  type Message,
  type MessagesOf,
  Rejection,
  type Reply,
  type Send,
  type SendResult,
  type SpawnOptions,
  type StopReason,
  SupervisorStrategy,
  type SystemEvent,
  type Terminated,
  type TimerHandle,
  type TrySendResult,
} from "@cinema/cinema";
import { TestProbe } from "@cinema/cinema/testing";
import { EXPECTED, same, typeProblems, typeTests } from "./support/type_tests.ts";

interface Greet extends Message<string> {
  readonly type: "greet";
  readonly name: string;
}
interface Reset extends Message {
  readonly type: "reset";
}
interface Other extends Message<boolean> {
  readonly type: "other";
}
type Protocol = Greet | Reset;

class Greeter extends Actor<Protocol> {
  greet({ name }: Greet): string {
    return name;
  }
  reset(): void {}
}

declare const system: ActorSystem;
declare const greeter: Addr<Protocol>;
declare const nobody: AnyAddr;
declare const ctx: Context<Protocol>;

/** Compiles only for what may stand where a `T` is wanted. */
function wants<T>(_value: T): void {}

const types = await typeTests(import.meta.url);

Deno.test("types: the compiler complains of an expected error that is none, or no type test would prove a thing", async () => {
  const folder = new URL(".", import.meta.url);
  const wrong = 'export const wrong: number = "text";';
  const control = [`// ${EXPECTED}`, wrong, `// ${EXPECTED}`, "export const right: number = 1;"].join("\n");
  assertEquals(await typeProblems(control, folder), [{ code: "TS2578", line: 3 }]);
  assertEquals(await typeProblems(control.replaceAll(EXPECTED, ""), folder), [{ code: "TS2322", line: 2 }]);
  await assertRejects(() => typeProblems("export const right: number = 1;", folder), Error, "Expected complaints");
});

types("an address that takes more may stand where fewer are sent, not the other way round", () => {
  wants<Addr<Greet>>(greeter);
  wants<Addr<Reset>>(greeter);
  wants<ActorRef<Greet>>(greeter);
  wants<ActorRef<Protocol>>(greeter);
  wants<Pick<ActorRef<Greet>, "doSend">>(greeter);
  // @ts-expect-error -- It does not take Reset.
  wants<Addr<Protocol>>({} as Addr<Greet>);
  // @ts-expect-error -- It does not take Other.
  wants<Addr<Protocol | Other>>(greeter);
  // @ts-expect-error -- It takes something else.
  wants<Addr<Other>>(greeter);
  // @ts-expect-error -- It does not take Reset.
  wants<ActorRef<Protocol>>({} as ActorRef<Greet>);
  // @ts-expect-error -- A reference may be far away, an address is not.
  wants<Addr<Protocol>>({} as ActorRef<Protocol>);
});

types("an address may stand where more replies are reckoned with, not where fewer are", (
  certain = {} as Addr<Get<number>>,
  perhaps = {} as Addr<Get<number | undefined>>,
) => {
  wants<ActorRef<Get<number | undefined>>>(certain);
  wants<Addr<Get<unknown>>>(perhaps);
  // @ts-expect-error -- The reply may be undefined.
  wants<ActorRef<Get<number>>>(perhaps);
  // @ts-expect-error -- The reply is a number.
  wants<ActorRef<Get<string>>>(certain);
  // @ts-expect-error -- The reply may be anything.
  wants<Addr<Get<number>>>({} as Addr<Get<unknown>>);
});
interface Get<R> extends Message<R> {
  readonly type: "get";
}

types("a function that does not know the message names what it needs of an address, and knows the reply", () => {
  const ask = <M extends AnyMessage>(to: { send(msg: M): Promise<Reply<M>> }, msg: M) => to.send(msg);
  const reply = ask<Greet>(greeter, { type: "greet", name: "World" });
  same<typeof reply, Promise<string>>(true);
  // @ts-expect-error -- Nobody handles it.
  ask<Other>(greeter, { type: "other" });
  // @ts-expect-error -- Another reply.
  ask<Get<string>>({} as Addr<Get<number>>, { type: "get" });
});

types("a function may stand in for send(), and must give the reply", () => {
  const double: Pick<ActorRef<Greet>, "send"> = { send: (({ name }: Greet) => Promise.resolve(name)) as Send<Greet> };
  // @ts-expect-error -- The reply is a string.
  return [double, (() => Promise.resolve(5)) as Send<Greet>];
});

types("any address is an AnyAddr, to which nothing can be sent", () => {
  wants<AnyAddr>(greeter);
  wants<Addr<never>>(greeter);
  wants<ActorRef<never>>(greeter);
  // @ts-expect-error -- It may be anybody.
  wants<Addr<Greet>>(nobody);
  // @ts-expect-error -- Nobody knows what it takes.
  nobody.send({ type: "reset" });
  // @ts-expect-error -- Nobody knows what it takes.
  nobody.doSend({ type: "reset" });
  // @ts-expect-error -- Nobody knows what it takes.
  nobody.trySend({ type: "reset" });
  // @ts-expect-error -- Nobody knows what it takes.
  nobody.doSend({} as AnyMessage);
});

types("the members of an address cannot be assigned, and have the types they have", () => {
  same<typeof greeter.desiredSize, number | null>(true);
  same<typeof greeter.closed, Promise<Terminated>>(true);
  same<ReturnType<typeof greeter.writable>, WritableStream<Protocol>>(true);
  same<ReturnType<typeof greeter.trySend>, TrySendResult>(true);
  same<Awaited<ReturnType<typeof greeter.doSend>>, SendResult>(true);
  same<SendResult, "sent" | "full" | "closed" | "refused" | "timeout" | "aborted">(true);
  // @ts-expect-error -- Read only.
  greeter.id = "/other";
  // @ts-expect-error -- Read only.
  greeter.isAlive = true;
  // @ts-expect-error -- No such result.
  wants<boolean>(greeter.trySend({ type: "reset" }) === "dropped");
});

types("send() and doSend() take a time-out in ms and a signal, trySend() neither", () => {
  greeter.send({ type: "reset" }, { timeout: 5, signal: AbortSignal.abort() });
  greeter.doSend({ type: "reset" }, {});
  // @ts-expect-error -- A text.
  greeter.send({ type: "reset" }, { timeout: "5 s" });
  // @ts-expect-error -- Misspelled.
  greeter.doSend({ type: "reset" }, { timeOut: 5 });
  // @ts-expect-error -- It never waits.
  greeter.trySend({ type: "reset" }, { timeout: 5 });
});

types("a stream is piped only into an actor that handles its items", (messages = {} as ReadableStream<Greet>) => {
  messages.pipeTo(greeter.writable());
  // @ts-expect-error -- Nobody handles it.
  (messages as unknown as ReadableStream<Other>).pipeTo(greeter.writable());
  // @ts-expect-error -- No messages.
  (messages as unknown as ReadableStream<string>).pipeTo(greeter.writable());
});

types("the options of spawn() are those of its actor, and no others", () => {
  const byName: QueuingStrategy<Protocol> = { highWaterMark: 9, size: (msg) => msg.type === "greet" ? 2 : 1 };
  system.spawn(() => new Greeter(), { mailbox: byName });
  system.spawn(() => new Greeter(), { mailbox: { highWaterMark: 9, size: (msg) => msg.type.length } });
  system.spawn(() => new Greeter(), {
    mailbox: new CountQueuingStrategy({ highWaterMark: 9 }),
    children: "rest-for-one",
  });
  // @ts-expect-error -- The size of another message.
  system.spawn(() => new Greeter(), { mailbox: { highWaterMark: 9, size: (msg: Other) => msg.type.length } });
  // @ts-expect-error -- The size of one of its messages only.
  system.spawn(() => new Greeter(), { mailbox: { highWaterMark: 9, size: (msg: Greet) => msg.name.length } });
  // @ts-expect-error -- A text.
  system.spawn(() => new Greeter(), { mailbox: { highWaterMark: 9, size: () => "1" } });
  // @ts-expect-error -- Misspelled.
  system.spawn(() => new Greeter(), { capcity: 5 });
  // @ts-expect-error -- No such policy.
  ctx.spawnChild(() => new Greeter(), { children: "all-for-one" });
  // @ts-expect-error -- No strategy.
  system.spawn(() => new Greeter(), { strategy: "restart" });
  // @ts-expect-error -- Not made by SupervisorStrategy.
  system.spawn(() => new Greeter(), { strategy: {} });
  wants<SpawnOptions<Protocol>>({ strategy: SupervisorStrategy.restart(3, 1_000, { backoff: (attempt) => attempt }) });
  // @ts-expect-error -- Made by its static members only.
  return new SupervisorStrategy(() => {});
});

types("lookup() gives an address of the class it was asked for, or undefined", () => {
  const found = system.lookup("greeter", Greeter);
  same<typeof found, Addr<Protocol> | undefined>(true);
  // @ts-expect-error -- It may be undefined.
  found.doSend({ type: "reset" });
  // @ts-expect-error -- Nobody handles it.
  found?.doSend({ type: "other" });
  // @ts-expect-error -- No actor.
  system.lookup("greeter", Date);
  // @ts-expect-error -- An instance.
  system.lookup("greeter", new Greeter());
  abstract class Base extends Actor<Greet> {}
  same<ReturnType<typeof system.lookup<Greet>>, Addr<Greet> | undefined>(true);
  return system.lookup("greeter", Base);
});

types("what was left out may be handed on as undefined", (
  timeout: number | undefined,
  signal: AbortSignal | undefined,
  probe: TestProbe<Greet>,
) => {
  greeter.send({ type: "reset" }, { timeout, signal });
  greeter.doSend({ type: "reset" }, { timeout, signal });
  system.stop(greeter, { timeout });
  system.shutdown({ timeout });
  probe.receive({ timeout });
  // @ts-expect-error -- But nothing else.
  greeter.send({ type: "reset" }, { timeout: null });
});

types("register(), stop(), watch() and stopChild() take any address, and nothing else", () => {
  system.register("greeter", greeter);
  system.stop(greeter, { drain: true, timeout: 5 });
  ctx.watch(greeter as ActorRef<Greet>);
  ctx.stopChild(nobody);
  // @ts-expect-error -- A name is no address.
  system.stop("greeter");
  // @ts-expect-error -- The other way round.
  system.register(greeter, "greeter");
  // @ts-expect-error -- An actor is no address.
  ctx.watch(new Greeter());
  // @ts-expect-error -- It may be far away.
  ctx.stopChild({} as ActorRef<Greet>);
});

types("a context belongs to its protocol: its timers and its address take what the actor handles", () => {
  same<typeof ctx.address, Addr<Protocol>>(true);
  same<typeof ctx.children, readonly AnyAddr[]>(true);
  const timer: TimerHandle = ctx.runLater(5, { type: "greet", name: "later" });
  ctx.runInterval(5, { type: "reset" });
  wants<Disposable>(timer);
  wants<Context<Greet>>(ctx);
  // @ts-expect-error -- Nobody handles it.
  ctx.runLater(5, { type: "other" });
  // @ts-expect-error -- No name.
  ctx.runInterval(5, { type: "greet" });
  // @ts-expect-error -- It does not handle Other.
  wants<Context<Protocol | Other>>(ctx);
  // @ts-expect-error -- Read only.
  ctx.id = "/other";
});

types("a stream handler gets the items of its stream", (words = {} as ReadableStream<string>) => {
  const attached = ctx.addStream(words, {
    item: (word) => void word.length,
    finished: () => {},
    failed: async () => {},
  });
  wants<Disposable>(attached);
  ctx.addStream(words, { item: (_word: unknown) => {} });
  // @ts-expect-error -- They are texts.
  ctx.addStream(words, { item: (n: number) => void n });
  // @ts-expect-error -- A text has no such method.
  ctx.addStream(words, { item: (word) => void word.toFixed() });
  // @ts-expect-error -- What is done with the items?
  ctx.addStream(words, { finished: () => {} });
  // @ts-expect-error -- Not a stream.
  ctx.addStream(["a", "b"], { item: () => {} });
});

types("a Rejection has the detail it was given, and must be given what it promises", () => {
  const detailed = new Rejection("no", { balance: 5 });
  same<typeof detailed, Rejection<{ balance: number }>>(true);
  same<typeof detailed.detail.balance, number>(true);
  const plain: undefined = new Rejection("no").detail;
  wants<CinemaError>(detailed);
  new Rejection<string | undefined>("no");
  // @ts-expect-error -- No detail.
  new Rejection<{ balance: number }>("no");
  // @ts-expect-error -- Another detail.
  new Rejection<number>("no", "5");
  // @ts-expect-error -- Read only.
  detailed.detail = { balance: 6 };
  return [plain, CinemaError];
});

types("MessagesOf knows the protocol of an actor", () => {
  same<MessagesOf<Greeter>, Protocol>(true);
  same<MessagesOf<Actor>, never>(true);
  same<MessagesOf<Date>, never>(true);
  wants<Addr<MessagesOf<Greeter>>>(greeter);
  // @ts-expect-error -- It handles Reset too.
  same<MessagesOf<Greeter>, Greet>(true);
});

types("the kind of an event tells what else it has", (event = {} as SystemEvent) => {
  if (event.kind === "dead-letter") wants<AnyMessage>(event.message);
  if (event.kind === "stopped") same<typeof event.reason, StopReason>(true);
  if (event.kind === "blocked") same<typeof event.from, AnyAddr | undefined>(true);
  // @ts-expect-error -- Not every event is about a message.
  wants<AnyMessage>(event.message);
  // @ts-expect-error -- No such event.
  return event.kind === "crashed";
});

types("a probe takes the messages it was made for, and gives their reply", () => {
  const probe = new TestProbe<Greet>(system, { reply: ({ name }) => name });
  // @ts-expect-error -- The reply to a Greet is a string.
  new TestProbe<Greet>(system, { reply: ({ name }) => name.length });
  same<typeof probe.addr, Addr<Greet>>(true);
  same<Awaited<ReturnType<typeof probe.receive>>, Greet>(true);
  // @ts-expect-error -- It was made for Greet.
  probe.addr.doSend({ type: "reset" });
  // @ts-expect-error -- A Greet has no title.
  return new TestProbe<Greet>(system, { reply: ({ title }) => title });
});
