/**
 * What the compiler promises about protocols and remote addresses. The code is never run: see `support/type_tests.ts`.
 *
 * @module
 */

import { type ActorRef, type Addr, Message } from "@cinema/cinema";
import {
  type Codec,
  type LocalNode,
  type MessageRouter,
  type Payload,
  type Protocol,
  protocol,
  type RemoteAddr,
  type RemoteClient,
} from "@cinema/cinema/remote";
import type protobuf from "protobufjs";
import { same, typeTests } from "../support/type_tests.ts";

interface Add extends Message<{ value: number }> {
  readonly type: "add";
  readonly n: number;
}
interface Reset extends Message {
  readonly type: "reset";
}
interface Name extends Message<string> {
  readonly type: "name";
}
class Secret extends Message {
  readonly type = "secret";
  readonly #inner = 1;
  reveal(): number {
    return this.#inner;
  }
}

declare const operand: Codec<{ readonly n: number }>;
declare const result: Codec<{ value: number }>;
declare const text: Codec<string>;
declare const nothing: Codec<Record<never, never>>;
declare const reflected: protobuf.Type;

const types = await typeTests(import.meta.url);

types("what travels of a message are its fields without the type", () => {
  same<Payload<Add>, { readonly n: number }>(true);
});

types("a table has one entry for each message, none missing and none too many", () => {
  const both = {
    add: { name: "Add", request: operand, reply: result },
    reset: { name: "Reset", request: nothing },
  } as const;
  const whole: Protocol<Add | Reset> = protocol<Add | Reset>(both);
  // @ts-expect-error: there is no entry for `reset`
  protocol<Add | Reset>({ add: both.add });
  // @ts-expect-error: nothing is called `other`
  protocol<Add>({ add: both.add, other: both.reset });
  // @ts-expect-error: it must be said which messages these are
  protocol({ add: both.add });
  return whole;
});

types("codecs fit their message and its reply", () => {
  // @ts-expect-error: the request carries a number, not a text
  protocol<Add>({ add: { name: "Add", request: text, reply: result } });
  // @ts-expect-error: the reply is an object, not a text
  protocol<Add>({ add: { name: "Add", request: operand, reply: text } });
  // @ts-expect-error: its reply needs a codec
  protocol<Add>({ add: { name: "Add", request: operand } });
  // @ts-expect-error: it has no reply
  protocol<Reset>({ reset: { name: "Reset", request: nothing, reply: text } });
  // @ts-expect-error: it has no name
  protocol<Reset>({ reset: { request: nothing } });
});

types("a reflection type stands for objects only", () => {
  protocol<Add>({ add: { name: "Add", request: reflected, reply: reflected } });
  // @ts-expect-error: protobufjs has no message that is a text
  protocol<Name>({ name: { name: "Name", request: reflected, reply: reflected } });
});

types("a message with private members cannot travel", () => {
  // @ts-expect-error: what is private stays here
  protocol<Secret>({ secret: { name: "Secret", request: nothing } });
  return new Secret();
});

types("no protocol stands in for another", (small: Protocol<Add>, big: Protocol<Add | Reset>) => {
  // @ts-expect-error: it lacks `reset`
  const bigger: Protocol<Add | Reset> = small;
  // @ts-expect-error: it has more
  const smaller: Protocol<Add> = big;
  return [bigger, smaller];
});

types("an address is a reference, wherever its actor lives, and takes no less than it says", (
  remote: RemoteAddr<Add | Reset>,
  local: Addr<Add | Reset>,
) => {
  const refs: ActorRef<Add>[] = [remote, local];
  const less: RemoteAddr<Reset> = remote;
  // @ts-expect-error: it does not take `name`
  const more: ActorRef<Add | Name> = remote;
  return [refs, less, more];
});

types("a remote address sends what its protocol has, and the reply has its type", async (
  client: RemoteClient,
  both: Protocol<Add | Reset>,
) => {
  const remote = client.remoteAddr("calculator", both);
  const { value } = await remote.send({ type: "add", n: 1 });
  same<typeof value, number>(true);
  same<Awaited<ReturnType<typeof remote.doSend>>, Awaited<ReturnType<ActorRef<Add>["doSend"]>>>(true);
  // @ts-expect-error: `n` is missing
  await remote.send({ type: "add" });
  // @ts-expect-error: the protocol has no `name`
  await remote.doSend({ type: "name" });
});

types("an actor is routed for what it takes, and for no more", (
  router: MessageRouter,
  node: LocalNode,
  addr: Addr<Add | Reset>,
  small: Protocol<Add>,
  other: Protocol<Add | Name>,
) => {
  router.route(small, node.handler(addr, { name: "calculator" }));
  // @ts-expect-error: the actor does not take `name`
  router.route(other, node.handler(addr, { name: "calculator" }));
});
