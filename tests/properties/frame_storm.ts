import * as fc from "fast-check";
import { readClusterMessage } from "../../cluster/compat/gossip_codec.ts";
import { ClusterCodec } from "../../cluster/wire/cluster_codec.ts";
import { decodeEnvelope } from "../../remote/wire/envelope.ts";
import { FrameDecoder } from "../../remote/wire/frame.ts";
import { decodeHandshake, encodeHandshake } from "../../remote/wire/handshake_codec.ts";
import { StringCache } from "../../remote/wire/string_cache.ts";
import { WireError } from "../../remote/wire/wire_error.ts";
import { framesOf, toHex } from "../support/frames.ts";
import { Seeded } from "../support/seeded.ts";
import { ServerStage } from "../support/sessions.ts";
import { anyGossip, anyMessage, encoded } from "./cluster_messages.ts";
import { anyEnvelope, anyFields, anyFrame, anyHandshake } from "./frames.ts";

const LIMIT = 4_096;
const CORPUS = 300;

/** One place where bytes of others come in. */
interface Gate {
  readonly name: string;
  /** How many of a hundred frames come here. */
  readonly share: number;
  /** What a good peer might send. */
  readonly corpus: readonly Uint8Array[];
  /** Takes them; throws a `WireError` where they make no sense. */
  take(bytes: Uint8Array, random: Seeded): void;
}

/** How many frames of a gate were read, and how many refused. */
export interface Tally {
  readonly name: string;
  read: number;
  refused: number;
}

/**
 * Damaged frames in great numbers, faster than a property makes them: its cases are made once, and it is the damage
 * that is new each time. What reads them lives as long as the storm, as that of a node does, so that whatever grows is
 * seen.
 */
export class FrameStorm {
  readonly tally: readonly Tally[];
  readonly #gates: readonly Gate[];
  readonly #random: Seeded;
  readonly #seed: number;
  #done = 0;

  /** Prepares the storm of a seed; `also` sees every frame, for who wants to see it fail. */
  constructor(seed: number, also: (bytes: Uint8Array) => void = () => {}) {
    this.#seed = seed;
    this.#random = new Seeded(seed);
    this.#gates = [connectionGate(seed, also), handshakeGate(seed), clusterGate(seed), gossipGate(seed)];
    this.tally = this.#gates.map(({ name }) => ({ name, read: 0, refused: 0 }));
  }

  /** Lets so many frames come; throws when anything but a `WireError` comes out. */
  run(frames: number): void {
    const random = this.#random;
    for (const end = this.#done + frames; this.#done < end; this.#done++) {
      let dice = random.below(100);
      const at = this.#gates.findIndex(({ share }) => (dice -= share) < 0);
      const gate = this.#gates[at]!;
      const bytes = damaged(random, gate.corpus);
      try {
        gate.take(bytes, random);
        this.tally[at]!.read++;
      } catch (cause) {
        if (!(cause instanceof WireError)) throw this.#report(gate, bytes, cause);
        this.tally[at]!.refused++;
      }
    }
  }

  #report(gate: Gate, bytes: Uint8Array, cause: unknown): Error {
    const crashes = (some: Uint8Array): boolean => {
      try {
        gate.take(some, new Seeded(1));
        return false;
      } catch (error) {
        return !(error instanceof WireError);
      }
    };
    // What depends on what came before does not happen again alone.
    const least = crashes(bytes) ? shrunk(bytes, crashes) : bytes;
    const what = `frame ${this.#done} of seed ${this.#seed}, ${gate.name}`;
    return new Error(`Failed with ${what}: ${toHex(least)}`, { cause });
  }
}

/** The same failure with as few bytes as will do: pieces are left out, large ones first. */
function shrunk(bytes: Uint8Array, crashes: (some: Uint8Array) => boolean): Uint8Array {
  let least = bytes;
  for (let length = bytes.length >> 1; length > 0; length >>= 1) {
    for (let at = 0; at + length <= least.length;) {
      const less = new Uint8Array([...least.subarray(0, at), ...least.subarray(at + length)]);
      if (crashes(less)) least = less;
      else at += length;
    }
  }
  return least;
}

function sample(seed: number, cases: fc.Arbitrary<Uint8Array>): Uint8Array[] {
  return fc.sample(cases, { seed, numRuns: CORPUS }).filter(({ length }) => length > 0);
}

/**
 * A connection whose frames come in pieces, with the session of a server behind it; a new one after each that has
 * ended.
 */
function connectionGate(seed: number, also: (bytes: Uint8Array) => void): Gate {
  const corpus = sample(seed, fc.oneof(anyEnvelope.map((envelope) => framesOf(envelope)), anyFrame));
  const strings = new StringCache();
  let decoder = new FrameDecoder(LIMIT);
  let stage = new ServerStage();
  const take = (bytes: Uint8Array, random: Seeded) => {
    also(bytes);
    const half = random.below(2) === 0 ? bytes.length : random.below(bytes.length + 1);
    try {
      for (const piece of half === bytes.length ? [bytes] : [bytes.subarray(0, half), bytes.subarray(half)]) {
        decoder.push(piece);
        while (decoder.next()) stage.session.receive(decodeEnvelope(decoder, strings));
      }
      if (decoder.buffered > LIMIT + 4) throw new Error(`The decoder holds ${decoder.buffered} bytes`);
    } catch (error) {
      decoder = new FrameDecoder(LIMIT);
      stage = new ServerStage();
      throw error;
    }
  };
  return { name: "frames of a connection", share: 55, corpus, take };
}

function handshakeGate(seed: number): Gate {
  const corpus = sample(seed, fc.oneof(anyHandshake.map(encodeHandshake), anyFields));
  return { name: "steps of a handshake", share: 10, corpus, take: (bytes) => void decodeHandshake(bytes) };
}

function clusterGate(seed: number): Gate {
  const corpus = sample(seed, fc.oneof(anyMessage.map((message) => encoded(message)), anyFields));
  const codec = new ClusterCodec();
  return { name: "messages of the cluster", share: 25, corpus, take: (bytes) => void codec.decode(bytes) };
}

function gossipGate(seed: number): Gate {
  const strings = new StringCache();
  const corpus = sample(seed, fc.oneof(anyGossip.map(({ bytes }) => bytes), anyFields));
  return {
    name: "gossip of the original",
    share: 10,
    corpus,
    take: (bytes) => void readClusterMessage(bytes, strings),
  };
}

/** One of the good ones, and what becomes of it on the way. */
function damaged(random: Seeded, corpus: readonly Uint8Array[]): Uint8Array {
  const good = random.pick(corpus);
  switch (random.below(6)) {
    case 0:
      return Uint8Array.from({ length: random.below(40) }, () => random.below(256));
    case 1:
      return good.slice(0, random.below(good.length));
    case 2: {
      const bytes = good.slice();
      for (let n = 1 + random.below(4); n > 0; n--) bytes[random.below(bytes.length)] = random.below(256);
      return bytes;
    }
    case 3: {
      // Behind the length: the frame is whole, what it holds is not.
      const bytes = good.slice();
      const at = Math.min(4 + random.below(bytes.length), bytes.length - 1);
      bytes[at] = bytes[at]! ^ (1 << random.below(8));
      return bytes;
    }
    case 4: {
      const other = random.pick(corpus);
      const bytes = new Uint8Array(good.length + Math.min(30, other.length));
      bytes.set(good);
      bytes.set(other.subarray(0, 30), good.length);
      return bytes;
    }
    default:
      return good;
  }
}
