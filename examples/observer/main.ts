/**
 * A page that shows what the actors of a process and its cluster are doing, and a lively system to look at.
 *
 * Run it:
 *
 *     deno run --allow-net examples/observer/main.ts
 *
 * and open the page in a browser. It prints where that is, until Ctrl-C:
 *
 *     Look at http://127.0.0.1:8000/
 *
 * With `--cut 10` one of the three nodes is cut off after ten seconds; `--empty` shows a system without actors.
 *
 * @module
 */

import { ActorSystem } from "@cinema/cinema";
import { observer } from "@cinema/cinema/observer";
import { interrupted } from "../interrupted.ts";
import { type Command, readCommandLine, USAGE } from "./command_line.ts";
import { openShop } from "./shop.ts";
import { ThreeNodes } from "./three_nodes.ts";

const command = readCommandLine(Deno.args);
if (command.kind === "help") console.log(USAGE);
else if (command.kind === "wrong") giveUp(`${command.problem}\n\n${USAGE}`, 2);
else if (command.isEmpty) await runEmpty(command);
else await runShop(command);

async function runEmpty({ port }: Command & { kind: "run" }): Promise<void> {
  await using system = new ActorSystem();
  using page = observer(system, { name: "Nothing yet" });
  await serve(port, page);
}

async function runShop({ port, cutAfterMs }: Command & { kind: "run" }): Promise<void> {
  // A failure is on the page: it need not be on the console as well.
  await using system = new ActorSystem({ onUnobservedFailure: () => {} });
  await using cluster = new ThreeNodes();
  await cluster.join();
  openShop(system);
  if (cutAfterMs !== undefined) cluster.cutAfter(cutAfterMs);
  using page = observer(system, { cluster: cluster.first, name: "Shop" });
  await serve(port, page);
}

/** Serves the page to browsers on this computer, until Ctrl-C. */
async function serve(port: number, page: ReturnType<typeof observer>): Promise<void> {
  const onListen = ({ port }: { port: number }) => console.log(`Look at http://127.0.0.1:${port}/`);
  try {
    const server = Deno.serve({ hostname: "127.0.0.1", port, onListen }, page);
    await interrupted();
    page[Symbol.dispose]();
    await server.shutdown();
  } catch (error) {
    if (!(error instanceof Deno.errors.AddrInUse)) throw error;
    giveUp(`Cannot listen on 127.0.0.1:${port}: the port is in use. Choose another one with --port`, 1);
  }
}

function giveUp(message: string, exitCode: number): void {
  console.error(message);
  Deno.exitCode = exitCode;
}
