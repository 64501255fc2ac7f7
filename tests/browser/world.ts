/**
 * A system with its observer, served for real, and a page of a real browser that looks at it.
 * @module
 */

import { ActorSystem, type Addr } from "@cinema/cinema";
import { type Observer, observer } from "@cinema/cinema/observer";
import type { Browser, BrowserContext, BrowserContextOptions, Locator, Page } from "playwright-core";
import { ThreeNodes } from "../../examples/observer/three_nodes.ts";
import { type Order, Team, Worker } from "./actors.ts";
import { Relay } from "./relay.ts";

/** How a world is made. */
export interface WorldOptions {
  /** Whether there is a cluster. */
  readonly hasCluster?: boolean;
  /** How the browser is set up. */
  readonly context?: BrowserContextOptions;
}

/** How long a check waits for something to show up, in ms. */
export const PATIENCE_MS = 15_000;

/** See the module. `await using` ends everything. */
export class World implements AsyncDisposable {
  readonly system: ActorSystem;
  readonly cluster: ThreeNodes | undefined;
  readonly relay: Relay;
  readonly page: Page;
  /** What must not happen: errors, violations of the policy, requests to elsewhere. */
  readonly complaints: string[] = [];
  readonly #server: Deno.HttpServer;
  readonly #observer: Observer;
  readonly #context: BrowserContext;

  private constructor(
    context: BrowserContext,
    page: Page,
    system: ActorSystem,
    served: { server: Deno.HttpServer; observer: Observer; relay: Relay; cluster: ThreeNodes | undefined },
  ) {
    this.#context = context;
    this.page = page;
    this.system = system;
    this.#server = served.server;
    this.#observer = served.observer;
    this.relay = served.relay;
    this.cluster = served.cluster;
  }

  /** Makes one, and opens the page. */
  static async open(browser: Browser, options: WorldOptions = {}): Promise<World> {
    const system = new ActorSystem({ onUnobservedFailure: () => {} });
    const cluster = options.hasCluster ? new ThreeNodes() : undefined;
    await cluster?.join();
    const handler = observer(system, { name: "World", ...cluster === undefined ? {} : { cluster: cluster.first } });
    const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, handler);
    const relay = new Relay(server.addr.port);
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options.context });
    context.setDefaultTimeout(PATIENCE_MS);
    const page = await context.newPage();
    const world = new World(context, page, system, { server, observer: handler, relay, cluster });
    await world.#watch();
    return world;
  }

  /** Where the page is. */
  get url(): string {
    return `http://127.0.0.1:${this.relay.port}/`;
  }

  /** Opens the page, and waits for the first state. */
  async look(): Promise<Page> {
    await this.page.goto(this.url);
    await this.pill("Live");
    return this.page;
  }

  /** Spawns an actor. */
  spawn(name: string): Addr<Order> {
    return this.system.spawn(() => new Worker(), { name, capacity: 8 });
  }

  /** Spawns an actor with children, and returns these. */
  async spawnTeam(name: string, names: readonly string[]): Promise<readonly Addr<Order>[]> {
    return await this.system.spawn(() => new Team(names), { name }).send({ type: "getTeam" });
  }

  /** The row of an actor. */
  row(id: string): Locator {
    return this.page.locator(`#rows > [data-key=${JSON.stringify(id)}]`);
  }

  /** Waits until the words beside the title are these. */
  async pill(text: string): Promise<void> {
    await this.page.locator("#connection-text", { hasText: text }).waitFor();
  }

  /** Waits until the page has shown so many more states. */
  async states(count: number): Promise<void> {
    await this.page.evaluate(async (count) => {
      const { seen } = globalThis as unknown as { seen: EventTarget };
      for (let i = 0; i < count; i++) {
        await new Promise((resolve) => seen.addEventListener("state", resolve, { once: true }));
      }
    }, count);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#context.close();
    this.#observer[Symbol.dispose]();
    await this.relay.cut();
    await this.#server.shutdown();
    await this.system[Symbol.asyncDispose]();
    await this.cluster?.[Symbol.asyncDispose]();
  }

  /** Notes what must not happen. */
  async #watch(): Promise<void> {
    const { page, complaints } = this;
    page.on("pageerror", (error) => complaints.push(`error: ${error.message}`));
    page.on("console", (message) => {
      // A connection that a check has cut is no mistake of the page.
      const isExpected = /net::ERR_(?:CONNECTION|INCOMPLETE|EMPTY|NETWORK)|status of 503/.test(message.text());
      if (message.type() === "error" && !isExpected) complaints.push(`console: ${message.text()}`);
    });
    page.on("request", (request) => {
      const url = request.url();
      if (!url.startsWith(this.url) && !url.startsWith("data:")) complaints.push(`request: ${url}`);
    });
    await page.exposeFunction("complain", (text: string) => complaints.push(text));
    await page.addInitScript(() => {
      const { complain } = globalThis as unknown as { complain: (text: string) => void };
      document.addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI }) => {
        complain(`policy: ${violatedDirective} of ${blockedURI}`);
      });
      // Tells the checks of each state, after the page has shown it.
      const seen = new EventTarget();
      Object.assign(globalThis, { seen });
      globalThis.EventSource = class extends EventSource {
        constructor(...args: ConstructorParameters<typeof EventSource>) {
          super(...args);
          const add = () => this.addEventListener("state", () => seen.dispatchEvent(new Event("state")));
          queueMicrotask(add); // after those of the page
        }
      };
    });
  }
}
