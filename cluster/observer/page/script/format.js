// @ts-check
/**
 * Numbers, durations and times, as people read them.
 * @module
 */

const WHOLE = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
const SHORT = new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 1 });
const TENTHS = new Intl.NumberFormat("en", { maximumFractionDigits: 1 });
// Made once: making one takes much longer than using it, and each state has hundreds of times.
const TIME = new Intl.DateTimeFormat("en-GB", { timeStyle: "medium" });
const DAY = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short" });
const DATE_AND_TIME = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "medium" });

/**
 * A count: in full up to five digits, then rounded.
 * @param {number} n
 */
export function count(n) {
  return n < 100_000 ? WHOLE.format(n) : SHORT.format(n);
}

/**
 * A rate: with a tenth where it is small.
 * @param {number} n
 */
export function rate(n) {
  return n < 10 ? TENTHS.format(n) : count(n);
}

/**
 * A duration in ms, with its unit.
 * @param {number} ms
 */
export function duration(ms) {
  if (ms < 10) return `${TENTHS.format(ms)} ms`;
  if (ms < 1_000) return `${WHOLE.format(ms)} ms`;
  return ms < 10_000 ? `${TENTHS.format(ms / 1_000)} s` : span(ms);
}

/**
 * A duration that is long enough to be told in seconds or more.
 * @param {number} ms
 */
export function span(ms) {
  const seconds = Math.max(0, Math.floor(ms / 1_000));
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min`;
  return seconds < 86_400 ? `${Math.floor(seconds / 3_600)} h` : `${Math.floor(seconds / 86_400)} d`;
}

/**
 * How long ago something was.
 * @param {number} ms
 */
export function ago(ms) {
  return ms < 1_000 ? "just now" : `${span(ms)} ago`;
}

/**
 * The time of day, from Unix ms.
 * @param {number} at
 */
export function timeOfDay(at) {
  return TIME.format(at);
}

/**
 * The time of day, or the day where that is another one than that of `now`.
 * @param {number} at
 * @param {number} now
 */
export function timeOrDay(at, now) {
  return DAY.format(at) === DAY.format(now) ? timeOfDay(at) : DAY.format(at);
}

/**
 * Both, where the browser is and for everybody.
 * @param {number} at
 */
export function dateAndTime(at) {
  return `${DATE_AND_TIME.format(at)} (${new Date(at).toISOString()})`;
}

/**
 * A count and what is counted.
 * @param {number} n
 * @param {string} one
 * @param {string} [many]
 */
export function plural(n, one, many = `${one}s`) {
  return `${count(n)} ${n === 1 ? one : many}`;
}
