/** Options of {@linkcode TextLineStream}. */
export interface TextLineStreamOptions {
  /**
   * Whether a `\r` that no `\n` follows ends a line too.
   *
   * @default {false}
   */
  allowCR?: boolean;
}

/** Emits one chunk per line of the text written to it, without its `\n` or `\r\n`, and a last line without an end. */
export class TextLineStream extends TransformStream<string, string> {
  // The pieces of the unfinished line are joined only when its end arrives: a long line in small chunks stays linear.
  #pieces: string[] = [];
  #endsInCR = false;

  /** Creates a line splitter. */
  constructor(options: TextLineStreamOptions = { allowCR: false }) {
    const end = options.allowCR ? /\r\n|\n|\r(?!$)/ : /\r?\n/;
    super({
      transform: (text, controller) => {
        const whole = this.#endsInCR ? this.#take() + text : text;
        const lines = whole.split(end);
        const rest = lines.pop() ?? "";
        for (const line of lines) controller.enqueue(this.#take() + line);
        if (rest !== "") this.#pieces.push(rest);
        // Whether a trailing CR belongs to a CRLF is known with the next chunk only.
        this.#endsInCR = rest.endsWith("\r");
      },
      flush: (controller) => {
        const rest = this.#take();
        if (rest !== "") controller.enqueue(options.allowCR && rest.endsWith("\r") ? rest.slice(0, -1) : rest);
      },
    });
  }

  #take(): string {
    const text = this.#pieces.join("");
    this.#pieces = [];
    return text;
  }
}
