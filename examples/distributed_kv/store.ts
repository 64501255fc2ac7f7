/**
 * The store: an actor with a map. It does not know that there is a cluster.
 *
 * @module
 */

import { Actor } from "@cinema/cinema";
import type { Delete, Get, Set } from "./messages.ts";

/** Keeps values in memory. */
export class Store extends Actor<Get | Set | Delete> {
  readonly #values = new Map<string, string>();

  get({ key }: Get): { value?: string } {
    const value = this.#values.get(key);
    return value === undefined ? {} : { value };
  }

  set({ key, value }: Set): { success: boolean } {
    this.#values.set(key, value);
    return { success: true };
  }

  delete({ key }: Delete): { deleted: boolean } {
    return { deleted: this.#values.delete(key) };
  }
}
