type Pairs = Map<object, object>;

/** Whether two values are equal in depth: same classes, same own enumerable properties, `NaN` equal to itself. */
export function equal(a: unknown, b: unknown): boolean {
  return same(a, b, new Map());
}

function same(a: unknown, b: unknown, seen: Pairs): boolean {
  if (a === b || Object.is(a, b)) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (!sameClass(a, b)) return false;
  const asText = (a instanceof RegExp && b instanceof RegExp) || (a instanceof URL && b instanceof URL);
  if (asText) return String(a) === String(b);
  if (a instanceof Date && b instanceof Date) return Object.is(a.getTime(), b.getTime());
  if (a instanceof WeakMap || a instanceof WeakSet) {
    throw new TypeError(`cannot compare ${a instanceof WeakMap ? "WeakMap" : "WeakSet"} instances`);
  }
  // A pair under comparison further up is equal as far as this cycle can tell.
  if (seen.get(a) === b) return true;
  seen.set(a, b);
  if (a instanceof Set && b instanceof Set) return sameEntries([...a], [...b], seen);
  if (a instanceof Map && b instanceof Map) return sameEntries([...a], [...b], seen);
  return sameProperties(a, b, seen);
}

/** An object without a prototype counts as a plain one. */
function sameClass(a: object, b: object): boolean {
  return (a.constructor ?? Object) === (b.constructor ?? Object);
}

/** Whether each entry of one collection has an equal of its own in the other, in any order. */
function sameEntries(a: unknown[], b: unknown[], seen: Pairs): boolean {
  if (a.length !== b.length) return false;
  const left = [...b];
  return a.every((entry) => {
    const found = left.findIndex((other) => same(entry, other, seen));
    if (found !== -1) left.splice(found, 1);
    return found !== -1;
  });
}

function sameProperties(a: object, b: object, seen: Pairs): boolean {
  const keys = ownKeys(a);
  if (keys.length !== ownKeys(b).length) return false;
  // The message and name of an error are not enumerable, and are what tells two errors apart.
  if (a instanceof Error && b instanceof Error && (a.message !== b.message || a.name !== b.name)) return false;
  return keys.every((key) => Object.hasOwn(b, key) && same(Reflect.get(a, key), Reflect.get(b, key), seen));
}

function ownKeys(value: object): PropertyKey[] {
  return Reflect.ownKeys(value).filter((key) => Object.prototype.propertyIsEnumerable.call(value, key));
}
