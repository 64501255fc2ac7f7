/**
 * Feeds the decoders what nobody in their right mind would send, from a seed.
 *
 *     deno run tests/remote/wire/fuzz.ts [cases] [seed]
 *
 * @module
 */

import { decodeEnvelope } from "../../../remote/wire/envelope.ts";
import { FrameDecoder } from "../../../remote/wire/frame.ts";
import { StringCache } from "../../../remote/wire/string_cache.ts";
import { WireError } from "../../../remote/wire/wire_error.ts";
import { envelopeOf, framesOf, randomEnvelope } from "../../support/frames.ts";
import { Seeded } from "../../support/seeded.ts";

const LIMIT = 4_096;
const GOOD = framesOf({ messageType: "good", correlationId: 7 });
const GOOD_SEEN = JSON.stringify(envelopeOf({ messageType: "good", correlationId: 7 }));

/** What came of a run. */
export interface FuzzResult {
  /** Cases that were refused with a `WireError`. */
  refused: number;
  /** Envelopes that were read, also those within a case that was refused later. */
  read: number;
}

/** Runs so many cases; throws, naming the case, when anything but a `WireError` comes out. */
export function fuzz(cases: number, seed: number, progress?: (done: number) => void): FuzzResult {
  const result = { refused: 0, read: 0 };
  const strings = new StringCache();
  const random = new Seeded(seed);
  // Made once: it is the damage that has to be new each time.
  const corpus = Array.from({ length: 200 }, () => framesOf(randomEnvelope(random, 60)));
  for (let n = 0; n < cases; n++) {
    const bytes = damaged(random, corpus);
    try {
      runOne(bytes, random, strings, result);
    } catch (cause) {
      const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
      throw new Error(`Case ${n} of seed ${seed} has failed: ${hex}`, { cause });
    }
    if (progress !== undefined && n % 100_000 === 0) progress(n);
  }
  return result;
}

function runOne(bytes: Uint8Array, random: Seeded, strings: StringCache, result: FuzzResult): void {
  const decoder = new FrameDecoder(LIMIT);
  const half = random.below(2) === 0 ? bytes.length : random.below(bytes.length + 1);
  try {
    for (const chunk of [bytes.subarray(0, half), bytes.subarray(half)]) {
      decoder.push(chunk);
      while (decoder.next()) {
        decodeEnvelope(decoder, strings);
        result.read++;
      }
    }
  } catch (error) {
    if (!(error instanceof WireError)) throw error;
    result.refused++;
  }
  if (decoder.buffered > LIMIT + bytes.length) throw new Error(`The decoder holds ${decoder.buffered} bytes`);
  if (random.below(64) === 0) expectSound(strings);
}

/** Whatever came before, a good frame is read as what it is. */
function expectSound(strings: StringCache): void {
  const decoder = new FrameDecoder(LIMIT);
  decoder.push(GOOD);
  const seen = decoder.next() ? JSON.stringify(decodeEnvelope(decoder, strings)) : "nothing";
  if (seen !== GOOD_SEEN) throw new Error(`A good frame was read as ${seen}`);
}

/** Random bytes, or a good frame to which something was done. */
function damaged(random: Seeded, corpus: readonly Uint8Array[]): Uint8Array {
  const frame = random.pick(corpus).slice();
  switch (random.below(6)) {
    case 0:
      return Uint8Array.from({ length: random.below(40) }, () => random.below(256));
    case 1:
      return frame.subarray(0, random.below(frame.length));
    case 2: {
      // A true header, and nonsense behind it.
      const body = Uint8Array.from({ length: random.below(60) }, () => random.below(256));
      return new Uint8Array([0, 0, 0, body.length, ...body]);
    }
    case 3:
      for (let n = 1 + random.below(4); n > 0; n--) frame[random.below(frame.length)] = random.below(256);
      return frame;
    case 4:
      // Only the inside: the frame is whole, what it holds is not.
      for (let n = 1 + random.below(3); n > 0 && frame.length > 4; n--) {
        const at = 4 + random.below(frame.length - 4);
        frame[at] = frame[at]! ^ (1 << random.below(8));
      }
      return frame;
    default:
      return new Uint8Array([...frame, ...random.pick(corpus).subarray(0, random.below(30))]);
  }
}

if (import.meta.main) {
  const [cases, seed] = [
    Number(Deno.args[0] ?? 1_000_000),
    Number(Deno.args[1] ?? Math.floor(Math.random() * 2 ** 32)),
  ];
  console.log(`${cases} cases of seed ${seed}`);
  const { refused, read } = fuzz(cases, seed, (done) => console.log(`${done} cases`));
  console.log(`${refused} cases were refused, ${read} envelopes were read, and nothing else came out`);
}
