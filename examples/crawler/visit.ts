/**
 * The visit to one page: an actor that sends the request, tells what it found, and ends.
 *
 * It just throws what goes wrong. Its supervisor strategy restarts it after a rest, and a restarted visit queues at the
 * throttle anew, so retries are counted by the rate limit as all other requests are.
 * @module
 */

import { Actor, type ActorRef, type Context, type Message } from "@cinema/cinema";
import type { Turn } from "./throttle.ts";

/** From a visit, once: the page answered, be it with an error that is no use trying again. */
export interface Visited extends Message {
  type: "visited";
  url: URL;
  status: number;
  links: readonly URL[];
  retries: number;
}

export interface VisitOptions {
  readonly url: URL;
  readonly timeoutMs: number;
  readonly throttle: ActorRef<Turn>;
  readonly crawler: ActorRef<Visited>;
}

export class Visit extends Actor {
  readonly #options: VisitOptions;

  constructor(options: VisitOptions) {
    super();
    this.#options = options;
  }

  override async started(ctx: Context<never>): Promise<void> {
    const { url, timeoutMs, throttle, crawler } = this.#options;
    await throttle.send({ type: "turn" }, { signal: ctx.signal, timeout: Infinity });
    // The request ends when the page is too slow, and at once when this actor is to stop.
    const signal = AbortSignal.any([AbortSignal.timeout(timeoutMs), ctx.signal]);
    const response = await fetch(url, { signal });
    const html = await response.text();
    if (response.status >= 500) throw new Error(`answered ${response.status}`);
    // Waits while the mailbox of the crawler is full. The crawler never waits for a visit, so this is no deadlock.
    const { status } = response;
    await crawler.doSend({ type: "visited", url, status, links: linksIn(html, url), retries: ctx.restarts });
    ctx.stop();
  }
}

function linksIn(html: string, page: URL): URL[] {
  const links = html.matchAll(/href="([^"#]+)/g).map(([, href = ""]) => new URL(href, page));
  return links.filter(({ origin }) => origin === page.origin).toArray();
}
