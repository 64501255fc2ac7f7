/**
 * What the page does with a lot at once, when a clock is set back, and when nobody answers.
 * @module
 */

import { assert, assertEquals, assertMatch } from "@std/assert";
import type { ActorState, MemberState, ObserverState } from "@cinema/cinema/observer";
import type { Page } from "playwright-core";
import type { Check } from "./check.ts";
import { sampleStates } from "./sample.ts";

const SAMPLE = sampleStates().at(-1)!;

/** Has the check itself hand the states to the page. */
async function open(page: Page, url: string): Promise<void> {
  await page.addInitScript(() => {
    const fake = class extends EventTarget {
      static CLOSED = 2;
      readyState = 1;
      constructor() {
        super();
        Object.assign(globalThis, { feed: this });
      }
      close(): void {}
    };
    Object.assign(globalThis, { EventSource: fake });
  });
  await page.goto(url);
}

/** Hands a state to the page; returns how many rows of the tree that has changed. */
async function feed(page: Page, state: ObserverState): Promise<number> {
  return await page.evaluate((data) => {
    const { feed } = globalThis as unknown as { feed: EventTarget };
    const watch = new MutationObserver(() => {});
    watch.observe(document.getElementById("rows")!, { subtree: true, characterData: true, childList: true });
    feed.dispatchEvent(new MessageEvent("state", { data }));
    const nodes = watch.takeRecords().map(({ target }) => target instanceof Element ? target : target.parentElement);
    return new Set(nodes.map((node) => node?.closest(".row"))).size;
  }, JSON.stringify(state));
}

/** Waits until what has changed is to be seen. */
async function frames(page: Page): Promise<void> {
  await page.evaluate(async () => {
    for (let i = 0; i < 3; i++) await new Promise(requestAnimationFrame);
  });
}

/** What stands in the column "Per second", of all rows or only of those in sight. */
async function rates(page: Page, inSight = false): Promise<number[]> {
  return await page.locator("#rows > .row").evaluateAll((rows, inSight) => {
    const { top, bottom } = document.getElementById("tree-scroll")!.getBoundingClientRect();
    const shown = rows.filter((row) => {
      const box = row.getBoundingClientRect();
      return !inSight || (box.bottom > top && box.top < bottom);
    });
    return shown.map((row) => Number(row.querySelector(".c-rate")?.textContent));
  }, inSight);
}

/** A thousand actors of which all have the same figure. */
function thousand(rate: number): ObserverState {
  const actor = (id: string, children: readonly ActorState[] = []): ActorState => ({
    ...SAMPLE.actors[1]!,
    id,
    label: id.slice(id.lastIndexOf("/") + 1),
    handledPerSecond: rate,
    children,
  });
  const team = (n: number) => actor(`/${n}`, Array.from({ length: 199 }, (_, i) => actor(`/${n}/${i}`)));
  return { ...SAMPLE, actors: [0, 1, 2, 3, 4].map(team), system: { ...SAMPLE.system, actors: 1_000 } };
}

function withStatus(status: MemberState["status"], count: number): ObserverState {
  const members = Array.from({ length: 40 }, (_, i): MemberState => ({
    id: `node-${i}`,
    addr: `10.0.0.${i}:7000`,
    status: i < 40 - count ? "up" : status,
    since: null,
    isSelf: i === 0,
    roundTripMs: null,
  }));
  return { ...SAMPLE, cluster: { ...SAMPLE.cluster!, members } };
}

/** See the module. */
export const LOAD_CHECKS: readonly Check[] = [
  {
    name: "of a thousand rows those in sight follow each state, and the others take turns",
    async run({ page, url }) {
      await open(page, url);
      await feed(page, thousand(1));
      await page.locator("#rows > .row").first().focus();
      await page.keyboard.press("*");
      assertEquals(await rates(page), Array(1_000).fill(1));
      await frames(page);
      const changed = await feed(page, thousand(2));
      assert(changed < 250, `${changed} rows were drawn`);
      const seen = await rates(page, true);
      assert(seen.length > 5);
      assertEquals(new Set(seen), new Set([2]));
      await page.evaluate(() => document.getElementById("tree-scroll")!.scrollTop = 15_000);
      await frames(page);
      assertEquals(new Set(await rates(page, true)), new Set([2]));
      for (let rate = 3; rate <= 12; rate++) await feed(page, thousand(rate));
      assert(Math.min(...await rates(page)) >= 3);
      // Where the focus goes is true at once: it is read aloud.
      const read = await page.evaluate(() => {
        document.activeElement!.dispatchEvent(new KeyboardEvent("keydown", { key: "End", bubbles: true }));
        return document.activeElement!.querySelector(".c-rate")!.textContent;
      });
      assertEquals(read, "12");
      await page.evaluate(() => dispatchEvent(new Event("beforeprint")));
      assertEquals(await rates(page), Array(1_000).fill(12));
    },
  },
  {
    name: "rows in order of a figure keep their places for five seconds, and then go by the most it was meanwhile",
    async run({ page, url }) {
      await open(page, url);
      const at = (seconds: number, left: number, right: number): ObserverState => {
        const actor = (id: string, handledPerSecond: number) => ({
          ...SAMPLE.actors[1]!,
          id,
          handledPerSecond,
          children: [],
        });
        return { ...SAMPLE, at: SAMPLE.at + seconds * 1_000, actors: [actor("/left", left), actor("/right", right)] };
      };
      const order = () => page.locator("#rows > .row").evaluateAll((rows) => rows.map((row) => row.dataset["key"]));
      await feed(page, at(0, 2, 1));
      await page.locator("#order").selectOption("busiest");
      assertEquals(await order(), ["/left", "/right"]);
      await feed(page, at(2, 2, 50));
      await feed(page, at(4, 40, 0));
      assertEquals(await order(), ["/left", "/right"]);
      await feed(page, at(5, 40, 0));
      assertEquals(await order(), ["/right", "/left"]);
      await page.locator("#order").selectOption("spawned");
      await page.locator("#order").selectOption("busiest");
      assertEquals(await order(), ["/left", "/right"], "whoever chooses an order sees it at once");
    },
  },
  {
    name: "nodes are announced by name, and many at once by their number",
    async run({ page, url }) {
      await open(page, url);
      const news = async () => (await page.locator("#news").textContent())!.trim();
      await feed(page, withStatus("up", 0));
      await feed(page, withStatus("suspect", 2));
      assertEquals(await news(), "Node node-38 is suspect. Node node-39 is suspect.");
      await feed(page, withStatus("down", 30));
      assertEquals(await news(), "Node node-38 is suspect. Node node-39 is suspect. 30 nodes are down.");
    },
  },
  {
    name: "failures are announced also when the clock of the server was set back, and of a long one only the start",
    async run({ page, url }) {
      await page.clock.install();
      await open(page, url);
      const fail = async (failures: number, at: number, error: string) => {
        const failed = { at, id: "/a", error };
        await feed(page, { ...SAMPLE, at, failures: [failed], system: { ...SAMPLE.system, failures } });
      };
      await fail(1, SAMPLE.at, "Error: one");
      await fail(2, SAMPLE.at, "Error: two");
      await page.clock.runFor(11_000);
      await fail(3, SAMPLE.at - 3_600_000, "x".repeat(1_000));
      const news = (await page.locator("#news").textContent())!;
      assert(news.includes("1 new failure, the last of /a: Error: two."), news);
      assert(news.includes(`1 new failure, the last of /a: ${"x".repeat(200)}….`), news);
    },
  },
  {
    name: "a page whose question why there is no stream is never answered tries again all the same",
    async run(world) {
      const { page, url } = world;
      await page.route("**/events", (route) => route.fulfill({ status: 503, body: "" }));
      await page.route("**/state", () => {}); // never answered
      await page.goto(url);
      await world.pill("Connection lost");
      await page.unroute("**/events");
      await world.pill("Live");
    },
  },
  {
    name: "the curves of the details go on while the page is paused",
    async run({ page, url }) {
      await open(page, url);
      await feed(page, SAMPLE);
      await page.locator("[data-key='/customers']").click();
      await page.keyboard.press("p");
      for (let i = 1; i <= 5; i++) await feed(page, { ...SAMPLE, at: SAMPLE.at + i * 1_000 });
      const lines = await page.locator("#details .spark-line").evaluateAll((lines) =>
        lines.map((line) => line.getAttribute("d")!.split("L").length)
      );
      assertEquals(lines, [6, 6]);
    },
  },
  {
    name: "the details of an actor that has ended show its failure, and no figures of another",
    async run({ page, url }) {
      await open(page, url);
      const failures = [{ at: SAMPLE.at, id: "/gone", error: "Error: the end" }];
      const state = { ...SAMPLE, failures };
      await feed(page, state);
      await page.locator("[data-key='/checkout/gateway-1']").click();
      const details = page.locator("#details");
      assertMatch(await details.innerText(), /gateway-1\s+Gateway[^]*Restarts\s+5/);
      await page.getByRole("button", { name: "Show /gone in the tree" }).click();
      const text = await details.innerText();
      assertMatch(text, /^\/gone\s+It has ended, or is not among[^]*Last failure, [^]*Error: the end\s*$/);
      // Of one that ends while it is looked at, what was seen stays.
      await page.locator("[data-key='/checkout/gateway-1']").click();
      await feed(page, { ...state, actors: [] });
      assertMatch(await details.innerText(), /gateway-1\s+Gateway\s+It has ended[^]*Last failure[^]*Restarts\s+5/);
    },
  },
];
