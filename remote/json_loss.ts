/**
 * What JSON would change of a value or leave out of it, found before it is sent.
 * @module
 */

/** How deep a value may be: no message needs more, and a circle is found to be one. */
const LEVELS_MAX = 1_000;

/** What is known of a value when it has been looked at. */
export interface JsonLook {
  /** Whether there is a -0 in it, which JSON can say but `JSON.stringify` does not. */
  hasNegativeZero: boolean;
  /** The object of a class that cannot be carried, where that is what is lost. */
  instance?: object;
}

/**
 * Says where a value would arrive as something else, and why, as `items[2].when is a Date`; `undefined` where it would
 * not. A field that is `undefined` arrives as none, which reads the same. Not looked for: properties of an array
 * besides its items, and those that are not enumerable.
 *
 * @param look Where to say what else was seen.
 * @param isMadeWhole Whether the receiver makes whole again what says in `toJSON()` how it is written.
 */
export function jsonLoss(value: unknown, look: JsonLook, isMadeWhole: boolean): string | undefined {
  if (value === undefined) return undefined;
  const loss = isObject(value) && isMessage(value) && !(isMadeWhole && writesItself(value))
    ? classLoss(value) ?? fieldLoss(value, look, isMadeWhole, 0)
    : lossOf(value, look, isMadeWhole, 0);
  if (loss === undefined) return undefined;
  return loss.startsWith(" ") ? `it${loss}` : loss.startsWith(".") ? loss.slice(1) : loss;
}

/** The loss, with the path from this value on; nothing is kept of the path until there is one. */
function lossOf(value: unknown, look: JsonLook, isMadeWhole: boolean, level: number): string | undefined {
  if (typeof value === "string" || typeof value === "boolean" || value === null) return undefined;
  if (typeof value === "number") {
    if (value === 0) look.hasNegativeZero ||= Object.is(value, -0);
    return Number.isFinite(value) ? undefined : ` is ${value}`;
  }
  if (!isObject(value)) return value === undefined ? " is undefined" : ` is a ${typeof value}`;
  if (level === LEVELS_MAX) return ` is ${LEVELS_MAX} levels deep, or in a circle`;
  if (isMadeWhole && writesItself(value)) return lossOf(value.toJSON(""), look, isMadeWhole, level + 1);
  const kind: unknown = Object.getPrototypeOf(value);
  if (kind === Array.prototype && Array.isArray(value)) return itemLoss(value, look, isMadeWhole, level);
  if (kind === Object.prototype || kind === null) return fieldLoss(value, look, isMadeWhole, level);
  look.instance = value;
  return ` is an object of ${classOf(value)}`;
}

function itemLoss(items: readonly unknown[], look: JsonLook, isMadeWhole: boolean, level: number): string | undefined {
  for (let at = 0; at < items.length; at++) {
    const loss = lossOf(items[at], look, isMadeWhole, level + 1);
    if (loss !== undefined) return `[${at}]${loss}`;
  }
  return undefined;
}

function fieldLoss(value: object, look: JsonLook, isMadeWhole: boolean, level: number): string | undefined {
  // In such a loop V8 reads fields by their place and knows that they are own ones; with Object.keys(), or
  // Object.hasOwn(), it searches each by its name, and the whole look takes a third longer.
  for (const key in value) {
    if (!Object.prototype.hasOwnProperty.call(value, key)) continue;
    const field = (value as Record<string, unknown>)[key];
    if (typeof field === "string" || field === undefined) continue;
    const loss = lossOf(field, look, isMadeWhole, level + 1);
    if (loss !== undefined) return `${/^[\w$]+$/.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`}${loss}`;
  }
  const [symbol] = Object.getOwnPropertySymbols(value);
  return symbol === undefined ? undefined : `[${String(symbol)}] is named by a symbol`;
}

/** A message may be an object of a class, as long as all of it is in its fields. */
function classLoss(message: object): string | undefined {
  let kind: object | null = Object.getPrototypeOf(message);
  for (; kind !== null && kind !== Object.prototype; kind = Object.getPrototypeOf(kind)) {
    const member = Reflect.ownKeys(kind).find((key) => key !== "constructor");
    if (member !== undefined) return `.${String(member)} is in ${classOf(message)}, and not in its fields`;
  }
  return undefined;
}

/** Whether it is what an actor handles: the codec is given that itself, not only its fields. */
function isMessage(value: object): boolean {
  return !Array.isArray(value) && typeof (value as { type?: unknown }).type === "string";
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

function writesItself(value: object): value is { toJSON(key: string): unknown } {
  return typeof (value as { toJSON?: unknown }).toJSON === "function";
}

function classOf(value: object): string {
  const name: unknown = value.constructor?.name;
  return typeof name === "string" && name !== "" ? `the class ${name}` : "a class";
}
