/**
 * Defects that users of other actor systems report, as they would look in the local runtime.
 *
 * @module
 */

import type { Defect } from "./defect.ts";

/** See the module. */
export const LOCAL_DEFECTS: readonly Defect[] = [
  {
    name: "mailbox without a bound",
    seen: "a fast sender fills the memory",
    edits: [{
      file: "src/mailbox.ts",
      before: "    return this.#used < this.#mark && this.#waiting.length === 0;",
      after: "    return this.#used >= 0;",
    }],
    tests: ["tests/src/mailbox_test.ts", "tests/guarantees_test.ts"],
  },
  {
    name: "full mailbox stays full",
    seen: "an actor gets nothing more once its mailbox was full",
    edits: [{
      file: "src/mailbox.ts",
      before: "    if (this.#waiting.length > 0) this.#admit();\n",
      after: "",
    }],
    tests: ["tests/src/mailbox_test.ts"],
  },
  {
    name: "overflow drops the control lane",
    seen: "notices, ticks and items vanish while senders wait for room",
    edits: [{
      file: "src/mailbox.ts",
      before: "    else this.#waiting.add(new Waiter(envelope));",
      after: "    else void envelope;",
    }],
    tests: ["tests/src/mailbox_test.ts", "tests/src/internal/watches_test.ts"],
  },
  {
    name: "notice overtakes messages",
    seen: "a parent hears that its worker has ended before the result of that",
    edits: [{
      file: "src/mailbox.ts",
      before: "    if (this.#waiting.length === 0) this.#enqueue(envelope);",
      after: "    if (this.#waiting.length >= 0) this.#enqueue(envelope);",
    }],
    tests: ["tests/src/mailbox_test.ts", "tests/guarantees_test.ts"],
  },
  {
    name: "restart empties the mailbox",
    seen: "what was queued is lost when an actor restarts",
    edits: [{
      file: "src/internal/cell.ts",
      before: "      return decide(strategy, { hasStarted, now: clock.now() }, history);",
      after: `      const directive = decide(strategy, { hasStarted, now: clock.now() }, history);
      if (directive.kind === "restart") for (const lost of this.#mailbox?.clear() ?? []) discard(this, lost);
      return directive;`,
    }],
    tests: ["tests/src/internal/life_test.ts", "tests/guarantees_test.ts"],
  },
  {
    name: "one restart too many",
    seen: "an actor restarts once more than it may",
    edits: [{
      file: "src/supervision.ts",
      before: "      if (history.length >= maxRestarts) return",
      after: "      if (history.length > maxRestarts) return",
    }],
    tests: ["tests/src/supervision_test.ts", "tests/src/internal/life_test.ts"],
  },
  {
    name: "restarts are never forgotten",
    seen: "an actor that fails once a day ends after some days",
    edits: [{
      file: "src/supervision.ts",
      before: "      while (history.length > 0 && history[0]! + withinMs < now) history.shift();\n",
      after: "",
    }],
    tests: ["tests/src/supervision_test.ts"],
  },
  {
    name: "asker of a failure waits",
    seen: "a handler that throws leaves its caller waiting",
    edits: [{
      file: "src/internal/turn.ts",
      before: "ask?.fail(new ActorFailedError(failed, { target, messageType, cause: error })) ?? false;",
      after: "false;",
    }],
    tests: ["tests/src/internal/turn_test.ts", "tests/guarantees_test.ts"],
  },
  {
    name: "time-out gives no hint",
    seen: "an ask that timed out does not say whether its handler had begun",
    edits: [{
      file: "src/internal/ask.ts",
      before: "        started: this.#isStarted,",
      after: "        started: false,",
    }],
    tests: ["tests/src/internal/ask_test.ts"],
  },
  {
    name: "given-up ask is handled",
    seen: "an order is carried out after its sender was told that it was not",
    edits: [{
      file: "src/internal/turn.ts",
      before: "  if (ask !== undefined && !ask.begin()) return undefined;",
      after: "  ask?.begin();",
    }],
    tests: ["tests/src/internal/ask_test.ts", "tests/guarantees_test.ts"],
  },
  {
    name: "lost without a dead letter",
    seen: "what was queued when an actor ended vanishes silently",
    edits: [{
      file: "src/internal/turn.ts",
      before: '  if (ask === undefined) return deadLetter(cell, message, "stopped");',
      after: "  if (ask === undefined) return;",
    }],
    tests: ["tests/src/internal/cell_test.ts", "tests/guarantees_test.ts"],
  },
  {
    name: "parent ends before its children",
    seen: "children of an actor that has ended still run",
    edits: [{
      file: "src/internal/cell.ts",
      before: "      child.requestStop(reason, { drain: this.#life.stop?.drain ?? false });\n      await child.closed;",
      after: "      child.requestStop(reason);",
    }],
    tests: ["tests/src/internal/cell_test.ts", "tests/guarantees_test.ts"],
  },
  {
    name: "hung handler holds up the stop",
    seen: "a shutdown never ends because one handler does not settle",
    edits: [{
      file: "src/internal/patience.ts",
      before: "    if (this.#giveUp !== undefined && this.#until < Infinity) this.#watchTheClock();\n",
      after: "",
    }],
    tests: ["tests/src/internal/patience_test.ts"],
  },
  {
    name: "busy actors starve timers",
    seen: "some actors that compute stop the sockets of the process for seconds",
    edits: [{
      file: "src/internal/fairness.ts",
      before: "    if (this.#clock.now() - this.#since >= YIELD_AFTER_MS) this.#turnsLeft = 0;\n",
      after: "",
    }],
    tests: ["tests/src/internal/fairness_test.ts"],
  },
  {
    name: "ticks pile up",
    seen: "a slow actor finds a thousand ticks of its interval in its mailbox",
    edits: [{ file: "src/timers.ts", before: "    if (this.#isPending) return;\n", after: "" }],
    tests: ["tests/src/timers_test.ts", "tests/guarantees_test.ts"],
  },
  {
    name: "late replies outlive their actor",
    seen: "who waits for a late answer learns of a restart only by its time-out",
    edits: [{ file: "src/internal/life.ts", before: "    failOpenAsks(cell);\n", after: "    void failOpenAsks;\n" }],
    tests: ["tests/src/late_reply_test.ts", "tests/remote/late_reply_test.ts"],
  },
  {
    name: "late replies are kept for ever",
    seen: "an actor that answers late grows with each asker that has given up",
    edits: [{
      file: "src/internal/open_asks.ts",
      before: "      kept.delete(ask);\n",
      after: "",
    }],
    tests: ["tests/src/internal/open_asks_test.ts"],
  },
  {
    name: "a clean stop is a failure",
    seen: "a handler that gives up as soon as it is told to stop counts as one that has failed",
    edits: [{
      file: "src/internal/turn.ts",
      before: "  } else if (turn !== STOPPED.turn && incarnation.isAbortReason(error)) {",
      after: "  } else if (turn === STOPPED.turn && incarnation.isAbortReason(error)) {",
    }],
    tests: ["tests/src/clean_stop_test.ts"],
  },
  {
    name: "a drain stays at the top",
    seen: "a shutdown that drains drops what the children still have to do",
    edits: [{
      file: "src/internal/cell.ts",
      before: "      child.requestStop(reason, { drain: this.#life.stop?.drain ?? false });",
      after: "      child.requestStop(reason);",
    }],
    tests: ["tests/src/drain_test.ts", "tests/guarantees_test.ts"],
  },
  {
    name: "a child fails silently",
    seen: "nobody hears that a child has failed, because its parent counts as told without a hook that could tell it",
    edits: [{
      file: "src/internal/watches.ts",
      before: "      if (life.hearsOfEnds && (isAlive || life.stop?.drain)) return true;",
      after: "      if (isAlive || life.stop?.drain) return true;",
    }, {
      file: "src/internal/watches.ts",
      before: "        if (!isWanted() || actor.terminated === undefined) return hearing?.missed();\n",
      after: "        if (!isWanted() || actor.terminated === undefined) return;\n",
    }],
    tests: ["tests/src/internal/failure_test.ts", "tests/guarantees_test.ts"],
  },
  {
    name: "a sleep outlives its actor",
    seen: "an actor that sleeps for an hour holds up its stop until it is abandoned",
    edits: [{
      file: "src/internal/incarnation.ts",
      before: '      signal.addEventListener("abort", abort, { once: true });',
      after: "      void abort;",
    }],
    tests: ["tests/src/clean_stop_test.ts"],
  },
  {
    name: "an observer hides failures",
    seen: "with the page of the observer, nobody is told any more of the failures that nobody else hears of",
    edits: [{
      file: "src/events.ts",
      before: "  get isObserved(): boolean {\n    return this.#subscriptions.size > 0;",
      after: "  get isObserved(): boolean {\n    return this.isTroubleHeard;",
    }],
    tests: ["tests/src/events_test.ts", "tests/cluster/observer/observer_test.ts"],
  },
  {
    name: "an actor runs in a stranger's trace",
    seen: "what an actor does shows up in the trace of whoever else was active when its turn came",
    edits: [{
      file: "src/internal/run_loop.ts",
      before: "  else advanceDetached(life, cell, instrument);",
      after: "  else advance(life, cell);",
    }],
    tests: ["tests/cluster/telemetry/telemetry_test.ts"],
  },
];
