/**
 * A calculator that other processes can use.
 *
 * Run it, and then `client.ts` beside it:
 *
 *     deno run --allow-net examples/remote_calculator/server.ts
 *
 * It prints, on port 8080 unless another is given behind the file, and 0 is any that is free:
 *
 *     Listening on 127.0.0.1:8080
 *
 * It serves until Ctrl-C, and then lets what is in hand come to its end.
 *
 * @module
 */

import { ActorSystem } from "@cinema/cinema";
import { BindError, LocalNode, MessageRouter, RemoteServer } from "@cinema/cinema/remote";
import { interrupted } from "../interrupted.ts";
import { readPort } from "../read_port.ts";
import { Calculator } from "./calculator.ts";
import { CalculatorProtocol } from "./messages.ts";

const port = readPort(Deno.args, "remote_calculator/server.ts", 8_080);
await using system = new ActorSystem();
const calculator = system.spawn(() => new Calculator());

const node = new LocalNode("calc-server");
const router = new MessageRouter().route(CalculatorProtocol, node.handler(calculator, { name: "calculator" }));
try {
  await using server = await RemoteServer.bind({ hostname: "127.0.0.1", port }, router);
  console.log(`Listening on ${server.address.hostname}:${server.address.port}`);
  await interrupted();
  console.log("Closing");
} catch (error) {
  if (!(error instanceof BindError)) throw error;
  console.error(error.message);
  Deno.exitCode = 1;
}
