import { assert, assertEquals, assertMatch, assertThrows } from "@std/assert";
import { Access, type ObserverRequestInfo } from "../../../cluster/observer/access.ts";
import { routeOf } from "../../../cluster/observer/routes.ts";

const TOKEN = "0123456789abcdef";
const HERE: ObserverRequestInfo = { remoteAddr: { transport: "tcp", hostname: "127.0.0.1" } };

function pure(name: string, fn: () => void | Promise<void>): void {
  Deno.test({ name, permissions: "none", fn });
}

interface Asked {
  readonly url?: string;
  readonly headers?: Record<string, string>;
  readonly info?: ObserverRequestInfo | undefined;
}

/** What a request gets instead of what it asks for; undefined where it may look. */
function ask(
  access: Access,
  { url = "http://localhost/", headers = {}, ...rest }: Asked,
): Promise<Response | undefined> {
  const request = new Request(url, { headers });
  return access.refusal(request, routeOf(request)!, "info" in rest ? rest.info : HERE);
}

/** The status of that; 0 where it may look. */
async function status(access: Access, asked: Asked): Promise<number> {
  const response = await ask(access, asked);
  return response === undefined ? 0 : response.status;
}

const from = (hostname: string): Asked => ({ info: { remoteAddr: { hostname } } });

pure("without a token, Access lets in who sits at this machine, by any of its names", async () => {
  const access = new Access(undefined);
  for (const host of ["localhost", "localhost:8000", "127.0.0.1:8000", "[::1]:8000"]) {
    assertEquals(await status(access, { url: `http://${host}/state`, headers: { host } }), 0, host);
  }
  for (const hostname of ["127.0.0.1", "::1", "::ffff:127.0.0.1"]) {
    assertEquals(await status(access, from(hostname)), 0);
  }
});

pure("without a token, Access refuses other machines, and whoever it knows nothing of", async () => {
  const access = new Access(undefined);
  for (const hostname of ["10.0.0.1", "0.0.0.0", "::ffff:10.0.0.1", "192.168.1.2", "localhost"]) {
    assertEquals(await status(access, from(hostname)), 403, hostname);
  }
  for (const info of [undefined, {}, { remoteAddr: { transport: "unix" } }]) {
    assertEquals(await status(access, { info }), 403);
  }
  assertMatch(await (await ask(access, { info: undefined }))!.text(), /\(request, info\) => page\(request, info\)/);
});

pure("without a token, Access refuses requests by another name, as after DNS rebinding", async () => {
  const access = new Access(undefined);
  for (const host of ["evil.example", "evil.example:8000", "localhost.evil.example", "127.0.0.1.evil.example"]) {
    assertEquals(await status(access, { url: `http://${host}/state` }), 403, host);
    assertEquals(await status(access, { headers: { host } }), 403, host);
  }
});

pure("without a token, Access refuses what has passed a proxy, which may stand on this machine", async () => {
  const access = new Access(undefined);
  const standard = [
    "X-Forwarded-For",
    "X-Forwarded-Host",
    "X-Forwarded-Proto",
    "Forwarded",
    "Via",
    "X-Real-IP",
    "X-Forward-For",
  ];
  const vendors = [
    "CF-Connecting-IP",
    "True-Client-IP",
    "Fly-Client-IP",
    "X-Cluster-Client-IP",
    "X-Envoy-Original-Path",
  ];
  for (const name of [...standard, ...vendors]) {
    assertEquals(await status(access, { headers: { [name]: "127.0.0.1" } }), 403, name);
  }
  for (const name of ["X-Request-Id", "Viable", "X-Not-Forwarded-For"]) {
    assertEquals(await status(access, { headers: { [name]: "127.0.0.1" } }), 0, name);
  }
});

pure("Access refuses what the pages of other sites make a browser ask, and not a link that is followed", async () => {
  const document = { "sec-fetch-mode": "navigate", "sec-fetch-dest": "document" };
  const frame = { "sec-fetch-mode": "navigate", "sec-fetch-dest": "iframe" };
  const script = { "sec-fetch-mode": "no-cors", "sec-fetch-dest": "script" };
  const bearer = { authorization: `Bearer ${TOKEN}` };
  for (const [access, known] of [[new Access(undefined), {}], [new Access(TOKEN), bearer]] as const) {
    for (const site of ["cross-site", "same-site", "odd"]) {
      const how = (more: Record<string, string>) => ({ headers: { ...known, ...more, "sec-fetch-site": site } });
      for (const more of [{}, frame, script]) assertEquals(await status(access, how(more)), 403, site);
      assertEquals(await status(access, how(document)), 0, site);
    }
    for (const site of ["none", "same-origin"]) {
      assertEquals(await status(access, { headers: { ...known, "sec-fetch-site": site } }), 0, site);
    }
  }
});

pure("with a token, Access lets in who shows it in a header, wherever that comes from", async () => {
  const access = new Access(TOKEN);
  for (const authorization of [`Bearer ${TOKEN}`, `bearer ${TOKEN}`, `Bearer  ${TOKEN}`]) {
    const url = "https://example.com/admin/state";
    assertEquals(await status(access, { url, headers: { authorization }, info: undefined }), 0);
  }
});

pure("with a token, Access refuses everybody else, also on this machine, and says nothing but how", async () => {
  const access = new Access(TOKEN);
  const wrong = [
    {},
    { authorization: TOKEN },
    { authorization: "Bearer" },
    { authorization: `Basic ${btoa(`:${TOKEN}`)}` },
    ...["", TOKEN.slice(1), TOKEN.toUpperCase(), `${TOKEN}0`, "0".repeat(16), "x".repeat(100_000)].map((token) => ({
      authorization: `Bearer ${token}`,
    })),
    { cookie: `token=${TOKEN}` },
  ];
  for (const headers of wrong) {
    const response = await ask(access, { headers });
    assertEquals([response?.status, response?.headers.get("www-authenticate")], [401, 'Bearer realm="observer"']);
    assert(!(await response!.text()).includes(TOKEN));
  }
  for (const query of ["token=", "token", `token=${TOKEN}0`, `Token=${TOKEN}`, `token=wrong&token=${TOKEN}`]) {
    assertEquals(await status(access, { url: `http://localhost/?${query}` }), 401, query);
  }
});

pure(
  "Access takes none of a thousand wrong tokens, which have a byte of their hashes in common now and then",
  async () => {
    const access = new Access(TOKEN);
    for (let n = 0; n < 1_000; n++) {
      assertEquals(await status(access, { headers: { authorization: `Bearer ${TOKEN.slice(4)}${1_000 + n}` } }), 401);
    }
  },
);

/** The name and value of the cookie that a response sets, and what else it says. */
function cookieOf(response: Response): [string, string] {
  const all = response.headers.get("set-cookie")!;
  return [all.slice(0, all.indexOf(";")), all.slice(all.indexOf(";") + 2)];
}

pure("Access takes the token of a URL once, and gives a cookie for it that only this page gets", async () => {
  const access = new Access(TOKEN);
  const response = await ask(access, { url: `http://localhost:8000/admin/observer/?token=${TOKEN}`, info: undefined });
  assertEquals([response?.status, response?.headers.get("location")], [303, "./"]);
  const [cookie, attributes] = cookieOf(response!);
  assertEquals(attributes, "Path=/admin/observer/; HttpOnly; SameSite=Strict");
  assert(!cookie.includes(TOKEN));
  for (const header of [cookie, `a=b; ${cookie}; c=d`, `a=b;${cookie}`]) {
    assertEquals(await status(access, { headers: { cookie: header }, info: undefined }), 0);
  }
  const [name] = cookie.split("=");
  // Another page of the same host may have left one of the same name.
  assertEquals(await status(access, { headers: { cookie: `${name}=stale; ${cookie}` } }), 0);
  for (const wrong of [`${cookie}0`, cookie.slice(0, -1), `x${cookie}`, `${name}=`, `${name}=${TOKEN}`, ";;;", "="]) {
    assertEquals(await status(access, { headers: { cookie: wrong } }), 401, wrong);
  }
  assertEquals(await status(new Access(`${TOKEN}0`), { headers: { cookie } }), 401);
});

pure("the cookie of Access is only for TLS where TLS was used, also before a proxy", async () => {
  const access = new Access(TOKEN);
  const attributesOf = async (asked: Asked) => cookieOf((await ask(access, asked))!)[1];
  const secure = "Path=/; HttpOnly; SameSite=Strict; Secure";
  assertEquals(await attributesOf({ url: `https://example.com/?token=${TOKEN}` }), secure);
  for (const proto of ["https", "https, http", "HTTPS"]) {
    const headers = { "x-forwarded-proto": proto };
    assertEquals(await attributesOf({ url: `http://example.com/?token=${TOKEN}`, headers }), secure, proto);
  }
});

pure("Access leads to where the URL led, never elsewhere, and no path gets more into the cookie", async () => {
  const access = new Access(TOKEN);
  const leads = async (path: string) => {
    const response = await ask(access, { url: `http://localhost${path}?token=${TOKEN}` });
    return [response?.headers.get("location"), cookieOf(response!)[1].split(";")[0]];
  };
  assertEquals(await leads("/state"), ["./state", "Path=/"]);
  assertEquals(await leads("/a/observer"), ["./observer", "Path=/a/"]);
  assertEquals(await leads("//evil.example"), ["./evil.example", "Path=//"]);
  assertEquals(await leads("/javascript:alert(1)"), ["./javascript:alert(1)", "Path=/"]);
  assertEquals(await leads("/a;Domain=evil.example/"), ["./", "Path=/"]);
});

pure(
  "Access goes on by itself where a link of another site led here: a browser keeps the cookie from a redirect",
  async () => {
    const access = new Access(TOKEN);
    const headers = { "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document" };
    const response = await ask(access, { url: `http://localhost/?token=${TOKEN}`, headers });
    assertEquals([response?.status, response?.headers.get("content-type")], [200, "text/html; charset=utf-8"]);
    assertMatch(await response!.text(), /http-equiv="refresh" content="0; url=\.\/"/);
    assertEquals(await status(access, { headers: { cookie: cookieOf(response!)[0] } }), 0);
    const odd = await ask(access, { url: `http://localhost/'><script>?token=${TOKEN}`, headers });
    assertMatch(await odd!.text(), /content="0; url=\.\/">/);
  },
);

pure("Access goes on by itself also over plain HTTP, where a browser does not say where the link was", async () => {
  const access = new Access(TOKEN);
  const url = `http://10.0.0.5:8000/?token=${TOKEN}`;
  const browser = await ask(access, { url, headers: { accept: "text/html,application/xhtml+xml,*/*;q=0.8" } });
  assertEquals([browser?.status, browser?.headers.get("content-type")], [200, "text/html; charset=utf-8"]);
  assertEquals((await ask(access, { url, headers: { accept: "*/*" } }))?.status, 303);
});

pure("a token with a plus is found in a URL, where it means a space", async () => {
  const token = "abc+def/0123456789+=";
  const access = new Access(token);
  assertEquals(await status(access, { url: `http://localhost/?token=${token}` }), 303);
  assertEquals(await status(access, { url: `http://localhost/?token=${encodeURIComponent(token)}` }), 303);
});

pure("Access refuses a token that can be guessed or that no header could carry", () => {
  const short = "Cannot use a token of 15 characters: it must have 16 to 1000";
  assertThrows(() => new Access("x".repeat(15)), RangeError, short);
  assertThrows(() => new Access(""), RangeError);
  assertThrows(() => new Access("x".repeat(1_001)), RangeError);
  for (const bad of [" ", "ü", "\n", "\u0000"]) assertThrows(() => new Access(`${bad}${"x".repeat(16)}`), TypeError);
  assert(new Access("!".repeat(1_000)) instanceof Access);
});
