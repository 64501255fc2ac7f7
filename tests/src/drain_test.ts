import { assertEquals } from "@std/assert";
import { Actor, ActorSystem, type Context, type Message } from "../../mod.ts";

interface Work extends Message {
  type: "work";
  n: number;
}

/** Notes what it handles, each in a turn that takes a while. */
class Worker extends Actor<Work> {
  readonly #noted: string[];
  readonly #started: ((ctx: Context<Work>) => void) | undefined;

  constructor(noted: string[], started?: (ctx: Context<Work>) => void) {
    super();
    this.#noted = noted;
    this.#started = started;
  }

  override started(ctx: Context<Work>): void {
    this.#started?.(ctx);
  }

  async work({ n }: Work): Promise<void> {
    await undefined;
    this.#noted.push(`work ${n}`);
  }

  override stopped(): void {
    this.#noted.push("stopped");
  }
}

Deno.test("a drain comes to its end beside a stream that never ends and an interval", async () => {
  const noted: string[] = [];
  let cancelled = false;
  const endless = new ReadableStream<number>({
    pull: (controller) => controller.enqueue(0),
    cancel: () => {
      cancelled = true;
    },
  });
  await using system = new ActorSystem();
  const addr = system.spawn(() =>
    new Worker(noted, (ctx) => {
      ctx.addStream(endless, { item: () => new Promise((resolve) => setTimeout(resolve, 1)) });
      ctx.runInterval(1, { type: "work", n: 0 });
    })
  );
  for (let n = 1; n <= 3; n++) await addr.doSend({ type: "work", n });
  await system.stop(addr, { drain: true });
  const { reason } = await addr.closed;
  assertEquals([reason, cancelled, noted.at(-1)], ["stopped", true, "stopped"]);
  assertEquals(noted.filter((entry) => entry !== "work 0"), ["work 1", "work 2", "work 3", "stopped"]);
});

Deno.test("shutdown({ drain: true }) handles what is queued, and what that sends to actors spawned earlier", async () => {
  const noted: string[] = [];
  class Sender extends Actor<Work> {
    work({ n }: Work): void {
      logger.doSend({ type: "work", n: 10 * n });
    }
  }
  const system = new ActorSystem();
  const logger = system.spawn(() => new Worker(noted));
  const sender = system.spawn(() => new Sender());
  for (let n = 1; n <= 3; n++) sender.doSend({ type: "work", n });
  await system.shutdown({ drain: true });
  assertEquals(noted, ["work 10", "work 20", "work 30", "stopped"]);
});

Deno.test("shutdown() without drain hands what is queued to the dead letters", async () => {
  const noted: string[] = [];
  const system = new ActorSystem();
  const events = Array.fromAsync(system.events);
  const addr = system.spawn(() => new Worker(noted));
  for (let n = 1; n <= 3; n++) addr.doSend({ type: "work", n });
  await system.shutdown();
  const lost = (await events).filter((event) => event.kind === "dead-letter").map(({ reason }) => reason);
  assertEquals([lost, noted], [["stopped", "stopped", "stopped"], []]);
});
