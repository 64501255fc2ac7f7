/**
 * Traces and metrics of actors, by OpenTelemetry: an ask is a span, its handler is a span below it, also in another
 * process, and what a handler sends, fetches or measures is below that.
 *
 * Nothing of this is loaded, and nothing is paid for it, unless this module is imported.
 *
 * ```ts
 * import { Actor, ActorSystem, type Message } from "@cinema/cinema";
 * import { startTelemetry } from "@cinema/cinema/telemetry";
 * import { assertEquals } from "@std/assert";
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
 * using _telemetry = startTelemetry(); // first of all: what is created before is not heard of
 * await using system = new ActorSystem();
 * const greeter = system.spawn(() => new Greeter());
 * assertEquals(await greeter.send({ type: "greet" }), "Hello!"); // the spans "ask greet" and "handle greet"
 * ```
 *
 * With `OTEL_DENO=true`, Deno exports them by itself, to where `OTEL_EXPORTER_OTLP_ENDPOINT` says. Any other SDK of
 * OpenTelemetry does, too, when it is registered before {@linkcode startTelemetry} is called.
 *
 * @module
 */
export { startTelemetry, type Telemetry, type TelemetryOptions } from "./telemetry.ts";
