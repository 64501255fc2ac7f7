/**
 * A site to crawl: pages that link to each other in circles, and what goes wrong on the web.
 *
 * - 37 pages in a tree, each with links back;
 * - `/calendar/1` and so on, of which each links to the next, without end;
 * - `/missing`, which does not exist, and `/down`, which always fails;
 * - `/flaky`, which fails twice, and `/slow`, which does not answer the first time;
 * - `/trap/`, which `robots.txt` disallows, with four links to pages that never answer.
 * @module
 */

const TREE_PAGES = 36; // besides the root
const TRAP = [1, 2, 3, 4].map((n) => `/trap/${n}`);
const BAD_LINKS: ReadonlyMap<number, string> = new Map([
  [5, "/missing"],
  [9, "/missing"],
  [12, "/flaky"],
  [20, "/slow"],
  [30, "/down"],
  [36, "/calendar/1"],
]);

export class Site implements AsyncDisposable {
  /** When each request came, in ms. */
  readonly requestedAt: number[] = [];
  /** The most requests that were open at one time. */
  mostOpen = 0;
  readonly #server: Deno.HttpServer<Deno.NetAddr>;
  readonly #visits = new Map<string, number>();
  readonly #trapFull = Promise.withResolvers<void>();
  readonly #trapEmpty = Promise.withResolvers<void>();
  #open = 0;
  #trapped = 0;

  constructor() {
    const options = { hostname: "127.0.0.1", port: 0, onListen: () => {} };
    this.#server = Deno.serve(options, (request) => this.#answer(new URL(request.url).pathname));
  }

  get url(): string {
    return `http://127.0.0.1:${this.#server.addr.port}/`;
  }

  /** Resolves when a request for each page of the trap is open. */
  get trapFull(): Promise<void> {
    return this.#trapFull.promise;
  }

  /** Resolves when the client has cancelled them all. */
  get trapEmpty(): Promise<void> {
    return this.#trapEmpty.promise;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.shutdown();
  }

  async #answer(path: string): Promise<Response> {
    this.requestedAt.push(performance.now());
    this.mostOpen = Math.max(this.mostOpen, ++this.#open);
    const visit = (this.#visits.get(path) ?? 0) + 1;
    this.#visits.set(path, visit);
    if (path === "/slow" && visit === 1) return this.#neverAnswer();
    if (TRAP.includes(path)) return this.#trap();
    await new Promise((resolve) => setTimeout(resolve, 50)); // long enough for requests to overlap
    this.#open--;
    if (path === "/robots.txt") return new Response("User-agent: *\nDisallow: /trap/\n");
    if (path === "/down" || path === "/flaky" && visit <= 2) return new Response("", { status: 503 });
    const links = linksOn(path);
    if (links === undefined) return new Response("", { status: 404 });
    return new Response(links.map((href) => `<a href="${href}">${href}</a>`).join("\n"));
  }

  #trap(): Response {
    if (++this.#trapped === TRAP.length) this.#trapFull.resolve();
    return this.#neverAnswer(() => {
      if (--this.#trapped === 0) this.#trapEmpty.resolve();
    });
  }

  /** A response whose body never ends: the client has to cancel it. */
  #neverAnswer(cancelled?: () => void): Response {
    const cancel = (): void => {
      this.#open--;
      cancelled?.();
    };
    return new Response(new ReadableStream({ cancel }));
  }
}

function linksOn(path: string): string[] | undefined {
  const [, folder, number] = /^\/(?:(tree|calendar)\/(\d+))?$/.exec(path) ?? [];
  const n = Number(number ?? 0);
  if (folder === "calendar") return ["/", `/calendar/${n + 1}`];
  if (path === "/trap/") return TRAP;
  if (path === "/flaky" || path === "/slow") return ["/"];
  if (path === "/") return ["/", "/tree/1", "/trap/"];
  if (folder !== "tree" || n > TREE_PAGES) return undefined;
  const children = [2 * n, 2 * n + 1].filter((child) => child <= TREE_PAGES).map((child) => `/tree/${child}`);
  const bad = BAD_LINKS.get(n);
  return ["/", `/tree/${Math.max(1, n >> 1)}`, ...children, ...bad === undefined ? [] : [bad]];
}
