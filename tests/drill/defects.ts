/**
 * All defects that the drill brings back.
 *
 * @module
 */

import { CLUSTER_DEFECTS } from "./cluster_defects.ts";
import type { Defect } from "./defect.ts";
import { FOUND_DEFECTS } from "./found_defects.ts";
import { LOCAL_DEFECTS } from "./local_defects.ts";
import { REMOTE_DEFECTS } from "./remote_defects.ts";
import { SEED_DEFECTS } from "./seed_defects.ts";

/** Those of Cinema-rs first, then those that users of other systems report, then those that were found here. */
export const DEFECTS: readonly Defect[] = [
  ...SEED_DEFECTS,
  ...LOCAL_DEFECTS,
  ...REMOTE_DEFECTS,
  ...CLUSTER_DEFECTS,
  ...FOUND_DEFECTS,
];
