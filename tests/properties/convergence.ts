import { assertEquals } from "@std/assert";
import * as fc from "fast-check";
import { STATUSES } from "../../cluster/membership/member.ts";
import { CLUSTER, Machines, newsOf } from "../support/members.ts";
import { type Property, property } from "./property.ts";

/** Virtual ms in which all must agree again. */
const HEALED_MS = 120_000;

/** Something that is not true, or no longer: about a node that is there, any start of it, anywhere. */
const anyLie = fc.record({
  about: fc.nat(4),
  uid: fc.constantFrom(99, 100, 100, 101, 250),
  incarnation: fc.nat(5),
  status: fc.constantFrom(...STATUSES),
  version: fc.nat(3),
  isRefused: fc.boolean(),
  isElsewhere: fc.boolean(),
});

const anyStep = fc.oneof(
  fc.record({ ms: fc.constantFrom(5, 500, 4_000, 30_000) }),
  fc.record({ to: fc.nat(4), through: fc.nat(4), lies: fc.array(anyLie, { minLength: 1, maxLength: 4 }) }),
  fc.record({ from: fc.nat(4), cutOff: fc.nat(4) }),
  fc.record({ paused: fc.nat(4) }),
  fc.record({ restarted: fc.nat(4), uid: fc.integer({ min: 1, max: 300 }) }),
  fc.record({ changed: fc.nat(4) }),
);

type Step = typeof anyStep extends fc.Arbitrary<infer S> ? S : never;

/** A few nodes to which all of that happens. */
class Trial {
  readonly #machines: Machines;
  readonly #ids: readonly string[];
  readonly #cuts: Set<string> = new Set();

  constructor(size: number) {
    this.#ids = ["a", "b", "c", "d", "e"].slice(0, size);
    this.#machines = Machines.of(this.#ids);
    this.#machines.passes = (from, to) => !this.#cuts.has(`${from} ${to}`);
  }

  step(step: Step): void {
    const machines = this.#machines;
    if ("ms" in step) machines.run(step.ms);
    else if ("lies" in step) this.#lie(this.#id(step.to), this.#id(step.through), step.lies);
    else if ("cutOff" in step) toggle(this.#cuts, `${this.#id(step.from)} ${this.#id(step.cutOff)}`);
    else if ("paused" in step) toggle(machines.paused, this.#id(step.paused));
    else if ("restarted" in step) {
      const id = this.#id(step.restarted);
      machines.start(id, { uid: step.uid, seeds: this.#ids.map((other) => `${other}:1`) });
    } else {
      const { version } = machines.nodes.get(this.#id(step.changed))!.self;
      machines.perform(this.#id(step.changed), (now, swim) => swim.setVersion(version + 1, now));
    }
  }

  /** All faults end, nobody lies any more: all must agree with what each says of itself. */
  settle(): void {
    const machines = this.#machines;
    this.#cuts.clear();
    machines.paused.clear();
    machines.run(HEALED_MS);
    for (const id of this.#ids) {
      const own = machines.nodes.get(id)!.self;
      assertEquals(own.status, "up");
      for (const other of this.#ids) {
        assertEquals(machines.nodes.get(other)!.member(id), own, `${id}, seen by ${other}`);
      }
    }
  }

  #id(n: number): string {
    return this.#ids[n % this.#ids.length]!;
  }

  #lie(to: string, through: string, lies: readonly (typeof anyLie extends fc.Arbitrary<infer L> ? L : never)[]): void {
    if (to === through) return;
    const sender = this.#machines.nodes.get(through)!.self;
    const updates = lies.map(({ about, isElsewhere, ...fields }) => {
      const id = this.#id(about);
      return newsOf(id, { ...fields, from: through, addr: isElsewhere ? `${id}:2` : `${id}:1` });
    });
    const packet = { cluster: CLUSTER, sender, body: { kind: "gossip" as const }, updates };
    this.#machines.perform(to, (now, swim) => swim.receive(packet, now));
  }
}

function toggle(set: Set<string>, item: string): void {
  if (!set.delete(item)) set.add(item);
}

/** The law that a cluster comes to agree. */
export const CONVERGENCE: readonly Property[] = [
  property(
    "whatever lies, cuts, pauses and restarts a cluster has been through, in the end all know all to be up",
    60,
    fc.tuple(fc.integer({ min: 2, max: 5 }), fc.array(anyStep, { maxLength: 16, size: "max" })),
    ([size, steps]) => {
      const trial = new Trial(size);
      for (const step of steps) trial.step(step);
      trial.settle();
    },
  ),
];
