/**
 * What happened in a simulation, as text.
 * @module
 */

import { CinemaError } from "../../src/spi.ts";
import type { ClusterMessage } from "../wire/cluster_codec.ts";

/** A line that is only put into words when somebody reads it: most never are. */
type Line = () => string;

/** The last lines of what happened. */
export class Trace {
  readonly #max: number;
  readonly #lines: (readonly [at: number, line: Line])[] = [];
  #next = 0;

  /** Keeps `max` lines. */
  constructor(max: number) {
    this.#max = max;
  }

  /** Whether lines are kept at all. */
  get isOn(): boolean {
    return this.#max > 0;
  }

  /** Adds a line. */
  add(at: number, line: Line): void {
    if (this.#max === 0) return;
    if (this.#lines.length < this.#max) this.#lines.push([at, line]);
    else this.#lines[this.#next++ % this.#max] = [at, line];
  }

  /** All lines that are kept, the oldest first. */
  text(): string {
    const start = this.#lines.length < this.#max ? 0 : this.#next % this.#max;
    const lines = [...this.#lines.slice(start), ...this.#lines.slice(0, start)];
    return lines.map(([at, line]) => `${at.toFixed(3).padStart(12)} ms  ${line()}`).join("\n");
  }
}

/** What a message is, in a few words. */
export function describe(message: ClusterMessage): string {
  if (message.kind === "directory") {
    const { body } = message.message;
    if (body.kind === "request") return `directory request since ${body.since}`;
    const { since, version, changes } = body.page;
    return `directory page ${since}..${version}, ${changes.length} changes`;
  }
  const { body, updates } = message.packet;
  const news = updates.map(({ id, incarnation, status, from }) =>
    ` ${id}:${incarnation}=${status}${from && `<${from}`}`
  );
  return bodyText(body) + (news.length === 0 ? "" : `, news:${news.join("")}`);
}

function bodyText(body: (ClusterMessage & { kind: "packet" })["packet"]["body"]): string {
  switch (body.kind) {
    case "ping":
      return `ping ${body.sequence} for ${body.target.id}`;
    case "ping-req":
      return `ping-req ${body.sequence} for ${body.target.id}`;
    case "ack":
    case "nack":
      return `${body.kind} ${body.sequence}`;
    case "digest":
      return `digest ${body.digest.toString(16)}${body.isJoin ? ", joins" : ""}`;
    case "state":
      return `state of ${body.records.length}${body.wantsReply ? ", wants reply" : ""}`;
    case "refusal":
      return `refusal: ${body.message}`;
    default:
      return body.kind;
  }
}

/**
 * A simulation has found what must not be. Its message ends with the seed and the last lines of the trace: the same
 * seed and the same calls give the same again, byte for byte.
 *
 * @example
 * ```ts
 * import { ClusterSimulator, SimulationError } from "@cinema/cinema/testing";
 * import { assertThrows } from "@std/assert";
 *
 * const sim = new ClusterSimulator({ nodes: 3, seed: 1 });
 * const error = assertThrows(() => sim.runUntil(() => sim.isDownEverywhere("node-2"), 1_000), SimulationError);
 * console.log(error.seed, error.trace);
 * ```
 */
export class SimulationError extends CinemaError {
  /** The name of the class. */
  override readonly name: string = "SimulationError";
  /** The seed that shows it again. */
  readonly seed: number;
  /** The last lines of what happened. */
  readonly trace: string;

  /** Creates the error. */
  constructor(message: string, seed: number, trace: string) {
    const tail = trace.split("\n").slice(-40).join("\n");
    super(`${message} (seed ${seed})\nThe last of the trace:\n${tail}`);
    this.seed = seed;
    this.trace = trace;
  }
}
