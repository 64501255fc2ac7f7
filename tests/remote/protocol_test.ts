import { assertEquals, assertThrows } from "@std/assert";
import protobuf from "protobufjs";
import { cinema } from "../../proto/gen/envelope.js";
import type { AnyMessage, Message } from "../../mod.ts";
import { json, protocol } from "../../remote/mod.ts";
import { CodecTable } from "../../remote/protocol.ts";
import { untyped } from "../support/desk.ts";

interface Add extends Message<{ value: number }> {
  readonly type: "add";
  readonly n: number;
}
const { root } = protobuf.parse(`
  syntax = "proto3";
  message Add { int32 n = 1; bytes body = 2; }
  message Result { int32 value = 1; }
`);
const reflected = { name: "Add", request: root.lookupType("Add"), reply: root.lookupType("Result") };
const codecs = (table: object) => CodecTable.of(protocol<Add>(untyped(table))).get("add")!;

Deno.test("protocol() takes reflection types, generated classes and plain codecs", () => {
  const message = { type: "add", n: 5 } as AnyMessage;
  const byReflection = codecs({ add: reflected });
  assertEquals((byReflection.decode(byReflection.encode(message)) as unknown as Add).n, 5);
  const credit = { type: "add", accepted: 3 } as unknown as AnyMessage;
  const generated = codecs({ add: { name: "Credit", request: cinema.Credit, reply: cinema.Credit } });
  assertEquals(Number((generated.decode(generated.encode(credit)) as unknown as cinema.Credit).accepted), 3);
  const plain = codecs({ add: { name: "Add", request: json(), reply: json() } });
  assertEquals(plain.decode(plain.encode(message)), message);
});

Deno.test("a decoded message has its type, and its defaults where protobufjs keeps them", () => {
  const message = codecs({ add: reflected }).decode(new Uint8Array(0)) as unknown as Add;
  assertEquals([message.type, message.n, Object.hasOwn(message, "n")], ["add", 0, false]);
});

Deno.test("a message without a reply has none on the wire", () => {
  const { encodeReply, decodeReply, hasReply } = codecs({ add: { name: "Add", request: json() } });
  assertEquals([encodeReply.call(codecs({ add: { name: "Add", request: json() } }), 1).length, hasReply], [0, false]);
  assertEquals(decodeReply.call(codecs({ add: { name: "Add", request: json() } }), new Uint8Array(9)), undefined);
});

Deno.test("what a codec gives that is no bytes, or no message, is an error", () => {
  const wrong = codecs({ add: { name: "Add", request: { encode: () => "text", decode: () => 7 }, reply: json() } });
  assertThrows(() => wrong.encode({ type: "add" } as AnyMessage), TypeError, "no bytes");
  assertThrows(() => wrong.decode(new Uint8Array(0)), TypeError, "must give an object");
});

Deno.test("protocol() refuses a table with a name missing or twice, and codecs that are none", () => {
  assertThrows(() => codecs({ add: { ...reflected, name: "" } }), TypeError, "without a name");
  assertThrows(() => codecs({ add: { request: json() } }), TypeError, "without a name");
  assertThrows(() => codecs({ add: undefined }), TypeError, "without a name");
  assertThrows(() => codecs({ add: { ...reflected, request: {} } }), TypeError, "request codec");
  assertThrows(() => codecs({ add: { ...reflected, reply: { encode: 1 } } }), TypeError, "reply codec");
  assertThrows(() => codecs({ add: reflected, other: reflected }), TypeError, 'two messages "Add"');
  assertThrows(() => CodecTable.of({ types: ["add"] }), TypeError, "protocol()");
});

Deno.test("a message that its schema has frozen gets its type all the same, and the rest of it stays", () => {
  const request = { ...json(), decode: (bytes: Uint8Array) => Object.freeze(json<object>().decode(bytes)) };
  const frozen = codecs({ add: { name: "Add", request, reply: json() } });
  for (const text of ['{"n":5}', '{"n":5,"type":"add"}', '{"n":5,"type":"other"}']) {
    assertEquals(frozen.decode(new TextEncoder().encode(text)), { type: "add", n: 5 } as AnyMessage);
  }
});

Deno.test("a name with half a character is refused: in UTF-8 it would be another name", () => {
  for (const name of ["\ud83d", "a\udc00b"]) {
    assertThrows(() => codecs({ add: { ...reflected, name } }), TypeError, "whole characters");
    assertThrows(() => codecs({ add: { ...reflected, replyName: name } }), TypeError, "whole characters");
  }
  assertEquals(codecs({ add: { ...reflected, name: "\ud83d\ude00" } }).name, "\u{1f600}");
});
