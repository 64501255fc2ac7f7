/**
 * Traces and metrics of actors, by OpenTelemetry.
 * @module
 */
export {};
