import {
  Actor,
  ActorSystem,
  type Addr,
  type AnyMessage,
  type Message,
  Rejection,
  type SpawnOptions,
} from "../../mod.ts";
import {
  type BindOptions,
  type ConnectOptions,
  json,
  LocalNode,
  MessageRouter,
  NoRouteError,
  type Protocol,
  protocol,
  type RemoteAddr,
  RemoteClient,
  RemoteServer,
} from "../../remote/mod.ts";

/** Answers with the same text. */
export interface Echo extends Message<string> {
  readonly type: "echo";
  readonly text: string;
}

/** Notes a number; nothing is answered. */
export interface Note extends Message {
  readonly type: "note";
  readonly n: number;
  readonly padding?: string;
}

/** Is answered when the test opens the gate of that name. */
export interface Wait extends Message<string> {
  readonly type: "wait";
  readonly gate: string;
}

/** Fails in one way or another. */
export interface Fail extends Message<string> {
  readonly type: "fail";
  readonly how: "throw" | "reject" | "unencodable";
}

/** What a {@linkcode Desk} understands. */
export type DeskMessage = Echo | Note | Wait | Fail;

/** How it travels. */
export const DeskProtocol: Protocol<DeskMessage> = protocol<DeskMessage>({
  echo: { name: "desk.Echo", request: json(), reply: json() },
  note: { name: "desk.Note", request: json() },
  wait: { name: "desk.Wait", request: json(), reply: json() },
  fail: { name: "desk.Fail", request: json(), reply: json() },
});

/** The gates that handlers wait at, by name. */
export class Gates {
  readonly #gates: Map<string, PromiseWithResolvers<void>> = new Map();

  /** Waits until the gate is open. */
  pass(name: string): Promise<void> {
    return this.#gate(name).promise;
  }

  /** Opens a gate, now or before anybody comes. */
  open(name: string): void {
    this.#gate(name).resolve();
  }

  #gate(name: string): PromiseWithResolvers<void> {
    const gate = this.#gates.get(name) ?? Promise.withResolvers<void>();
    this.#gates.set(name, gate);
    return gate;
  }
}

/** The actor of the tests: it handles one message at a time, as any. */
export class Desk extends Actor<DeskMessage> {
  readonly #notes: number[];
  readonly #gates: Gates;

  constructor(notes: number[], gates: Gates) {
    super();
    this.#notes = notes;
    this.#gates = gates;
  }

  echo({ text }: Echo): string {
    return text;
  }

  note({ n }: Note): void {
    this.#notes.push(n);
  }

  async wait({ gate }: Wait): Promise<string> {
    await this.#gates.pass(gate);
    return gate;
  }

  fail({ how }: Fail): string {
    if (how === "throw") throw new TypeError("The desk has failed");
    if (how === "reject") throw new Rejection("The desk is shut", { until: 9 });
    const cycle: { self?: unknown } = {};
    cycle.self = cycle;
    return cycle as unknown as string;
  }
}

/** A server with desks, and as many clients as a test needs. Ends by closing all of them. */
export class Office implements AsyncDisposable {
  readonly system: ActorSystem = new ActorSystem({ onUnobservedFailure: () => {} });
  readonly node: LocalNode = new LocalNode("office");
  readonly router: MessageRouter = new MessageRouter();
  readonly gates: Gates = new Gates();
  readonly notes: number[] = [];
  readonly clients: RemoteClient[] = [];
  readonly #options: Partial<ConnectOptions & BindOptions>;
  readonly #servers: RemoteServer[] = [];
  #port = 0;

  private constructor(options: Partial<ConnectOptions & BindOptions>) {
    this.#options = options;
  }

  /** Opens an office with one desk, named "desk". The options count for both sides. */
  static async open(options: Partial<ConnectOptions & BindOptions> = {}): Promise<Office> {
    const office = new Office(options);
    office.addDesk("desk");
    await office.bind();
    return office;
  }

  get server(): RemoteServer {
    return this.#servers.at(-1)!;
  }

  get port(): number {
    return this.#port;
  }

  /** Adds a desk. */
  addDesk(name: string, options: SpawnOptions<DeskMessage> = {}, notes: number[] = this.notes): Addr<DeskMessage> {
    const desk = this.system.spawn(() => new Desk(notes, this.gates), { name, ...options });
    this.router.route(DeskProtocol, this.node.handler(desk, { name }));
    return desk;
  }

  /** Listens: at first on any port, later on the same. */
  async bind(options: Partial<BindOptions> = {}): Promise<RemoteServer> {
    const { signal: _, ...both } = this.#options;
    const server = await RemoteServer.bind(
      { hostname: "127.0.0.1", port: this.#port, ...both, ...options },
      this.router,
    );
    this.#servers.push(server);
    this.#port = server.address.port;
    return server;
  }

  /** Connects a client, which the office closes at its end. */
  async connect(options: Partial<ConnectOptions> = {}): Promise<RemoteClient> {
    const client = await RemoteClient.connect({
      hostname: "127.0.0.1",
      port: this.#port,
      ...this.#options,
      ...options,
    });
    this.clients.push(client);
    return client;
  }

  /** The desk "desk", seen from a new client. */
  async desk(options: Partial<ConnectOptions> = {}): Promise<RemoteAddr<DeskMessage>> {
    return (await this.connect(options)).remoteAddr("desk", DeskProtocol);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.clients.map((client) => client.close({ timeout: 0 })));
    await Promise.all(this.#servers.map((server) => server.shutdown({ timeout: 0 })));
    await this.system.shutdown({ timeout: 0 });
  }
}

/** Resolves when everything that the client had sent before has arrived, whatever the desks are doing. */
export async function roundTrip(client: RemoteClient): Promise<void> {
  const nobody = client.remoteAddr("nobody", DeskProtocol);
  const error = await nobody.send({ type: "echo", text: "" }).catch((error: unknown) => error);
  if (!(error instanceof NoRouteError)) throw new Error("Cannot make a round trip", { cause: error });
}

/** A message of any protocol, for what the types would refuse. */
export function untyped(message: object): never {
  return message as AnyMessage as never;
}
