/**
 * Tools for testing actors: time that moves when told ({@linkcode ManualClock}), and an actor that records what it gets
 * ({@linkcode TestProbe}). With both, a test of hours of back-off takes milliseconds and never depends on the machine.
 *
 * ```ts
 * import { Actor, type ActorRef, ActorSystem, type Context, type Message } from "@cinema/cinema";
 * import { ManualClock, TestProbe } from "@cinema/cinema/testing";
 * import { assertEquals } from "@std/assert";
 *
 * interface Beat extends Message {
 *   type: "beat";
 * }
 * class Heart extends Actor<Beat> {
 *   readonly #listener: ActorRef<Beat>;
 *   constructor(listener: ActorRef<Beat>) {
 *     super();
 *     this.#listener = listener;
 *   }
 *   override started(ctx: Context<Beat>): void {
 *     ctx.runInterval(60_000, { type: "beat" });
 *   }
 *   beat(beat: Beat): void {
 *     this.#listener.trySend(beat);
 *   }
 * }
 *
 * const clock = new ManualClock();
 * await using system = new ActorSystem({ clock });
 * const probe = new TestProbe<Beat>(system);
 * system.spawn(() => new Heart(probe.addr));
 * await clock.advance(180_000); // virtual ms: three minutes pass at once
 * assertEquals(probe.pending.length, 3);
 * ```
 *
 * @module
 */

export { ManualClock, type RunOptions } from "./manual_clock.ts";
export { type ReceiveOptions, TestProbe, type TestProbeOptions } from "./probe.ts";
export { SeededRandom } from "./seeded_random.ts";
