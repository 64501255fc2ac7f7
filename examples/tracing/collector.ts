/**
 * As much of a collector of OpenTelemetry as one trace needs: it takes OTLP over HTTP, as JSON, and keeps it.
 *
 * @module
 */

/** A span, as it was exported. */
export interface Span {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  /** 1 is internal, 2 a server's, 3 a client's. */
  readonly kind: number;
  /** In ns. */
  readonly startTimeUnixNano: string;
  /** In ns. */
  readonly endTimeUnixNano: string;
  /** The process that it is of. */
  readonly service: string;
}

/** A value of a metric, as it was exported last. */
export interface Point {
  readonly service: string;
  readonly metric: string;
  /** The attributes, by name. */
  readonly attributes: Readonly<Record<string, string>>;
  /** The value of a sum or gauge; the mean of a histogram. */
  readonly value: number;
  /** How many values a histogram has. */
  readonly count?: number;
}

interface Attribute {
  readonly key: string;
  readonly value: { readonly stringValue?: string };
}

interface ExportedPoint {
  readonly attributes: readonly Attribute[];
  readonly asInt?: string | number;
  readonly asDouble?: number;
  readonly count?: string | number;
  readonly sum?: number;
}

interface Exported {
  readonly resource: { readonly attributes: readonly Attribute[] };
  readonly scopeSpans?: readonly { readonly spans: readonly Span[] }[];
  readonly scopeMetrics?: readonly {
    readonly metrics:
      readonly ({ readonly name: string } & Record<string, { dataPoints?: readonly ExportedPoint[] }>)[];
  }[];
}

/** See the module. */
export class Collector implements AsyncDisposable {
  readonly spans: Span[] = [];
  readonly #points: Map<string, Point> = new Map();
  readonly #server: Deno.HttpServer<Deno.NetAddr>;

  constructor() {
    const quiet = { hostname: "127.0.0.1", port: 0, onListen: () => {} };
    this.#server = Deno.serve(quiet, async (request) => {
      this.#take(await request.json());
      return Response.json({});
    });
  }

  /** What a process is told, so that Deno exports what it does to this collector, at the latest when it ends. */
  environment(service: string): Record<string, string> {
    return {
      OTEL_DENO: "true",
      OTEL_DENO_CONSOLE: "ignore",
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${this.#server.addr.port}`,
      OTEL_EXPORTER_OTLP_PROTOCOL: "http/json",
      OTEL_SERVICE_NAME: service,
    };
  }

  /** The last values of the metrics. */
  get points(): Point[] {
    return [...this.#points.values()];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.shutdown();
  }

  #take({ resourceSpans = [], resourceMetrics = [] }: Record<string, Exported[]>): void {
    for (const { resource, scopeSpans = [] } of resourceSpans) {
      const service = textOf(resource.attributes)["service.name"] ?? "";
      this.spans.push(...scopeSpans.flatMap(({ spans }) => spans.map((span) => ({ ...span, service }))));
    }
    for (const { resource, scopeMetrics = [] } of resourceMetrics) {
      const service = textOf(resource.attributes)["service.name"] ?? "";
      for (const { name, gauge, sum, histogram } of scopeMetrics.flatMap(({ metrics }) => metrics)) {
        for (const point of (gauge ?? sum ?? histogram)?.dataPoints ?? []) {
          const attributes = textOf(point.attributes);
          const figures = point.count === undefined
            ? { value: Number(point.asInt ?? point.asDouble) }
            : { value: (point.sum ?? 0) / Number(point.count), count: Number(point.count) };
          const key = JSON.stringify([service, name, attributes]);
          this.#points.set(key, { service, metric: name, attributes, ...figures });
        }
      }
    }
  }
}

function textOf(attributes: readonly Attribute[]): Record<string, string> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, value.stringValue ?? ""]));
}
