/**
 * Which part of the observer a URL means. Only the end of its path counts, so that it can be mounted anywhere.
 * @module
 */

/** A URL, taken apart. */
export interface Route {
  /** The whole. */
  readonly url: URL;
  /** Its path up to the last slash, which is where the observer is mounted. */
  readonly directory: string;
  /** What comes after that: empty for the page itself. */
  readonly segment: string;
}

/** Takes the URL of a request apart; undefined where it is none. */
export function routeOf(request: Request): Route | undefined {
  // A server may make the URL when it is read, out of a header that is none.
  const url = URL.parse(urlOf(request));
  if (url === null) return undefined;
  const at = url.pathname.lastIndexOf("/") + 1;
  return { url, directory: url.pathname.slice(0, at), segment: url.pathname.slice(at) };
}

/**
 * Whether a segment can be the last part of where the observer is mounted, without its slash: then a redirect adds
 * that.
 */
export function isMountPoint(segment: string): boolean {
  return /^[\w-]+$/.test(segment);
}

function urlOf(request: Request): string {
  try {
    return request.url;
  } catch {
    return "";
  }
}
