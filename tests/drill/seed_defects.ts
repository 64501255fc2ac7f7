/**
 * The defects that were measured in Cinema-rs 0.1, as they would look here.
 *
 * @module
 */

import type { Defect } from "./defect.ts";

const PROBER = "cluster/membership/prober.ts";
const VIEW = "cluster/membership/view.ts";
const FAULTS = "tests/cluster/membership/swim_faults_test.ts";

const CLUSTER: readonly Defect[] = [
  {
    name: "S1 only who was asked lately is alive",
    seen: "healthy nodes suspect each other as soon as there are twenty",
    edits: [
      {
        file: PROBER,
        before: "  #sequence = 0;",
        after: "  #sequence = 0;\n  readonly #answeredAt: Map<string, number> = new Map();",
      },
      {
        file: PROBER,
        before: "    this.#options.view.awareness.apply(-1);",
        after:
          "    this.#options.view.awareness.apply(-1);\n    this.#answeredAt.set(from.id, this.#options.time.now);",
      },
      {
        file: PROBER,
        before: "    if (target === undefined) return;\n    const sequence",
        after: `    if (target === undefined) return;
    for (const { id } of [...view.list.values()]) {
      if (time.now - (this.#answeredAt.get(id) ?? time.now) > 5_000) view.suspect(id, false);
    }
    const sequence`,
      },
    ],
    tests: ["tests/sim/scenarios_test.ts"],
    filter: "S1:",
  },
  {
    name: "S2 whatever differs overwrites",
    seen: "old news beat newer ones, and views never agree",
    edits: [{
      file: "cluster/membership/member.ts",
      before: "  return rank(update.status) > rank(known.status);",
      after: "  return update.status !== known.status;",
    }],
    tests: ["tests/cluster/membership/member_test.ts", "tests/cluster/membership/view_test.ts"],
  },
  {
    name: "S2 nobody contradicts",
    seen: "a node that is called suspect stays so, in its own view too",
    edits: [{
      file: VIEW,
      before: "      this.declare({ incarnation: update.incarnation + 1 });",
      after: "      this.#self = { ...self, status: update.status };",
    }],
    tests: ["tests/cluster/membership/view_test.ts", FAULTS],
  },
  {
    name: "S4 one hung peer stops the detector",
    seen: "while one peer does not answer, another that died stays up",
    edits: [
      {
        file: PROBER,
        before: "    const target = view.list.nextTarget();",
        after: "    const target = this.#probes.size > 0 ? undefined : view.list.nextTarget();",
      },
      {
        file: PROBER,
        before: "    time.schedule(awareness.scale(config.probeIntervalMs), () => this.#conclude(sequence));\n",
        after: "",
      },
    ],
    tests: ["tests/cluster/membership/prober_test.ts", FAULTS],
  },
  {
    name: "S6 a connection speaks for any node",
    seen: "one frame of anybody marks a healthy node down and takes its names",
    edits: [{
      file: "cluster/driver.ts",
      before:
        '    if (sender.id !== peer.node) return this.#reject(peer, `"${peer.node}" speaks for "${sender.id}"`);\n',
      after: "",
    }],
    tests: ["tests/cluster/driver_test.ts"],
  },
  {
    name: "S6 who is called down is down",
    seen: "the word of one node that was cut off takes down everybody",
    edits: [{
      file: VIEW,
      before:
        "    if (!isDoubted || update.isRefused || this.#isRipe(update)) this.apply(update, isSpread);\n    else ",
      after: "    if (isDoubted) this.apply(update, isSpread);\n    else ",
    }],
    tests: ["tests/cluster/membership/hearsay_test.ts"],
  },
];

const REMOTE: readonly Defect[] = [
  {
    name: "S3 answers go by their order",
    seen: "with two asks in flight a caller gets the answer of the other",
    edits: [{
      file: "remote/wire/client_session.ts",
      before: "    const correlation = envelope.correlationId;",
      after: "    const correlation = this.#asks.keys().next().value;",
    }],
    tests: ["tests/remote/wire/client_session_test.ts", "tests/remote/hostile_client_test.ts"],
  },
  {
    name: "S5 a frame of any size",
    seen: "one client that announces 4 GiB fills the memory",
    edits: [{
      file: "remote/wire/frame.ts",
      before: "    if (this.#header <= this.limit) return true;",
      after: "    if (this.#header >= 0) return true;",
    }],
    tests: ["tests/remote/wire/frame_test.ts"],
  },
  {
    name: "S5 room for what a header announces",
    seen: "a header alone costs the memory of its frame",
    edits: [{
      file: "remote/wire/frame.ts",
      before: "new Uint8Array(Math.min(length, Math.max(PARTIAL_BYTES_MIN, 2 * come)))",
      after: "new Uint8Array(length)",
    }],
    tests: ["tests/remote/wire/frame_memory_test.ts"],
  },
  {
    name: "S5 no proof is asked for",
    seen: "who does not have the key calls everything",
    edits: [{
      file: "remote/wire/handshake_server.ts",
      before: '    if (!isValid) return fail("key", "The client cannot prove that it has the key");\n',
      after: "",
    }],
    tests: ["tests/remote/wire/handshake_server_test.ts", "tests/remote/greeting_attack_test.ts"],
  },
];

const LOCAL: readonly Defect[] = [
  {
    name: "S7 the dead are not told of",
    seen: "whoever watches an actor that has ended waits for ever",
    edits: [{
      file: "src/internal/watches.ts",
      before:
        "    if (target.terminated !== undefined) this.#queue(target.terminated, () => this.#targets.delete(target));",
      after: "    if (target.terminated !== undefined) return;",
    }],
    tests: ["tests/src/internal/watches_test.ts"],
  },
  {
    name: "S7 a full mailbox takes no notice",
    seen: "a busy watcher never hears that its worker died",
    edits: [{
      file: "src/internal/watches.ts",
      before: "    this.#cell.push(new Envelope(undefined, 0, undefined, turn));",
      after: "    if (this.#cell.mailbox.hasRoom) this.#cell.push(new Envelope(undefined, 0, undefined, turn));",
    }],
    tests: ["tests/src/internal/watches_test.ts", "tests/guarantees_test.ts"],
  },
  {
    name: "S8 timers outlive their incarnation",
    seen: "after four restarts an interval ticks five times as often",
    edits: [{
      file: "src/internal/incarnation.ts",
      before: "    for (const resource of this.#held ?? []) resource[Symbol.dispose]();\n",
      after: "",
    }],
    tests: ["tests/src/internal/life_test.ts"],
    filter: "S8:",
  },
  {
    name: "S9 started is not supervised",
    seen: "an actor that throws in started is neither restarted nor told of",
    edits: [{
      file: "src/internal/turn.ts",
      before: "  run: ({ actor, context }) => actor.started?.(context),",
      after: `  run: ({ actor, context }) => {
    try {
      return actor.started?.(context);
    } catch {
      return undefined;
    }
  },`,
    }],
    tests: ["tests/src/internal/failure_test.ts"],
  },
  {
    name: "S9 streams are not supervised",
    seen: "what a callback of a stream throws is lost",
    edits: [{
      file: "src/streams.ts",
      before: "    return runThen(() => this.#handler.item(item), () => this.#pull());",
      after: `    try {
      return runThen(() => this.#handler.item(item), () => this.#pull());
    } catch {
      return undefined;
    }`,
    }],
    tests: ["tests/src/internal/failure_test.ts"],
  },
  {
    name: "S10 a stop reaches the idle only",
    seen: "an actor that is busy when the system shuts down never runs stopped",
    edits: [{
      file: "src/internal/cell.ts",
      before: "    this.#life.requestStop(reason, drain,",
      after: "    if (this.busyMs === undefined) this.#life.requestStop(reason, drain,",
    }],
    tests: ["tests/src/system_test.ts", "tests/src/internal/cell_test.ts"],
  },
  {
    name: "S10 a stopping actor takes messages",
    seen: "messages are accepted that nobody will handle",
    edits: [{
      file: "src/internal/cell.ts",
      before: "    if (this.terminated !== undefined) return;\n    this.isAlive = false;",
      after: "    if (this.terminated !== undefined) return;",
    }],
    tests: ["tests/src/internal/cell_test.ts", "tests/src/internal/sending_test.ts"],
  },
  {
    name: "S11 names are freed by name",
    seen: "the end of an actor takes its name from who holds it by then",
    edits: [{
      file: "src/registry.ts",
      before: "    this.unregister(name);\n    this.#cells.set(name, cell);",
      after: "    this.#cells.set(name, cell);",
    }],
    tests: ["tests/src/registry_test.ts", "tests/guarantees_test.ts"],
  },
];

/** All of them, by their number. */
export const SEED_DEFECTS: readonly Defect[] = [...CLUSTER, ...REMOTE, ...LOCAL].toSorted((a, b) =>
  numberOf(a) - numberOf(b)
);

function numberOf({ name }: Defect): number {
  return Number(name.match(/^S(\d+) /)?.[1]);
}
