/**
 * What the tree of actors shows, and how it is walked.
 * @module
 */

import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import type { Check } from "./check.ts";
import type { World } from "./world.ts";

/** The id of the row that has the focus. */
function focused({ page }: World): Promise<string | undefined> {
  return page.evaluate(() => (document.activeElement as HTMLElement | null)?.dataset["key"]);
}

/** The ids of all rows, from top to bottom. */
function rows({ page }: World): Promise<(string | undefined)[]> {
  return page.locator("#rows > .row").evaluateAll((rows) => rows.map((row) => (row as HTMLElement).dataset["key"]));
}

const MARKUP = "<img src=x onerror=window.hurt=1><b>bold";

/** See the module. */
export const TREE_CHECKS: readonly Check[] = [
  {
    name: "the tree has a row for each actor, with its class, mailbox, restarts and last failure",
    async run(world) {
      const [calm, stuck, fragile] = await world.spawnTeam("team", ["calm", "stuck", "fragile"]);
      const until = Promise.withResolvers<void>();
      await stuck!.doSend({ type: "block", until: until.promise });
      for (let i = 0; i < 8; i++) await stuck!.doSend({ type: "unblock" });
      const late = stuck!.doSend({ type: "unblock" });
      await calm!.send({ type: "count" });
      const page = await world.look();
      for (let i = 0; i < 3; i++) await fragile!.send({ type: "count" });
      await fragile!.doSend({ type: "fail", text: "no more" });
      await world.row("/team/fragile").locator(".failure-text", { hasText: "Error: no more" }).waitFor();
      assertEquals(await rows(world), ["/team", "/team/calm", "/team/stuck", "/team/fragile"]);
      const text = async (id: string, cell: string) => await world.row(id).locator(cell).innerText();
      assertEquals(await text("/team", ".class-name"), "Team");
      assertEquals(await text("/team/calm", ".c-mailbox"), "0 / 8");
      assertEquals(await text("/team/calm", ".c-state"), "idle");
      assertMatch(await text("/team/stuck", ".c-mailbox"), /^1 wait\s+8 \/ 8$/);
      assertEquals(await text("/team/stuck", ".c-state"), "busy");
      assertEquals(await text("/team/fragile", ".c-restarts"), "1");
      assertEquals(await world.row("/team/stuck").locator(".flag").isVisible(), true);
      assertEquals(await world.row("/team/calm").locator(".flag").isVisible(), false);
      const figures = await page.locator("#figures").innerText();
      assertMatch(figures, /Actors\s+4\s[^]*Failures\s+1\s/);
      until.resolve();
      assertEquals(await late, "sent");
    },
  },
  {
    name: "figures change while one looks, and the rows stay the same elements",
    async run(world) {
      const counter = world.spawn("counter");
      await world.look();
      const before = await world.row("/counter").elementHandle();
      for (let i = 0; i < 50; i++) await counter.send({ type: "count" });
      await world.page.waitForFunction(() => {
        const cell = document.querySelector('[data-key="/counter"] .c-rate');
        return Number(cell?.textContent) > 10;
      });
      world.spawn("newcomer");
      await world.row("/newcomer").waitFor();
      assert(await before?.evaluate((row) => row === document.querySelector('[data-key="/counter"]')));
    },
  },
  {
    name: "the tree is walked with the arrows, Home and End, and opens and closes branches",
    async run(world) {
      await world.spawnTeam("first", ["a", "b"]);
      await world.spawnTeam("second", ["c"]);
      const page = await world.look();
      const { keyboard } = page;
      await keyboard.press("Tab");
      assertEquals(await page.evaluate(() => document.activeElement?.textContent), "Skip to the actors");
      await keyboard.press("Enter");
      assertEquals(await focused(world), "/first");
      await page.locator("#order").focus();
      await keyboard.press("Tab");
      assertEquals(await focused(world), "/first");
      const walk = [
        ["ArrowDown", "/first/a"],
        ["ArrowDown", "/first/b"],
        ["ArrowLeft", "/first"],
        ["ArrowRight", "/first/a"],
        ["End", "/second/c"],
        ["ArrowUp", "/second"],
        ["Home", "/first"],
      ] as const;
      for (const [key, id] of walk) {
        await keyboard.press(key);
        assertEquals(await focused(world), id, key);
      }
      await keyboard.press("ArrowLeft");
      assertEquals(await world.row("/first").getAttribute("aria-expanded"), "false");
      assertEquals(await rows(world), ["/first", "/second", "/second/c"]);
      assertEquals(await world.row("/first").locator(".below").innerText(), "2 below");
      await keyboard.press("*");
      assertEquals(await world.row("/first").getAttribute("aria-expanded"), "true");
      // One stop of Tab, wherever one has walked to.
      assertEquals(await page.locator("#rows > [tabindex='0']").count(), 1);
    },
  },
  {
    name: "Enter shows the details of an actor with the whole failure, and Escape leads back to its row",
    async run(world) {
      const worker = world.spawn("worker");
      const page = await world.look();
      const text = `long ${"x".repeat(300)} end`;
      await worker.doSend({ type: "count" });
      const [fragile] = await world.spawnTeam("team", ["fragile"]);
      await fragile!.doSend({ type: "fail", text });
      await world.row("/team/fragile").locator(".flag").waitFor();
      await world.row("/team/fragile").focus();
      await page.keyboard.press("Enter");
      const details = page.locator("#details");
      await details.getByText(text).waitFor();
      assertStringIncludes(await details.innerText(), "/team/fragile");
      assertEquals(await world.row("/team/fragile").getAttribute("aria-selected"), "true");
      await page.keyboard.press("Escape");
      assertEquals(await details.isVisible(), false);
      assertEquals(await focused(world), "/team/fragile");
    },
  },
  {
    name: "the filter shows what fits and what is above it, says so where nothing does, and Escape clears it",
    async run(world) {
      await world.spawnTeam("orders", ["apple", "pear"]);
      world.spawn("other");
      const page = await world.look();
      await page.keyboard.press("/");
      await page.keyboard.type("pear");
      assertEquals(await rows(world), ["/orders", "/orders/pear"]);
      assertEquals(await page.locator("#actors-note").innerText(), "1 of 4");
      await page.keyboard.type("p");
      assertEquals(await page.locator("#connection-text").innerText(), "Live");
      assertMatch(await page.locator("#tree-empty").innerText(), /^No actor has “pearp”/);
      await page.keyboard.press("Escape");
      assertEquals(await rows(world), ["/orders", "/orders/apple", "/orders/pear", "/other"]);
    },
  },
  {
    name: "only troubled actors are shown on request, and the busiest first",
    async run(world) {
      const [slow, fast] = await world.spawnTeam("team", ["slow", "fast"]);
      const page = await world.look();
      const button = page.getByRole("button", { name: /Troubled/ });
      await button.click();
      assertMatch(await page.locator("#tree-empty").innerText(), /^All is well/);
      await slow!.doSend({ type: "fail", text: "oh" });
      await world.row("/team/slow").waitFor();
      assertEquals(await rows(world), ["/team", "/team/slow"]);
      await button.click();
      await page.locator("#order").selectOption("busiest");
      for (let i = 0; i < 50; i++) await fast!.send({ type: "count" });
      await page.waitForFunction(() =>
        document.querySelector("#rows > :nth-child(2)")?.getAttribute("data-key") === "/team/fast"
      );
    },
  },
  {
    name: "the focus, the scroll position and marked text stay while figures change and rows move",
    async run(world) {
      const team = await world.spawnTeam("team", Array.from({ length: 24 }, (_, i) => `member-${i + 1}`));
      for (let i = 0; i < 30; i++) world.spawn(`other-${i}`);
      const page = await world.look();
      await page.locator("#order").selectOption("busiest");
      await page.evaluate(() => document.getElementById("tree-scroll")!.scrollTop = 200);
      await world.row("/team/member-20").evaluate((row) => (row as HTMLElement).focus({ preventScroll: true }));
      const label = world.row("/team/member-18").locator(".label");
      await label.evaluate((node) => getSelection()!.selectAllChildren(node));
      const before = await page.evaluate(() => document.getElementById("tree-scroll")!.scrollTop);
      for (let i = 0; i < 50; i++) await team[19]!.send({ type: "count" });
      await page.waitForFunction(() =>
        document.querySelector("#rows > :nth-child(2)")?.getAttribute("data-key") === "/team/member-20"
      );
      await world.states(2);
      assertEquals(await focused(world), "/team/member-20");
      assertEquals(await page.evaluate(() => getSelection()!.toString()), "member-18");
      assertEquals(await page.evaluate(() => document.getElementById("tree-scroll")!.scrollTop), before);
      await world.system.stop(team[19]!);
      await world.row("/team/member-20").waitFor({ state: "detached" });
      assertMatch(await focused(world) ?? "", /^\/team\/member-/);
    },
  },
  {
    name: "markup in a name or in an error stays text",
    async run(world) {
      world.spawn(MARKUP);
      const page = await world.look();
      const [fragile] = await world.spawnTeam("team", ["fragile"]);
      await fragile!.doSend({ type: "fail", text: MARKUP });
      await page.locator("#failures-body", { hasText: MARKUP }).waitFor();
      assertEquals(await world.row(`/${MARKUP}`).locator(".label").innerText(), MARKUP);
      await page.locator("#filter").fill(`${MARKUP} of nobody`);
      await page.locator("#tree-empty", { hasText: `${MARKUP} of nobody` }).waitFor();
      assertEquals(await page.locator("main img, main b").count(), 0);
      assertEquals(await page.evaluate(() => "hurt" in globalThis), false);
    },
  },
  {
    name: "a thousand actors are drawn and kept up to date without a long pause",
    async run(world) {
      for (let i = 0; i < 5; i++) {
        await world.spawnTeam(`team-${i}`, Array.from({ length: 190 }, (_, j) => `member-${j}`));
      }
      const page = await world.look();
      await world.row("/team-0").focus();
      await page.keyboard.press("*");
      assertEquals((await rows(world)).length, 955);
      const longest = await page.evaluate(async () => {
        let longest = 0;
        const watch = new PerformanceObserver((list) => {
          for (const { duration } of list.getEntries()) longest = Math.max(longest, duration);
        });
        watch.observe({ type: "longtask" });
        const { seen } = globalThis as unknown as { seen: EventTarget };
        for (let i = 0; i < 4; i++) {
          await new Promise((resolve) => seen.addEventListener("state", resolve, { once: true }));
        }
        watch.disconnect();
        return longest;
      });
      // A tenth of the time between two states; on a busy machine it may be a few times as long.
      assert(longest < 400, `A state held the page up for ${longest} ms`);
    },
  },
];
