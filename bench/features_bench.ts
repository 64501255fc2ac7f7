/**
 * The cost of each feature: the floor with one feature more beside the floor without any, and with all of them beside
 * Cinema. What is added up is not what all cost together, since they wait for the same memory.
 *
 * @module
 */

import { ActorSystem } from "@cinema/cinema";
import { compare, expectHandled, type Side, times } from "./compare.ts";
import { Counter } from "./counter.ts";
import { FeatureFloor, type Features } from "./feature_floor.ts";

const TELLS = times(200_000, 100);
const ASKS = times(100_000, 100);
/** Messages before the sender looks how far the actor is. */
const BURST = 100;
const NONE: Features = {};
const ALL: Features = { bounding: true, control: true, supervision: true, deadlines: true, fairness: true };

for (const name of ["bounding", "control", "supervision", "fairness"] as const) {
  compare({
    name: `features: a tell with ${name} (floor: without)`,
    operations: TELLS,
    floor: tell(NONE),
    subject: "with",
    cinema: tell({ [name]: true }),
  });
}
for (const name of ["supervision", "deadlines", "fairness"] as const) {
  compare({
    name: `features: an ask with ${name} (floor: without)`,
    operations: ASKS,
    floor: ask(NONE),
    subject: "with",
    cinema: ask({ [name]: true }),
  });
}
compare({
  name: "features: a tell with all (floor: without)",
  operations: TELLS,
  floor: tell(NONE),
  cinema: tell(ALL),
});
compare({
  name: "features: an ask with all (floor: without)",
  operations: ASKS,
  subject: "with",
  floor: ask(NONE),
  cinema: ask(ALL),
});

compare({
  name: "features: a tell with Cinema (floor: with all)",
  operations: TELLS,
  floor: tell(ALL),
  cinema: async () => {
    await using system = new ActorSystem();
    const addr = system.spawn(() => new Counter());
    for (let sent = 0; sent < TELLS; sent += BURST) {
      for (let n = 1; n < BURST; n++) addr.trySend({ type: "tick", n });
      expectHandled(await addr.send({ type: "count" }), sent + BURST);
    }
  },
});
compare({
  name: "features: an ask with Cinema (floor: with all)",
  operations: ASKS,
  floor: ask(ALL),
  cinema: async () => {
    await using system = new ActorSystem();
    const addr = system.spawn(() => new Counter());
    for (let n = 1; n <= ASKS; n++) expectHandled(await addr.send({ type: "count" }), n);
  },
});

/** Tells in bursts, of which each ends with an ask. */
function tell(features: Features): Side {
  return async () => {
    const floor = new FeatureFloor(features, { capacity: 256 });
    for (let sent = 0; sent < TELLS; sent += BURST) {
      for (let n = 1; n < BURST; n++) floor.trySend({ type: "tick", n });
      expectHandled(await floor.send({ type: "count" }), sent + BURST);
    }
    floor.close();
  };
}

function ask(features: Features): Side {
  return async () => {
    const floor = new FeatureFloor(features, { capacity: 256 });
    for (let n = 1; n <= ASKS; n++) expectHandled(await floor.send({ type: "count" }), n);
    floor.close();
  };
}
