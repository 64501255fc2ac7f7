import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import { ControlLane, isFailure } from "../../../src/internal/control_lane.ts";
import { Suspension } from "../../../src/internal/suspension.ts";
import type { StopReason } from "../../../mod.ts";

function pure(name: string, fn: () => void): void {
  Deno.test({ name, permissions: "none", fn });
}

pure("ControlLane.next() gives nothing while there is nothing", () => {
  assertEquals(new ControlLane().next(5), undefined);
});

pure("ControlLane.next() gives failures first and in order, then a stop, then a rest", () => {
  const lane = new ControlLane();
  lane.suspension = new Suspension();
  assertEquals(lane.next(0)?.kind, "rest");
  const stop = lane.requestStop("stopped", false);
  assertEquals(lane.next(0), { kind: "end", stop });
  lane.fail("first");
  lane.fail(undefined);
  assertEquals(lane.next(0), { kind: "recover", error: "first" });
  assertEquals(lane.next(0), { kind: "recover", error: undefined });
  assertEquals(lane.next(0)?.kind, "end");
});

pure("ControlLane.next() lets a stop that drains wait until nothing is queued", () => {
  const lane = new ControlLane();
  const stop = lane.requestStop("stopped", true);
  assertEquals(lane.next(3), undefined);
  assertEquals(lane.next(0), { kind: "end", stop });
  lane.requestStop("stopped", false);
  assertEquals(lane.next(3), { kind: "end", stop });
});

pure("ControlLane.requestStop() keeps the first reason, and drains only while all say so", () => {
  const lane = new ControlLane();
  const first = lane.requestStop("stopped", true);
  assertStrictEquals(lane.requestStop("shutdown", true), first);
  assertEquals(first, { reason: "stopped", error: undefined, drain: true });
  lane.requestStop("parent", false);
  lane.requestStop("parent", true);
  assertEquals(first, { reason: "stopped", error: undefined, drain: false });
});

pure("ControlLane.forgetFailures() leaves the rest as it is", () => {
  const lane = new ControlLane();
  lane.fail(1);
  lane.requestStop("stopped", false);
  lane.forgetFailures();
  assertEquals([lane.takeFailure(), lane.next(0)?.kind], [undefined, "end"]);
});

pure("isFailure() tells failures from orderly ends", () => {
  const failures: StopReason[] = ["failed", "restart-limit", "escalated"];
  const others: StopReason[] = ["stopped", "abandoned", "parent", "shutdown", "node-down"];
  assert(failures.every(isFailure) && !others.some(isFailure));
});
