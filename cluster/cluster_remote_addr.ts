/**
 * The address of an actor by its name, wherever in the cluster it lives.
 * @module
 */

import type { ActorRef, AnyMessage, SendOptions, SendResult, TrySendResult } from "../mod.ts";
import { MessageRefusedError } from "../mod.ts";
import { NoRouteError, type Protocol, type RemoteClient } from "../remote/mod.ts";
import { CodecTable, type MessageCodecs, type Route, writableTo } from "../remote/spi.ts";
import { checkTimeout, setWatchable, showAs, typeOf, type Watchable } from "../src/spi.ts";
import { NoActorError } from "./errors.ts";
import type { ClusterEvent } from "./events.ts";

/**
 * An actor of the cluster, by name. It is used as any {@linkcode ActorRef}: `send` asks, `doSend` tells, `trySend`
 * tells without waiting. Each message goes where the directory says that the actor lives at that moment: after its node
 * has gone down and another has registered the name, the next message goes there. An actor of this node is reached
 * without a detour, and without encoding.
 *
 * `ctx.watch` takes it: the notice comes when the actor that has the name at that moment ends, or its node goes down
 * (`"node-down"`). It may overtake messages that the actor sent before it ended.
 *
 * @typeParam M The messages that can be sent.
 */
export interface ClusterRemoteAddr<in M extends AnyMessage> extends ActorRef<M> {
  /** The name that the actor is registered under. */
  readonly name: string;
  /** The node that it lives on at the moment; undefined where nobody has the name. */
  readonly node: string | undefined;
  /** The same as `send`: the name that Cinema-rs has for it. */
  readonly call: ActorRef<M>["send"];
}

/** Where a name leads: to an actor of this node, or of another. */
export type Whereabouts =
  | { readonly route: (messageType: string) => Route | string }
  | { readonly client: RemoteClient };

/** What an address needs of its node. */
export interface ClusterHome {
  /** Where a name leads at the moment. */
  locate(name: string, key: string): Whereabouts | undefined;
  /** The node that has a name at the moment. */
  nodeOf(name: string, key: string): string | undefined;
  /** How an actor is watched. */
  watchable(name: string, key: string): Watchable;
  /** Tells what happens. */
  readonly emit: (event: ClusterEvent) => void;
  /** The name of the cluster. */
  readonly clusterName: string;
  /** Whether it has left the cluster, and reaches nobody any more. */
  readonly hasLeft: boolean;
}

/** Why a message did not even leave its sender. */
type Unsent = NoActorError | NoRouteError | MessageRefusedError;

/** See {@linkcode ClusterRemoteAddr}. */
export class FollowingAddr {
  readonly id: string;
  readonly name: string;
  readonly #home: ClusterHome;
  readonly #key: string;
  readonly #protocol: Protocol<AnyMessage>;
  readonly #table: ReadonlyMap<string, MessageCodecs>;
  // The address at the node that was used last.
  #client: RemoteClient | undefined;
  #there: ActorRef<AnyMessage> | undefined;

  /** Creates the address of a name; `key` chooses among a group. */
  constructor(home: ClusterHome, name: string, key: string, protocol: Protocol<AnyMessage>) {
    this.#home = home;
    this.#key = key;
    this.#protocol = protocol;
    this.#table = CodecTable.of(protocol);
    this.name = name;
    this.id = `${name}@${home.clusterName}`;
    setWatchable(this as unknown as ActorRef<never>, home.watchable(name, key));
  }

  get node(): string | undefined {
    return this.#home.nodeOf(this.name, this.#key);
  }

  send(msg: AnyMessage, options?: SendOptions): Promise<unknown> {
    const ref = this.#refFor(msg);
    return ref instanceof Error ? Promise.reject(ref) : ref.send(msg, options);
  }

  call(msg: AnyMessage, options?: SendOptions): Promise<unknown> {
    return this.send(msg, options);
  }

  doSend(msg: AnyMessage, options: SendOptions = {}): Promise<SendResult> {
    checkTimeout(options.timeout);
    const ref = this.#refFor(msg);
    if (!(ref instanceof Error)) return ref.doSend(msg, options);
    this.#home.emit({ kind: "dead-letter", target: this.id, message: msg, outcome: "not-delivered", error: ref });
    return Promise.resolve(resultOf(ref));
  }

  trySend(msg: AnyMessage): TrySendResult {
    const ref = this.#refFor(msg);
    return ref instanceof Error ? resultOf(ref) : ref.trySend(msg);
  }

  writable(): WritableStream<AnyMessage> {
    return writableTo(this);
  }

  toString(): string {
    return this.id;
  }

  /** The actor as it can be reached now. */
  #refFor(message: AnyMessage): ActorRef<AnyMessage> | Unsent {
    const found = this.#home.locate(this.name, this.#key);
    const about = { target: this.id, messageType: typeOf(message) };
    if (found === undefined) {
      const why = this.#home.hasLeft
        ? "this node has left the cluster"
        : `no node of the cluster has an actor "${this.name}"`;
      return new NoActorError(`Cannot send "${about.messageType}": ${why}`, about);
    }
    if ("route" in found) {
      const codecs = this.#table.get(about.messageType);
      if (codecs === undefined) {
        const cause = new TypeError("The protocol has no message of this type");
        const text = `Cannot send "${about.messageType}" to ${this.id}: ${cause.message}`;
        return new MessageRefusedError(text, { ...about, cause });
      }
      const route = found.route(codecs.name);
      if (typeof route !== "string") return route.ref;
      const text = `"${this.name}" is registered on this node, but the router has no route for the message`;
      return new NoRouteError(`Cannot send "${about.messageType}": ${text}`, about);
    }
    if (this.#client !== found.client) {
      this.#client = found.client;
      this.#there = found.client.remoteAddr(this.name, this.#protocol);
    }
    return this.#there!;
  }
}

function resultOf(error: Unsent): "refused" | "closed" {
  return error instanceof MessageRefusedError ? "refused" : "closed";
}

showAs("ClusterRemoteAddr", FollowingAddr.prototype);
