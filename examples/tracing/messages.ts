/**
 * What the shop says to the warehouse, and how it travels.
 *
 * @module
 */

import type { Message } from "@cinema/cinema";
import { json, type Protocol, protocol } from "@cinema/cinema/remote";

/** Takes something out of the stock; the reply is what it costs, in cents. */
export interface Reserve extends Message<number> {
  readonly type: "reserve";
  readonly item: string;
}

/** How it travels. */
export const StockProtocol: Protocol<Reserve> = protocol({
  reserve: { name: "Reserve", request: json(), reply: json() },
});
