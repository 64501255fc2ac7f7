import { assert, assertEquals } from "@std/assert";
import * as fc from "fast-check";
import { Budget } from "../../remote/wire/budget.ts";
import { ClientSession, type LostOutcome } from "../../remote/wire/client_session.ts";
import type { Envelope } from "../../remote/wire/envelope.ts";
import { encodeRoute, FrameWriter } from "../../remote/wire/frame_writer.ts";
import { type Inbound, ServerSession } from "../../remote/wire/server_session.ts";
import { WireError } from "../../remote/wire/wire_error.ts";
import { readFrames } from "../support/frames.ts";
import { ClientStage, ServerStage } from "../support/sessions.ts";
import { anyEnvelope } from "./frames.ts";
import { pickBy, type Property, property } from "./property.ts";

const TARGETS = ["a", "b", "c"];

const anyTerms = fc.record({
  messages: fc.constantFrom(2, 1, 5),
  messagesMax: fc.constantFrom(5, 40),
  bytes: fc.constantFrom(1_000, 100, 1),
  budget: fc.constantFrom(100_000, 300),
  asksMax: fc.constantFrom(100, 2),
  serverAsksMax: fc.constantFrom(100, 1),
});

const anyStep = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constantFrom("tell" as const, "ask"),
      target: fc.nat(2),
      bytes: fc.constantFrom(10, 0, 90, 400),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constantFrom("client writes" as const, "server writes", "grant all") }),
  },
  { weight: 4, arbitrary: fc.record({ kind: fc.constantFrom("server reads" as const, "client reads"), n: fc.nat(9) }) },
  {
    weight: 6,
    arbitrary: fc.record({ kind: fc.constantFrom("settle" as const, "refuse", "answer"), which: fc.nat(99) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("abandon" as const), which: fc.nat(99) }) },
);

type Terms = typeof anyTerms extends fc.Arbitrary<infer T> ? T : never;
type Step = typeof anyStep extends fc.Arbitrary<infer S> ? S : never;

/** A message, and what its sender has heard of it. */
interface Sent {
  readonly target: string;
  readonly isAsk: boolean;
  readonly n: number;
  /** What the server did: nothing yet, took it, refused or answered it. */
  served: "" | "came" | "settled" | "refused" | "answered";
  heard: string[];
}

/** A client and a server with a pipe each way, whose frames come when the trial says so. */
class Trial {
  readonly #sent: Sent[] = [];
  readonly #toServer: FrameWriter = new FrameWriter();
  readonly #toClient: FrameWriter = new FrameWriter();
  readonly #arriving: Envelope[] = [];
  readonly #returning: Envelope[] = [];
  readonly #open: Inbound[] = [];
  readonly #unanswered: Inbound[] = [];
  readonly #asks: Map<number, Sent> = new Map();
  readonly #budget: Budget;
  readonly #client: ClientSession<Sent, Sent>;
  readonly #server: ServerSession;

  constructor(terms: Terms) {
    const nothing = () => {};
    const told = (sent: Sent, word: string) => void sent.heard.push(word);
    const stray = () => {};
    this.#client = new ClientSession<Sent, Sent>(this.#toServer, {
      wantFlush: nothing,
      answered: (sent, { fault }) => told(sent, fault?.code ?? "answered"),
      refused: (sent) => told(sent, "refused"),
      settled: nothing,
      roomFor: nothing,
      room: nothing,
      goodbye: nothing,
      stray,
    }, {
      windowMessages: terms.messages,
      windowBytes: terms.bytes,
      asksMax: terms.asksMax,
      sendBytesMax: 2_000,
      compatNode: undefined,
    });
    this.#budget = new Budget(terms.budget);
    const { messages, messagesMax, bytes, serverAsksMax: asksMax } = terms;
    this.#server = new ServerSession(
      this.#toClient,
      { wantFlush: nothing, deliver: (inbound) => this.#deliver(inbound), wantGrants: nothing },
      this.#budget,
      {
        messages,
        messagesMax: Math.max(messages, messagesMax),
        bytes,
        asksMax,
        frameBytesMax: 100_000,
        isOffered: () => true,
      },
    );
  }

  step(step: Step): void {
    switch (step.kind) {
      case "tell":
      case "ask":
        return this.#send(step.kind === "ask", TARGETS[step.target]!, step.bytes);
      case "client writes":
        this.#arriving.push(...readFrames([this.#toServer.take()]));
        return this.#client.flushed();
      case "server writes":
        return void this.#returning.push(...readFrames([this.#toClient.take()]));
      case "grant all":
        return this.#server.grantAll();
      case "server reads":
        return this.#arriving.splice(0, step.n).forEach((envelope) => this.#server.receive(envelope));
      case "client reads":
        return this.#returning.splice(0, step.n).forEach((envelope) => this.#client.receive(envelope));
      case "settle":
        return this.#settle(step.which, false);
      case "refuse":
        return this.#settle(step.which, true);
      case "answer":
        return this.#answer(step.which);
      case "abandon":
        return this.#abandon(step.which);
    }
  }

  /** All frames arrive and all messages are settled: nothing may be open, and there is room again. */
  finish(): void {
    for (let round = 0; round < 3; round++) {
      this.#exchange();
      while (this.#open.length > 0) this.#settle(0, false);
      while (this.#unanswered.length > 0) this.#answer(0);
      this.#server.grantAll();
      this.#exchange();
    }
    assert(this.#client.isSettled, "nothing is open");
    assertEquals(this.#budget.used, 0);
    for (const target of TARGETS) assert(this.#client.canTell(this.#client.windowOf(target)), "there is room again");
    for (const sent of this.#sent) {
      const [end] = sent.heard;
      if (sent.isAsk) assertEquals(sent.heard.length, 1, "every ask has one end");
      if (end === "not-delivered") assertEquals(sent.served, "", "what was not delivered never comes");
      if (!sent.isAsk) assertEquals(sent.heard, sent.served === "refused" ? ["refused"] : []);
    }
  }

  /** The connection breaks: of every message it is known whether it may have been handled. */
  lose(): void {
    const lost = (sent: Sent, outcome: LostOutcome) => {
      sent.heard.push(outcome);
      assert(outcome === "unknown" || sent.served === "", "what was not delivered never came");
    };
    this.#client.lost(lost, (sent, target, outcome) => {
      assertEquals(target, sent.target);
      lost(sent, outcome);
    });
    for (const sent of this.#sent) {
      const what = `${sent.n} ${sent.served} ${sent.heard}`;
      if (sent.isAsk) assertEquals(sent.heard.length, 1, what);
      else assert(sent.heard.length === 1 || (sent.heard.length === 0 && sent.served === "settled"), what);
    }
  }

  #exchange(): void {
    this.step({ kind: "client writes" });
    this.step({ kind: "server reads", n: Infinity });
    this.step({ kind: "server writes" });
    this.step({ kind: "client reads", n: Infinity });
  }

  #send(isAsk: boolean, target: string, bytes: number): void {
    const window = this.#client.windowOf(target);
    if (!(isAsk ? this.#client.canAsk(window) : this.#client.canTell(window))) return;
    const sent: Sent = { target, isAsk, n: this.#sent.length, served: "", heard: [] };
    this.#sent.push(sent);
    const route = encodeRoute(`m${sent.n}`, target);
    const payload = new Uint8Array(bytes);
    if (isAsk) this.#asks.set(this.#client.ask(window, route, payload, 0, sent), sent);
    else this.#client.tell(window, route, payload, sent);
  }

  #sentOf({ envelope: { messageType } }: Inbound): Sent {
    return this.#sent[Number(messageType.slice(1))]!;
  }

  #deliver(inbound: Inbound): void {
    const sent = this.#sentOf(inbound);
    const before = this.#sent.slice(0, sent.n).filter(({ target, served }) => target === sent.target && served === "");
    // An ask too many is answered without being delivered.
    assert(before.every(({ isAsk }) => isAsk), "messages for one target come in order");
    assertEquals(sent.served, "", "no message comes twice");
    sent.served = "came";
    this.#open.push(inbound);
    if (sent.isAsk) this.#unanswered.push(inbound);
  }

  #settle(which: number, isRefused: boolean): void {
    if (this.#open.length === 0) return;
    // The mailbox takes them in order for each target; what is refused need not wait.
    const any = pickBy(this.#open, which);
    const inbound = isRefused ? any : this.#open.find(({ window }) => window === any.window)!;
    this.#open.splice(this.#open.indexOf(inbound), 1);
    const sent = this.#sentOf(inbound);
    const at = this.#unanswered.indexOf(inbound);
    if (isRefused) {
      this.#server.fault(inbound, { code: "full", message: "", name: "", detail: "" });
      if (at >= 0) this.#unanswered.splice(at, 1);
    }
    if (sent.served === "came") sent.served = isRefused ? "refused" : "settled";
    this.#server.settle(inbound);
  }

  #answer(which: number): void {
    if (this.#unanswered.length === 0) return;
    const [inbound] = this.#unanswered.splice(which % this.#unanswered.length, 1);
    this.#server.reply(inbound!, new Uint8Array(3));
    this.#sentOf(inbound!).served = "answered";
  }

  #abandon(which: number): void {
    const open = [...this.#asks].filter(([, { heard }]) => heard.length === 0);
    if (open.length === 0) return;
    const [correlation, sent] = pickBy(open, which);
    const outcome = this.#client.abandon(correlation, true);
    assert(outcome === "unknown" || sent.served === "", "what was not delivered has not come");
    sent.heard.push(outcome);
  }
}

/** Whether a session takes it; anything but a `WireError` comes out. */
function takes(receive: () => void): boolean {
  try {
    receive();
    return true;
  } catch (error) {
    assert(error instanceof WireError, String(error));
    return false;
  }
}

/** The laws of sessions. */
export const SESSIONS: readonly Property[] = [
  property(
    "credit never runs out for good, and every message has one end, however slowly frames come and in whichever order they are settled",
    1_000,
    fc.tuple(anyTerms, fc.array(anyStep, { maxLength: 60, size: "max" })),
    ([terms, steps]) => {
      const trial = new Trial(terms);
      for (const step of steps) trial.step(step);
      trial.finish();
    },
  ),
  property(
    "when the connection breaks, what is said not to be delivered was never seen, and nothing is forgotten",
    1_000,
    fc.tuple(anyTerms, fc.array(anyStep, { maxLength: 60, size: "max" })),
    ([terms, steps]) => {
      const trial = new Trial(terms);
      for (const step of steps) trial.step(step);
      trial.lose();
    },
  ),
  property(
    "whatever envelopes a peer sends, a session takes them or ends with a WireError",
    500,
    fc.array(anyEnvelope, { maxLength: 12, size: "max" }),
    (envelopes) => {
      const client = new ClientStage();
      const server = new ServerStage();
      client.tell("told");
      client.ask("asked");
      for (const envelope of envelopes) {
        takes(() => client.session.receive(envelope));
        takes(() => server.session.receive(envelope));
      }
      client.lose();
      assertEquals(client.session.isSettled, true);
    },
  ),
];
