/**
 * The handler: takes requests for the page and for what it shows.
 * @module
 */

import type { ActorSystem } from "../../mod.ts";
import { type Clock, Inspection, systemClock } from "../../src/spi.ts";
import type { ClusterEvent, ClusterNode } from "../mod.ts";
import { Access, type ObserverRequestInfo } from "./access.ts";
import { Broadcast, eventOf } from "./broadcast.ts";
import { ClusterView } from "./cluster_view.ts";
import { ASSETS } from "./gen/assets.ts";
import { LagMeter } from "./lag_meter.ts";
import { RETRY_AFTER_S, URL_CHARS_MAX } from "./limits.ts";
import { answer, redirect, text } from "./responses.ts";
import { isMountPoint, type Route, routeOf } from "./routes.ts";
import { Sampler } from "./sampler.ts";
import { nameText } from "./shown_text.ts";
import type { ObserverEnd } from "./state.ts";
import { Troubles } from "./troubles.ts";

/** How a system is shown, and to whom. */
export interface ObserverOptions {
  /** The node of a cluster that this process is, so that the page shows the cluster as well. */
  readonly cluster?: ClusterNode;
  /**
   * A secret of at least 16 characters, random ones: whoever knows it may look, from anywhere. Use TLS, or it travels
   * in the clear. Without it, only browsers on this machine are answered.
   */
  readonly token?: string;
  /**
   * What the page calls the system.
   *
   * @default {the id of the node, or "Actor system"}
   */
  readonly name?: string;
  /**
   * The time, for tests.
   *
   * @default {systemClock}
   */
  readonly clock?: Clock;
}

/** A handler for `Deno.serve`, or for any server that speaks in `Request` and `Response`. */
export interface Observer extends Disposable {
  /**
   * Answers a request for the page or for what it shows. The second argument is what `Deno.serve` hands to its handler.
   */
  (request: Request, info?: ObserverRequestInfo): Promise<Response>;
  /** Ends all event streams, and keeps nothing of the system from then on. */
  [Symbol.dispose](): void;
}

/** The data of the last event of a stream. */
type Why = ObserverEnd["reason"];

/**
 * Shows what the actors of a system do, and its cluster, on a page that stays up to date. It shows and changes nothing.
 *
 * Without a token only browsers on this machine are answered. With one, `Authorization: Bearer <token>` lets in, and so
 * does the page opened as `...?token=<token>` once, which puts it into a cookie.
 *
 * The handler looks only at the last part of the path, so it can be mounted under any prefix: `/` is the page, `/state`
 * what it shows, as JSON ({@linkcode ObserverState}), and `/events` the same each second as server-sent events,
 * `event: state`, with `event: end` at the end ({@linkcode ObserverEnd}). What is in messages is never shown. What was
 * thrown is: keep secrets out of errors.
 *
 * Dispose of it before the server shuts down, which waits for open streams; the end of the system ends them, too.
 *
 * Looking costs a few ms a second, whoever lives. While nobody looks, only dead letters and failures are kept, the
 * latest 100 each.
 *
 * @throws {RangeError} When the token is too short.
 * @throws {TypeError} When a header could not carry the token.
 *
 * @example
 * ```ts
 * import { Actor, ActorSystem, type Message } from "@cinema/cinema";
 * import { observer, type ObserverState } from "@cinema/cinema/observer";
 * import { assertEquals } from "@std/assert";
 *
 * interface Greet extends Message<string> {
 *   type: "greet";
 * }
 * class Greeter extends Actor<Greet> {
 *   greet(): string {
 *     return "Hello!";
 *   }
 * }
 *
 * await using system = new ActorSystem();
 * await system.spawn(() => new Greeter(), { name: "greeter" }).send({ type: "greet" });
 *
 * const page = observer(system, { name: "greetings" });
 * await using server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, page);
 * using _streams = page; // ends before the server, which would wait for whoever still looks
 * const state: ObserverState = await (await fetch(`http://127.0.0.1:${server.addr.port}/state`)).json();
 * assertEquals(state.system.name, "greetings");
 * assertEquals(state.actors.map(({ id, handled }) => `${id} ${handled}`), ["/greeter 1"]);
 * ```
 */
export function observer(system: ActorSystem, options?: ObserverOptions): Observer {
  const server = new ObserverServer(system, options ?? {});
  const handle = (request: Request, info?: ObserverRequestInfo) => server.handle(request, info);
  return Object.assign(handle, { [Symbol.dispose]: () => server.end("observer") });
}

/** What is behind the handler. */
class ObserverServer {
  readonly #access: Access;
  readonly #sampler: Sampler;
  readonly #broadcast: Broadcast;
  readonly #listening: Disposable;
  #news: ReadableStreamDefaultReader<ClusterEvent> | undefined;
  #ended: Why | undefined;

  constructor(system: ActorSystem, options: ObserverOptions) {
    const { cluster, token, name = cluster?.id ?? "Actor system", clock = systemClock } = options;
    this.#access = new Access(token);
    const inspection = new Inspection(system);
    const troubles = new Troubles(() => this.end("system"));
    const lag = new LagMeter(clock);
    const view = cluster && new ClusterView(cluster, clock);
    this.#sampler = new Sampler({ name: nameText(name), inspection, troubles, lag, cluster: view, clock });
    this.#broadcast = new Broadcast({
      clock,
      next: () => this.#sampler.look(),
      watched: (isWatched) => isWatched ? lag.start() : lag.stop(),
    });
    if (cluster !== undefined) this.#hear(this.#news = cluster.events.getReader(), troubles, view!);
    this.#listening = inspection.listenForTroubles(troubles);
  }

  async handle(request: Request, info: ObserverRequestInfo | undefined): Promise<Response> {
    const { method } = request;
    if (method !== "GET" && method !== "HEAD") return text(405, "Only GET and HEAD", { allow: "GET, HEAD" });
    const route = routeOf(request);
    if (route === undefined) return text(400, "What is asked for has no URL");
    if (request.url.length > URL_CHARS_MAX) return text(414, "The URL is too long");
    const response = await this.#access.refusal(request, route, info) ?? this.#show(route, method);
    if (method === "GET" || response.body === null) return response;
    return new Response(null, response);
  }

  end(why: Why): void {
    // Of a system that has ended it goes on showing the last state, until it is disposed of.
    if (this.#ended === "observer" || this.#ended === why) return;
    this.#ended = why;
    this.#broadcast.end(endOf(why));
    if (why === "system") return;
    this.#listening[Symbol.dispose]();
    this.#news?.cancel().catch(ignoreBrokenStream);
  }

  #show({ segment }: Route, method: string): Response {
    if (this.#ended === "observer") return text(503, "The observer has ended");
    if (segment === "state") return json(this.#broadcast.latest ?? this.#sampler.glance());
    if (segment === "events") return method === "HEAD" ? events(null) : this.#stream();
    const name = segment === "" ? "index.html" : segment;
    const asset = Object.hasOwn(ASSETS, name) ? ASSETS[name as keyof typeof ASSETS] : undefined;
    if (asset !== undefined) return answer(200, asset.text, { "content-type": asset.type });
    return isMountPoint(segment) ? redirect(`${segment}/`) : text(404, "There is nothing here");
  }

  #stream(): Response {
    // A browser would ask again and again; the last event tells it not to.
    if (this.#ended !== undefined) {
      return events(eventOf("state", this.#sampler.glance()) + eventOf("end", endOf(this.#ended)));
    }
    const stream = this.#broadcast.open();
    return stream === undefined
      ? text(503, "Too many look at once", { "retry-after": `${RETRY_AFTER_S}` })
      : events(stream);
  }

  /**
   * Keeps the messages to other nodes that were lost, and since when members are what they are, until the node leaves.
   */
  async #hear(news: ReadableStreamDefaultReader<ClusterEvent>, troubles: Troubles, view: ClusterView): Promise<void> {
    for (let next = await news.read(); !next.done; next = await news.read()) {
      const event = next.value;
      if (event.kind === "dead-letter") troubles.lost(event.target, event.message, event.outcome);
      else if ("member" in event) view.changed(event.member);
    }
  }
}

function endOf(reason: Why): string {
  return JSON.stringify({ reason } satisfies ObserverEnd);
}

function json(state: string): Response {
  return answer(200, state, { "content-type": "application/json; charset=utf-8" });
}

function events(body: string | ReadableStream<Uint8Array> | null): Response {
  // A proxy that gathers what it passes on would show nothing for a long time.
  return answer(200, body, { "content-type": "text/event-stream; charset=utf-8", "x-accel-buffering": "no" });
}

/** Nothing more is wanted of it, however it ends. */
function ignoreBrokenStream(): void {}
