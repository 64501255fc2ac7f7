import { CLUSTER_MESSAGES } from "./cluster_messages.ts";
import { CONVERGENCE } from "./convergence.ts";
import { DIRECTORY } from "./directory.ts";
import { FRAMES } from "./frames.ts";
import { MAILBOX } from "./mailbox.ts";
import { MEMBERSHIP } from "./membership.ts";
import { PLACEMENT } from "./placement.ts";
import type { Property } from "./property.ts";
import { SESSIONS } from "./sessions.ts";
import { SUPERVISION } from "./supervision.ts";

/** Every law, by the part of the system that it is about. */
export const ALL_PROPERTIES: Readonly<Record<string, readonly Property[]>> = {
  mailbox: MAILBOX,
  supervision: SUPERVISION,
  frames: FRAMES,
  sessions: SESSIONS,
  "cluster messages": CLUSTER_MESSAGES,
  membership: MEMBERSHIP,
  convergence: CONVERGENCE,
  directory: DIRECTORY,
  placement: PLACEMENT,
};
