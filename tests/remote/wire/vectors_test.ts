// Frames of the original, Cinema-rs 0.1, and how its decoder treats odd input.

import { assert, assertEquals, assertThrows } from "@std/assert";
import { decodeEnvelope, type Envelope } from "../../../remote/wire/envelope.ts";
import { FrameDecoder } from "../../../remote/wire/frame.ts";
import { StringCache } from "../../../remote/wire/string_cache.ts";
import { WireError } from "../../../remote/wire/wire_error.ts";
import { envelopeOf, framesOf, fromHex, readFrames, toHex } from "../../support/frames.ts";

const add = { messageType: "calc.Add", payload: new Uint8Array([8, 5]), correlationId: 1 };

/** Frames that the running original has written, and what is in them. */
const FRAMES: readonly [name: string, hex: string, fields: Partial<Envelope>][] = [
  ["empty", "00000000", {}],
  [
    "request",
    "000000290a0863616c632e416464120208051801220b63616c632d636c69656e742a0a63616c63756c61746f72",
    { ...add, senderNode: "calc-client", targetActor: "calculator" },
  ],
  [
    "response",
    "000000320a0e63616c632e416464526573756c74120208691801220b63616c632d7365727665722a0b63616c632d636c69656e743001",
    {
      messageType: "calc.AddResult",
      payload: new Uint8Array([8, 105]),
      correlationId: 1,
      senderNode: "calc-server",
      targetActor: "calc-client",
      isResponse: true,
    },
  ],
  ["2^53 + 1", "0000000c0a0174188180808080808010", { messageType: "t", correlationId: 2n ** 53n + 1n }],
  ["2^64 - 1", "0000000e0a017418ffffffffffffffffff01", { messageType: "t", correlationId: 2n ** 64n - 1n }],
  [
    "unicode",
    "0000002c0a03e59e8b120e68c3a96c6c6f20e282acf09f9880180722076ec59375642d312a0ad0b0d0bad182d191d180",
    {
      messageType: "型",
      payload: new TextEncoder().encode("héllo €😀"),
      correlationId: 7,
      senderNode: "nœud-1",
      targetActor: "актёр",
    },
  ],
];

for (const [name, hex, fields] of FRAMES) {
  Deno.test({
    name: `the frame "${name}" of the original is written byte for byte, and read back`,
    permissions: "none",
    fn() {
      assertEquals(toHex(framesOf(fields)), hex);
      assertEquals(readFrames([fromHex(hex)]), [envelopeOf(fields)]);
    },
  });
}

/** Odd input: what the original makes of it, as fields; or a refusal. */
const ODD: readonly [name: string, hex: string, fields: Partial<Envelope> | "refused"][] = [
  ["an unknown field", "7801 3001", { isResponse: true }],
  ["an unknown field before a known one", "789601 0a0174", { messageType: "t" }],
  ["fields in reverse order", "3001 1807 0a0174", { isResponse: true, correlationId: 7, messageType: "t" }],
  ["a number twice", "1801 1802", { correlationId: 2 }],
  ["a text twice", "0a0161 0a0162", { messageType: "b" }],
  ["2 for true", "3002", { isResponse: true }],
  ["a long number for true", "308002", { isResponse: true }],
  ["a zero that is longer than it need be", "188000", {}],
  ["a number of eleven bytes", "18ffffffffffffffffffff01", "refused"],
  ["a number of 65 bits", "18ffffffffffffffffff02", "refused"],
  ["a text that is no UTF-8", "0a01ff", "refused"],
  ["a text that is cut off", "0a0561", "refused"],
  ["a field of the wrong kind", "0801", "refused"],
  ["field 0", "0001", "refused"],
  ["an unknown group", "7b 7c 1801", { correlationId: 1 }],
  ["the end of a group that has not begun", "7c", "refused"],
  ["a kind of field that does not exist", "0e", "refused"],
  ["defaults that are said", "0a00 1200 1800 3000", {}],
];

function decode(hex: string): Envelope {
  const bytes = fromHex(hex);
  return decodeEnvelope({ bytes, start: 0, end: bytes.length, isOwned: false }, new StringCache());
}

for (const [name, hex, expected] of ODD) {
  Deno.test({
    name: `${name} is ${expected === "refused" ? "refused" : "read"}, as by the original`,
    permissions: "none",
    fn() {
      if (expected === "refused") assertEquals(assertThrows(() => decode(hex), WireError).code, "malformed");
      else assertEquals(decode(hex), envelopeOf(expected));
    },
  });
}

/** All that was captured: it lies beside the repository where the original was run, and nowhere else. */
async function readCapture(): Promise<string[][]> {
  try {
    const text = await Deno.readTextFile(new URL("../../../../shared/wire/cinema-rs-vectors.tsv", import.meta.url));
    return text.split("\n").filter((line) => line !== "" && !line.startsWith("#")).map((line) => line.split("\t"));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}

const capture = await readCapture();

Deno.test("every captured frame is read, and written byte for byte", () => {
  for (const [kind, name, hex = ""] of capture) {
    if (kind !== "frame" && kind !== "session") continue;
    const found = readFrames([fromHex(hex)]);
    assertEquals(found.length, 1, name);
    assertEquals(toHex(framesOf(found[0]!)), hex, name);
  }
});

Deno.test("every captured session says what was seen of it", () => {
  for (const [kind, name, hex = "", seen = ""] of capture) {
    if (kind !== "session") continue;
    const [{ messageType, payload, correlationId, senderNode, targetActor, isResponse } = envelopeOf({})] = readFrames([
      fromHex(hex),
    ]);
    const said =
      `Envelope{message_type:"${messageType}", payload:${toHex(payload)}, correlation_id:${correlationId}, ` +
      `sender_node:"${senderNode}", target_actor:"${targetActor}", is_response:${isResponse}}`;
    assert(seen.startsWith(said), `${name}: ${said}`);
  }
});

Deno.test("every captured odd input ends as it did with the original", () => {
  for (const [kind, name, hex = "", outcome = ""] of capture) {
    if (kind !== "decode" || !/^(?:Ok Envelope|Err |needs more)/.test(outcome)) continue;
    const decoder = new FrameDecoder(1_000);
    decoder.push(fromHex(hex));
    if (outcome.startsWith("needs more")) assertEquals(decoder.next(), false, name);
    else {
      assert(decoder.next(), name);
      const read = () => decodeEnvelope(decoder, new StringCache());
      if (outcome.startsWith("Err")) assertThrows(read, WireError);
      else {
        const { messageType, correlationId, isResponse } = read();
        assert(outcome.includes(`message_type: "${messageType}"`), name);
        assert(outcome.includes(`correlation_id: ${correlationId}, `), name);
        assert(outcome.includes(`is_response: ${isResponse} }, ${decoder.buffered} bytes left`), name);
      }
    }
  }
});
