/**
 * What the compiler knows of what JSON can carry.
 * @module
 */

import type { ActorRef } from "../mod.ts";

/**
 * What the compiler can see in a `T` that JSON cannot carry, as texts that begin with the path: `.items[].when is a
 * Date`. It is `never` where there is nothing, and where only the values will show it: in `unknown`, in a type
 * parameter, in an object of a class that has fields and nothing else. In a tuple `undefined` may stand for an item
 * that is left out.
 *
 * @typeParam T What is to travel.
 * @typeParam N How deep to look: seven levels, unless told otherwise, since a type may be without end.
 */
export type JsonLoss<T, N extends readonly 1[] = [1, 1, 1, 1, 1, 1, 1]> = unknown extends T ? never
  : N extends readonly [1, ...infer B extends readonly 1[]]
    ? T extends string | number | boolean | null | undefined | void ? never
    : T extends bigint ? " is a bigint"
    : T extends symbol ? " is a symbol"
    : T extends ActorRef<never> ? " is the address of an actor: register that, and send its name"
    : T extends ((...args: never) => unknown) | (abstract new (...args: never) => unknown) ? " is a function"
    : T extends Date ? " is a Date"
    : T extends ReadonlyMap<unknown, unknown> ? " is a Map"
    : T extends ReadonlySet<unknown> ? " is a Set"
    : T extends ArrayBufferView | ArrayBufferLike ? " is bytes"
    : T extends { toJSON: (...args: never) => unknown } ? " has a toJSON() of its own"
    : T extends readonly unknown[] ?
        | (number extends T["length"] ? unknown extends T[number] ? never
          : undefined extends T[number] ? "[] may be undefined"
          : never
          : never)
        | (JsonLoss<T[number], B> extends infer L extends string ? `[]${L}` : never)
    : {
      [K in keyof T]-?: K extends string | number
        ? JsonLoss<T[K], B> extends infer L extends string ? `.${K}${L}` : never
        : never;
    }[keyof T]
  : never;

/**
 * What `json()` would have to say of itself in order to carry a `T`: `"JSON"`, which it does, or a text that it does
 * not and that the compiler shows, `JSON cannot carry this: items[].when is a Date`.
 *
 * @typeParam T What is to travel.
 */
// Whether something is lost is asked first: of a type parameter the compiler then assumes that nothing is.
export type JsonCarries<T> = [[JsonLoss<T>] extends [never] ? false : true] extends [true]
  ? JsonLoss<T> extends infer L extends string
    ? `JSON cannot carry this: ${L extends `.${infer P}` ? P : L extends `[${string}` ? L : `it${L}`}`
  : never
  : "JSON";
