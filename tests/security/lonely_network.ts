import { type Connection, MemoryNetwork, type Transport } from "../../remote/mod.ts";

/** A network on which nobody but the node at "one" answers: an attempt to reach anybody else hangs. */
export class LonelyNetwork implements Transport {
  /** What is below: whoever uses it reaches the node. */
  readonly network: MemoryNetwork = new MemoryNetwork();
  /** How many attempts hang. */
  hanging = 0;
  /** How many have hung at a time. */
  most = 0;
  readonly #home: string = "one";

  /** Connects with the node, and with nobody else. */
  async connect(
    address: { hostname: string; port: number },
    options: { signal?: AbortSignal } = {},
  ): Promise<Connection> {
    if (address.hostname === this.#home) return await this.network.connect(address, options);
    this.most = Math.max(this.most, ++this.hanging);
    const { promise, reject } = Promise.withResolvers<never>();
    options.signal?.addEventListener("abort", () => reject(options.signal!.reason), { once: true });
    return await promise.finally(() => this.hanging--);
  }

  /** Listens. */
  listen(address: { hostname: string; port: number }): ReturnType<Transport["listen"]> {
    return this.network.listen(address);
  }
}
