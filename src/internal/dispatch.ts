/**
 * Which method handles which message: a table per class, built once.
 * @module
 */

import { Actor } from "../actor.ts";
import type { AnyMessage } from "../message.ts";
import type { ActorContext } from "./actor_context.ts";

/** An actor as the runtime sees it: its protocol is the compiler's concern. */
export type AnyActor = Actor<AnyMessage>;

/** A handler as the runtime sees it. */
export type AnyHandler = (this: AnyActor, msg: AnyMessage, ctx: ActorContext) => unknown;

/** The handlers of an actor by message type. */
export type HandlerTable = ReadonlyMap<string, AnyHandler>;

/** The method of an actor that takes whatever has no handler of its own. Only the test probe has one. */
export const ANY_MESSAGE: unique symbol = Symbol("any message");

/** What no message may ever call. */
const RESERVED: ReadonlySet<string> = new Set([
  "started",
  "stopped",
  "terminated",
  ...Object.getOwnPropertyNames(Object.prototype),
]);

const tables = new WeakMap<object, HandlerTable>();

/** The table of an actor: its class's methods, and its own function fields where it has any. */
export function handlersOf(actor: AnyActor): HandlerTable {
  const table = classHandlers(Object.getPrototypeOf(actor));
  let own: Map<string, AnyHandler> | undefined;
  for (const name of Object.keys(actor)) {
    const value: unknown = actor[name as keyof AnyActor];
    if (typeof value === "function" && !RESERVED.has(name)) (own ??= new Map(table)).set(name, value as AnyHandler);
  }
  return own ?? table;
}

function classHandlers(prototype: object): HandlerTable {
  const known = tables.get(prototype);
  if (known !== undefined) return known;
  const parent = Object.getPrototypeOf(prototype) as object | null;
  const inherited = prototype === Actor.prototype || parent === null ? [] : classHandlers(parent);
  const table = new Map<string, AnyHandler>(inherited);
  if (parent !== null && prototype !== Actor.prototype) {
    for (const name of Object.getOwnPropertyNames(prototype)) {
      const { value } = Object.getOwnPropertyDescriptor(prototype, name)!;
      if (typeof value === "function" && !RESERVED.has(name)) table.set(name, value as AnyHandler);
    }
  }
  tables.set(prototype, table);
  return table;
}
