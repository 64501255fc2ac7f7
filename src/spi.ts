/**
 * The door of the local runtime for the layers above it: the seams, and the parts that they share. The package does not
 * export it.
 * @module
 */
export { type Clock, type ClockTimer, systemClock, unixMs } from "./clock.ts";
export { CinemaError } from "./errors.ts";
export { Events, type Trouble, type TroubleListener } from "./events.ts";
export { Deadline, Deadlines } from "./internal/deadlines.ts";
export { Delay } from "./internal/delay.ts";
export { askActor, endOf, offerTo } from "./internal/delivery.ts";
export { typeOf } from "./internal/envelope.ts";
export { Heap, isDueBefore } from "./internal/heap.ts";
export { type ActorStatus, type ActorView, Inspection } from "./internal/inspection.ts";
export {
  type ActorProbe,
  type AskTicket,
  type ConnectionProbe,
  currentInstrument,
  type Handling,
  type Instrument,
  type MemberView,
  type RemoteCall,
  setInstrument,
  type Ticket,
} from "./internal/instrument.ts";
export { checkTimeout } from "./internal/sending.ts";
export { copyOf, keepEnd, keepStart } from "./internal/short_text.ts";
export { jsonWithoutAddress, showAs } from "./internal/shown.ts";
export { setWatchable, type Watchable } from "./internal/watchable.ts";
export { type Random, systemRandom } from "./random.ts";
