/**
 * Answers, each with the headers that keep a browser from doing more than it should.
 * @module
 */

/** No script but that of the page, no frame around it, nothing kept, and no word to others about where somebody was. */
const HEADERS: Readonly<Record<string, string>> = {
  "cache-control": "no-store",
  "content-security-policy": "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; " +
    "img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
};

/** An answer of any type. */
export function answer(
  status: number,
  body: string | ReadableStream<Uint8Array> | null,
  headers: Readonly<Record<string, string>>,
): Response {
  return new Response(body, { status, headers: { ...HEADERS, ...headers } });
}

/** A line for people. */
export function text(status: number, line: string, headers: Readonly<Record<string, string>> = {}): Response {
  return answer(status, `${line}\n`, { "content-type": "text/plain; charset=utf-8", ...headers });
}

/** Leads to another segment of the same path, without the query. */
export function redirect(segment: string, headers: Readonly<Record<string, string>> = {}): Response {
  // With a dot before it, no segment is taken for another host or scheme.
  return text(303, "See the other place", { location: `./${segment}`, ...headers });
}

/** The same, by a page that goes on: so the next request comes from here and not from whoever linked here. */
export function refreshed(segment: string, headers: Readonly<Record<string, string>> = {}): Response {
  const to = /^[\w.-]*$/.test(segment) ? segment : "";
  const page = `<!doctype html><meta http-equiv="refresh" content="0; url=./${to}"><title>Observer</title>\n`;
  return answer(200, page, { "content-type": "text/html; charset=utf-8", ...headers });
}
