/**
 * Makes the pictures of the observer's page that the README shows: text, so that they can be compared and kept in git.
 *
 * `deno task pictures` writes them. Each is the page itself, its elements and its styles, in an SVG that needs nothing
 * else: no script, no font, no other file.
 *
 * @module
 */

import { chromium, type Page } from "playwright-core";
import { ASSETS } from "../../cluster/observer/gen/assets.ts";
import { chromiumArgs, findChromium } from "./chromium.ts";
import { sampleStates } from "./sample.ts";
import { takePicture } from "./snapshot.ts";

const TARGET = ".github/pictures";
const SIZE = { width: 1280, height: 840 };
/** More would be slow to load in a README. */
const CHARS_MAX = 150_000;

const executablePath = await findChromium();
if (executablePath === undefined) {
  console.log("skipped: there is no Chromium here; install it, or name one in the variable CHROMIUM");
  Deno.exit(0);
}

const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, answer);
const browser = await chromium.launch({ executablePath, args: chromiumArgs(), headless: true });
await Deno.mkdir(TARGET, { recursive: true });
for (const theme of ["light", "dark"] as const) {
  const context = await browser.newContext({ viewport: SIZE, colorScheme: theme, timezoneId: "UTC", locale: "en-GB" });
  const page = await context.newPage();
  await page.goto(`http://127.0.0.1:${server.addr.port}/`);
  await prepare(page, theme);
  const picture = await takePicture(page, theme);
  if (picture.length > CHARS_MAX) throw new Error(`The ${theme} picture has ${picture.length} characters`);
  const path = `${TARGET}/observer_${theme}.svg`;
  await Deno.writeTextFile(path, picture);
  console.log(`Wrote ${path}, ${picture.length} characters`);
  await context.close();
}
await browser.close();
await server.shutdown();

/** Waits until everything is shown, and chooses what is looked at. */
async function prepare(page: Page, theme: "light" | "dark"): Promise<void> {
  await page.getByRole("radio", { name: theme === "light" ? "Light" : "Dark" }).check();
  await page.locator("#rows > .row").first().waitFor();
  await page.mouse.move(0, 0);
  // The bars grow to their length.
  await page.waitForFunction(() => document.getAnimations().every((one) => !(one instanceof CSSTransition)));
}

/** The page, and all states at once. */
function answer(request: Request): Response {
  const name = new URL(request.url).pathname.slice(1) || "index.html";
  if (name === "events") {
    const events = sampleStates().map((state) => `event: state\ndata: ${JSON.stringify(state)}\n\n`);
    // It stays open: the picture is of a page that is live.
    const body = new ReadableStream<Uint8Array>({
      start: (at) => at.enqueue(new TextEncoder().encode(events.join(""))),
    });
    return new Response(body, { headers: { "content-type": "text/event-stream" } });
  }
  const asset = Object.entries(ASSETS).find(([key]) => key === name)?.[1];
  if (asset === undefined) return new Response("There is nothing here", { status: 404 });
  return new Response(asset.text, { headers: { "content-type": asset.type } });
}
