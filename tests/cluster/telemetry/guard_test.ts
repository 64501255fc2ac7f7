import { context, type ContextManager, ROOT_CONTEXT } from "@opentelemetry/api";
import { assertEquals, assertThrows } from "@std/assert";
import { Guard } from "../../../cluster/telemetry/guard.ts";
import { MemoryTelemetry } from "../../support/otel.ts";
import { boom } from "../../support/scripted.ts";

Deno.test({
  name: "Guard gives what it is asked for, or something else where that throws, and tells of the first failure",
  permissions: "none",
  fn() {
    using otel = new MemoryTelemetry();
    const guard = new Guard();
    assertEquals(guard.get(() => 1, 2), 1);
    guard.attempt(() => {});
    assertEquals(otel.errors, []);
    assertEquals(guard.get(boom, 2), 2);
    guard.attempt(() => {
      throw new Error("another");
    });
    assertEquals(otel.errors.length, 1);
    assertEquals(otel.errors[0]!.endsWith(": boom"), true);
  },
});

Deno.test({
  name: "Guard calls in a context exactly once, and what is called decides what comes of it",
  permissions: "none",
  fn() {
    let calls = 0;
    const call = () => ++calls;
    const errors: number[] = [];
    for (const isBroken of [false, true]) {
      using otel = new MemoryTelemetry((what) => {
        if (isBroken && what === "context") throw new Error("no context");
      });
      const guard = new Guard();
      assertEquals(guard.within(ROOT_CONTEXT, call), calls);
      assertThrows(() => guard.within(ROOT_CONTEXT, boom), Error, "boom");
      errors.push(otel.errors.length);
    }
    // What the call itself throws is no failure of telemetry.
    assertEquals([calls, errors], [2, [0, 1]]);
  },
});

Deno.test({
  name: "Guard calls exactly once also where a context manager calls twice, or not at all",
  permissions: "none",
  fn() {
    for (const times of [0, 2]) {
      const manager: ContextManager = {
        active: () => ROOT_CONTEXT,
        with: (_active, call, self, ...args) => Array.from({ length: times }, () => call.apply(self, args))[0]!,
        bind: (_active, target) => target,
        enable: () => manager,
        disable: () => manager,
      };
      context.setGlobalContextManager(manager);
      let calls = 0;
      try {
        assertEquals(new Guard().within(ROOT_CONTEXT, () => ++calls), 1);
      } finally {
        context.disable();
      }
      assertEquals(calls, 1);
    }
  },
});
