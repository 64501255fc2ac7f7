/**
 * An actor that calculates. It does not know whether who asks is in this process.
 *
 * @module
 */

import { Actor, Rejection } from "@cinema/cinema";
import type { Add, CalculatorMessage, Clear, Divide, GetValue, Result, Subtract } from "./messages.ts";

/** Keeps one value. */
export class Calculator extends Actor<CalculatorMessage> {
  #value = 0;

  add({ n }: Add): Result {
    return { value: this.#value += n };
  }

  subtract({ n }: Subtract): Result {
    return { value: this.#value -= n };
  }

  divide({ n }: Divide): Result {
    if (n === 0) throw new Rejection("Cannot divide by zero", { value: this.#value });
    return { value: this.#value /= n };
  }

  getValue(_: GetValue): Result {
    return { value: this.#value };
  }

  clear(_: Clear): void {
    this.#value = 0;
  }
}
