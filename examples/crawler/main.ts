/**
 * A polite crawler: so many requests per second and so many at a time, each page once, with time-outs and retries, and
 * everything that is in flight is cancelled when it has to end.
 *
 * A timer in one actor is the rate limit (`throttle.ts`). Each page is an actor that throws when something goes wrong
 * and is restarted after a rest (`visit.ts`). One actor knows what is left to do (`crawler.ts`). The site is a small
 * server in this process (`site.ts`).
 *
 * Run it:
 *
 *     deno run --allow-net examples/crawler/main.ts
 *
 * It prints:
 *
 *     48 pages visited, 5 retries
 *     broken: /down answered 503, linked from /tree/30
 *     broken: /missing answered 404, linked from /tree/5 and /tree/9
 *     left alone: /trap/ for robots.txt, /calendar/10 beyond 50 pages
 *     55 requests, never ahead of 50 per second: true
 *     never more than 4 at a time: true
 *     stopped in the trap: visited /trap/, cancelled 4 requests
 *
 * @module
 */

import { ActorSystem } from "@cinema/cinema";
import { crawl, type CrawlOptions, type Report } from "./crawler.ts";
import { Site } from "./site.ts";

await using site = new Site();
const robots = await (await fetch(new URL("/robots.txt", site.url))).text();
const options: CrawlOptions = {
  start: site.url,
  disallowed: robots.matchAll(/^Disallow: (.+)$/gm).map(([, path = ""]) => path).toArray(),
  requestsPerSecond: 50,
  concurrency: 4,
  timeoutMs: 1_000,
  retries: 2,
  pagesMax: 50,
};

await crawlAll();
await crawlUntilStopped();

async function crawlAll(): Promise<void> {
  await using system = new ActorSystem();
  const startMs = performance.now();
  const before = site.requestedAt.length;
  print(await crawl(system, options));
  const requests = site.requestedAt.slice(before);
  const tickMs = 1_000 / options.requestsPerSecond;
  const isInTime = requests.every((atMs, i) => atMs - startMs >= (i + 1) * tickMs - 1); // a timer may round to whole ms
  console.log(`${requests.length} requests, never ahead of ${options.requestsPerSecond} per second: ${isInTime}`);
  console.log(`never more than ${options.concurrency} at a time: ${site.mostOpen <= options.concurrency}`);
}

/**
 * The pages of the trap never answer, and these visits would wait for a minute: the shutdown cancels their requests.
 */
async function crawlUntilStopped(): Promise<void> {
  await using system = new ActorSystem();
  const start = new URL("/trap/", site.url).href;
  const crawled = crawl(system, { ...options, start, disallowed: [], timeoutMs: 60_000 });
  await site.trapFull;
  await system.shutdown();
  await site.trapEmpty;
  console.log(`stopped in the trap: visited ${(await crawled).pages}, cancelled 4 requests`);
}

function print({ pages, retries, broken, linkedFrom, excluded, beyondMax }: Report): void {
  console.log(`${pages.length} pages visited, ${retries} retries`);
  for (const [path, problem] of [...broken].sort()) {
    console.log(`broken: ${path} ${problem}, linked from ${linkedFrom.get(path)?.toSorted().join(" and ")}`);
  }
  console.log(`left alone: ${[...excluded]} for robots.txt, ${[...beyondMax]} beyond ${options.pagesMax} pages`);
}
