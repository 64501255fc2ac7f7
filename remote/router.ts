/**
 * Which actor a message from elsewhere is for. What is not routed cannot be reached.
 * @module
 */

import type { AnyMessage } from "../mod.ts";
import { Handler, type RemoteHandler } from "./local_node.ts";
import { CodecTable, type Protocol } from "./protocol.ts";
import { type DefaultRoute, Routes } from "./routes.ts";

/** The routes of a router, for the server that asks them. */
export let routesOf: (router: MessageRouter) => Routes;

/**
 * Routes the messages of others to actors, by the name of the actor and of the message.
 *
 * @example
 * ```ts
 * import { Actor, ActorSystem, type Message } from "@cinema/cinema";
 * import { json, LocalNode, MessageRouter, protocol } from "@cinema/cinema/remote";
 * import { assertThrows } from "@std/assert";
 *
 * interface Greet extends Message<string> {
 *   type: "greet";
 *   name: string;
 * }
 * const GreeterProtocol = protocol<Greet>({ greet: { name: "Greet", request: json(), reply: json() } });
 * class Greeter extends Actor<Greet> {
 *   greet({ name }: Greet): string {
 *     return `Hello, ${name}!`;
 *   }
 * }
 *
 * await using system = new ActorSystem();
 * const handler = new LocalNode("greeter-node").handler(system.spawn(() => new Greeter()), { name: "greeter" });
 * const router = new MessageRouter().route(GreeterProtocol, handler);
 * // The same name twice would leave open who is meant.
 * assertThrows(() => router.route(GreeterProtocol, handler), TypeError, "twice");
 * ```
 */
export class MessageRouter {
  readonly #routes: Routes = new Routes();

  static {
    routesOf = (router) => router.#routes;
  }

  /**
   * Routes every message of a protocol to an actor. An actor may have several protocols, and there may be any number of
   * actors. Routes can be added while a server runs.
   *
   * @throws {TypeError} When a message of that name is routed to an actor of that name already, the handler is of
   * another node than those before, or either argument is not what it must be. Nothing is routed then.
   */
  route<M extends AnyMessage>(protocol: Protocol<M>, handler: RemoteHandler<NoInfer<M>>): this {
    const table = CodecTable.of(protocol);
    const ref = Handler.refOf(handler);
    const { name, node } = handler;
    const routes = this.#routes;
    if (routes.node !== undefined && routes.node !== node) {
      throw new TypeError(`Cannot route to "${name}" of the node ${node}: the other routes are of ${routes.node}`);
    }
    routes.add(name, ref, table.values());
    routes.node = node;
    return this;
  }

  /** Takes every message that no route takes; the last call counts. */
  defaultRoute(handle: DefaultRoute): this {
    this.#routes.fallback = handle;
    return this;
  }
}
