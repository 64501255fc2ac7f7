import { assertEquals } from "@std/assert";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { Actor, ActorSystem, type Message } from "../../mod.ts";

interface Ping extends Message<string> {
  type: "ping";
}

class Idle extends Actor<Ping> {
  readonly #kept: Uint8Array = new Uint8Array(10_000);

  ping(): string {
    return `${this.#kept.length}`;
  }
}

/** A system that nobody shuts down, whose actors have all had messages; all that is left of them. */
async function forgotten(): Promise<WeakRef<object>[]> {
  const system = new ActorSystem();
  const addrs = Array.from({ length: 1_000 }, () => system.spawn(() => new Idle()));
  // Often enough for each to have made everything that an actor ever has.
  for (let round = 0; round < 20; round++) await Promise.all(addrs.map((addr) => addr.send({ type: "ping" })));
  return [new WeakRef(system), ...addrs.map((addr) => new WeakRef(addr))];
}

Deno.test("idle actors that nobody has the address of any more are collected with their system, without a shutdown", async () => {
  setFlagsFromString("--expose-gc");
  const collect: () => void = runInNewContext("gc");
  const refs = await forgotten();
  const left = () => refs.filter((ref) => ref.deref() !== undefined).length;
  for (let round = 0; round < 20 && left() > 0; round++) {
    await new Promise((resolve) => setTimeout(resolve, 0));
    collect();
  }
  assertEquals(left(), 0);
});
