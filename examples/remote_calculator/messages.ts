/**
 * What the calculator and its clients share: the messages, and how they travel.
 *
 * The schema stands here as text, so the example needs no tool and no file at run time. A larger program generates code
 * from its `.proto` files with `protobufjs-cli`; the generated classes go into the same table.
 *
 * @module
 */

import type { Message } from "@cinema/cinema";
import { type Protocol, protocol } from "@cinema/cinema/remote";
import protobuf from "protobufjs";

/** What every operation answers. */
export interface Result {
  readonly value: number;
}

/** Adds `n`. */
export interface Add extends Message<Result> {
  readonly type: "add";
  readonly n: number;
}

/** Takes `n` away. */
export interface Subtract extends Message<Result> {
  readonly type: "subtract";
  readonly n: number;
}

/** Divides by `n`; by zero it is rejected. */
export interface Divide extends Message<Result> {
  readonly type: "divide";
  readonly n: number;
}

/** Asks for the value. */
export interface GetValue extends Message<Result> {
  readonly type: "getValue";
}

/** Starts again at zero. Nothing is answered. */
export interface Clear extends Message {
  readonly type: "clear";
}

/** Everything that the calculator understands. */
export type CalculatorMessage = Add | Subtract | Divide | GetValue | Clear;

const { root } = protobuf.parse(`
  syntax = "proto3";
  package calc;
  message Operand { int32 n = 1; }
  message Nothing {}
  message Result { double value = 1; }
`);
const operand = root.lookupType("calc.Operand");
const nothing = root.lookupType("calc.Nothing");
const result = root.lookupType("calc.Result");

/** How they travel: each under its name on the wire. */
export const CalculatorProtocol: Protocol<CalculatorMessage> = protocol<CalculatorMessage>({
  add: { name: "calc.Add", request: operand, reply: result },
  subtract: { name: "calc.Subtract", request: operand, reply: result },
  divide: { name: "calc.Divide", request: operand, reply: result },
  getValue: { name: "calc.GetValue", request: nothing, reply: result },
  clear: { name: "calc.Clear", request: nothing },
});
