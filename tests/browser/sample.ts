/**
 * States that are always the same, for pictures of the page.
 * @module
 */

import type {
  ActorState,
  ClusterState,
  DeadLetterState,
  FailureState,
  MemberState,
  ObserverState,
} from "@cinema/cinema/observer";

/** When the last of them was made. */
const NOW = Date.UTC(2026, 10, 26, 9, 41, 7);

/** What makes an actor other than an idle one. */
type Traits = Partial<Omit<ActorState, "id" | "label" | "children">>;

function actor(id: string, className: string, traits: Traits = {}, children: readonly ActorState[] = []): ActorState {
  const perSecond = traits.handledPerSecond ?? 0;
  return {
    id,
    label: id.slice(id.lastIndexOf("/") + 1),
    className,
    status: perSecond > 150 ? "busy" : "idle",
    queued: 0,
    used: traits.queued ?? 0,
    capacity: 256,
    waiting: 0,
    handled: perSecond * 4_000,
    handledPerSecond: perSecond,
    restarts: 0,
    busyMs: null,
    lastFailure: null,
    omitted: 0,
    ...traits,
    children,
  };
}

function failure(secondsAgo: number, id: string, error: string): FailureState {
  return { at: NOW - secondsAgo * 1_000, id, error };
}

const FAILURES: readonly FailureState[] = [
  failure(4, "/checkout/gateway-2", "Error: The card processor answered 503 Service Unavailable"),
  failure(312, "/studio/resizer-3", "TypeError: Cannot resize a picture without a width"),
  failure(1_975, "/checkout/gateway-1", "Error: The card processor answered 503 Service Unavailable"),
];

const DEAD_LETTERS: readonly DeadLetterState[] = [
  { at: NOW - 4_000, id: "/checkout/gateway-2", type: "charge", reason: "failed" },
  { at: NOW - 9_000, id: "/sessions/session-118", type: "touch", reason: "stopped" },
  { at: NOW - 17_000, id: "/sessions/session-117", type: "touch", reason: "closed" },
  { at: NOW - 25_000, id: "/sessions/session-116", type: "touch", reason: "stopped" },
  { at: NOW - 33_000, id: "/sessions/session-115", type: "touch", reason: "closed" },
];

/** The actors; `wave` is from -1 to 1. */
function actors(wave: number): readonly ActorState[] {
  const many = (prefix: string, className: string, rates: readonly number[]) =>
    rates.map((rate, i) =>
      actor(`${prefix}-${i + 1}`, className, { handledPerSecond: Math.round(rate * (1 + wave / 9)), queued: i * 3 % 7 })
    );
  const ledger = { status: "busy", queued: 61, used: 61, capacity: 64, handledPerSecond: 44, busyMs: 14 } as const;
  const failed = { status: "restarting", restarts: 7, queued: 34, used: 34, lastFailure: FAILURES[0]! } as const;
  const resizers = many("/studio/resizer", "Resizer", [131, 214, 296, 377]);
  resizers[2] = { ...resizers[2]!, restarts: 1, lastFailure: FAILURES[1]! };
  return [
    actor("/checkout", "Checkout", { handledPerSecond: 48 + Math.round(9 * wave), queued: 2 }, [
      actor("/checkout/gateway-1", "Gateway", {
        handledPerSecond: 16,
        restarts: 5,
        queued: 3,
        lastFailure: FAILURES[2]!,
      }),
      actor("/checkout/gateway-2", "Gateway", failed),
      actor("/checkout/gateway-3", "Gateway", { handledPerSecond: 17, queued: 1, restarts: 4 }),
      actor("/checkout/ledger", "Ledger", ledger),
    ]),
    actor("/customers", "Customers", { handledPerSecond: 10 }),
    actor("/studio", "Studio", { handledPerSecond: 20 }, resizers),
    actor("/sessions", "Sessions", { handledPerSecond: 4 }, many("/sessions/session", "Session", Array(40).fill(1))),
  ];
}

function member(
  n: number,
  status: MemberState["status"],
  roundTripMs: number | null,
  secondsAgo: number | null = null,
): MemberState {
  const since = secondsAgo === null ? null : NOW - secondsAgo * 1_000;
  return { id: `node-${n}`, addr: `10.0.0.${n}:7000`, status, since, isSelf: n === 1, roundTripMs };
}

const CLUSTER: ClusterState = {
  name: "shop",
  self: "node-1",
  members: [
    member(1, "up", null),
    member(2, "up", 0.6),
    member(3, "down", null, 134),
    member(4, "up", 1.1),
    member(5, "suspect", 2.4, 3),
  ],
  membersOmitted: 0,
  directory: [
    { name: "checkout", node: "node-1", actorType: "Checkout" },
    { name: "mail", node: "node-2", actorType: "Mailer" },
    { name: "mail", node: "node-4", actorType: "Mailer" },
    { name: "search", node: "node-5", actorType: "Search" },
  ],
  directoryOmitted: 0,
};

/** Two minutes of states, the oldest first. */
export function sampleStates(): readonly ObserverState[] {
  return Array.from({ length: 120 }, (_, i) => {
    const wave = Math.sin(i / 11) * 0.8 + Math.sin(i * 1.7) * 0.2;
    const ripple = Math.sin(i * 2.3) + Math.sin(i * 0.9);
    return {
      at: NOW - (119 - i) * 1_000,
      elapsedMs: 1_000,
      system: {
        name: "Shop",
        actors: 52,
        queued: Math.round(128 + 70 * wave + 6 * ripple),
        handledPerSecond: Math.round(1_284 + 240 * wave + 30 * ripple),
        failures: 17 + (i > 57 ? 1 : 0) + (i > 114 ? 1 : 0),
        restarts: 17,
        deadLetters: 40 + Math.floor(i / 8),
        lagMs: Number((1.4 + 0.4 * ripple + (i % 37 === 20 ? 9 : 0)).toFixed(1)),
      },
      actors: actors(wave),
      actorsOmitted: 0,
      deadLetters: DEAD_LETTERS,
      failures: FAILURES,
      cluster: CLUSTER,
    };
  });
}
