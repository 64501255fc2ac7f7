/**
 * A limit on the length of lines, for bytes that come from anybody.
 * @module
 */

/** A line was too long. */
export class LineTooLongError extends Error {
  override name = "LineTooLongError";
}

const LINE_FEED = 10;

/**
 * Lets bytes through and breaks as soon as a line is too long. Belongs before a `TextLineStream`, which holds the whole
 * of an unfinished line.
 */
export class LineLimit extends TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>> {
  constructor(bytesMax: number) {
    let length = 0;
    const grow = (bytes: number): void => {
      length += bytes;
      if (length > bytesMax) throw new LineTooLongError(`A line may have ${bytesMax} bytes at most`);
    };
    super({
      transform(chunk, controller) {
        let start = 0;
        for (let end = chunk.indexOf(LINE_FEED); end >= 0; end = chunk.indexOf(LINE_FEED, start)) {
          grow(end - start);
          length = 0;
          start = end + 1;
        }
        grow(chunk.length - start);
        controller.enqueue(chunk);
      },
    });
  }
}
