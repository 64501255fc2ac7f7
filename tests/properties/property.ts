import * as fc from "fast-check";

/** How far a run goes: so many cases, or so many ms. */
export interface Extent {
  readonly seed: number;
  readonly runs?: number;
  readonly limitMs?: number;
  /** Where to begin within the seed: what a failure has printed. */
  readonly path?: string;
}

/** What came of a run that found nothing. */
export interface Found {
  readonly cases: number;
}

/** A law, with the cases that it is tried on. */
export interface Property {
  /** The law, as a sentence. */
  readonly name: string;
  /** Cases of the run in the gate: together they take some seconds. */
  readonly shortRuns: number;
  /** Tries it; throws what was found, shrunk to the smallest case, with the seed and the path that lead there again. */
  check(extent: Extent): Promise<Found>;
}

/** Makes a property of a law; `holds` throws where it does not hold. */
export function property<T>(
  name: string,
  shortRuns: number,
  cases: fc.Arbitrary<T>,
  holds: (one: T) => void,
): Property {
  // A block, because a value that is false would count as a failure without a reason.
  const law = fc.property(cases, (one) => {
    holds(one);
  });
  return { name, shortRuns, check: (extent) => tryOut(name, (parameters) => fc.check(law, parameters), extent) };
}

/** Makes a property of a law about something that takes its time, which is virtual. */
export function asyncProperty<T>(
  name: string,
  shortRuns: number,
  cases: fc.Arbitrary<T>,
  holds: (one: T) => Promise<void>,
): Property {
  const law = fc.asyncProperty(cases, holds);
  return { name, shortRuns, check: (extent) => tryOut(name, (parameters) => fc.check(law, parameters), extent) };
}

type Details<T> = fc.RunDetails<[T]> | Promise<fc.RunDetails<[T]>>;

async function tryOut<T>(
  name: string,
  check: (parameters: fc.Parameters<[T]>) => Details<T>,
  { seed, runs = Number.MAX_SAFE_INTEGER, limitMs, path }: Extent,
): Promise<Found> {
  const details = await check({
    seed,
    numRuns: runs,
    ...(path === undefined ? {} : { path }),
    ...(limitMs === undefined ? {} : { interruptAfterTimeLimit: limitMs, markInterruptAsFailure: false }),
  });
  if (!details.failed) return { cases: details.numRuns };
  throw new Error(`${name}\n${fc.defaultReportMessage(details)}`, { cause: details.errorInstance });
}

/** Bytes of any kind. */
export function anyBytes(maxLength: number): fc.Arbitrary<Uint8Array> {
  return fc.uint8Array({ maxLength, size: "max" });
}

/** Text that has whole characters, of any script. */
export function anyText(maxLength: number, minLength = 0): fc.Arbitrary<string> {
  const plain = fc.string({ minLength, maxLength, unit: "grapheme-ascii", size: "max" });
  const any = fc.string({ minLength, maxLength: Math.max(minLength, maxLength >> 2), unit: "binary", size: "max" })
    .filter((text) => text.length <= maxLength);
  return fc.oneof({ weight: 4, arbitrary: plain }, any);
}

/** A safe integer >= 0, its borders more often than others. */
export function anyCount(): fc.Arbitrary<number> {
  return fc.oneof(fc.maxSafeNat(), fc.nat(300), fc.constantFrom(0, 1, 127, 128, 2 ** 32 - 1, 2 ** 32, 2 ** 53 - 1));
}

/** 32 bits. */
export function anyWord(): fc.Arbitrary<number> {
  return fc.oneof(fc.nat(300), fc.integer({ min: 0, max: 2 ** 32 - 1 }));
}

/** Where to cut something: lengths of the pieces, used again from the start when they are used up. */
export function anyCuts(): fc.Arbitrary<readonly number[]> {
  return fc.array(fc.oneof(fc.integer({ min: 1, max: 8 }), fc.integer({ min: 1, max: 5_000 })), {
    minLength: 1,
    maxLength: 20,
  });
}

/** Cuts bytes into pieces; each is memory of its own, as that of a socket may be. */
export function cutInto(bytes: Uint8Array, lengths: readonly number[]): Uint8Array[] {
  const pieces: Uint8Array[] = [];
  for (let at = 0; at < bytes.length;) {
    const length = lengths[pieces.length % lengths.length]!;
    pieces.push(bytes.slice(at, at + length));
    at += length;
  }
  return pieces;
}

/** One of `items`, by a number of any size. */
export function pickBy<T>(items: readonly T[], number: number): T {
  return items[number % items.length]!;
}
