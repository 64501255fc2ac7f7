/**
 * A look at everything: what is, and how much of it happened since the last look.
 * @module
 */

import type { AnyAddr } from "../../mod.ts";
import { type ActorView, type Clock, type Inspection, unixMs } from "../../src/spi.ts";
import type { ClusterView } from "./cluster_view.ts";
import type { LagMeter } from "./lag_meter.ts";
import { LOOK_GAP_MS } from "./limits.ts";
import type { ObserverState } from "./state.ts";
import { treeOf } from "./tree.ts";
import type { Troubles } from "./troubles.ts";

/** What is looked at. */
export interface SamplerOptions {
  /** What the operator calls the system. */
  readonly name: string;
  /** The actors. */
  readonly inspection: Inspection;
  /** What went wrong. */
  readonly troubles: Troubles;
  /** How late timers are. */
  readonly lag: LagMeter;
  /** The cluster, where there is one. */
  readonly cluster: ClusterView | undefined;
  /** The time. */
  readonly clock: Clock;
}

/** How far an actor was at a look. */
interface Mark {
  readonly look: number;
  readonly taken: number;
}

/** See the module. */
export class Sampler {
  readonly #options: SamplerOptions;
  // Weak, so that nobody is kept who has ended while nobody looks.
  readonly #marks: WeakMap<AnyAddr, Mark> = new WeakMap();
  #look = 0;
  #turns = 0;
  #at: number | undefined;
  #json = "";

  /** Has not looked yet. */
  constructor(options: SamplerOptions) {
    this.#options = options;
  }

  /** The state now, as JSON. */
  look(): string {
    const now = this.#options.clock.now();
    const elapsedMs = this.#at === undefined ? 0 : now - this.#at;
    this.#at = now;
    this.#look++;
    return this.#json = JSON.stringify(this.#make(elapsedMs));
  }

  /** The same, or the last one, where that was made a moment ago. */
  glance(): string {
    const isFresh = this.#at !== undefined && this.#options.clock.now() - this.#at < LOOK_GAP_MS;
    return isFresh ? this.#json : this.look();
  }

  #make(elapsedMs: number): ObserverState {
    const { name, inspection, troubles, lag, cluster } = this.#options;
    // In a few ms hardly anything happens, or a lot does by chance.
    const rate = (count: number) => elapsedMs < LOOK_GAP_MS ? 0 : Math.round(count / elapsedMs * 10_000) / 10;
    const { actors, omitted, queued } = treeOf(inspection, {
      rateOf: (view) => rate(this.#newlyTaken(view)),
      lastFailureOf: (id) => troubles.lastFailureOf(id),
    });
    const { turns } = inspection;
    const newTurns = turns - this.#turns;
    this.#turns = turns;
    return {
      at: unixMs(),
      elapsedMs: Math.round(elapsedMs),
      system: {
        name,
        actors: inspection.living,
        queued,
        handledPerSecond: rate(newTurns),
        failures: troubles.failures.total,
        restarts: troubles.restarts,
        deadLetters: troubles.deadLetters.total,
        lagMs: Math.round(lag.take() * 10) / 10,
      },
      actors,
      actorsOmitted: omitted,
      deadLetters: troubles.deadLetters.list(),
      failures: troubles.failures.list(),
      cluster: cluster?.state ?? null,
    };
  }

  /** What an actor has taken since the last look; 0 for one that was not seen then, of which that is not known. */
  #newlyTaken({ addr, taken }: ActorView): number {
    const mark = this.#marks.get(addr);
    this.#marks.set(addr, { look: this.#look, taken });
    return mark?.look === this.#look - 1 ? taken - mark.taken : 0;
  }
}
