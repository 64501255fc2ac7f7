/**
 * Defects that this library has had: what hostile, careless and heavy use of it, and an operator, have found.
 *
 * @module
 */

import type { Defect } from "./defect.ts";

const LOCAL: readonly Defect[] = [
  {
    name: "two spawns share their options",
    seen: "an actor has the name and the bounds that its caller meant for the next one",
    edits: [{
      file: "src/internal/spawn.ts",
      before: "  const options = given === DEFAULT_OPTIONS ? given : { ...given };",
      after: "  const options = given;",
    }],
    tests: ["tests/src/internal/spawn_test.ts"],
  },
  {
    name: "a late reply is a promise",
    seen: "an answer that comes after the time-out, or rejects, is lost, and ends the process",
    edits: [{
      file: "src/late_reply.ts",
      before: "    if (!isThenable(value)) return this.#settle({ value });",
      after: "    return this.#settle({ value });",
    }],
    tests: ["tests/src/late_reply_test.ts"],
  },
  {
    name: "a late sleeper ends the process",
    seen: "a stop ends the whole process, because a handler has not awaited its sleep yet",
    edits: [{
      file: "src/internal/incarnation.ts",
      before: "    slept.catch(givesUpLater);\n",
      after: "",
    }],
    tests: ["tests/src/clean_stop_test.ts"],
  },
  {
    name: "giving up is as deep as the tree",
    seen: "a shutdown that has no time left overflows the stack, and never ends",
    edits: [{
      file: "src/internal/cell.ts",
      before: "      for (const child of cell.children) all.push(child);",
      after: "      for (const child of cell.children) child.giveUp();",
    }],
    tests: ["tests/src/hostile_use_test.ts"],
  },
  {
    name: "a hook is looked at outside its turn",
    seen: "a getter that throws leaves its actor, and the siblings that restart with it, neither alive nor ended",
    edits: [{
      file: "src/internal/life.ts",
      before: '"stopped" in incarnation.actor)',
      after: "incarnation.actor.stopped !== undefined)",
    }],
    tests: ["tests/src/hostile_use_test.ts"],
  },
  {
    name: "what has no text is not told",
    seen: "a failure that nobody else hears of ends the process instead of being a line of its log",
    edits: [{
      file: "src/system.ts",
      before: "${firstLineOf(error)}",
      after: '${String(error).split("\\n")[0]}',
    }],
    tests: ["tests/src/hostile_use_test.ts"],
  },
  {
    name: "a signal that is null throws late",
    seen: "a message is handled although its sender was told with a TypeError that it could not be sent",
    edits: [{
      file: "src/internal/sending.ts",
      before: "  if (signal && !asked.isDone) asked.cancelOn(signal);",
      after: "  if (signal !== undefined && !asked.isDone) asked.cancelOn(signal);",
    }],
    tests: ["tests/src/hostile_use_test.ts"],
  },
];

const REMOTE: readonly Defect[] = [
  {
    name: "a server that holds back is dead",
    seen: "messages are lost with their connection, because the actors of a living server are behind",
    edits: [{
      file: "remote/link.ts",
      before: "this.#outgoing.isStuck() && !mayHold;",
      after: "this.#outgoing.isStuck() && mayHold !== undefined;",
    }],
    tests: ["tests/remote/scenarios_test.ts"],
  },
  {
    name: "gossip waits behind messages",
    seen: "nodes are taken for down while the actors of another are behind",
    edits: [{
      file: "remote/server_link.ts",
      before: "return this.#budget.isSpent && !isChannel;",
      after: "return this.#budget.isSpent;",
    }],
    tests: ["tests/remote/channel_test.ts"],
  },
  {
    name: "actors are counted as strangers",
    seen: "a client that calls some thousand actors of one server loses its connection, again and again",
    edits: [{
      file: "remote/wire/server_session.ts",
      before: "      if (!this.#options.isOffered(target) && ++this.#strangers > STRANGERS_MAX) {",
      after: "      if (++this.#strangers > STRANGERS_MAX) {",
    }],
    tests: ["tests/remote/wire/server_session_test.ts", "tests/remote/scenarios_test.ts"],
  },
  {
    name: "a route looks at all others",
    seen: "where thousands of actors end one after the other, nothing else runs for seconds",
    edits: [{
      file: "remote/routes.ts",
      before: "      same.delete(route);",
      after: "      for (const other of [...same]) if (other === route) same.delete(other);",
    }],
    tests: ["tests/remote/router_test.ts"],
  },
  {
    name: "a frozen message is refused",
    seen: "with a schema that freezes what it has checked, no message ever arrives",
    edits: [{
      file: "remote/codecs.ts",
      before: "Object.isExtensible(decoded) ? decoded : { ...decoded };",
      after: "decoded;",
    }],
    tests: ["tests/remote/protocol_test.ts"],
  },
  {
    name: "half a character is a name",
    seen: "actors whose names differ here have one name over there",
    edits: [{
      file: "remote/local_node.ts",
      before: "name.length <= NAME_MAX && name.isWellFormed()",
      after: "name.length <= NAME_MAX",
    }],
    tests: ["tests/remote/router_test.ts"],
  },
  {
    name: "a pool that closes still connects",
    seen: "a server that accepts connections and says nothing holds up the shutdown of its clients",
    edits: [{
      file: "remote/pool.ts",
      before: "{ ...this.#options, hostname, port, signal }",
      after: "{ ...this.#options, hostname, port }",
    }],
    tests: ["tests/remote/pool_test.ts"],
  },
  {
    name: "json() changes what it sends",
    seen: "a Date arrives as a text, a Map as an empty object, and nobody is told",
    edits: [{
      file: "remote/json.ts",
      before: "  const loss = jsonLoss(value, look, isMadeWhole);",
      after: "  const loss = jsonLoss(value, look, isMadeWhole) && undefined;",
    }],
    tests: ["tests/remote/json_test.ts"],
  },
];

const CLUSTER: readonly Defect[] = [
  {
    name: "one seed is enough",
    seen: "where all nodes start at once, one that has joined knows none of the actors that have long been there",
    edits: [{
      file: "cluster/joining.ts",
      before: "    if (!this.#isCaughtUp || this.#unheard.size > 0 || !this.#end()) return;",
      after: "    if (!this.#isCaughtUp || !this.#end()) return;",
    }],
    tests: ["tests/cluster/joining_test.ts"],
  },
  {
    name: "only the first answer counts",
    seen: "a node that has joined knows the actors that its first seed knew, not those of the others",
    edits: [{
      file: "cluster/directory/fetches.ts",
      before: "    this.#missing = undefined;\n    this.#catchUpEndsAt = Infinity;\n    return true;",
      after: "    this.join(false);\n    return true;",
    }],
    tests: ["tests/cluster/directory/fetches_test.ts"],
  },
  {
    name: "the code of an error is its type",
    seen: "traces name an exception by a code, which may be anything, instead of by the name of the error",
    edits: [{
      file: "cluster/telemetry/spans.ts",
      before: "    const exception = { name, message: shortened, stack: keepEnd(stack, STACK_CHARS_MAX) };",
      after:
        "    const exception = shortened === message ? error : { name, message: shortened, stack: keepEnd(stack, STACK_CHARS_MAX) };",
    }],
    tests: ["tests/cluster/telemetry/telemetry_test.ts"],
  },
  {
    name: "a label hides the others",
    seen: "the counts of all classes without a place of their own vanish behind a class that is named as they are",
    edits: [{
      file: "cluster/telemetry/labels.ts",
      before: "    if (label === OTHER || this.#known.size >= this.#max)",
      after: "    if (this.#known.size >= this.#max)",
    }],
    tests: ["tests/cluster/telemetry/labels_test.ts"],
  },
  {
    name: "names of any length are told",
    seen: "a type of message of a megabyte is in every span and series",
    edits: [{
      file: "cluster/telemetry/labels.ts",
      before: "  return keepStart(name, NAME_CHARS_MAX);",
      after: "  return name;",
    }],
    tests: ["tests/cluster/telemetry/telemetry_test.ts", "tests/cluster/telemetry/remote_test.ts"],
  },
];

/** See the module. */
export const FOUND_DEFECTS: readonly Defect[] = [...LOCAL, ...REMOTE, ...CLUSTER];
