/**
 * One thing that is looked at in a browser.
 * @module
 */

import type { World, WorldOptions } from "./world.ts";

/** One check: it has a world of its own, and throws where something is not as it should be. */
export interface Check extends WorldOptions {
  /** What holds, as a sentence. */
  readonly name: string;
  /** Looks whether it does. */
  run(world: World): Promise<void>;
}
