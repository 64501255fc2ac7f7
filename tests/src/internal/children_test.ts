import { assertEquals, assertThrows } from "@std/assert";
import { NameTakenError } from "../../../mod.ts";
import type { Cell } from "../../../src/internal/cell.ts";
import { Children } from "../../../src/internal/children.ts";

function pure(name: string, fn: () => void): void {
  Deno.test({ name, permissions: "none", fn });
}

/** Something to tell apart; `Children` looks at no other part of it. */
function cell(name?: string, isAlive = true): Cell {
  return { isAlive, options: { name } } as Cell;
}

pure("Children keeps the order of spawning", () => {
  const children = new Children();
  const [a, b, c] = [cell(), cell(), cell()];
  for (const child of [a, b, c]) children.add(child, undefined);
  assertEquals([children.list(), children.size], [[a, b, c], 3]);
  children.remove(b, undefined);
  children.add(b, undefined);
  assertEquals(children.list(), [a, c, b]);
});

pure("Children.list() is a copy", () => {
  const children = new Children();
  children.add(cell(), undefined);
  children.list().pop();
  assertEquals(children.size, 1);
});

pure("Children.first() gives so many of the living, in order of spawning", () => {
  const children = new Children();
  const [a, b, c] = [cell(), cell(), cell()];
  for (const each of [a, b, c]) children.add(each, undefined);
  children.remove(a, undefined);
  assertEquals([0, 1, 2, 3].map((count) => children.first(count)), [[], [b], [b, c], [b, c]]);
});

pure("Children.checkName() refuses a name that a living child has, and takes it again after its end", () => {
  const children = new Children();
  const child = cell();
  children.add(child, "a");
  assertThrows(() => children.checkName("a"), NameTakenError, 'Cannot spawn "a": a living sibling has that name');
  children.checkName("b");
  children.remove(child, "a");
  children.checkName("a");
});

pure("Children.checkName() says when the child that has the name is stopping", () => {
  const children = new Children();
  children.add(cell("other"), "other");
  children.add(cell("a", false), "a");
  const text = 'Cannot spawn "a": a sibling that is stopping still has that name';
  assertThrows(() => children.checkName("a"), NameTakenError, text);
  assertThrows(() => children.checkName("other"), NameTakenError, "a living sibling has that name");
});

pure("Children.checkName() refuses what could not stand in an id", () => {
  for (const name of ["", "/", "a/b"]) assertThrows(() => new Children().checkName(name), TypeError, `"${name}"`);
  for (const name of ["__proto__", "constructor", " ", "ünï", "."]) new Children().checkName(name);
});
