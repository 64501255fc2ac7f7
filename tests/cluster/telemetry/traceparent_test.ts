import { assertEquals } from "@std/assert";
import { formatTraceparent, parseTraceparent } from "../../../cluster/telemetry/traceparent.ts";

const traceId = "0af7651916cd43dd8448eb211c80319c";
const spanId = "b7ad6b7169203331";

Deno.test({
  name: "formatTraceparent() says what parseTraceparent() reads",
  permissions: "none",
  fn() {
    for (const traceFlags of [0, 1]) {
      const text = formatTraceparent({ traceId, spanId, traceFlags });
      assertEquals(text, `00-${traceId}-${spanId}-0${traceFlags}`);
      assertEquals(parseTraceparent(text), { traceId, spanId, traceFlags, isRemote: true });
    }
    assertEquals(formatTraceparent(undefined), "");
    assertEquals(formatTraceparent({ traceId: "0".repeat(32), spanId, traceFlags: 1 }), "");
  },
});

Deno.test({
  name: "parseTraceparent() takes no text that W3C does not, reads later versions, and knows one flag",
  permissions: "none",
  fn() {
    const wrong = [
      "",
      `00-${traceId}-${spanId}`,
      `00-${traceId}-${spanId}-01-`,
      `00-${traceId}-${spanId}-01 `,
      `00-${traceId}-${"0".repeat(16)}-01`,
      `ff-${traceId}-${spanId}-01`,
      `0G-${traceId}-${spanId}-01`,
      `01-${traceId}-${spanId}-01${"x".repeat(9)}`,
      `01-${traceId}-${spanId}-01-${"x".repeat(600)}`,
    ];
    assertEquals(wrong.filter((text) => parseTraceparent(text) !== undefined), []);
    assertEquals(parseTraceparent(`01-${traceId}-${spanId}-ff-more`)?.traceFlags, 1);
  },
});
