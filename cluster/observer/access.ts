/**
 * Who may look: whoever knows the token; or, where there is none, whoever sits at this machine.
 * @module
 */

import { isLoopbackAddress, isLoopbackName } from "./loopback.ts";
import { TOKEN_CHARS_MAX, TOKEN_CHARS_MIN } from "./limits.ts";
import { redirect, refreshed, text } from "./responses.ts";
import type { Route } from "./routes.ts";

/** What `Deno.serve` tells of the one who asks, as far as it matters here. */
export interface ObserverRequestInfo {
  /** Where the connection comes from. */
  readonly remoteAddr?: { readonly transport?: string; readonly hostname?: string };
}

/** Headers that say that the request has passed a proxy: then the connection says nothing of who asks. */
const PROXY_HEADER = /^(?:forwarded|via|x-forward.*|x-real-ip|cf-connecting-ip|(?:.+-)?client-ip|x-envoy-.+)$/;

/** See the module. */
export class Access {
  readonly #token: string | undefined;
  #cookie: Promise<string> | undefined;

  /**
   * Lets those in who know `token`.
   *
   * @throws {RangeError} When it is too short or too long.
   * @throws {TypeError} When a header could not carry it.
   */
  constructor(token: string | undefined) {
    if (token !== undefined) checkToken(token);
    this.#token = token;
  }

  /** Why a request gets nothing, or how it goes on once it has shown the token; undefined where it may look. */
  async refusal(request: Request, route: Route, info: ObserverRequestInfo | undefined): Promise<Response | undefined> {
    if (isForeign(request)) return text(403, "Refused: another site asks");
    if (this.#token === undefined) return strangerRefusal(request, route, info);
    const bearer = /^bearer +(.+)$/i.exec(request.headers.get("authorization") ?? "")?.[1];
    if (bearer !== undefined) return await isSame(bearer, this.#token) ? undefined : unauthorized();
    // In the query of a URL, "+" means a space, and no token has one.
    const shown = route.url.searchParams.get("token")?.replaceAll(" ", "+");
    if (shown !== undefined) {
      return await isSame(shown, this.#token) ? await this.#login(request, route) : unauthorized();
    }
    return await this.#hasCookie(request) ? undefined : unauthorized();
  }

  /** Puts the token, of which the URL is a bad keeper, into a cookie. */
  async #login(request: Request, route: Route): Promise<Response> {
    const { url, directory, segment } = route;
    const cookie = await (this.#cookie ??= cookieOf(this.#token!));
    const isSecure = url.protocol === "https:" || /^https\b/i.test(request.headers.get("x-forwarded-proto") ?? "");
    const path = /^[\w./~%-]*$/.test(directory) ? directory : "/";
    const headers = {
      "set-cookie": `${cookie}; Path=${path}; HttpOnly; SameSite=Strict${isSecure ? "; Secure" : ""}`,
    };
    // Where a link on another site led here, a browser would not send the cookie after a redirect: so the page itself
    // goes on. Over plain HTTP it does not say where the link was, but it says that it is a browser.
    const unsaid = request.headers.get("accept")?.includes("text/html") ? "cross-site" : "none";
    const site = request.headers.get("sec-fetch-site") ?? unsaid;
    return site === "cross-site" || site === "same-site" ? refreshed(segment, headers) : redirect(segment, headers);
  }

  async #hasCookie(request: Request): Promise<boolean> {
    const expected = await (this.#cookie ??= cookieOf(this.#token!));
    const name = expected.slice(0, expected.indexOf("=") + 1);
    const cookies = (request.headers.get("cookie") ?? "").split(";").map((cookie) => cookie.trim());
    // Another page of the same host may have set one of this name, too, and browsers send both.
    for (const cookie of cookies.filter((cookie) => cookie.startsWith(name)).slice(0, 4)) {
      if (await isSame(cookie, expected)) return true;
    }
    return false;
  }
}

function checkToken(token: string): void {
  if (token.length < TOKEN_CHARS_MIN || token.length > TOKEN_CHARS_MAX) {
    const range = `it must have ${TOKEN_CHARS_MIN} to ${TOKEN_CHARS_MAX}`;
    throw new RangeError(`Cannot use a token of ${token.length} characters: ${range}`);
  }
  if (/^[!-~]+$/.test(token)) return;
  throw new TypeError(
    "Cannot use a token with spaces, or with characters that are not ASCII: no header could carry it",
  );
}

/**
 * A page of another site may make the browser of whoever may look ask. A link that is followed shows that site nothing.
 */
function isForeign({ headers }: Request): boolean {
  const site = headers.get("sec-fetch-site") ?? "none";
  if (site === "none" || site === "same-origin") return false;
  return headers.get("sec-fetch-mode") !== "navigate" || headers.get("sec-fetch-dest") !== "document";
}

function strangerRefusal(
  request: Request,
  { url }: Route,
  info: ObserverRequestInfo | undefined,
): Response | undefined {
  const from = info?.remoteAddr;
  if (from === undefined) {
    const how = "hand on the second argument of the handler, as in (request, info) => page(request, info)";
    return text(403, `Refused: it is not known who asks: ${how}, or set a token`);
  }
  const isProxied = [...request.headers.keys()].some((name) => PROXY_HEADER.test(name));
  if (isProxied || from.hostname === undefined || !isLoopbackAddress(from.hostname)) {
    return text(403, "Refused: without a token, only this machine is answered, and no proxy");
  }
  // The name of another site may lead to this machine: its pages must not read what they get (DNS rebinding).
  const host = request.headers.get("host");
  if (isLoopbackName(url.hostname) && (host === null || isLoopbackName(nameOf(host)))) return undefined;
  return text(403, "Refused: without a token, only localhost and the addresses of it are answered");
}

/** The name in a `Host` header, without its port. */
function nameOf(host: string): string {
  return host.replace(/:\d*$/, "");
}

function unauthorized(): Response {
  return text(401, "Refused: open the page with ?token=... once, or send the header Authorization: Bearer ...", {
    "www-authenticate": 'Bearer realm="observer"',
  });
}

/** A cookie of which nobody learns the token. Hosts share cookies among ports, so each token has a name of its own. */
async function cookieOf(token: string): Promise<string> {
  const name = (await hash(`name of the cookie for ${token}`)).slice(0, 4).toHex();
  return `cinema_observer_${name}=${(await hash(`value of the cookie for ${token}`)).toHex()}`;
}

/** Compares in a time that says nothing of how far they are the same. */
async function isSame(shown: string, expected: string): Promise<boolean> {
  if (shown.length > TOKEN_CHARS_MAX) return false;
  const [a, b] = await Promise.all([hash(shown), hash(expected)]);
  return a.reduce((difference, byte, i) => difference | (byte ^ b[i]!), 0) === 0;
}

async function hash(text: string): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));
}
