/**
 * Defects that users of other actor systems report, as they would look in a cluster.
 *
 * @module
 */

import type { Defect } from "./defect.ts";

const VIEW = "cluster/membership/view.ts";
const SWIM = "cluster/membership/swim.ts";
const SWIM_TESTS = ["tests/cluster/membership/swim_test.ts", "tests/cluster/membership/swim_faults_test.ts"];
const PROCESS_FAULTS = "tests/sim/process_faults_test.ts";

const MEMBERSHIP: readonly Defect[] = [
  {
    name: "a busy node accuses others",
    seen: "nodes flap when the processor is busy or the process was stopped",
    edits: [{
      file: "cluster/membership/lived_time.ts",
      before: "    if (lateMs <= this.#lagMs) {",
      after: "    if (lateMs <= Infinity) {",
    }],
    tests: ["tests/cluster/membership/lived_time_test.ts", PROCESS_FAULTS],
  },
  {
    name: "nobody is asked for help",
    seen: "one broken link between two nodes costs one of them its place",
    edits: [{
      file: "cluster/membership/prober.ts",
      before: '      send(helper, { kind: "ping-req", sequence, target: { id, uid }, addr });\n',
      after: "",
    }],
    tests: ["tests/cluster/membership/prober_test.ts", "tests/sim/partition_test.ts"],
    filter: "/Prober|broken pair/",
  },
  {
    name: "the lost are not looked for",
    seen: "after a partition each side keeps the other down until it is restarted",
    edits: [{
      file: "cluster/membership/anti_entropy.ts",
      before: "      this.#ask(addr!, false);",
      after: "      void addr;",
    }],
    tests: ["tests/cluster/membership/anti_entropy_test.ts", ...SWIM_TESTS],
  },
  {
    name: "states are not compared",
    seen: "one lost packet, and a node never hears of a member",
    edits: [{
      file: "cluster/membership/anti_entropy.ts",
      before: '    if (peer !== undefined) send(peer, { kind: "digest", digest: view.digest, isJoin: false });',
      after: "    void [peer, send];",
    }],
    tests: ["tests/cluster/membership/anti_entropy_test.ts", "tests/sim/dissemination_test.ts"],
    filter: "/AntiEntropy|within one period/",
  },
  {
    name: "everything in every round",
    seen: "traffic grows with the square of the cluster",
    edits: [{
      file: "cluster/membership/anti_entropy.ts",
      before: "    if (digest !== this.#options.view.digest) this.#sendState(sender, undefined);",
      after: "    if (digest !== null) this.#sendState(sender, undefined);",
    }],
    tests: ["tests/cluster/membership/anti_entropy_test.ts", "tests/sim/dissemination_test.ts"],
    filter: "/AntiEntropy|an idle node/",
  },
  {
    name: "rumours without end",
    seen: "each change is gossiped for ever",
    edits: [{
      file: "cluster/membership/dissemination.ts",
      before: "      if (++entry.sent >= limit) this.#entries.delete(entry.about);",
      after: "      if (++entry.sent < 0) this.#entries.delete(entry.about);",
    }],
    tests: ["tests/cluster/membership/dissemination_test.ts", "tests/cluster/membership/swim_test.ts"],
  },
  {
    name: "a leave is a failure",
    seen: "a node that was shut down in order is suspected and taken down",
    edits: [{
      file: SWIM,
      before:
        '      for (const member of this.#view.list.pick(Infinity, isAlive)) this.#send(member, { kind: "gossip" });',
      after: "",
    }],
    tests: SWIM_TESTS,
  },
  {
    name: "a broken connection is a death",
    seen: "a reset takes a healthy node down",
    edits: [{
      file: SWIM,
      before: "    return this.#at(now, () => this.#suspectAt(addr, false));",
      after: `    return this.#at(now, () => {
      this.#suspectAt(addr, false);
      this.#suspectAt(addr, true);
    });`,
    }],
    tests: SWIM_TESTS,
  },
  {
    name: "one id, two nodes",
    seen: "a second node of the same name takes over from the first",
    edits: [{
      file: SWIM,
      before: "    if (this.#isTaken(sender)) return this.#refuseName(sender);\n",
      after: "",
    }],
    tests: [...SWIM_TESTS, PROCESS_FAULTS],
    filter: "/id|second host/",
  },
  {
    name: "two clusters become one",
    seen: "a wrong seed merges production and test",
    edits: [{
      file: SWIM,
      before: "    if (packet.cluster !== this.#options.cluster) return this.#refuse(packet);\n",
      after: "",
    }],
    tests: SWIM_TESTS,
  },
  {
    name: "a huge incarnation is believed",
    seen: "a peer that lies pins the state of another for ever",
    edits: [{
      file: VIEW,
      before: "    if (update.incarnation > base + INCARNATION_STEP_MAX) {",
      after: "    if (update.incarnation === Infinity) {",
    }],
    tests: ["tests/cluster/membership/view_test.ts", "tests/cluster/membership/swim_faults_test.ts"],
  },
  {
    name: "restart is not noticed",
    seen: "a node that restarts at once keeps the actors of its old start",
    edits: [{
      file: VIEW,
      before: '      emit({ kind: "status", member: gone, before: known });\n',
      after: "",
    }],
    tests: ["tests/cluster/membership/view_test.ts", "tests/cluster/core_test.ts"],
  },
];

const DIRECTORY: readonly Defect[] = [
  {
    name: "actors outlive their node",
    seen: "a name leads to a node that is down",
    edits: [{
      file: "cluster/core.ts",
      before: "    const removed = this.#directory.remove(member.id);",
      after: "    const removed: Location[] = [];",
    }],
    tests: ["tests/cluster/core_test.ts"],
  },
  {
    name: "who was heard first has the name",
    seen: "after a partition two nodes disagree for ever about who has a name",
    edits: [{
      file: "cluster/directory/entry.ts",
      before: "    (best, one) => best === undefined || wins(one, best) ? one : best,",
      after: "    (best, one) => best === undefined ? one : best,",
    }],
    tests: ["tests/cluster/directory/entry_test.ts", "tests/cluster/directory/directory_claims_test.ts"],
  },
  {
    name: "the loser is not told",
    seen: "two copies of an actor run, and neither knows",
    edits: [{
      file: "cluster/core.ts",
      before: "    if (own !== undefined && this.#lost.isNews(own, winner)) this.#emit(",
      after: "    if (own === winner && winner !== undefined) this.#emit(",
    }],
    tests: ["tests/cluster/core_test.ts", "tests/cluster/guarantees_test.ts"],
  },
  {
    name: "keys move when a node comes",
    seen: "one more node, and nearly every key has another actor",
    edits: [{
      file: "cluster/directory/placement.ts",
      before: "    const score = hash(`${host.node}\\0${key}`);",
      after: "    const score = (hash(key) + hosts.indexOf(host)) % hosts.length;",
    }],
    tests: ["tests/cluster/directory/placement_test.ts"],
  },
  {
    name: "a late page of an earlier start counts",
    seen: "actors of a start that has ended come back",
    edits: [{
      file: "cluster/directory/directory.ts",
      before: "      if (uid < owned.uid || !(isAnew || since === owned.version)) return [];",
      after: "      if (uid === 0 || !(isAnew || since === owned.version)) return [];",
    }],
    tests: ["tests/cluster/directory/directory_test.ts", "tests/cluster/directory/directory_starts_test.ts"],
  },
  {
    name: "asks to the dead wait",
    seen: "callers of a node that hangs wait for their time-out",
    edits: [{
      file: "cluster/node_engine.ts",
      before: '      if (status === "down") this.#connections.giveUp(id, `The node ${id} is down`);\n      else if',
      after: "      if",
    }],
    tests: ["tests/cluster/cluster_client_test.ts"],
  },
  {
    name: "watchers hear twice",
    seen: "one death is told as two",
    edits: [{
      file: "cluster/actor_watches.ts",
      before: "  #end(watch: Watch, reason: StopReason): void {\n    this.#forget(watch);",
      after: "  #end(watch: Watch, reason: StopReason): void {",
    }],
    tests: ["tests/cluster/actor_watches_test.ts", "tests/cluster/cluster_watch_test.ts"],
  },
  {
    name: "joined, and knows no actors",
    seen: "the first look-ups of a node that has just joined find nobody",
    edits: [{
      file: "cluster/directory/fetches.ts",
      before: "new Map(wanted.map((each) => [each.id, each]))",
      after: "new Map(wanted.slice(0, 0).map((each) => [each.id, each]))",
    }],
    tests: [
      "tests/cluster/directory/fetches_test.ts",
      "tests/cluster/core_test.ts",
      "tests/cluster/cluster_node_test.ts",
    ],
  },
];

const OBSERVER: readonly Defect[] = [
  {
    name: "another site reads the page",
    seen: "a site whose name leads to this machine reads in a browser here what the observer shows",
    edits: [{
      file: "cluster/observer/access.ts",
      before:
        "  if (isLoopbackName(url.hostname) && (host === null || isLoopbackName(nameOf(host)))) return undefined;",
      after: '  if (url.hostname !== "" || host !== null) return undefined;',
    }],
    tests: ["tests/cluster/observer/access_test.ts", "tests/cluster/observer/observer_test.ts"],
  },
  {
    name: "any token lets in",
    seen: "whoever shows some token sees what the observer shows",
    edits: [{
      file: "cluster/observer/access.ts",
      before: "  return a.reduce((difference, byte, i) => difference | (byte ^ b[i]!), 0) === 0;",
      after: "  return a.length === b.length;",
    }],
    tests: ["tests/cluster/observer/access_test.ts"],
  },
];

/** See the module. */
export const CLUSTER_DEFECTS: readonly Defect[] = [...MEMBERSHIP, ...DIRECTORY, ...OBSERVER];
