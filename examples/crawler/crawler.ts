/**
 * The crawl: what is to be visited, what is being visited, and what was found.
 *
 * The addresses that are still to be visited are no messages: they are state of the crawler, so no mailbox fills up
 * with them. Visits may have to wait for the crawler, but it waits for nobody: it starts a visit when there is a place.
 * @module
 */

import {
  Actor,
  type ActorRef,
  type ActorSystem,
  type Context,
  SupervisorStrategy,
  type Terminated,
} from "@cinema/cinema";
import { Throttle, type Turn } from "./throttle.ts";
import { Visit, type Visited } from "./visit.ts";

export interface CrawlOptions {
  readonly start: string;
  /** Paths that begin so are left alone. */
  readonly disallowed: readonly string[];
  readonly requestsPerSecond: number;
  /** Visits at one time. */
  readonly concurrency: number;
  readonly timeoutMs: number;
  /** How often a page that failed is tried again. */
  readonly retries: number;
  /** Links that lead to more pages than that are left alone: a site may have no end. */
  readonly pagesMax: number;
}

/** What a crawl has found; pages are named by their paths. */
export class Report {
  readonly pages: string[] = [];
  /** What is wrong with a page, by its path. */
  readonly broken: Map<string, string> = new Map();
  /** The pages that link to a page, by its path. */
  readonly linkedFrom: Map<string, string[]> = new Map();
  readonly excluded: Set<string> = new Set();
  readonly beyondMax: Set<string> = new Set();
  retries = 0;
}

/** Crawls a site, and gives the report when there is nothing left to visit or the system shuts down. */
export async function crawl(system: ActorSystem, options: CrawlOptions): Promise<Report> {
  const report = new Report();
  const { error } = await system.spawn(() => new Crawler(options, report)).closed;
  if (error !== undefined) throw error;
  return report;
}

class Crawler extends Actor<Visited> {
  readonly #options: CrawlOptions;
  readonly #report: Report;
  readonly #known = new Set<string>();
  readonly #frontier: URL[] = [];
  readonly #visits = new Map<ActorRef<never>, URL>();
  #throttle!: ActorRef<Turn>;

  constructor(options: CrawlOptions, report: Report) {
    super();
    this.#options = options;
    this.#report = report;
  }

  override started(ctx: Context<Visited>): void {
    const { start, requestsPerSecond } = this.#options;
    this.#throttle = ctx.spawnChild(() => new Throttle(requestsPerSecond), { strategy: SupervisorStrategy.escalate });
    this.#add(new URL(start));
    this.#visitMore(ctx);
  }

  visited({ url, status, links, retries }: Visited): void {
    this.#report.retries += retries;
    if (status === 200) this.#report.pages.push(url.pathname);
    else this.#report.broken.set(url.pathname, `answered ${status}`);
    for (const link of links) {
      const from = this.#report.linkedFrom.get(link.pathname);
      if (from === undefined) this.#report.linkedFrom.set(link.pathname, [url.pathname]);
      else from.push(url.pathname);
      this.#add(link);
    }
  }

  /** A visit has ended; what it found has come before. */
  override terminated({ addr, reason, error }: Terminated, ctx: Context<Visited>): void {
    const url = this.#visits.get(addr);
    if (url === undefined) return;
    this.#visits.delete(addr);
    if (reason === "restart-limit") {
      this.#report.retries += this.#options.retries;
      this.#report.broken.set(url.pathname, error instanceof Error ? error.message : String(error));
    }
    this.#visitMore(ctx);
  }

  #add(url: URL): void {
    const { disallowed, pagesMax } = this.#options;
    if (this.#known.has(url.pathname)) return;
    if (disallowed.some((prefix) => url.pathname.startsWith(prefix))) this.#report.excluded.add(url.pathname);
    else if (this.#known.size >= pagesMax) this.#report.beyondMax.add(url.pathname);
    else {
      this.#known.add(url.pathname);
      this.#frontier.push(url);
    }
  }

  #visitMore(ctx: Context<Visited>): void {
    while (this.#visits.size < this.#options.concurrency) {
      const url = this.#frontier.shift();
      if (url === undefined) break;
      this.#visit(url, ctx);
    }
    if (this.#visits.size === 0) ctx.stop();
  }

  #visit(url: URL, ctx: Context<Visited>): void {
    const { retries, timeoutMs } = this.#options;
    const [throttle, crawler] = [this.#throttle, ctx.address];
    const visit = ctx.spawnChild(() => new Visit({ url, timeoutMs, throttle, crawler }), {
      strategy: SupervisorStrategy.restart(retries, 60_000, { backoff: (n) => 50 * 2 ** (n - 1) }),
    });
    this.#visits.set(visit, url);
  }
}
