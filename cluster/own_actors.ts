/**
 * The actors that this node offers to the cluster: each is routed, found by its name, and gone when it has ended.
 * @module
 */

import type { ActorRef, AnyMessage } from "../mod.ts";
import { LocalNode, MessageRouter, type Protocol } from "../remote/mod.ts";
import { type Routes, routesOf } from "../remote/spi.ts";
import { endOf } from "../src/spi.ts";

/** Puts a name into the directory, and takes it out again. */
export interface Registrar {
  /** Registers a name. */
  register(name: string, actorType: string, isGroup: boolean): void;
  /** Takes a name away; `reason` is why. Returns whether it was there. */
  unregister(name: string, reason: string): boolean;
}

interface Offer {
  readonly addr: ActorRef<AnyMessage>;
  readonly protocol: Protocol<AnyMessage>;
}

/** See the module. */
export class OwnActors {
  readonly #node: LocalNode;
  readonly #registrar: Registrar;
  readonly #offers: Map<string, Offer> = new Map();
  #router: MessageRouter = new MessageRouter();

  /** Offers nothing yet. */
  constructor(id: string, registrar: Registrar) {
    this.#node = new LocalNode(id);
    this.#registrar = registrar;
  }

  /** What others can reach. */
  get router(): MessageRouter {
    return this.#router;
  }

  /** The actor that takes a message of a wire name, or why there is none. */
  find(name: string, messageType: string): ReturnType<Routes["find"]> {
    return routesOf(this.#router).find(name, messageType);
  }

  /** Uses the router of the user from now on; what has been offered is routed there. */
  useRouter(router: MessageRouter): void {
    if (router === this.#router) return;
    const routes = routesOf(router);
    const { node } = routes;
    if (node !== undefined && node !== this.#node.id) {
      throw new TypeError(`Cannot serve the routes of the node "${node}": this is the node "${this.#node.id}"`);
    }
    for (const name of this.#offers.keys()) checkFree(routes, name);
    this.#router = router;
    for (const [name, offer] of this.#offers) this.#route(name, offer);
  }

  /** Offers an actor under a name, until it ends or {@linkcode OwnActors.withdraw} is called. */
  offer(name: string, offer: Offer, actorType: string, isGroup: boolean): void {
    checkFree(routesOf(this.#router), name);
    this.#route(name, offer);
    try {
      this.#registrar.register(name, actorType, isGroup);
    } catch (error) {
      routesOf(this.#router).remove(name);
      throw error;
    }
    this.#offers.set(name, offer);
    endOf(offer.addr)?.then(({ reason }) => {
      if (this.#offers.get(name) === offer) this.withdraw(name, reason);
    });
  }

  /** Announces an actor that is routed already, or will be. */
  announce(name: string, actorType: string, isGroup: boolean): void {
    this.#registrar.register(name, actorType, isGroup);
  }

  /** Takes a name away. Returns whether it was there. */
  withdraw(name: string, reason: string): boolean {
    if (this.#offers.delete(name)) routesOf(this.#router).remove(name);
    return this.#registrar.unregister(name, reason);
  }

  #route(name: string, { addr, protocol }: Offer): void {
    this.#router.route(protocol, this.#node.handler(addr, { name }));
  }
}

/** An actor that was routed by the user under the same name would lose its routes when the offer ends. */
function checkFree(routes: Routes, name: string): void {
  if (routes.refOf(name) === undefined) return;
  throw new TypeError(`Cannot register "${name}": this node routes to an actor of that name already`);
}
