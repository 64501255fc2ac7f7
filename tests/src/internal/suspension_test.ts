import { assertEquals } from "@std/assert";
import { Suspension } from "../../../src/internal/suspension.ts";

Deno.test({
  name: "Suspension.cancel() lets everybody go on who waits for it",
  permissions: "none",
  async fn() {
    const suspension = new Suspension();
    suspension.cancel();
    const { ended, revived, started } = suspension;
    assertEquals(await Promise.all([ended.promise, revived.promise, started.promise]), [undefined, undefined, false]);
  },
});

Deno.test({
  name: "Suspension.cancel() changes nothing that has been told already",
  permissions: "none",
  async fn() {
    const suspension = new Suspension();
    suspension.started.resolve(true);
    suspension.cancel();
    assertEquals(await suspension.started.promise, true);
  },
});
