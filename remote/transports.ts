/**
 * Which transport carries a connection.
 * @module
 */

import type { Clock } from "../src/spi.ts";
import type { EndpointOptions } from "./options.ts";
import { tcpTransport } from "./transport/tcp.ts";
import { tlsTransport } from "./transport/tls.ts";
import type { Transport } from "./transport/transport.ts";

/** The transport that the options ask for. */
export function transportFor({ tls, transport }: EndpointOptions, clock: Clock): Transport {
  if (tls !== undefined && transport !== undefined) {
    throw new TypeError("Cannot use both tls and transport: with tls, TLS over TCP is the transport");
  }
  return transport ?? (tls === undefined ? tcpTransport(clock) : tlsTransport(tls, { clock }));
}

/** Whether connecting failed because nobody listens there: the machine is there, the process is not. */
export function isRefused(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { name, message, cause } = error;
  const { code } = error as { code?: unknown };
  return name === "ConnectionRefused" || code === "ECONNREFUSED" || /connection refused/i.test(message) ||
    isRefused(cause);
}

/** Whether only this machine can reach an address. */
export function isLoopback(hostname: string): boolean {
  const host = hostname.toLowerCase().replace(/^\[|\]$/g, "");
  return host === "localhost" || host === "::1" || /^(?:::ffff:)?127(?:\.\d{1,3}){3}$/.test(host);
}
