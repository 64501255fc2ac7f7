/**
 * What the compiler promises about messages, handlers and hooks. The code is never run: see `support/type_tests.ts`.
 *
 * @module
 */

import {
  Actor,
  type ActorSystem,
  type Addr,
  type AnyMessage,
  type Context,
  type Handlers,
  LateReply,
  Message,
  type Reply,
  type SendResult,
  type Terminated,
} from "@cinema/cinema";
import { same, typeTests } from "./support/type_tests.ts";

interface Greet extends Message<string> {
  readonly type: "greet";
  readonly name: string;
}
interface Reset extends Message {
  readonly type: "reset";
}
interface Find extends Message<number | undefined> {
  readonly type: "find";
}
interface Other extends Message<boolean> {
  readonly type: "other";
}
class Add extends Message<number> {
  readonly type = "add";
  readonly amount: number = 1;
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
declare const ctx: Context<Protocol>;

const types = await typeTests(import.meta.url);

types("an address takes what its actor handles, and refuses every other message", () => {
  greeter.send({ type: "greet", name: "World" });
  greeter.doSend({ type: "reset" });
  greeter.trySend({ type: "reset" });
  // @ts-expect-error -- Nobody handles it.
  greeter.send({ type: "other" });
  // @ts-expect-error -- Nobody handles it.
  greeter.doSend({ type: "other" });
  // @ts-expect-error -- Nobody handles it.
  greeter.trySend({ type: "other" });
  // @ts-expect-error -- Not a message.
  greeter.trySend("reset");
  // @ts-expect-error -- Not a message.
  greeter.send(null);
  // @ts-expect-error -- No type.
  greeter.send({ name: "World" });
});

types("a message must have all its fields, of the right type, and no others", () => {
  // @ts-expect-error -- No name.
  greeter.send({ type: "greet" });
  // @ts-expect-error -- No name.
  greeter.doSend({ type: "greet" });
  // @ts-expect-error -- No name.
  greeter.trySend({ type: "greet" });
  // @ts-expect-error -- A wrong name.
  greeter.send({ type: "greet", name: 5 });
  // @ts-expect-error -- A field of another message.
  greeter.doSend({ type: "reset", nme: "World" });
  // @ts-expect-error -- A misspelled field.
  greeter.send({ type: "greet", name: "World", nme: "World" });
});

types("send() promises the reply of the message it sends", async () => {
  same<string, Awaited<ReturnType<typeof greet>>>(true);
  same<void, Awaited<ReturnType<typeof reset>>>(true);
  // @ts-expect-error -- It is a string.
  const n: number = await greet();
  // @ts-expect-error -- There is none.
  const text: string = await reset();
  const found: number | undefined = await (greeter as Addr<Protocol | Find>).send({ type: "find" });
  // @ts-expect-error -- It may be undefined.
  const certain: number = await (greeter as Addr<Protocol | Find>).send({ type: "find" });
  return [n, text, found, certain];
});
const greet = () => greeter.send({ type: "greet", name: "World" });
const reset = () => greeter.send({ type: "reset" });

types("send() of a union promises the union of the replies, and a wider one is refused", (either = {} as Protocol) => {
  const reply = greeter.send(either);
  same<string | void, Awaited<typeof reply>>(true);
  // @ts-expect-error -- It may be Other.
  greeter.send({} as Protocol | Other);
  // @ts-expect-error -- It may be anything.
  greeter.send({} as AnyMessage);
});

types("Reply knows the reply of one message, of a union, and keeps undefined", () => {
  same<Reply<Greet>, string>(true);
  same<Reply<Reset>, void>(true);
  same<Reply<Find>, number | undefined>(true);
  same<Reply<Greet | Other>, string | boolean>(true);
  same<Reply<Add>, number>(true);
  same<Reply<string>, never>(true);
  same<Reply<AnyMessage>, unknown>(true);
  same<Reply<Message<never> & { type: "end" }>, never>(true);
  // @ts-expect-error -- It is a string: what `same` is for.
  same<Reply<Greet>, number>(true);
});

types("a message may be an instance of a class, and the class must name its type", () => {
  const adder: Addr<Add> = system.spawn(() => new Adder());
  const sum: Promise<number> = adder.send(new Add());
  adder.send({ type: "add", amount: 5 });
  // @ts-expect-error -- No amount.
  adder.send({ type: "add" });
  // @ts-expect-error -- An instance of another class.
  adder.doSend(new Date());
  // @ts-expect-error -- No type.
  class Untyped extends Message<number> {}
  return [sum, Untyped];
});
class Adder extends Actor<Add> {
  add({ amount }: Add): Promise<number> {
    return Promise.resolve(amount);
  }
}

types("spawn() gives an address of the actor's protocol", () => {
  const addr = system.spawn(() => new Greeter());
  same<typeof addr, Addr<Protocol>>(true);
  const child = ctx.spawnChild(() => new Adder());
  same<typeof child, Addr<Add>>(true);
  const silent = system.spawn(() => new (class extends Actor {})());
  same<typeof silent, Addr<never>>(true);
});

types("spawn() refuses an actor that lacks a handler, or hides it", () => {
  class Lacking extends Actor<Protocol> {
    greet(): string {
      return "";
    }
  }
  // @ts-expect-error -- No reset.
  system.spawn(() => new Lacking());
  // @ts-expect-error -- No reset.
  ctx.spawnChild(() => new Lacking());
  class Hiding extends Lacking {
    protected reset(): void {}
  }
  // @ts-expect-error -- A protected method is no handler.
  system.spawn(() => new Hiding());
  class Holding extends Lacking {
    readonly reset: string = "";
  }
  // @ts-expect-error -- A text is no handler.
  system.spawn(() => new Holding());
});

types("spawn() refuses a handler of a wrong reply, a wrong message or a wrong context", () => {
  abstract class Base extends Actor<Protocol> {
    reset(): void {}
  }
  class Numeric extends Base {
    greet(): number {
      return 5;
    }
  }
  class Later extends Base {
    greet(): Promise<number> {
      return Promise.resolve(5);
    }
  }
  class Silent extends Base {
    async greet(): Promise<void> {}
  }
  class Greedy extends Base {
    greet({ title }: Greet & { title: string }): string {
      return title;
    }
  }
  class Boastful extends Base {
    greet(_msg: Greet, _ctx: Context<Protocol | Other>): string {
      return "";
    }
  }
  // @ts-expect-error -- A number.
  system.spawn(() => new Numeric());
  // @ts-expect-error -- A promise of a number.
  system.spawn(() => new Later());
  // @ts-expect-error -- Nothing.
  system.spawn(() => new Silent());
  // @ts-expect-error -- It wants a title that nobody sends.
  system.spawn(() => new Greedy());
  // @ts-expect-error -- Its context would take messages that it does not handle.
  system.spawn(() => new Boastful());
  class Loud extends Base {
    greet = (): string => "";
    override reset(): number {
      return 5;
    }
  }
  // @ts-expect-error -- A reply where there is none.
  system.spawn(() => new Loud());
});

types("a handler may be async, a field, inherited, without parameters, or with a narrower context", () => {
  class Base extends Actor<Protocol> {
    async greet({ name }: Greet): Promise<string> {
      return await Promise.resolve(name);
    }
    reset(): void {}
  }
  class Derived extends Base {
    override reset = (): Promise<void> => Promise.resolve();
  }
  class Fields extends Actor<Protocol> {
    greet = ({ name }: Greet, _ctx: Context<Greet>): string => name;
    reset = async (_msg: AnyMessage, _ctx: Context<never>): Promise<void> => {};
  }
  system.spawn(() => new Base());
  system.spawn(() => new Derived());
  system.spawn(() => new Fields());
});

types("a handler may return a LateReply of exactly its reply, at once or as a promise", () => {
  class Late extends Actor<Protocol | Find> {
    greet(): LateReply<string> {
      return new LateReply<string>();
    }
    async reset(): Promise<LateReply> {
      return await Promise.resolve(new LateReply());
    }
    find(): number | undefined | LateReply<number | undefined> | Promise<number> {
      return new LateReply();
    }
  }
  const late = system.spawn(() => new Late());
  same<Promise<string>, ReturnType<typeof hello>>(true);
  const hello = () => late.send({ type: "greet", name: "World" });
  class Wrong extends Greeter {
    // @ts-expect-error -- A number later.
    override greet(): LateReply<number> {
      return new LateReply<number>();
    }
  }
  class Nothing extends Actor<Greet> {
    greet(): LateReply {
      return new LateReply();
    }
  }
  class Narrow extends Actor<Find> {
    find(): LateReply<number> {
      return new LateReply<number>();
    }
  }
  // @ts-expect-error -- Nothing later, and not a text.
  system.spawn(() => new Nothing());
  // @ts-expect-error -- It is settled with what the message says, or somebody might resolve it with undefined.
  system.spawn(() => new Narrow());
  // @ts-expect-error -- A text.
  new LateReply<string>().resolve(5);
  // @ts-expect-error -- A value is needed.
  new LateReply<string>().resolve();
  new LateReply().resolve();
  return [hello, Wrong];
});

types("no message may have the name of a hook or of a method of every object", () => {
  interface Named<T extends string> extends Message {
    readonly type: T;
  }
  class Reserved<T extends string> extends Actor<Named<T>> {
    override started(): void {}
    override stopped(): void {}
    override terminated(): void {}
  }
  // @ts-expect-error -- A hook.
  system.spawn(() => new Reserved<"started">());
  // @ts-expect-error -- A hook.
  system.spawn(() => new Reserved<"stopped">());
  // @ts-expect-error -- A hook.
  system.spawn(() => new Reserved<"terminated">());
  // @ts-expect-error -- What every object has.
  system.spawn(() => new Reserved<"constructor">());
  // @ts-expect-error -- What every object has.
  system.spawn(() => new Reserved<"toString">());
  // @ts-expect-error -- What every object has.
  system.spawn(() => new Reserved<"hasOwnProperty">());
  // @ts-expect-error -- What every object has.
  system.spawn(() => new Reserved<"valueOf">());
});

types("a message whose type is any text has no handler, and what is missing says so", () => {
  class Loose extends Message<number> {
    type = "loose";
  }
  class Taker extends Actor<Loose> {
    loose(): number {
      return 5;
    }
  }
  // @ts-expect-error -- It is not readonly.
  system.spawn(() => new Taker());
  new Loose().type = "other";
  same<keyof Handlers<Loose>, "a literal `type`, not `string`: in a class, `readonly type = ...`">(true);
  same<keyof Handlers<Add | Greet>, "add" | "greet">(true);
});

types("hooks have the actor's context and a notice, and are checked where the actor is spawned", () => {
  class Right extends Greeter {
    override started(_ctx: Context<Protocol>): void {}
    override stopped(_ctx: Context<Greet>): Promise<SendResult> {
      return greeter.doSend({ type: "reset" });
    }
    override terminated({ addr, reason, error }: Terminated, _ctx: Context<Protocol>): void {
      return void [addr.id, reason, error];
    }
  }
  class WrongContext extends Greeter {
    override started(_ctx: Context<Protocol | Other>): void {}
  }
  class WrongStop extends Greeter {
    override stopped(_ctx: Context<Protocol | Other>): void {}
  }
  class WrongNotice extends Greeter {
    override terminated(_notice: Terminated & { code: number }): void {}
  }
  system.spawn(() => new Right());
  // @ts-expect-error -- The context of another protocol.
  system.spawn(() => new WrongContext());
  // @ts-expect-error -- The context of another protocol.
  system.spawn(() => new WrongStop());
  // @ts-expect-error -- A notice has no code.
  system.spawn(() => new WrongNotice());
});

types("hooks are written with override, so a misspelled one is found", () => {
  class Hooks extends Greeter {
    // @ts-expect-error -- Not spelled so.
    override start(): void {}
    // @ts-expect-error -- No override.
    stopped(): void {}
    // @ts-expect-error -- A hook returns nothing.
    override started(): number {
      return 5;
    }
    // @ts-expect-error -- A notice is no text.
    override terminated(_notice: string): void {}
  }
  return Hooks;
});

types("`implements Handlers` shows a missing or wrong handler at the class", () => {
  class Right extends Actor<Protocol> implements Handlers<Protocol> {
    greet(): string {
      return "";
    }
    reset(): void {}
  }
  // @ts-expect-error -- No reset.
  class Lacking extends Actor<Protocol> implements Handlers<Protocol> {
    greet(): string {
      return "";
    }
  }
  class Wrong extends Actor<Protocol> implements Handlers<Protocol> {
    // @ts-expect-error -- A number.
    greet(): number {
      return 5;
    }
    reset(): void {}
  }
  return [Right, Lacking, Wrong];
});

types("spawn() takes a factory of an actor: no instance, no class, no promise, nothing else", () => {
  // @ts-expect-error -- An instance cannot restart.
  system.spawn(new Greeter());
  // @ts-expect-error -- A class is not called.
  system.spawn(Greeter);
  // @ts-expect-error -- A promise is no actor.
  system.spawn(() => Promise.resolve(new Greeter()));
  // @ts-expect-error -- No actor, though it has the handlers.
  system.spawn(() => ({ greet: () => "", reset: () => {} }));
  // @ts-expect-error -- It wants something.
  system.spawn((_name: string) => new Greeter());
});
