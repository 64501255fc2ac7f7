import { TextLineStream, type TextLineStreamOptions } from "./text_line_stream.ts";

/** Decodes a stream of UTF-8 bytes and splits it into lines. */
export function toLines(
  readable: ReadableStream<Uint8Array<ArrayBuffer>>,
  options?: TextLineStreamOptions,
): ReadableStream<string> {
  return readable.pipeThrough(new TextDecoderStream()).pipeThrough(new TextLineStream(options));
}
