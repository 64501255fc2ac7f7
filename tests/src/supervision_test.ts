import { assertEquals, assertThrows } from "@std/assert";
import { decide, type Directive, type RestartHistory, SupervisorStrategy } from "../../src/supervision.ts";

/** Fails at each of `times` in turn, and says what is decided each time. */
function kinds(strategy: SupervisorStrategy, times: number[]): string[] {
  const history: RestartHistory = [];
  return times.map((now) => decide(strategy, { hasStarted: true, now }, history).kind);
}

/** The back-offs of failures at each of `times`. */
function backoffs(strategy: SupervisorStrategy, times: number[]): number[] {
  const history: RestartHistory = [];
  return times.map((now) => {
    const directive = decide(strategy, { hasStarted: true, now }, history);
    return directive.kind === "restart" ? directive.backoffMs : -1;
  });
}

function pure(name: string, fn: () => void): void {
  Deno.test({ name, permissions: "none", fn });
}

pure("SupervisorStrategy.stop stops, whether or not the actor had started", () => {
  for (const hasStarted of [true, false]) {
    assertEquals(decide(SupervisorStrategy.stop, { hasStarted, now: 0 }, []), { kind: "stop", reason: "failed" });
  }
});

pure("SupervisorStrategy.escalate escalates, whether or not the actor had started", () => {
  for (const hasStarted of [true, false]) {
    assertEquals(decide(SupervisorStrategy.escalate, { hasStarted, now: 0 }, []), { kind: "escalate" });
  }
});

pure("SupervisorStrategy.resume resumes, but stops where there is nothing to resume", () => {
  const decided = (hasStarted: boolean): Directive => decide(SupervisorStrategy.resume, { hasStarted, now: 0 }, []);
  assertEquals(decided(true), { kind: "resume" });
  assertEquals(decided(false), { kind: "stop", reason: "failed" });
});

pure("restart(n, ms) allows n restarts within the window, and one more stops", () => {
  const r = "restart";
  assertEquals(kinds(SupervisorStrategy.restart(3, 1_000), [0, 0, 0, 0]), [r, r, r, "stop"]);
  assertEquals(kinds(SupervisorStrategy.restart(3, 1_000), [0, 300, 600, 999]), [r, r, r, "stop"]);
  assertEquals(kinds(SupervisorStrategy.restart(1, 1_000), [5, 6]), [r, "stop"]);
});

pure("restart(n, ms) stops for the reason restart-limit", () => {
  const directive = decide(SupervisorStrategy.restart(1, 10), { hasStarted: true, now: 3 }, [2]);
  assertEquals(directive, { kind: "stop", reason: "restart-limit" });
});

pure("the window of restart() is inclusive, as OTP's: a restart exactly that old still counts", () => {
  const r = "restart";
  assertEquals(kinds(SupervisorStrategy.restart(1, 1_000), [0, 1_000]), [r, "stop"]);
  assertEquals(kinds(SupervisorStrategy.restart(1, 1_000), [0, 1_001]), [r, r]);
  assertEquals(kinds(SupervisorStrategy.restart(2, 1_000), [0, 500, 1_000]), [r, r, "stop"]);
  assertEquals(kinds(SupervisorStrategy.restart(2, 1_000), [0, 500, 1_001, 1_500]), [r, r, r, "stop"]);
  assertEquals(kinds(SupervisorStrategy.restart(2, 1_000), [0, 500, 1_001, 1_501]), [r, r, r, r]);
});

pure("the window of restart() slides: failures that come slowly enough restart for ever", () => {
  const times = Array.from({ length: 100 }, (_, i) => i * 501);
  assertEquals(new Set(kinds(SupervisorStrategy.restart(2, 1_000), times)), new Set(["restart"]));
});

pure("restart() restarts also after a failed factory or started", () => {
  const directive = decide(SupervisorStrategy.restart(1, 1_000), { hasStarted: false, now: 0 }, []);
  assertEquals(directive, { kind: "restart", backoffMs: 0 });
});

pure("restart(0, ms) never restarts", () => {
  assertEquals(kinds(SupervisorStrategy.restart(0, 1_000), [0]), ["stop"]);
});

pure("restart(Infinity, ms) always restarts, and its history stays bounded", () => {
  const strategy = SupervisorStrategy.restart(Infinity, Infinity, { backoff: (attempt) => attempt });
  const history: RestartHistory = [];
  const last = Array.from({ length: 5_000 }, () => decide(strategy, { hasStarted: true, now: 1 }, history)).at(-1);
  assertEquals(last, { kind: "restart", backoffMs: 1_001 });
  assertEquals(history.length, 1_000);
});

pure("a limit with an endless window counts for ever", () => {
  assertEquals(kinds(SupervisorStrategy.restart(1, Infinity), [0, 1e12]), ["restart", "stop"]);
});

pure("two actors with the same strategy have a budget each", () => {
  const strategy = SupervisorStrategy.restart(1, 1_000);
  assertEquals(kinds(strategy, [0, 1]), ["restart", "stop"]);
  assertEquals(kinds(strategy, [0, 1]), ["restart", "stop"]);
});

pure("a fixed backoff is the same for each restart", () => {
  assertEquals(backoffs(SupervisorStrategy.restart(3, 1_000, { backoff: 50 }), [0, 1, 2, 3]), [50, 50, 50, -1]);
  assertEquals(backoffs(SupervisorStrategy.restart(2, 1_000), [0, 1]), [0, 0]);
});

pure("a backoff function gets the number of the restart within the window", () => {
  const doubling = SupervisorStrategy.restart(3, 1_000, { backoff: (attempt) => 100 * 2 ** (attempt - 1) });
  assertEquals(backoffs(doubling, [0, 10, 20]), [100, 200, 400]);
  assertEquals(backoffs(doubling, [0, 10, 1_005, 5_000]), [100, 200, 200, 100]);
});

pure("a backoff function is not asked when the limit is reached", () => {
  let asked = 0;
  const strategy = SupervisorStrategy.restart(1, 1_000, { backoff: () => asked++ });
  kinds(strategy, [0, 0, 0]);
  assertEquals(asked, 1);
});

pure("a backoff function that throws, or gives no time, makes the decision throw and charges nothing", () => {
  const history: RestartHistory = [];
  const failing = SupervisorStrategy.restart(1, 1_000, {
    backoff: () => {
      throw new TypeError("no");
    },
  });
  assertThrows(() => decide(failing, { hasStarted: true, now: 0 }, history), TypeError, "no");
  for (const wrong of [NaN, -1, Infinity, "1" as unknown as number, undefined as unknown as number]) {
    const strategy = SupervisorStrategy.restart(1, 1_000, { backoff: () => wrong });
    assertThrows(() => decide(strategy, { hasStarted: true, now: 0 }, history), RangeError, "Cannot back off");
  }
  assertEquals(history, []);
});

pure("restart() refuses wrong numbers", () => {
  for (const wrong of [-1, 1.5, NaN, -Infinity]) {
    assertThrows(() => SupervisorStrategy.restart(wrong, 1_000), RangeError);
  }
  for (const wrong of [0, -1, NaN]) assertThrows(() => SupervisorStrategy.restart(1, wrong), RangeError);
  for (const backoff of [-1, NaN, Infinity]) {
    assertThrows(() => SupervisorStrategy.restart(1, 1_000, { backoff }), RangeError);
  }
});
