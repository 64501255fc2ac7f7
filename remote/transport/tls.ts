/**
 * TLS, and mutual TLS, over any transport. It stands on `node:tls` because `Deno.listenTls` cannot ask for a client
 * certificate.
 * @module
 */

import {
  type CommonConnectionOptions,
  connect,
  type ConnectionOptions,
  type SecureContextOptions,
  type TLSSocket,
} from "node:tls";
import { type Clock, systemClock } from "../../src/spi.ts";
import { Carrier, shakeHands } from "./carrier.ts";
import { tcpTransport } from "./tcp.ts";
import { TlsConnection } from "./tls_connection.ts";
import { TlsListener } from "./tls_listener.ts";
import type { Address, Connection, Listener, Transport, TransportConnectOptions } from "./transport.ts";

/**
 * The certificates of one side. Certificates and keys are texts in PEM. There is no way to switch verification off: for
 * a test, make an authority of your own.
 *
 * @example
 * ```ts
 * import type { TlsOptions } from "@cinema/cinema/remote";
 *
 * // Both sides show a certificate that the same authority has signed.
 * const mutual = (read: (file: string) => string): TlsOptions => ({
 *   cert: read("node.pem"),
 *   key: read("node.key"),
 *   ca: read("authority.pem"),
 * });
 * mutual((file) => `the text of ${file}`);
 * ```
 */
export interface TlsOptions {
  /** The certificate that this side shows, followed by those between it and its authority. A server must have one. */
  readonly cert?: string;
  /** The private key of `cert`. */
  readonly key?: string;
  /**
   * Who signs the certificates of the other side. A client without it trusts the authorities that the platform trusts;
   * with it, these alone.
   */
  readonly ca?: string | readonly string[];
  /**
   * Whether a server refuses clients that show no certificate signed by `ca`, which is needed then.
   *
   * @default {true} when there is `ca`
   */
  readonly requestCert?: boolean;
  /**
   * The name that the certificate of the server must be for.
   *
   * @default {the hostname that is connected to}
   */
  readonly serverName?: string;
}

/** What {@linkcode tlsTransport} stands on. */
export interface TlsTransportOptions {
  /**
   * Times the handshakes of a server.
   *
   * @default {systemClock}
   */
  readonly clock?: Clock;
  /**
   * What carries the encrypted bytes.
   *
   * @default {TCP}
   */
  readonly transport?: Transport;
}

/**
 * Creates a transport that encrypts. A client that has connected knows who the server is. With TLS 1.3 it does not know
 * yet whether the server has taken its own certificate: if not, its first read ends or rejects.
 *
 * @throws {TypeError} When a text is no PEM, or one of `cert` and `key`, or the `ca` for `requestCert`, is missing.
 */
export function tlsTransport(options: TlsOptions, under?: TlsTransportOptions): Transport {
  checkOptions(options);
  const { cert, key, ca, requestCert = ca !== undefined, serverName } = options;
  const { clock = systemClock, transport = tcpTransport(clock) } = under ?? {};
  const common: CommonConnectionOptions & SecureContextOptions = {
    // Said here, so that no environment variable decides it.
    rejectUnauthorized: true,
    minVersion: "TLSv1.2",
    ...(cert !== undefined && key !== undefined && { cert, key }),
    ...(ca !== undefined && { ca: [ca].flat() }),
  };
  return {
    async connect(address: Address, options: TransportConnectOptions = {}): Promise<Connection> {
      const connection = await transport.connect(address, options);
      const carrier = new Carrier(connection);
      const host = serverName ?? address.hostname.replace(/^\[(.*)\]$/, "$1");
      const socket = await secure(
        carrier,
        { ...common, host, ...(!isIp(host) && { servername: host }) },
        options.signal,
      );
      return new TlsConnection(socket, carrier, connection.remote);
    },
    async listen(address: Address): Promise<Listener> {
      if (cert === undefined) throw new TypeError("Cannot listen with TLS: the certificate of the server is missing");
      return new TlsListener(await transport.listen(address), { ...common, requestCert }, clock);
    },
  };
}

async function secure(
  carrier: Carrier,
  options: ConnectionOptions,
  signal: AbortSignal | undefined,
): Promise<TLSSocket> {
  const abort = (): void => void carrier.destroy(signal?.reason);
  signal?.addEventListener("abort", abort);
  try {
    return await shakeHands(carrier, (done, failed) => {
      const socket = connect({ ...options, socket: carrier }, () => done(socket));
      socket.on("error", failed);
    });
  } finally {
    signal?.removeEventListener("abort", abort);
  }
}

/** Node sends a name to the server so that it can choose a certificate; an address it must not send. */
function isIp(host: string): boolean {
  return host.includes(":") || /^[\d.]+$/.test(host);
}

function checkOptions({ cert, key, ca, requestCert = false }: TlsOptions): void {
  if ((cert === undefined) !== (key === undefined)) {
    throw new TypeError(`Cannot use TLS: ${cert === undefined ? "cert" : "key"} is missing`);
  }
  if (requestCert && ca === undefined) {
    throw new TypeError("Cannot use TLS: ca, which signs the certificates of clients, is missing");
  }
  const authorities = ca === undefined ? [] : [ca].flat();
  if (ca !== undefined && authorities.length === 0) throw new TypeError("Cannot use TLS: ca names no authority");
  // What is no certificate would be passed over, and the authorities of the platform would be trusted in its place.
  for (const [name, text] of [["cert", cert], ["key", key], ...authorities.map((text) => ["ca", text])]) {
    const label = name === "key" ? "PRIVATE KEY-----" : "-----BEGIN CERTIFICATE-----";
    if (text !== undefined && !text.includes(label)) throw new TypeError(`Cannot use TLS: ${name} is no PEM`);
  }
}
