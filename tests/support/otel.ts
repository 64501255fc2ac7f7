import { AsyncLocalStorage } from "node:async_hooks";
import {
  type Attributes,
  type Context,
  context,
  type ContextManager,
  diag,
  type DiagLogger,
  DiagLogLevel,
  type Exception,
  type Meter,
  type MetricOptions,
  metrics,
  type ObservableCallback,
  ROOT_CONTEXT,
  type Span,
  type SpanContext,
  type SpanOptions,
  type SpanStatus,
  SpanStatusCode,
  trace,
  type Tracer,
} from "@opentelemetry/api";

/** Keeps the context of whoever goes on after an `await`. */
class LocalContext implements ContextManager {
  readonly #storage = new AsyncLocalStorage<Context>();
  readonly #sabotage: (what: string) => void;

  constructor(sabotage: (what: string) => void) {
    this.#sabotage = sabotage;
  }

  active(): Context {
    return this.#storage.getStore() ?? ROOT_CONTEXT;
  }

  with<A extends unknown[], F extends (...args: A) => ReturnType<F>>(
    active: Context,
    call: F,
    self?: ThisParameterType<F>,
    ...args: A
  ): ReturnType<F> {
    this.#sabotage("context");
    return this.#storage.run(active, () => call.apply(self, args));
  }

  bind<T>(_active: Context, target: T): T {
    return target;
  }

  enable(): this {
    return this;
  }

  disable(): this {
    this.#storage.disable();
    return this;
  }
}

/** A span, and what was said of it. */
export class RecordedSpan implements Span {
  readonly name: string;
  readonly kind: number;
  readonly parentId: string | undefined;
  readonly attributes: Attributes = {};
  readonly exceptions: string[] = [];
  readonly stacks: string[] = [];
  /** The types, as an SDK finds them: by the code, where there is one. */
  readonly types: string[] = [];
  status: SpanStatus = { code: SpanStatusCode.UNSET };
  ends = 0;
  readonly #context: SpanContext;

  constructor(name: string, kind: number, own: SpanContext, parentId: string | undefined) {
    this.name = name;
    this.kind = kind;
    this.parentId = parentId;
    this.#context = own;
  }

  get id(): string {
    return this.#context.spanId;
  }

  get traceId(): string {
    return this.#context.traceId;
  }

  spanContext(): SpanContext {
    return this.#context;
  }

  setAttribute(key: string, value: string | number): this {
    this.attributes[key] = value;
    return this;
  }

  setAttributes(attributes: Attributes): this {
    Object.assign(this.attributes, attributes);
    return this;
  }

  addEvent(): this {
    return this;
  }

  addLink(): this {
    return this;
  }

  addLinks(): this {
    return this;
  }

  setStatus(status: SpanStatus): this {
    this.status = status;
    return this;
  }

  updateName(): this {
    return this;
  }

  end(): void {
    this.ends++;
  }

  isRecording(): boolean {
    return this.ends === 0;
  }

  recordException(exception: Exception): void {
    this.exceptions.push(typeof exception === "string" ? exception : String(exception.message));
    if (typeof exception === "string") return;
    this.stacks.push(exception.stack ?? "");
    this.types.push(String(exception.code ?? exception.name));
  }
}

/** One instrument of metrics: sums by attributes, or all values of a histogram. */
class Series {
  readonly values: Map<string, number[]> = new Map();
  readonly options: MetricOptions;
  readonly callbacks: Set<ObservableCallback> = new Set();

  constructor(options: MetricOptions = {}) {
    this.options = options;
  }

  add(value: number, attributes: Attributes = {}): void {
    const key = keyOf(attributes);
    this.values.set(key, [(this.values.get(key)?.[0] ?? 0) + value]);
  }

  record(value: number, attributes: Attributes = {}): void {
    const key = keyOf(attributes);
    this.values.set(key, [...this.values.get(key) ?? [], value]);
  }

  addCallback(callback: ObservableCallback): void {
    this.callbacks.add(callback);
  }

  removeCallback(callback: ObservableCallback): void {
    this.callbacks.delete(callback);
  }

  observe(): void {
    if (this.callbacks.size === 0) return;
    this.values.clear();
    const result = { observe: (value: number, attributes?: Attributes) => this.record(value, attributes) };
    for (const callback of this.callbacks) callback(result);
  }
}

function keyOf(attributes: Attributes): string {
  return Object.values(attributes).join(" ");
}

/**
 * An SDK of OpenTelemetry that keeps everything in memory: registered for the whole process until it is disposed of.
 */
export class MemoryTelemetry implements Disposable {
  /** The spans, in the order in which they began. */
  readonly spans: RecordedSpan[] = [];
  /** What was told as an error of telemetry itself. */
  readonly errors: string[] = [];
  readonly #series: Map<string, Series> = new Map();

  /** Registers it; `sabotage` is called before each thing that is asked of it, and may throw. */
  constructor(sabotage: (what: string) => void = () => {}) {
    const tracer = {
      startSpan: (name: string, options: SpanOptions = {}, parent: Context = context.active()) => {
        sabotage("span");
        return this.#start(name, options, parent);
      },
    } as unknown as Tracer;
    trace.setGlobalTracerProvider({ getTracer: () => tracer });
    const make = (name: string, options?: MetricOptions) => {
      const series = new Series(options);
      this.#series.set(name, series);
      const spoiled = { add: series.add.bind(series), record: series.record.bind(series) };
      series.add = (...args) => (sabotage("metric"), spoiled.add(...args));
      series.record = (...args) => (sabotage("metric"), spoiled.record(...args));
      return series;
    };
    const meter = {
      createCounter: make,
      createUpDownCounter: make,
      createHistogram: make,
      createObservableGauge: make,
    } as unknown as Meter;
    metrics.setGlobalMeterProvider({ getMeter: () => meter });
    context.setGlobalContextManager(new LocalContext(sabotage));
    const logger = { error: (message: string, error: Error) => void this.errors.push(`${message}: ${error.message}`) };
    diag.setLogger(logger as unknown as DiagLogger, { logLevel: DiagLogLevel.ERROR, suppressOverrideMessage: true });
  }

  /** Does something in a span of its own, and returns the id of its trace. */
  within(name: string, act: () => void): string {
    const span = this.#start(name, {}, ROOT_CONTEXT);
    context.with(trace.setSpan(ROOT_CONTEXT, span), act);
    span.end();
    return span.traceId;
  }

  /** The span of a name; there must be exactly one. */
  span(name: string): RecordedSpan {
    const [span, another] = this.spans.filter((each) => each.name === name);
    if (span === undefined || another !== undefined) throw new Error(`There is not one span "${name}"`);
    return span;
  }

  /** The traces as lines of names, each below its parent, in the order in which they began. */
  get tree(): string[] {
    const lines: string[] = [];
    const known = new Set(this.spans.map(({ id }) => id));
    const show = (span: RecordedSpan, depth: number): void => {
      lines.push("  ".repeat(depth) + span.name);
      for (const child of this.spans) if (child.parentId === span.id) show(child, depth + 1);
    };
    for (const span of this.spans) if (span.parentId === undefined || !known.has(span.parentId)) show(span, 0);
    return lines;
  }

  /** The spans that were never ended, or more than once. */
  get unbalanced(): string[] {
    return this.spans.filter(({ ends }) => ends !== 1).map(({ name }) => name);
  }

  /** The values of a metric, by those of its attributes. */
  metric(name: string): Record<string, number[]> {
    const series = this.#series.get(name);
    if (series === undefined) throw new Error(`There is no metric "${name}"`);
    series.observe();
    return Object.fromEntries(series.values);
  }

  /** The metrics with their units. */
  get units(): Record<string, string | undefined> {
    return Object.fromEntries([...this.#series].map(([name, { options }]) => [name, options.unit]));
  }

  /** How many callbacks there are. */
  get callbacks(): number {
    return [...this.#series.values()].reduce((sum, { callbacks }) => sum + callbacks.size, 0);
  }

  [Symbol.dispose](): void {
    trace.disable();
    metrics.disable();
    context.disable();
    diag.disable();
  }

  #start(name: string, { kind = 0 }: SpanOptions, parent: Context): RecordedSpan {
    const above = trace.getSpanContext(parent);
    const spanId = hex(this.spans.length + 1, 16);
    const traceId = above?.traceId ?? hex(this.spans.length + 1, 32);
    const span = new RecordedSpan(name, kind, { traceId, spanId, traceFlags: 1 }, above?.spanId);
    this.spans.push(span);
    return span;
  }
}

function hex(n: number, digits: number): string {
  return n.toString(16).padStart(digits, "0");
}
