/**
 * Many small jobs: an artist hands pictures to a few workers, which are quick.
 * @module
 */

import { Actor, type ActorSystem, type Addr, type Context, type Message, SupervisorStrategy } from "@cinema/cinema";

interface Resize extends Message {
  readonly type: "resize";
  readonly width: number;
}

class Resizer extends Actor<Resize> {
  resize({ width }: Resize): void {
    if (width === 0) throw new TypeError("Cannot resize a picture without a width");
  }
}

interface Paint extends Message {
  readonly type: "paint";
}

/** How often pictures come, in ms. */
const PAINT_MS = 50;
/** One picture in so many has no width. */
const BROKEN_EVERY = 20_000;

class Studio extends Actor<Paint> {
  #workers: readonly Addr<Resize>[] = [];
  #pictures = 0;

  override started(ctx: Context<Paint>): void {
    const strategy = SupervisorStrategy.restart(100, 60_000);
    this.#workers = [1, 2, 3, 4].map((n) => ctx.spawnChild(() => new Resizer(), { name: `resizer-${n}`, strategy }));
    ctx.runInterval(PAINT_MS, { type: "paint" });
  }

  paint(): void {
    for (const [index, worker] of this.#workers.entries()) {
      const pictures = 4 * (index + 1) + Math.floor(Math.random() * 8);
      for (let i = 0; i < pictures; i++) {
        worker.trySend({ type: "resize", width: ++this.#pictures % BROKEN_EVERY === 0 ? 0 : 640 });
      }
    }
  }
}

/** Starts it. */
export function startStudio(system: ActorSystem): void {
  system.spawn(() => new Studio(), { name: "studio" });
}
