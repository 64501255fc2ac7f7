import { deadline } from "@std/async";

/** What came of a command. */
export interface Result {
  readonly success: boolean;
  /** Whether it was ended because it took longer than {@linkcode STEP_LIMIT_MS}. */
  readonly timedOut: boolean;
  /** What it printed on both outputs, in the order of arrival. */
  readonly output: string;
}

/** The longest a step may take: beyond it, something hangs. */
const STEP_LIMIT_MS = 480_000;

/** How long to wait for the rest of the output when the command is over but a child of its own keeps the pipe open. */
const DRAIN_LIMIT_MS = 2_000;

/** Plain output and no questions: the same on a terminal, in a pipe, and where nobody is there to answer. */
const ENVIRONMENT = { NO_COLOR: "1", DENO_NO_PROMPT: "1", DENO_NO_UPDATE_CHECK: "1" };

/** Runs this very `deno` (there may be none on the PATH) with the arguments given, and keeps what it prints. */
export async function runDeno(args: readonly string[]): Promise<Result> {
  const command = new Deno.Command(Deno.execPath(), {
    args: [...args],
    env: ENVIRONMENT,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  });
  const child = command.spawn();
  let timedOut = false;
  const limit = setTimeout(() => {
    timedOut = true;
    child.kill("SIGKILL");
  }, STEP_LIMIT_MS);
  const pieces: string[] = [];
  const stop = new AbortController();
  const outputs = [child.stdout, child.stderr].map((stream) => keep(stream, pieces, stop.signal));
  const { success } = await child.status;
  clearTimeout(limit);
  await deadline(Promise.all(outputs), DRAIN_LIMIT_MS).catch((reason) => stop.abort(reason));
  return { success, timedOut, output: pieces.join("") };
}

async function keep(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
  pieces: string[],
  signal: AbortSignal,
): Promise<void> {
  const sink = new WritableStream<string>({ write: (piece) => void pieces.push(piece) });
  // An abort only means that enough was read.
  await stream.pipeThrough(new TextDecoderStream()).pipeTo(sink, { signal }).catch((error) => {
    if (!signal.aborted) throw error;
  });
}
