import { Actor, ActorSystem, type Addr, type Context, type Message, type SpawnOptions } from "../../mod.ts";
import type { ActorSystemOptions, Terminated } from "../../mod.ts";
import { ManualClock } from "../../src/testing/mod.ts";

/** A message that says what its handler does; the reply is what `run` returns. */
export interface Do extends Message<unknown> {
  readonly type: "do";
  readonly run: (ctx: Context<Do>, self: Scripted) => unknown;
}

/** The hooks of a {@linkcode Scripted} actor. */
export interface Script {
  readonly started?: (ctx: Context<Do>, self: Scripted) => unknown;
  readonly stopped?: (ctx: Context<Do>, self: Scripted) => unknown;
  readonly terminated?: (notice: Terminated, ctx: Context<Do>) => unknown;
}

/** An actor that does what its test says. */
export class Scripted extends Actor<Do> {
  /** State of the incarnation, to see whether it is fresh. */
  count = 0;
  readonly #script: Script;

  constructor(script: Script = {}) {
    super();
    this.#script = script;
  }

  override started(ctx: Context<Do>): void | Promise<void> {
    return this.#script.started?.(ctx, this) as void | Promise<void>;
  }

  override stopped(ctx: Context<Do>): void | Promise<void> {
    return this.#script.stopped?.(ctx, this) as void | Promise<void>;
  }

  override terminated(notice: Terminated, ctx: Context<Do>): void | Promise<void> {
    return this.#script.terminated?.(notice, ctx) as void | Promise<void>;
  }

  do({ run }: Do, ctx: Context<Do>): unknown {
    return run(ctx, this);
  }
}

/** The message whose handler does `run`. */
export function act(run: (ctx: Context<Do>, self: Scripted) => unknown): Do {
  return { type: "do", run };
}

/** Throws an `Error`, as a handler that has a bug. */
export function boom(): never {
  throw new Error("boom");
}

/** A promise that never settles, as a handler that hangs. */
export function hang(): Promise<never> {
  return new Promise(() => {});
}

/** The script that notes each hook in `log`: `+name`, `-name`, and `name heard /child reason`. */
export function noting(log: string[], name: string, script: Script = {}): Script {
  return {
    started: (ctx, self) => {
      log.push(`+${name}`);
      return script.started?.(ctx, self);
    },
    stopped: (ctx, self) => {
      log.push(`-${name}`);
      return script.stopped?.(ctx, self);
    },
    terminated: (notice, ctx) => {
      log.push(`${name} heard ${notice.addr.id} ${notice.reason}`);
      return script.terminated?.(notice, ctx);
    },
  };
}

/** What a test in virtual time needs. Ends by shutting its system down. */
export class Stage implements AsyncDisposable {
  readonly clock: ManualClock = new ManualClock();
  readonly log: string[] = [];
  readonly unobserved: Terminated[] = [];
  readonly system: ActorSystem;

  constructor(options: Omit<ActorSystemOptions, "clock" | "onUnobservedFailure"> = {}) {
    const onUnobservedFailure = (notice: Terminated) => void this.unobserved.push(notice);
    this.system = new ActorSystem({ ...options, clock: this.clock, onUnobservedFailure });
  }

  /** Spawns a scripted actor that notes its hooks in the log, and lets it start. */
  async spawn(name: string, script: Script = {}, options: SpawnOptions<Do> = {}): Promise<Addr<Do>> {
    const addr = this.system.spawn(() => new Scripted(noting(this.log, name, script)), { name, ...options });
    await this.clock.settle();
    return addr;
  }

  /** Takes what has been noted since the last time. */
  take(): string[] {
    return this.log.splice(0);
  }

  /** Shuts down, and lets virtual time pass until that is done. */
  async [Symbol.asyncDispose](): Promise<void> {
    const shutdown = this.system.shutdown();
    await this.clock.runUntilIdle();
    await shutdown;
  }
}

/** What a child of a {@linkcode Stage} is. */
export interface Child extends SpawnOptions<Do> {
  readonly script?: Script;
}

/** A script whose `started` spawns children that note their hooks in `log`, and gives their addresses to `addrs`. */
export function parentOf(log: string[], addrs: Map<string, Addr<Do>>, children: Record<string, Child>): Script {
  return {
    started: (ctx) => {
      for (const [name, { script, ...options }] of Object.entries(children)) {
        addrs.set(name, ctx.spawnChild(() => new Scripted(noting(log, name, script)), { name, ...options }));
      }
    },
  };
}
