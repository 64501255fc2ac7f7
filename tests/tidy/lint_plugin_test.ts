import { assertEquals } from "@std/assert";
import plugin, { FUNCTION_LINES_MAX } from "./lint_plugin.ts";

/** The rules, without the name of the plugin, that `source` breaks when it stands in `file`. */
function broken(file: string, source: string): string[] {
  const ids = Deno.lint.runPlugin(plugin, file, source).map(({ id }) => id.replace("cinema/", ""));
  return [...new Set(ids)];
}

/** Registers a test that each row, a file and what stands in it, breaks just this rule; or none, without a rule. */
function table(rule: string | undefined, rows: readonly (readonly [file: string, source: string])[]): void {
  Deno.test({
    name: rule === undefined ? "lint lets good code through" : `cinema/${rule} refuses what it should`,
    permissions: "none",
    fn() {
      const found = rows.map(([file, source]) => ({ file, source, breaks: broken(file, source) }));
      assertEquals(found, rows.map(([file, source]) => ({ file, source, breaks: rule === undefined ? [] : [rule] })));
    },
  });
}

table("layers", [
  ["src/a.ts", `import { b } from "../remote/b.ts";`],
  ["src/a.ts", `import type { B } from "../cluster/mod.ts";`],
  ["src/a.ts", `import { b } from "../proto/gen/b.js";`],
  ["src/a.ts", `import { b } from "../mod.ts";`],
  ["src/a.ts", `import { b } from "@cinema/cinema";`],
  ["src/a.ts", `import { assert } from "@std/assert";`],
  ["src/a.ts", `import b from "npm:protobufjs";`],
  ["src/a.ts", `import { connect } from "node:net";`],
  ["src/a.ts", `import "https://example.com/a.ts";`],
  ["src/a.ts", `import { b } from "./testing/mod.ts";`],
  ["src/a.ts", `export { b } from "../remote/b.ts";`],
  ["src/a.ts", `export * from "../remote/b.ts";`],
  ["src/a.ts", `export const b = await import("../remote/b.ts");`],
  ["src/a.ts", `export const b = await import(path);`],
  ["src/a.ts", `export type B = import("../remote/b.ts").B;`],
  ["src/a.ts", `import { b } from "../../elsewhere/b.ts";`],
  ["src/testing/mod.ts", `export { b } from "../../remote/b.ts";`],
  ["mod.ts", `export { Link } from "./remote/link.ts";`],
  ["mod.ts", `export { Probe } from "./src/testing/probe.ts";`],
  ["remote/link.ts", `import { Actor } from "../src/actor.ts";`],
  ["remote/link.ts", `import { Member } from "../cluster/mod.ts";`],
  ["remote/link.ts", `import { Member } from "@cinema/cinema/cluster";`],
  ["remote/wire/frame.ts", `import { Transport } from "../transport/transport.ts";`],
  ["remote/wire/frame.ts", `import { Actor } from "../../mod.ts";`],
  ["cluster/driver.ts", `import { tcp } from "../remote/transport/tcp.ts";`],
  ["cluster/membership/swim.ts", `import { encode } from "../wire.ts";`],
  ["cluster/directory/directory.ts", `import { Swim } from "../membership/swim.ts";`],
  ["proto/gen/envelope.js", `import { Actor } from "../../mod.ts";`],
  ["examples/hello.ts", `import { Actor } from "../mod.ts";`],
  ["examples/chat/main.ts", `const { Actor } = await import("../../src/actor.ts");`],
  ["bench/tell_bench.ts", `import { fixture } from "../tests/support/fixture.ts";`],
]);

table("deno-adapters", [
  ["src/a.ts", `export const pid = Deno.pid;`],
  ["src/a.ts", `export const pid = globalThis.Deno.pid;`],
  ["src/clock.ts", `export const { env } = Deno;`],
  ["remote/link.ts", `export function use(conn: Deno.Conn): void { conn.close(); }`],
  ["cluster/driver.ts", `export const listener = Deno.listen({ port: 0 });`],
]);

table("pure-core", [
  ["src/a.ts", `export const at = Date.now();`],
  ["src/a.ts", `export const at = globalThis.Date.now();`],
  ["src/a.ts", `export const at = new Date();`],
  ["src/a.ts", `export const at = performance.now();`],
  ["src/a.ts", `const { now } = Date; now();`],
  ["src/a.ts", `setTimeout(() => done(), 1);`],
  ["src/a.ts", `globalThis.setTimeout(() => done(), 1);`],
  ["src/a.ts", `export const later = setInterval;`],
  ["src/a.ts", `setImmediate(done);`],
  ["src/a.ts", `export const signal = AbortSignal.timeout(5);`],
  ["src/a.ts", `export const { port1 } = new MessageChannel();`],
  ["src/a.ts", `export const dice = Math.random();`],
  ["src/a.ts", `crypto.getRandomValues(bytes);`],
  ["src/a.ts", `export const id = crypto.randomUUID();`],
  ["src/random.ts", `export const at = Date.now();`],
  ["src/testing/probe.ts", `setTimeout(done, 5);`],
  ["remote/reconnect.ts", `export const jitter = Math.random();`],
  ["cluster/membership/probe.ts", `export const at = Date.now();`],
]);

table("sync-core", [
  ["remote/wire/session.ts", `export async function next(): Promise<void> {}`],
  ["remote/wire/frame.ts", `export const wait = async (): Wait => {};`],
  ["cluster/membership/swim.ts", `export class Swim { async tick(): Ticked {} }`],
  ["cluster/membership/swim.ts", `await ready;`],
  ["cluster/membership/swim.ts", `for await (const input of inputs) use(input);`],
  ["cluster/directory/directory.ts", `export const ready = Promise.resolve();`],
  ["cluster/directory/directory.ts", `queueMicrotask(merge);`],
]);

table("private-fields", [
  ["src/a.ts", `export class A { private b = 1; }`],
  ["src/a.ts", `export class A { private b(): void {} }`],
  ["src/a.ts", `export class A { _b = 1; }`],
  ["examples/a.ts", `class A { private static b = 1; }`],
]);

table("plain-language", [
  ["src/a.ts", `export enum Colour { Red }`],
  ["src/a.ts", `export namespace A { export const b = 1; }`],
  ["src/a.ts", `export const a = new Proxy({}, {});`],
  ["src/a.ts", `@sealed class A {}`],
]);

table("observed-promises", [
  ["src/a.ts", `void start();`],
  ["examples/a.ts", `void addr?.doSend(message);`],
  ["src/a.ts", `start().catch(() => {});`],
  ["src/a.ts", `start().catch(() => undefined);`],
  ["src/a.ts", `start().catch(() => void 0);`],
  ["src/a.ts", `start().catch(function () {});`],
  ["src/a.ts", `start().then(use, () => {});`],
  ["tests/src/a_test.ts", `start().catch(() => {});`],
]);

const lines = (count: number): string => "\n".repeat(count - 1);

table("function-lines", [
  ["src/a.ts", `function long() {${lines(FUNCTION_LINES_MAX + 1)}}`],
  ["tests/a_test.ts", `export const long = () => {${lines(FUNCTION_LINES_MAX + 1)}};`],
]);

table(undefined, [
  ["src/a.ts", `import { b } from "./internal/b.ts"; export { c } from "./c.ts"; export type D = import("./d.ts").D;`],
  ["src/internal/a.ts", `import type { B } from "../b.ts";`],
  ["src/testing/mod.ts", `export { ManualClock } from "./manual_clock.ts"; export { systemClock } from "../clock.ts";`],
  ["mod.ts", `export { Actor } from "./src/actor.ts"; export type { Addr } from "./src/addr.ts";`],
  [
    "remote/link.ts",
    `import { Actor } from "../mod.ts"; import { Clock } from "../src/spi.ts"; import p from "protobufjs";`,
  ],
  [
    "remote/wire/envelope.ts",
    `import { Envelope } from "../../proto/gen/envelope.js"; import { frame } from "./frame.ts";`,
  ],
  ["remote/transport/tcp.ts", `export const dial = (): Promise<Deno.Conn> => Deno.connect({ port: 1 });`],
  ["cluster/driver.ts", `import { Link } from "../remote/spi.ts"; import { Swim } from "./membership/swim.ts";`],
  [
    "examples/a.ts",
    `import { Actor } from "@cinema/cinema"; import { delay } from "@std/async/delay"; import "./b.ts";`,
  ],
  ["examples/a.ts", `await import("@cinema/cinema/testing"); Deno.exit(0);`],
  ["bench/a_bench.ts", `import { Actor } from "@cinema/cinema"; import { floor } from "./floor.ts";`],
  ["tests/remote/a_test.ts", `import { frame } from "../../remote/wire/frame.ts"; import { delay } from "@std/async";`],
  ["src/clock.ts", `export const clock = { now: () => performance.now(), later: setTimeout }; new MessageChannel();`],
  ["src/random.ts", `export const seed = crypto.getRandomValues(new Uint32Array(1));`],
  ["src/a.ts", `queueMicrotask(run); clock.setTimeout(run, 5); export const at = new Date(clock.now());`],
  ["src/a.ts", `export interface Clock { setTimeout(run: () => void): void; Deno: number }`],
  ["src/a.ts", `export const digest = crypto.subtle.digest("SHA-256", bytes); export const top = Math.max(1, 2);`],
  ["src/a.ts", `export class A { #b = 1; protected c = 2; private constructor() {} async d(): Promise<void> {} }`],
  ["src/a.ts", `declare global { interface Array<T> { extra: T } }`],
  [
    "src/a.ts",
    `start().catch(reportFailure); start().catch((error) => { report(error); }); start().then(use, refuse);`,
  ],
  ["src/a.ts", `export const ignored = map.get("then"); void 0; export const nothing = void start();`],
  ["tests/src/a_test.ts", `void addr.doSend(message);`],
  ["remote/wire/session.ts", `export function next(state: State, input: Input): Effect[] { return []; }`],
  ["src/a.ts", `export function long(): void {${lines(FUNCTION_LINES_MAX)}}`],
]);
