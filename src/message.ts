/**
 * What actors say to each other: plain objects (or instances of a class) with a `type`.
 * @module
 */

/**
 * What every message has: a `type` to dispatch on and, for the compiler alone, the type of its reply. Usable as an
 * interface and as a base class; a message without a reply is a `Message<void>`, which is the default.
 *
 * The handler gets the very object that was sent, not a copy: who has sent one should not change it any more.
 *
 * @typeParam R The type of the reply.
 *
 * @example As an interface, or as a base class
 * ```ts
 * import { Actor, ActorSystem, Message } from "@cinema/cinema";
 * import { assertEquals } from "@std/assert";
 *
 * interface Count extends Message<number> {
 *   type: "count";
 * }
 * class Add extends Message {
 *   readonly type = "add";
 *   readonly by = 2;
 * }
 * class Counter extends Actor<Count | Add> {
 *   #n = 0;
 *   count(): number {
 *     return this.#n;
 *   }
 *   add({ by }: Add): void {
 *     this.#n += by;
 *   }
 * }
 *
 * await using system = new ActorSystem();
 * const counter = system.spawn(() => new Counter());
 * await counter.send(new Add());
 * assertEquals(await counter.send({ type: "count" }), 2);
 * ```
 */
export abstract class Message<in R = void> {
  /** Names the handler method; never one of the names in {@linkcode ReservedType}. */
  abstract readonly type: string;
  // A string key, not a unique symbol: `isolatedDeclarations` refuses a computed name in a class and `deno doc --lint`
  // a private symbol. `~` sorts last in completions.
  /**
   * Phantom: never present at run time. It takes the reply, as whoever asks does: who can do with more replies may ask
   * an actor that gives fewer, not the other way round.
   */
  declare readonly "~reply"?: ((reply: R) => void) | undefined;
}

/**
 * Any message. `Message` is contravariant in its reply, so `never` is the top and no `any` is needed.
 *
 * @example
 * ```ts
 * import type { AnyMessage } from "@cinema/cinema";
 * import { assertEquals } from "@std/assert";
 *
 * const describe = (message: AnyMessage): string => `a message of type ${message.type}`;
 * assertEquals(describe({ type: "greet" }), "a message of type greet");
 * ```
 */
export type AnyMessage = Message<never>;

/**
 * The type of the reply of message `M`. Of a union of messages it is the union of their replies. Where `type` is any
 * `string`, as of {@linkcode AnyMessage}, it is `unknown`.
 *
 * @example
 * ```ts
 * import type { Message, Reply } from "@cinema/cinema";
 * import { assertEquals } from "@std/assert";
 *
 * interface Count extends Message<number> {
 *   type: "count";
 * }
 * const reply: Reply<Count> = 3; // a number, and nothing else compiles
 * assertEquals(reply, 3);
 * ```
 */
export type Reply<M> = M extends Message<infer R> ? string extends M["type"] ? unknown : R : never;

/**
 * The members of the union `M` whose `type` is `K`.
 *
 * @example
 * ```ts
 * import type { Message, MessageOfType } from "@cinema/cinema";
 * import { assertEquals } from "@std/assert";
 *
 * interface Count extends Message<number> {
 *   type: "count";
 * }
 * interface Add extends Message {
 *   type: "add";
 *   by: number;
 * }
 * const add: MessageOfType<Count | Add, "add"> = { type: "add", by: 2 };
 * assertEquals(add.by, 2);
 * ```
 */
export type MessageOfType<M extends AnyMessage, K extends M["type"]> = Extract<M, { readonly type: K }>;
