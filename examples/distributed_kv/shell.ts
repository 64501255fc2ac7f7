/**
 * The commands that people type.
 *
 * @module
 */

import { MessageError } from "@cinema/cinema";
import { ClusterClient, type ClusterNode, type ClusterRemoteAddr } from "@cinema/cinema/cluster";
import { type Delete, type Get, type Set, STORE, StoreProtocol } from "./messages.ts";

/** What can be typed. */
export const HELP = `  get <key>          Shows a value
  set <key> <value>  Sets it; the value may have spaces
  delete <key>       Deletes it
  members            Shows the nodes of the cluster, and how they are
  actors             Shows the actors of the cluster, and where they are
  leave              Says goodbye to the others, and ends this node
  quit               Ends this node without a word: the others find out
  help               Shows this`;

/** What came of a command: what to show, and whether that was the last one. */
export interface Outcome {
  readonly text: string;
  readonly ends?: "leave" | "quit";
}

/** Carries out commands. */
export class Shell {
  readonly #node: ClusterNode;
  readonly #store: ClusterRemoteAddr<Get | Set | Delete>;

  /** Creates a shell for a node. */
  constructor(node: ClusterNode) {
    this.#node = node;
    this.#store = new ClusterClient(node).remoteAddr(STORE, StoreProtocol);
  }

  /** Carries out one line; what goes wrong is an answer, too. */
  async run(line: string): Promise<Outcome> {
    // What comes behind the key is the value as it was typed.
    const [, verb = "", key, value = ""] = /^\s*(\S*)\s*(\S+)?\s*(.*?)\s*$/.exec(line) ?? [];
    try {
      return await this.#perform(verb, key, value);
    } catch (error) {
      if (!(error instanceof MessageError)) throw error;
      return {
        text: `${error.message} (${error.outcome === "unknown" ? "it may have been done" : "nothing was done"})`,
      };
    }
  }

  async #perform(verb: string, key: string | undefined, value: string): Promise<Outcome> {
    switch (verb) {
      case "":
        return { text: "" };
      case "get":
        return { text: key === undefined ? "Type: get <key>" : await this.#get(key) };
      case "set":
        return { text: key === undefined || value === "" ? "Type: set <key> <value>" : await this.#set(key, value) };
      case "delete":
        return { text: key === undefined ? "Type: delete <key>" : await this.#delete(key) };
      case "members":
        return { text: this.#node.members.map(({ id, addr, status }) => `${id}  ${addr}  ${status}`).join("\n") };
      case "actors":
        return { text: this.#actors() };
      case "leave":
      case "quit":
        return { text: verb === "leave" ? "Leaving" : "Ending without a goodbye", ends: verb };
      case "help":
        return { text: HELP };
      default:
        return { text: `Unknown command: ${verb}. Type help` };
    }
  }

  async #get(key: string): Promise<string> {
    const { value } = await this.#store.send({ type: "get", key });
    return value ?? `There is no ${key}`;
  }

  async #set(key: string, value: string): Promise<string> {
    await this.#store.send({ type: "set", key, value });
    return `${key} = ${value}`;
  }

  async #delete(key: string): Promise<string> {
    const { deleted } = await this.#store.send({ type: "delete", key });
    return deleted ? `Deleted ${key}` : `There is no ${key}`;
  }

  #actors(): string {
    const lines = this.#node.actors.map(({ name, node, actorType }) => `${name}  ${actorType}  ${node}`);
    return lines.length === 0 ? "There are none" : lines.join("\n");
  }
}
