import { Message } from "@cinema/cinema";
import { assertEquals } from "@std/assert";
import { jsonLoss } from "../../remote/json_loss.ts";

const lossOf = (value: unknown, isMadeWhole = false) => jsonLoss(value, { hasNegativeZero: false }, isMadeWhole);

class Point {
  readonly x = 1;
}

Deno.test({
  name: "jsonLoss() finds nothing in what arrives as it was sent",
  permissions: "none",
  fn() {
    const shared = { n: 1 };
    const values = [undefined, null, true, "\ud800", 0, -0, 1e300, [], {}, [[null]], { a: { b: [1, "c"] } }];
    const objects = [{ none: undefined }, Object.create(null), JSON.parse('{"__proto__":1}'), [shared, shared]];
    for (const value of [...values, ...objects]) assertEquals(lossOf(value), undefined);
  },
});

Deno.test({
  name: "jsonLoss() names what would arrive as something else, and where it is",
  permissions: "none",
  fn() {
    const cases: [unknown, string][] = [
      [{ at: new Date(0) }, "at is an object of the class Date"],
      [{ list: [1, { map: new Map() }] }, "list[1].map is an object of the class Map"],
      [{ set: new Set() }, "set is an object of the class Set"],
      [{ bytes: new Uint8Array(1) }, "bytes is an object of the class Uint8Array"],
      [{ error: new Error("no") }, "error is an object of the class Error"],
      [{ to: new Point() }, "to is an object of the class Point"],
      [{ nobody: Object.create(Object.create(null)) }, "nobody is an object of a class"],
      [new (class extends Array {})(), "it is an object of a class"],
      [{ do: () => 1 }, "do is a function"],
      [{ n: 1n }, "n is a bigint"],
      [{ s: Symbol("s") }, "s is a symbol"],
      [{ [Symbol("hidden")]: 1 }, "[Symbol(hidden)] is named by a symbol"],
      [{ n: NaN }, "n is NaN"],
      [[1, [-Infinity]], "[1][0] is -Infinity"],
      [[undefined], "[0] is undefined"],
      [Object.assign([0], { length: 2 }), "[1] is undefined"],
      [{ "two words": { "ü": [NaN] } }, '["two words"]["ü"][0] is NaN'],
      [{ toJSON: () => 1 }, "toJSON is a function"],
      [new Point(), "it is an object of the class Point"],
      [() => 1, "it is a function"],
    ];
    for (const [value, loss] of cases) assertEquals(lossOf(value), loss);
  },
});

Deno.test({
  name: "jsonLoss() finds a circle, and takes a thousand levels",
  permissions: "none",
  fn() {
    const circle: unknown[] = [];
    circle.push(circle);
    assertEquals(lossOf({ circle })?.endsWith("[0] is 1000 levels deep, or in a circle"), true);
    let deep: unknown = 1;
    for (let level = 0; level < 1_000; level++) deep = [deep];
    assertEquals(lossOf(deep), undefined);
  },
});

Deno.test({
  name: "jsonLoss() looks at no field that a message inherits, which JSON does not write either",
  permissions: "none",
  fn() {
    class Add {
      readonly type = "add";
      readonly n: number = 1;
    }
    // As before there were classes: the prototype is an object like any other, and what is in it can be enumerated.
    Object.defineProperty(Add.prototype, "constructor", { enumerable: true });
    assertEquals(lossOf(new Add()), undefined);
    assertEquals(lossOf(Object.assign(new Add(), { n: NaN })), "n is NaN");
  },
});

Deno.test({
  name: "jsonLoss() takes a message of a class that has fields and nothing else",
  permissions: "none",
  fn() {
    class Add extends Message {
      readonly type = "add";
      readonly n: unknown = 1;
    }
    class Twice extends Add {
      get twice(): number {
        return 2 * Number(this.n);
      }
    }
    assertEquals(lossOf(new Add()), undefined);
    assertEquals(lossOf(Object.assign(new Add(), { n: NaN })), "n is NaN");
    assertEquals(lossOf(new Twice()), "twice is in the class Twice, and not in its fields");
    assertEquals(lossOf({ nested: new Add() }), "nested is an object of the class Add");
  },
});

Deno.test({
  name: "jsonLoss() looks into what writes itself with toJSON() where the receiver makes that whole, and only there",
  permissions: "none",
  fn() {
    class Money extends Message {
      readonly type = "money";
      cents: unknown = 1;
      toJSON(): unknown {
        return { cents: this.cents };
      }
    }
    const broken = Object.assign(new Money(), { cents: NaN });
    assertEquals(lossOf([new Date(0), new Money(), new URL("http://localhost")], true), undefined);
    assertEquals(lossOf(new Money(), true), undefined);
    assertEquals(lossOf(broken, true), "cents is NaN");
    assertEquals(lossOf({ at: new Map() }, true), "at is an object of the class Map");
    assertEquals(lossOf(new Money()), "toJSON is in the class Money, and not in its fields");
  },
});

Deno.test({
  name: "jsonLoss() says whether there is a -0, which JSON.stringify would write as 0",
  permissions: "none",
  fn() {
    const seen = [{ n: 0 }, { n: [1, -0, 2] }, -0].map((value) => {
      const look = { hasNegativeZero: false };
      jsonLoss(value, look, false);
      return look.hasNegativeZero;
    });
    assertEquals(seen, [false, true, true]);
  },
});
