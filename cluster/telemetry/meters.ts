/**
 * Metrics: a fixed number of instruments, and attributes of few values.
 * @module
 */

import {
  type Counter,
  type Histogram,
  type Meter,
  metrics,
  type Observable,
  type ObservableResult,
  type UpDownCounter,
} from "@opentelemetry/api";
import type { NodeStatus } from "../mod.ts";
import type { MemberView } from "../../src/spi.ts";
import type { Guard } from "./guard.ts";
import { Labels } from "./labels.ts";

/** Classes of actors that are told apart; the rest are one, `"other"`: a backend pays for every series. */
const CLASSES_MAX = 100;

/** From a tenth of a millisecond, which is a busy mailbox, to ten seconds, where asks have timed out. */
const SECONDS = [0.0001, 0.0005, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10];

/** All of them, so that one that nobody has any more is told as 0. */
const STATUSES: readonly NodeStatus[] = ["up", "suspect", "down", "left"];

/** How a handler came to its end. */
export type HandlingOutcome = "ok" | "failed" | "rejected" | "abandoned" | "unhandled";

/** What is counted of the actors of one class: as they come and go, so that nobody ever walks through them. */
export interface ClassCounts {
  /** The attributes of everything that is told of them. */
  readonly attributes: { readonly "cinema.actor.class": string };
  /** How many are alive. */
  alive: number;
  /** How many messages are in their mailboxes. */
  queued: number;
}

interface NodeView {
  readonly id: string;
  readonly members: () => readonly MemberView[];
}

/** See the module. */
export class Meters implements Disposable {
  /** The classes. */
  readonly classes: Labels<ClassCounts> = new Labels<ClassCounts>(CLASSES_MAX, (name) => ({
    attributes: { "cinema.actor.class": name },
    alive: 0,
    queued: 0,
  }));
  /** How long messages waited, in s. */
  readonly wait: Histogram;
  /** How long handlers took, in s. */
  readonly handling: Histogram;
  /** Failures of actors. */
  readonly failures: Counter;
  /** Restarts. */
  readonly restarts: Counter;
  /** Messages that were not handled, or not to the end. */
  readonly deadLetters: Counter;
  /** Asks that timed out. */
  readonly timeouts: Counter;
  /** Frames of connections. */
  readonly frames: Counter;
  /** Bytes of connections. */
  readonly bytes: Counter;
  /** Connections that are open. */
  readonly connections: UpDownCounter;
  readonly #guard: Guard;
  readonly #nodes: Set<NodeView> = new Set();
  readonly #callbacks: (() => void)[] = [];

  /** Makes the instruments of the provider that is registered now. */
  constructor(guard: Guard) {
    this.#guard = guard;
    const meter = metrics.getMeter("@cinema/cinema");
    const seconds = (description: string) => ({
      description,
      unit: "s",
      advice: { explicitBucketBoundaries: SECONDS },
    });
    this.wait = meter.createHistogram("cinema.mailbox.wait", seconds("From the sending of a message to its handler"));
    this.handling = meter.createHistogram("cinema.handler.duration", seconds("How long a handler took"));
    const count = (name: string, unit: string, description: string) => meter.createCounter(name, { unit, description });
    this.failures = count("cinema.actor.failures", "{failure}", "Failures of actors");
    this.restarts = count("cinema.actor.restarts", "{restart}", "Actors that started again");
    this.deadLetters = count("cinema.dead_letters", "{message}", "Messages not handled, or not to the end");
    this.timeouts = count("cinema.ask.timeouts", "{ask}", "Asks that had no answer in time");
    this.frames = count("cinema.remote.frames", "{frame}", "Frames of connections to other processes");
    this.bytes = count("cinema.remote.io", "By", "Bytes of those frames, before encryption");
    this.connections = meter.createUpDownCounter("cinema.remote.connections", {
      unit: "{connection}",
      description: "Connections that have shaken hands and are open",
    });
    this.#observe(meter);
  }

  /** Takes a node of a cluster among those that are looked at; returns how to let it go. */
  node(node: NodeView): Disposable {
    this.#nodes.add(node);
    return { [Symbol.dispose]: () => void this.#nodes.delete(node) };
  }

  /** Is asked for nothing any more. */
  [Symbol.dispose](): void {
    for (const remove of this.#callbacks) this.#guard.attempt(remove);
    this.#nodes.clear();
  }

  #observe(meter: Meter): void {
    const gauge = (name: string, unit: string, description: string, look: (result: ObservableResult) => void) => {
      this.#watch(meter.createObservableGauge(name, { unit, description }), look);
    };
    gauge("cinema.actor.count", "{actor}", "Actors that have not ended", (result) => {
      for (const { alive, attributes } of this.classes.all()) result.observe(alive, attributes);
    });
    gauge("cinema.mailbox.depth", "{message}", "Messages in mailboxes", (result) => {
      for (const { queued, attributes } of this.classes.all()) result.observe(queued, attributes);
    });
    gauge("cinema.cluster.members", "{node}", "Nodes, as this one sees them", (result) => {
      for (const node of this.#nodes) {
        const members = node.members();
        for (const status of STATUSES) {
          const number = members.filter((member) => member.status === status).length;
          result.observe(number, { "cinema.node": node.id, "cinema.member.status": status });
        }
      }
    });
    gauge("cinema.cluster.probe.round_trip", "s", "The last round trips of probes to the members", (result) => {
      for (const node of this.#nodes) {
        const sorted = node.members().flatMap(({ roundTripMs }) => roundTripMs ?? []).sort((a, b) => a - b);
        if (sorted.length === 0) continue;
        // Two figures, however many members there are.
        const figures = { median: sorted[sorted.length >> 1]!, max: sorted.at(-1)! };
        for (const [statistic, ms] of Object.entries(figures)) {
          result.observe(ms / 1_000, { "cinema.node": node.id, "cinema.statistic": statistic });
        }
      }
    });
  }

  #watch(observable: Observable, look: (result: ObservableResult) => void): void {
    const callback = (result: ObservableResult) => this.#guard.attempt(() => look(result));
    observable.addCallback(callback);
    this.#callbacks.push(() => observable.removeCallback(callback));
  }
}
