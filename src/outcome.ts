/**
 * What is known of a message that was not answered.
 * @module
 */

/**
 * What became of a message that `send` failed for:
 *
 * - `"not-delivered"`: no handler has seen it, and none will;
 * - `"handled"`: a handler has run, at least in part;
 * - `"unknown"`: it may have been handled, or may still be. Only who handles it can tell, so ask again only where doing
 *   it twice does no harm.
 *
 * @example
 * ```ts
 * import { Actor, ActorSystem, type Message, MessageError, type Outcome } from "@cinema/cinema";
 * import { assertEquals, assertRejects } from "@std/assert";
 *
 * interface Greet extends Message<string> {
 *   type: "greet";
 * }
 * class Greeter extends Actor<Greet> {
 *   greet(): string {
 *     return "Hello!";
 *   }
 * }
 *
 * await using system = new ActorSystem();
 * const greeter = system.spawn(() => new Greeter());
 * await system.stop(greeter);
 * const { outcome } = await assertRejects(() => greeter.send({ type: "greet" }), MessageError);
 * const expected: Outcome = "not-delivered";
 * assertEquals(outcome, expected);
 * ```
 */
export type Outcome = "not-delivered" | "handled" | "unknown";
