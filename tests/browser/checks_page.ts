/**
 * What holds for the page as a whole: freshness, theme, access, room.
 * @module
 */

import { assert, assertEquals, assertMatch, assertNotEquals, assertStringIncludes } from "@std/assert";
import type { Page } from "playwright-core";
import type { Check } from "./check.ts";
import { contrastProblems } from "./contrast.ts";
import type { World } from "./world.ts";

function ground(page: Page): Promise<string> {
  return page.evaluate(() => getComputedStyle(document.body).backgroundColor);
}

/** Fills every part of the page. */
async function fill(world: World): Promise<void> {
  const [stuck, fragile, ended] = await world.spawnTeam("team-with-a-rather-long-name", ["stuck", "fragile", "ended"]);
  await fragile!.doSend({ type: "fail", text: "A long explanation of what went wrong, with many words and no end" });
  await stuck!.doSend({ type: "block", until: new Promise(() => {}) });
  for (let i = 0; i < 8; i++) await stuck!.doSend({ type: "unblock" });
  await world.system.stop(ended!);
  await ended!.doSend({ type: "unblock" });
}

const LIGHT = "rgb(243, 244, 247)";
const DARK = "rgb(14, 16, 21)";

/** See the module. */
export const PAGE_CHECKS: readonly Check[] = [
  {
    name: "P, the space bar and the button pause the page and let it go on; other keys and fields do not",
    async run(world) {
      const page = await world.look();
      const actors = page.locator(".figure:not([hidden]) .figure-value").first();
      for (
        const pause of [() => page.keyboard.press("p"), () => page.keyboard.press("Space"), () => page.click("#pause")]
      ) {
        const before = Number(await actors.innerText());
        await pause();
        await world.pill("Paused");
        world.spawn(`actor-${before}`);
        await world.states(2);
        assertEquals(Number(await actors.innerText()), before);
        await pause();
        await world.pill("Live");
        assertEquals(Number(await actors.innerText()), before + 1);
      }
      await page.locator("#filter").fill("");
      await page.locator("#filter").press("p");
      assertEquals(await page.locator("#connection-text").innerText(), "Live");
      await page.getByRole("button", { name: "Help" }).click();
      await page.locator("#single-keys").uncheck();
      await page.keyboard.press("Escape");
      await page.locator("body").press("p");
      assertEquals(await page.locator("#connection-text").innerText(), "Live");
    },
  },
  {
    name: "the theme is that of the system until another is chosen, and that is remembered",
    context: { colorScheme: "dark" },
    async run(world) {
      const page = await world.look();
      assertEquals(await ground(page), DARK);
      await page.emulateMedia({ colorScheme: "light" });
      assertEquals(await ground(page), LIGHT);
      await page.getByRole("radio", { name: "Dark" }).check();
      assertEquals(await ground(page), DARK);
      await page.reload();
      assertEquals(await ground(page), DARK);
      assertEquals(await page.getByRole("radio", { name: "Dark" }).isChecked(), true);
      await page.getByRole("radio", { name: "System" }).check();
      assertEquals(await ground(page), LIGHT);
    },
  },
  {
    name: "everything has a role and a name for those who do not see it",
    hasCluster: true,
    async run(world) {
      await fill(world);
      const page = await world.look();
      await world.row("/team-with-a-rather-long-name/stuck").waitFor();
      for (const name of ["Failures", "Dead letters", "Cluster", "Directory", "Actors", "Key figures"]) {
        assertEquals(await page.getByRole("region", { name, exact: true }).count(), 1, name);
      }
      const grid = page.getByRole("treegrid", { name: "Actors" });
      const heads = ["Actor", "State", "Mailbox", "Per second", "Restarts", "Last failure"];
      assertEquals(await grid.getByRole("columnheader").allInnerTexts(), heads);
      const team = grid.getByRole("row", { name: /team-with-a-rather-long-name/, expanded: true, level: 1 });
      assertEquals(await team.count(), 1);
      assertEquals(await grid.getByRole("row", { name: /stuck Worker/, level: 2 }).count(), 1);
      const tables = [
        "Latest failures, the newest first",
        "Latest dead letters, the newest first",
        "Members of the cluster",
      ];
      for (const name of tables) assertEquals(await page.getByRole("table", { name }).count(), 1, name);
      assertEquals(await page.getByRole("img", { name: /^This node is node-1\. 3 of 3 members are up\.$/ }).count(), 1);
      assertEquals(await page.getByRole("radio").count(), 3);
      assertEquals(await page.getByRole("searchbox", { name: /^Filter the actors/ }).count(), 1);
      assertEquals(await page.getByRole("combobox", { name: "Order" }).count(), 1);
      const nameless = await page.locator("button, input, select, a, [tabindex='0']").evaluateAll((nodes) =>
        nodes.filter((node) => {
          const labels = "labels" in node ? [...(node.labels as NodeListOf<HTMLElement> | null) ?? []] : [];
          const text = [node, ...labels].map((part) => part.getAttribute("aria-label") ?? part.textContent).join("");
          return text.trim() === "";
        }).map((node) => node.outerHTML)
      );
      assertEquals(nameless, []);
    },
  },
  {
    name: "the page says that the connection is lost and since when, and that it is back",
    async run(world) {
      world.spawn("before");
      const page = await world.look();
      await world.relay.cut();
      await world.pill("Connection lost");
      const banner = page.locator("#banner");
      assertMatch(
        await banner.innerText(),
        /^The connection is lost\. What you see is from \d\d:\d\d:\d\d, \d+ s ago\./,
      );
      assertEquals(await world.row("/before").count(), 1);
      world.spawn("after");
      world.relay.mend();
      await world.pill("Live");
      await world.row("/after").waitFor();
      assertEquals(await banner.isVisible(), false);
      const news = await page.locator("#news").innerText();
      assertStringIncludes(news, "The connection is lost. Trying again.");
      assertStringIncludes(news, "The connection is back.");
    },
  },
  {
    name: "the page says that too many look already, and comes in as soon as there is room",
    async run(world) {
      const others = new AbortController();
      const taken = Array.from({ length: 32 }, () => fetch(`${world.url}events`, { signal: others.signal }));
      for (const { status } of await Promise.all(taken)) assertEquals(status, 200);
      await world.page.goto(world.url);
      await world.page.locator("#banner", { hasText: "too many pages look at this system already" }).waitFor();
      others.abort();
      await world.pill("Live");
    },
  },
  {
    name: "the page works wherever it is mounted",
    async run(world) {
      await world.page.goto(`${world.url}some/where/observer`);
      await world.pill("Live");
      assertEquals(world.page.url(), `${world.url}some/where/observer/`);
    },
  },
  {
    name: "the page says that the system has ended, and stays with that",
    async run(world) {
      world.spawn("last");
      const page = await world.look();
      await world.system[Symbol.asyncDispose]();
      await world.pill("Ended");
      assertMatch(await page.locator("#banner").innerText(), /^The system has ended\. What you see is from/);
      // The page asks again, is told the same, and does not flicker.
      await page.evaluate(() => {
        const changes: string[] = [];
        Object.assign(globalThis, { changes });
        const pill = document.getElementById("connection")!;
        new MutationObserver(() => changes.push(pill.dataset["status"] ?? "")).observe(pill, { attributes: true });
      });
      await world.states(1);
      assertEquals(await page.evaluate(() => (globalThis as unknown as { changes: string[] }).changes), []);
    },
  },
  {
    name: "a node that is cut off becomes suspect and down in the picture, in the table and in words, and comes back",
    hasCluster: true,
    async run(world) {
      const page = await world.look();
      const node = page.locator(".nodes > .node", { hasText: "node-3" });
      await page.locator(".members tr", { hasText: "node-3" }).locator(".c-trip", { hasText: "ms" }).waitFor();
      world.cluster!.cutAfter(0);
      await page.locator(".node[data-status=suspect]", { hasText: "node-3" }).waitFor();
      await page.locator(".node[data-status=down]", { hasText: "node-3" }).waitFor();
      assertEquals(await node.locator("use").getAttribute("href"), "#i-down");
      assertMatch(await node.locator(".node-status").textContent() ?? "", /down/);
      assertMatch(await page.locator(".members tr", { hasText: "node-3" }).innerText(), /down/);
      assertEquals(await page.getByRole("img", { name: /node-3 is down/ }).count(), 1);
      const news = page.locator("#news[role=status][aria-live=polite]");
      assertMatch(await news.textContent() ?? "", /Node node-3 is suspect\. Node node-3 is down\./);
      assertEquals(await page.title(), "(1 down) World · Observer");
      assertMatch(await page.locator(".figure").first().innerText(), /^Nodes\s+2\s*of 3 up\s+down \d+ s: node-3/);
      assertMatch(await page.locator(".members tbody tr").first().innerText(), /^node-3\s+down \d+ s/);
      assertEquals(await page.locator("#cluster-note").innerText(), "2 of 3 up, shop");
      // It is back after twenty seconds.
      await page.locator(".node[data-status=up]", { hasText: "node-3" }).waitFor({ timeout: 40_000 });
      assertMatch(await news.textContent() ?? "", /Node node-3 is up\./);
    },
  },
  {
    name: "failures are announced, together and not more often than every ten seconds",
    async run(world) {
      const [fragile] = await world.spawnTeam("team", ["fragile"]);
      const page = await world.look();
      await fragile!.doSend({ type: "fail", text: "first" });
      await page.locator("#news", { hasText: "1 new failure, the last of /team/fragile: Error: first." }).waitFor();
      for (const text of ["second", "third"]) await fragile!.doSend({ type: "fail", text });
      await page.locator("#failures-body", { hasText: "third" }).waitFor();
      assertEquals(/third/.test(await page.locator("#news").textContent() ?? ""), false);
      await page.locator("#news", { hasText: "2 new failures, the last of /team/fragile: Error: third." }).waitFor();
    },
  },
  {
    name: "a failure leads to its actor in the tree, also into a closed branch",
    async run(world) {
      const [fragile] = await world.spawnTeam("team", ["fragile"]);
      const page = await world.look();
      await world.row("/team").focus();
      await page.keyboard.press("ArrowLeft");
      await fragile!.doSend({ type: "fail", text: "oh" });
      await page.getByRole("button", { name: "Show /team/fragile in the tree" }).first().click();
      assertEquals(await page.evaluate(() => (document.activeElement as HTMLElement).dataset["key"]), "/team/fragile");
      assertEquals(await page.locator("#details").isVisible(), true);
    },
  },
  {
    name: "an empty system says what will appear, and takes little room for a cluster that there is not",
    async run(world) {
      const page = await world.look();
      assertMatch(await page.locator("#tree-empty").innerText(), /^No actors\. /);
      assertMatch(await page.locator("#failures-body").innerText(), /^No failures\. /);
      assertMatch(await page.locator("#letters-body").innerText(), /^No dead letters\. /);
      assertMatch(await page.locator("#cluster-body").innerText(), /^This process is in no cluster\. .*cluster: node/);
      assert((await page.locator(".side").boundingBox())!.height < 140);
      assertEquals(await page.locator("#directory").isVisible(), false);
    },
  },
  {
    name: "nothing is cut off sideways, on a phone and at twice the size",
    hasCluster: true,
    async run(world) {
      await fill(world);
      const page = await world.look();
      for (const [width, height] of [[360, 740], [640, 400], [1_100, 700], [1_280, 800]] as const) {
        await page.setViewportSize({ width, height });
        await world.states(1);
        const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        assertEquals(over, 0, `${width} px`);
      }
      assertNotEquals(await page.locator(".label").first().innerText(), "");
    },
  },
  ...(["light", "dark"] as const).map((colorScheme): Check => ({
    name: `every text has enough contrast, ${colorScheme}`,
    hasCluster: true,
    context: { colorScheme },
    async run(world) {
      await fill(world);
      const page = await world.look();
      await world.row("/team-with-a-rather-long-name/stuck").click();
      await page.locator("#details").waitFor();
      assertEquals(await contrastProblems(page), []);
      await world.relay.cut();
      await world.pill("Connection lost");
      assertEquals(await contrastProblems(page), []);
    },
  })),
  {
    name: "nothing moves for those who do not want it",
    context: { reducedMotion: "reduce" },
    async run(world) {
      const page = await world.look();
      const moving = await page.evaluate(() => document.getAnimations().length);
      assertEquals(moving, 0);
      await page.emulateMedia({ reducedMotion: "no-preference" });
      assertEquals(await page.evaluate(() => document.getAnimations().length), 1);
    },
  },
];
