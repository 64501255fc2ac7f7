/**
 * The contract of an actor: one method per message, named by its `type`, and three optional hooks.
 * @module
 */

import type { Context } from "./context.ts";
import type { LateReply } from "./late_reply.ts";
import type { AnyMessage, Reply } from "./message.ts";
import type { Terminated } from "./watch.ts";

/**
 * Names that the `type` of a message must not have, because they are methods already: the hooks (`started`, `stopped`,
 * `terminated`) and what every object has (`toString` and so on). An actor with such a message does not compile, and a
 * message that comes with such a `type` all the same counts as unhandled: it never calls the method.
 *
 * @example
 * ```ts
 * import type { ReservedType } from "@cinema/cinema";
 * import { assertEquals } from "@std/assert";
 *
 * const hooks: ReservedType[] = ["started", "stopped", "terminated"];
 * assertEquals(hooks.length, 3);
 * ```
 */
export type ReservedType =
  | "started"
  | "stopped"
  | "terminated"
  | keyof typeof Object.prototype
  | "__proto__"
  | `__${"define" | "lookup"}${"Getter" | "Setter"}__`;

/**
 * The type of the handler of message `K` in an actor whose protocol is `M`: it gets the message and the actor's
 * {@linkcode Context}, and returns the reply or a promise of it. The actor takes its next message when that promise has
 * settled. A handler that has to answer later than that returns a {@linkcode LateReply}.
 *
 * A handler may ask for less than it gets: of an actor of `Greet | Reset`, a `Context<Greet>` will do.
 *
 * @example
 * ```ts
 * import type { Handler, Message } from "@cinema/cinema";
 * import { assertEquals } from "@std/assert";
 *
 * interface Greet extends Message<string> {
 *   type: "greet";
 *   name: string;
 * }
 * const greet = (({ name }) => `Hello, ${name}!`) satisfies Handler<Greet>;
 * assertEquals(greet({ type: "greet", name: "Ada" }), "Hello, Ada!");
 * ```
 */
export type Handler<K extends AnyMessage, M extends AnyMessage = K> = (
  msg: K,
  ctx: Context<M>,
) => Reply<K> | LateReply<Reply<K>> | Promise<Reply<K> | LateReply<Reply<K>>>;

/**
 * The methods that an actor with protocol `M` must have: one per message, named by its `type`. `spawn` checks them;
 * `implements Handlers<M>` shows what is missing at the class already.
 *
 * @example
 * ```ts
 * import { Actor, type Handlers, type Message } from "@cinema/cinema";
 * import { assertEquals } from "@std/assert";
 *
 * interface Greet extends Message<string> {
 *   type: "greet";
 * }
 * class Greeter extends Actor<Greet> implements Handlers<Greet> {
 *   greet(): string {
 *     return "Hello!";
 *   }
 * }
 * assertEquals(new Greeter().greet(), "Hello!");
 * ```
 */
export type Handlers<M extends AnyMessage> = {
  // A class whose `type = "add"` is not `readonly` has any text for its type: the name of what is missing says so.
  [
    K in M as string extends K["type"] ? "a literal `type`, not `string`: in a class, `readonly type = ...`" : K["type"]
  ]: K["type"] extends ReservedType ? `'${K["type"]}' is reserved and cannot be the type of a message`
    : Handler<K, M>;
};

/**
 * What `spawn` asks of an actor besides its handlers: the phantom from which `M` is inferred, and the hooks once more.
 * They are properties here because methods are bivariant: only this form is checked strictly. Every subclass of
 * {@linkcode Actor} is one; nobody writes it out. {@linkcode Factory} is where it is asked for.
 *
 * @typeParam M The protocol of the actor.
 */
export interface Spawnable<in out M extends AnyMessage> {
  /** Only subclasses of {@linkcode Actor} have it. */
  readonly "~messages": (m: M) => void;
  // `| undefined` keeps a misleading hint about `exactOptionalPropertyTypes` out of the error for a missing handler.
  /** See `started` of {@linkcode Actor}. */
  readonly started?: ((ctx: Context<M>) => void | Promise<unknown>) | undefined;
  /** See `stopped` of {@linkcode Actor}. */
  readonly stopped?: ((ctx: Context<M>) => void | Promise<unknown>) | undefined;
  /** See `terminated` of {@linkcode Actor}. */
  readonly terminated?: ((notice: Terminated, ctx: Context<M>) => void | Promise<unknown>) | undefined;
}

/**
 * The base class of actors. `M` is the protocol: the union of every message it handles, one method each. An actor owns
 * its state: it handles one message at a time, and an `async` handler finishes before the next one starts.
 *
 * Whatever a handler or a hook throws is a failure, which the actor's {@linkcode SupervisorStrategy} answers; only a
 * {@linkcode Rejection} from a handler is not, and the reason of {@linkcode Context.signal} when that has aborted.
 * Methods that are no handlers must be `#private`, because the types cannot tell them from handlers at run time.
 *
 * An incarnation is one instance, from its factory to its `stopped`. A restart ends it and makes a new one behind the
 * same address.
 *
 * @typeParam M The protocol; `never` for an actor that takes no messages.
 *
 * @example
 * ```ts
 * import { Actor, ActorSystem, type Message } from "@cinema/cinema";
 * import { assertEquals } from "@std/assert";
 *
 * const journal: string[] = [];
 * interface Note extends Message<number> {
 *   type: "note";
 *   text: string;
 * }
 * class Writer extends Actor<Note> {
 *   override started(): void {
 *     journal.push("opened");
 *   }
 *   note({ text }: Note): number {
 *     return journal.push(text);
 *   }
 *   override stopped(): void {
 *     journal.push("closed");
 *   }
 * }
 *
 * await using system = new ActorSystem();
 * const writer = system.spawn(() => new Writer());
 * assertEquals(await writer.send({ type: "note", text: "first" }), 2);
 * await system.stop(writer);
 * assertEquals(journal, ["opened", "first", "closed"]);
 * ```
 */
export abstract class Actor<in M extends AnyMessage = never> {
  /** Phantom: never present at run time; it is required, so that only subclasses are actors. */
  declare readonly "~messages": (m: M) => void;
  /**
   * Runs before the first message of an incarnation: after `spawn` and again after each restart. Messages wait until it
   * has settled. A failure in it leaves nothing to resume: `resume` then stops the actor.
   */
  started?(ctx: Context<M>): void | Promise<unknown>;
  /**
   * Runs once for each incarnation whose `started` was called, when it ends and its children have ended: the place to
   * close what the actor holds. Its `ctx` is closed already. It has `stopTimeout` ms, and it is skipped after a handler
   * was abandoned. A failure in it is told by the events; while the actor stops, it becomes the reason of its end.
   */
  stopped?(ctx: Context<M>): void | Promise<unknown>;
  /**
   * Runs when a child or a watched actor has ended: exactly once for each, after every message it had sent here before.
   * Children that end because this actor itself stops or restarts are not told of.
   */
  terminated?(notice: Terminated, ctx: Context<M>): void | Promise<unknown>;
}

/**
 * The protocol of an actor, from the type of its instances; `never` for what is no actor.
 *
 * @example
 * ```ts
 * import { Actor, type Message, type MessagesOf } from "@cinema/cinema";
 * import { assertEquals } from "@std/assert";
 *
 * interface Greet extends Message<string> {
 *   type: "greet";
 * }
 * class Greeter extends Actor<Greet> {
 *   greet(): string {
 *     return "Hello!";
 *   }
 * }
 * const message: MessagesOf<Greeter> = { type: "greet" };
 * assertEquals(new Greeter()[message.type](), "Hello!");
 * ```
 */
export type MessagesOf<A> = A extends { readonly "~messages": (m: infer M extends AnyMessage) => void } ? M : never;

/**
 * Makes the actor: once at `spawn` and once for each restart (`ctx.restarts` counts them), which is why `spawn` takes a
 * factory and not an instance. Every message must have its handler, and every handler and hook the right type. What it
 * throws is a failure of the actor, which its strategy answers.
 *
 * @example
 * ```ts
 * import { Actor, ActorSystem, type Factory, type Message } from "@cinema/cinema";
 * import { assertEquals } from "@std/assert";
 *
 * interface Greet extends Message<string> {
 *   type: "greet";
 * }
 * class Greeter extends Actor<Greet> {
 *   readonly #greeting: string;
 *   constructor(greeting: string) {
 *     super();
 *     this.#greeting = greeting;
 *   }
 *   greet(): string {
 *     return this.#greeting;
 *   }
 * }
 * const formal: Factory<Greet> = () => new Greeter("Good day!"); // how an actor gets its arguments
 *
 * await using system = new ActorSystem();
 * assertEquals(await system.spawn(formal).send({ type: "greet" }), "Good day!");
 * ```
 */
export type Factory<M extends AnyMessage> = () => Spawnable<M> & Handlers<M>;

/**
 * A class of actors with protocol `M`, abstract or not: what {@linkcode ActorSystem.lookup} takes to know the type of
 * the address it returns.
 *
 * @example
 * ```ts
 * import { Actor, type ActorClass, type Message } from "@cinema/cinema";
 * import { assertEquals } from "@std/assert";
 *
 * interface Greet extends Message<string> {
 *   type: "greet";
 * }
 * class Greeter extends Actor<Greet> {
 *   greet(): string {
 *     return "Hello!";
 *   }
 * }
 * const service: ActorClass<Greet> = Greeter;
 * assertEquals(service.name, "Greeter");
 * ```
 */
export type ActorClass<M extends AnyMessage> = abstract new (...args: never[]) => Actor<M>;
