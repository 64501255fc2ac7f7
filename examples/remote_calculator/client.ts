/**
 * Uses the calculator of `server.ts`, which runs in another process.
 *
 * Run it while that runs:
 *
 *     deno run --allow-net examples/remote_calculator/client.ts
 *
 * It prints:
 *
 *     0 + 5 = 5
 *     5 - 3 = 2
 *     2 + 1 + 2 + 3 = 8
 *     8 / 0: Cannot divide by zero
 *
 * @module
 */

import { Rejection } from "@cinema/cinema";
import { ConnectError, RemoteClient } from "@cinema/cinema/remote";
import { readPort } from "../read_port.ts";
import { CalculatorProtocol } from "./messages.ts";

const port = readPort(Deno.args, "remote_calculator/client.ts", 8_080);
try {
  await using client = await RemoteClient.connect({ hostname: "127.0.0.1", port });
  const calculator = client.remoteAddr("calculator", CalculatorProtocol);

  await calculator.doSend({ type: "clear" }); // tell: no answer, but it waits while the calculator is overrun
  const { value } = await calculator.send({ type: "add", n: 5 }); // ask: a decoded, typed reply
  console.log(`0 + 5 = ${value}`);
  console.log(`5 - 3 = ${(await calculator.send({ type: "subtract", n: 3 })).value}`);

  // Many at once: each answer finds its question.
  const sums = await Promise.all([1, 2, 3].map((n) => calculator.send({ type: "add", n })));
  console.log(`2 + 1 + 2 + 3 = ${sums.at(-1)?.value}`);

  try {
    await calculator.send({ type: "divide", n: 0 });
  } catch (error) {
    if (!(error instanceof Rejection)) throw error;
    console.log(`8 / 0: ${error.message}`);
  }
} catch (error) {
  if (!(error instanceof ConnectError)) throw error;
  console.error(`${error.message}\nIs the server running? deno run --allow-net examples/remote_calculator/server.ts`);
  Deno.exitCode = 1;
}
