/**
 * A wire between a browser and a server, which can be cut and mended.
 * @module
 */

/** Passes bytes on from a port of its own to that of a server. */
export class Relay {
  readonly #target: number;
  #listener: Deno.TcpListener;
  #open = new Set<Deno.TcpConn>();
  #accepting: Promise<void>;
  #isCut = false;

  /** Leads to a port of this machine. */
  constructor(target: number) {
    this.#target = target;
    this.#listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    this.#accepting = this.#accept(this.#listener);
  }

  /** Where to connect; it stays the same. */
  get port(): number {
    return this.#listener.addr.port;
  }

  /** Breaks all connections, and takes no more. */
  async cut(): Promise<void> {
    if (this.#isCut) return;
    this.#isCut = true;
    this.#listener.close();
    await this.#accepting;
    for (const connection of this.#open) close(connection);
    this.#open.clear();
  }

  /** Takes connections again. */
  mend(): void {
    this.#isCut = false;
    this.#listener = Deno.listen({ hostname: "127.0.0.1", port: this.port });
    this.#accepting = this.#accept(this.#listener);
  }

  async #accept(listener: Deno.TcpListener): Promise<void> {
    // It ends when the listener is closed.
    for await (const near of listener) {
      const far = await Deno.connect({ hostname: "127.0.0.1", port: this.#target });
      this.#open.add(near).add(far);
      pass(near, far);
      pass(far, near);
    }
  }
}

/** Passes on until one side has ended; then the other one ends as well. */
function pass(from: Deno.TcpConn, to: Deno.TcpConn): void {
  const ended = () => {
    close(from);
    close(to);
  };
  from.readable.pipeTo(to.writable).then(ended, ended);
}

function close(connection: Deno.TcpConn): void {
  try {
    connection.close();
  } catch {
    // It is closed already.
  }
}
