import { ActorSystem, type ActorSystemOptions } from "../../mod.ts";
import { SHUTDOWN_TIMEOUT_MS } from "../../src/limits.ts";
import { ManualClock } from "../../src/testing/mod.ts";

/**
 * A system in virtual time for `await using`. At the end its time moves on, so that a test that fails in the middle
 * says why, rather than wait for ever for a handler that it holds.
 */
export class VirtualSystem extends ActorSystem {
  /** Its clock. */
  override readonly clock: ManualClock;

  constructor(options: Omit<ActorSystemOptions, "clock"> = {}) {
    const clock = new ManualClock();
    super({ ...options, clock });
    this.clock = clock;
  }

  override async [Symbol.asyncDispose](): Promise<void> {
    const down = this.shutdown();
    await this.clock.advance(SHUTDOWN_TIMEOUT_MS);
    await down;
  }
}
