import * as fc from "fast-check";
import { type Draft, MailboxTrial, type Terms } from "./mailbox_trial.ts";
import { asyncProperty, type Property } from "./property.ts";

const anyDraft: fc.Arbitrary<Draft> = fc.record({
  sender: fc.nat(2),
  way: fc.constantFrom("trySend", "doSend", "send", "write"),
  size: fc.constantFrom(1, 0, 0.5, 2, 7),
  workMs: fc.constantFrom(undefined, 0, 3, 40),
  ends: fc.oneof(
    { weight: 6, arbitrary: fc.constant("well" as const) },
    { weight: 2, arbitrary: fc.constantFrom("failed" as const, "rejected") },
    { weight: 1, arbitrary: fc.constant("stop" as const) },
  ),
  timeoutMs: fc.constantFrom(3_000, 30, 5),
});

const anyTerms: fc.Arbitrary<Terms> = fc.record({
  mark: fc.constantFrom(3, 1, 0.5, 2, 100),
  maxWaiting: fc.constantFrom(10_000, 0, 1, 3),
  strategy: fc.constantFrom("restart", "resume", "stop", "restart twice", "back off", "escalate"),
  siblings: fc.constantFrom("one-for-one", "one-for-all", "rest-for-one"),
  stopTimeout: fc.constantFrom(1_000, 10, 0),
});

const anyStep = fc.oneof(
  { weight: 10, arbitrary: anyDraft.map((draft) => ({ kind: "send" as const, draft })) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("ms" as const), ms: fc.constantFrom(0, 1, 4, 50) }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant("microtasks" as const), count: fc.integer({ min: 1, max: 9 }) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("give up" as const), which: fc.nat(50) }) },
  { weight: 1, arbitrary: fc.constant({ kind: "fail sibling" as const }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("stop" as const), drain: fc.boolean() }) },
  { weight: 1, arbitrary: fc.constant({ kind: "hire" as const }) },
);

type Step = typeof anyStep extends fc.Arbitrary<infer S> ? S : never;

async function perform(trial: MailboxTrial, step: Step): Promise<void> {
  switch (step.kind) {
    case "send":
      return trial.send(step.draft);
    case "ms":
      return step.ms === 0 ? await trial.system.clock.settle() : await trial.system.clock.advance(step.ms);
    case "microtasks": {
      for (let n = step.count; n > 0; n--) await undefined;
      return;
    }
    case "give up":
      return trial.giveUp(step.which);
    case "fail sibling":
      return trial.failSibling();
    case "stop":
      return trial.stop(step.drain);
    case "hire":
      return trial.hire();
  }
}

/** The law of mailboxes. */
export const MAILBOX: readonly Property[] = [
  asyncProperty(
    "no message is lost, doubled or overtaken, whoever sends in whichever way, through stops, restarts and escalations",
    600,
    fc.tuple(anyTerms, fc.array(anyStep, { maxLength: 50, size: "max" }), fc.boolean()),
    async ([terms, steps, drain]) => {
      const trial = new MailboxTrial(terms);
      await using _ = trial.system;
      await trial.system.clock.settle();
      for (const step of steps) await perform(trial, step);
      await trial.finish(drain);
    },
  ),
];
