import { assertEquals, assertNotStrictEquals, assertStrictEquals } from "@std/assert";
import { Actor, type AnyMessage } from "../../../mod.ts";
import { type AnyActor, handlersOf } from "../../../src/internal/dispatch.ts";

const untyped = (actor: unknown): AnyActor => actor as AnyActor;

/** The types that an actor handles, sorted. */
function typesOf(actor: unknown): string[] {
  return [...handlersOf(untyped(actor)).keys()].sort();
}

/** What the handler of `type` returns. */
function call(actor: unknown, type: string): unknown {
  return handlersOf(untyped(actor)).get(type)?.call(untyped(actor), { type } as AnyMessage, undefined as never);
}

class Base extends Actor {
  greet(): string {
    return "base";
  }
  inherited(): string {
    return this.greet();
  }
}

class Derived extends Base {
  override greet(): string {
    return `derived over ${super.greet()}`;
  }
  added(): string {
    return "added";
  }
}

Deno.test({
  name: "handlersOf() finds the methods of a class, those of its base classes too, and the overriding one wins",
  permissions: "none",
  fn() {
    assertEquals(typesOf(new Base()), ["greet", "inherited"]);
    assertEquals(typesOf(new Derived()), ["added", "greet", "inherited"]);
    assertEquals(call(new Base(), "greet"), "base");
    assertEquals(call(new Derived(), "inherited"), "derived over base");
  },
});

Deno.test({
  name: "handlersOf() builds one table per class",
  permissions: "none",
  fn() {
    assertStrictEquals(handlersOf(untyped(new Derived())), handlersOf(untyped(new Derived())));
    assertNotStrictEquals(handlersOf(untyped(new Base())), handlersOf(untyped(new Derived())));
  },
});

Deno.test({
  name: "handlersOf() counts own function fields of an instance, for that instance only",
  permissions: "none",
  fn() {
    class Fields extends Base {
      readonly answer: () => number;
      override greet = (): string => "field";
      readonly count = 5;
      constructor(n: number) {
        super();
        this.answer = () => n;
      }
    }
    assertEquals(typesOf(new Fields(1)), ["answer", "greet", "inherited"]);
    assertEquals([call(new Fields(1), "answer"), call(new Fields(2), "answer")], [1, 2]);
    assertEquals(call(new Fields(1), "inherited"), "field");
    assertEquals(typesOf(new Base()), ["greet", "inherited"]);
  },
});

Deno.test({
  name: "handlersOf() never finds hooks or what every object has, not even as own fields or overridden",
  permissions: "none",
  fn() {
    class Hooked extends Actor {
      override started(): void {}
      override stopped(): void {}
      override terminated(): void {}
      override toString(): string {
        return "hooked";
      }
      override valueOf = (): object => ({});
      override hasOwnProperty = (): boolean => true;
      override isPrototypeOf(): boolean {
        return false;
      }
      work(): void {}
    }
    assertEquals(typesOf(new Hooked()), ["work"]);
    const own = Object.assign(new Hooked(), { started: () => {}, constructor: () => {} });
    Object.defineProperty(own, "__proto__", { value: () => {}, enumerable: true });
    assertEquals(typesOf(own), ["work"]);
    for (const name of [...Object.getOwnPropertyNames(Object.prototype), "started", "stopped", "terminated"]) {
      assertEquals(handlersOf(untyped(own)).get(name), undefined, name);
    }
  },
});

Deno.test({
  name: "handlersOf() takes no getters, symbols, statics, private methods or other values",
  permissions: "none",
  fn() {
    let reads = 0;
    class Odd extends Actor {
      static fixed(): void {}
      get computed(): () => void {
        reads++;
        return () => {};
      }
      set assigned(_value: unknown) {
        reads++;
      }
      [Symbol.iterator](): void {}
      #hidden(): void {}
      peek(): unknown {
        return this.#hidden;
      }
      readonly data = { nested: () => {} };
    }
    assertEquals([typesOf(new Odd()), reads], [["peek"], 0]);
  },
});

Deno.test({
  name: "handlersOf() knows `then`, `name`, `length` and the empty string as any other type",
  permissions: "none",
  fn() {
    class Plain extends Actor {
      then(): string {
        return "then";
      }
      name(): string {
        return "name";
      }
      length(): string {
        return "length";
      }
      ""(): string {
        return "empty";
      }
    }
    assertEquals(typesOf(new Plain()), ["", "length", "name", "then"]);
    assertEquals(call(new Plain(), ""), "empty");
  },
});

Deno.test({
  name: "handlersOf() is not changed by what is assigned to a prototype after the table was built",
  permissions: "none",
  fn() {
    class Late extends Actor {
      known(): void {}
    }
    assertEquals(typesOf(new Late()), ["known"]);
    Object.assign(Late.prototype, { smuggled: () => "no" });
    assertEquals(typesOf(new Late()), ["known"]);
  },
});
