/**
 * The rest of an actor between two incarnations, when its siblings restart with it.
 * @module
 */

/** One rest: the actor says when it has ended and started, its group when it may go on. */
export class Suspension {
  /** Resolves when the incarnation has ended. */
  readonly ended: PromiseWithResolvers<void> = Promise.withResolvers();
  /** Resolves when the group says go on. */
  readonly revived: PromiseWithResolvers<void> = Promise.withResolvers();
  /** Resolves with whether the next incarnation started. */
  readonly started: PromiseWithResolvers<boolean> = Promise.withResolvers();

  /** The actor ends instead. */
  cancel(): void {
    this.ended.resolve();
    this.revived.resolve();
    this.started.resolve(false);
  }
}
