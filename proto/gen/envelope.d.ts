// Generated from proto/envelope.proto by `deno task proto`. Do not edit.
import type { Reader, Writer } from "protobufjs";

/** The messages of the wire. */
export namespace cinema {
  /** What Envelope is made from. */
  interface IEnvelope {
    messageType?: string | null;
    payload?: Uint8Array | null;
    correlationId?: unknown | null;
    senderNode?: string | null;
    targetActor?: string | null;
    isResponse?: boolean | null;
    fault?: IFault | null;
    credit?: ICredit | null;
    deadlineMs?: number | null;
    traceparent?: string | null;
    handshake?: IHandshake | null;
    control?: Control | null;
  }
  /** A message: see the schema. */
  class Envelope implements IEnvelope {
    constructor(properties?: IEnvelope);
    messageType: string;
    payload: Uint8Array;
    correlationId: unknown;
    senderNode: string;
    targetActor: string;
    isResponse: boolean;
    fault: Fault;
    credit: Credit;
    deadlineMs: number;
    traceparent: string;
    handshake: Handshake;
    control: Control;
    static encode(message: IEnvelope, writer?: Writer): Writer;
    static decode(reader: Reader | Uint8Array, length?: number): Envelope;
  }
  /** An enumeration: see the schema. */
  enum Control {
    CONTROL_NONE = 0,
    CONTROL_PING = 1,
    CONTROL_PONG = 2,
    CONTROL_CANCEL = 3,
    CONTROL_GOODBYE = 4,
  }
  /** What Fault is made from. */
  interface IFault {
    code?: Fault.Code | null;
    message?: string | null;
    name?: string | null;
    detail?: string | null;
    sequence?: unknown | null;
  }
  /** A message: see the schema. */
  class Fault implements IFault {
    constructor(properties?: IFault);
    code: Fault.Code;
    message: string;
    name: string;
    detail: string;
    sequence: unknown;
    static encode(message: IFault, writer?: Writer): Writer;
    static decode(reader: Reader | Uint8Array, length?: number): Fault;
  }
  /** What belongs to Fault. */
  namespace Fault {
    /** An enumeration: see the schema. */
    enum Code {
      CODE_UNSPECIFIED = 0,
      CODE_FAILED = 1,
      CODE_REJECTED = 2,
      CODE_CLOSED = 3,
      CODE_FULL = 4,
      CODE_UNHANDLED = 5,
      CODE_REFUSED = 6,
      CODE_ABANDONED = 7,
      CODE_NO_SUCH_ACTOR = 8,
      CODE_NO_SUCH_MESSAGE = 9,
      CODE_TIMEOUT = 10,
      CODE_REPLY_REFUSED = 11,
      CODE_BUSY = 12,
    }
  }
  /** What Credit is made from. */
  interface ICredit {
    accepted?: unknown | null;
    messages?: unknown | null;
    bytes?: unknown | null;
  }
  /** A message: see the schema. */
  class Credit implements ICredit {
    constructor(properties?: ICredit);
    accepted: unknown;
    messages: unknown;
    bytes: unknown;
    static encode(message: ICredit, writer?: Writer): Writer;
    static decode(reader: Reader | Uint8Array, length?: number): Credit;
  }
  /** What Handshake is made from. */
  interface IHandshake {
    hello?: IHello | null;
    challenge?: IChallenge | null;
    proof?: IProof | null;
    welcome?: IWelcome | null;
    refusal?: IRefusal | null;
  }
  /** A message: see the schema. */
  class Handshake implements IHandshake {
    constructor(properties?: IHandshake);
    hello: Hello;
    challenge: Challenge;
    proof: Proof;
    welcome: Welcome;
    refusal: Refusal;
    step?: "hello" | "challenge" | "proof" | "welcome" | "refusal";
    static encode(message: IHandshake, writer?: Writer): Writer;
    static decode(reader: Reader | Uint8Array, length?: number): Handshake;
  }
  /** What Hello is made from. */
  interface IHello {
    versionMin?: number | null;
    versionMax?: number | null;
    node?: string | null;
    uid?: string | null;
    epoch?: number | null;
    frameBytesMax?: number | null;
    nonce?: Uint8Array | null;
    keyIds?: Uint8Array[] | null;
  }
  /** A message: see the schema. */
  class Hello implements IHello {
    constructor(properties?: IHello);
    versionMin: number;
    versionMax: number;
    node: string;
    uid: string;
    epoch: number;
    frameBytesMax: number;
    nonce: Uint8Array;
    keyIds: Uint8Array[];
    static encode(message: IHello, writer?: Writer): Writer;
    static decode(reader: Reader | Uint8Array, length?: number): Hello;
  }
  /** What Challenge is made from. */
  interface IChallenge {
    version?: number | null;
    node?: string | null;
    uid?: string | null;
    nonce?: Uint8Array | null;
    keyId?: Uint8Array | null;
    proof?: Uint8Array | null;
  }
  /** A message: see the schema. */
  class Challenge implements IChallenge {
    constructor(properties?: IChallenge);
    version: number;
    node: string;
    uid: string;
    nonce: Uint8Array;
    keyId: Uint8Array;
    proof: Uint8Array;
    static encode(message: IChallenge, writer?: Writer): Writer;
    static decode(reader: Reader | Uint8Array, length?: number): Challenge;
  }
  /** What Proof is made from. */
  interface IProof {
    proof?: Uint8Array | null;
  }
  /** A message: see the schema. */
  class Proof implements IProof {
    constructor(properties?: IProof);
    proof: Uint8Array;
    static encode(message: IProof, writer?: Writer): Writer;
    static decode(reader: Reader | Uint8Array, length?: number): Proof;
  }
  /** What Welcome is made from. */
  interface IWelcome {
    version?: number | null;
    node?: string | null;
    uid?: string | null;
    frameBytesMax?: number | null;
    windowMessages?: number | null;
    windowBytes?: number | null;
  }
  /** A message: see the schema. */
  class Welcome implements IWelcome {
    constructor(properties?: IWelcome);
    version: number;
    node: string;
    uid: string;
    frameBytesMax: number;
    windowMessages: number;
    windowBytes: number;
    static encode(message: IWelcome, writer?: Writer): Writer;
    static decode(reader: Reader | Uint8Array, length?: number): Welcome;
  }
  /** What Refusal is made from. */
  interface IRefusal {
    code?: Refusal.Code | null;
    message?: string | null;
  }
  /** A message: see the schema. */
  class Refusal implements IRefusal {
    constructor(properties?: IRefusal);
    code: Refusal.Code;
    message: string;
    static encode(message: IRefusal, writer?: Writer): Writer;
    static decode(reader: Reader | Uint8Array, length?: number): Refusal;
  }
  /** What belongs to Refusal. */
  namespace Refusal {
    /** An enumeration: see the schema. */
    enum Code {
      CODE_UNSPECIFIED = 0,
      CODE_VERSION = 1,
      CODE_KEY = 2,
      CODE_NO_KEY = 3,
      CODE_EPOCH = 4,
      CODE_CONNECTIONS = 5,
      CODE_MALFORMED = 6,
      CODE_CLOSING = 7,
    }
  }
}
