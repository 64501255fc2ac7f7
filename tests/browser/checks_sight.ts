/**
 * What is found at first sight, whatever the window, the colours and the names.
 * @module
 */

import { assert, assertEquals, assertMatch, assertNotEquals } from "@std/assert";
import type { MemberState, ObserverState } from "@cinema/cinema/observer";
import type { Check } from "./check.ts";
import { sampleStates } from "./sample.ts";
import type { World } from "./world.ts";

/** Has the page show this instead of what there is. */
async function show({ page, url }: World, state: ObserverState): Promise<void> {
  const body = `event: state\ndata: ${JSON.stringify(state)}\n\n`;
  await page.route("**/events", (route) => route.fulfill({ contentType: "text/event-stream", body }));
  await page.goto(url);
  await page.locator("#rows > .row").first().waitFor();
}

/** Nodes of which the last two are not well. */
function manyMembers(count: number, now: number): readonly MemberState[] {
  return Array.from({ length: count }, (_, i) => ({
    id: `node-${i + 1}`,
    addr: `10.0.${i >> 8}.${i & 255}:7000`,
    status: i === count - 1 ? "down" : i === count - 2 ? "suspect" : "up",
    since: i === count - 1 ? now - 125_000 : null,
    isSelf: i === 0,
    roundTripMs: i === 0 ? null : 1,
  }));
}

/** See the module. */
export const SIGHT_CHECKS: readonly Check[] = [
  {
    name: "among hundreds of members those that are not well come first, and have names in the picture",
    async run(world) {
      const state = sampleStates().at(-1)!;
      await show(world, { ...state, cluster: { ...state.cluster!, members: manyMembers(300, state.at) } });
      const { page } = world;
      assertMatch(await page.locator(".figure").first().innerText(), /^Nodes\s+298\s*of 300 up\s+1 down, 1 suspect/);
      const first = await page.locator(".members tbody th").evaluateAll((cells) =>
        cells.slice(0, 3).map((cell) => cell.textContent)
      );
      assertEquals(first, ["node-300", "node-299", "node-1"]);
      assertMatch(await page.locator(".members tbody tr").first().innerText(), /down 2 min/);
      const names = await page.locator(".node-name").evaluateAll((names) =>
        names.map((name) => name.textContent).filter((name) => name !== "").sort()
      );
      assertEquals(names, ["node-1", "node-299", "node-300"]);
      assertEquals(await page.title(), "(1 down, 1 suspect) Shop · Observer");
    },
  },
  {
    name: "what was long ago has its day and no alarming colour, and who has left is not counted as missing",
    async run(world) {
      const state = sampleStates().at(-1)!;
      const old = { at: state.at - 3 * 86_400_000, id: "/customers", error: "Error: long ago" };
      const [first, ...others] = state.cluster!.members.filter(({ status }) => status === "up");
      const members = [first!, ...others.map((member) => ({ ...member, status: "left" as const }))];
      const actors = state.actors.map((actor) => actor.id === "/customers" ? { ...actor, lastFailure: old } : actor);
      await show(world, { ...state, actors, failures: [old], cluster: { ...state.cluster!, members } });
      const { page } = world;
      assertMatch(await page.locator(".failures tbody td").first().innerText(), /^2[34] Nov$/);
      const colour = (selector: string) => page.locator(selector).first().evaluate((it) => getComputedStyle(it).color);
      const age = "[data-key='/customers'] .failure-age";
      assertEquals(await page.locator(age).innerText(), "3 d ago");
      assertEquals(await colour(age), await colour("#cluster-note"));
      assertEquals(await page.locator("#cluster-note").innerText(), "1 of 1 up, shop");
    },
  },
  {
    name: "numbers and names are whole on a phone, also far down in the tree and where hundreds of senders wait",
    context: { viewport: { width: 360, height: 1_600 } },
    async run(world) {
      const state = sampleStates().at(-1)!;
      const [customers] = state.actors.filter(({ id }) => id === "/customers");
      const full = { ...customers!, id: "/full", label: "full", queued: 64, used: 64, capacity: 64, waiting: 183 };
      let deep = { ...customers!, id: "/deep", label: "end", className: "Leaf".repeat(20) };
      for (let level = 15; level > 0; level--) deep = { ...deep, id: `/${level}`, label: `${level}`, children: [deep] };
      await show(world, { ...state, actors: [full, deep] });
      for (const width of [360, 1280]) {
        await world.page.setViewportSize({ width, height: 1_600 });
        // What is out of sight is not drawn.
        await world.page.waitForFunction(() =>
          [...document.querySelectorAll("#rows .label")].every((it) =>
            it.checkVisibility({ contentVisibilityAuto: true })
          )
        );
        const mailbox = world.row("/full").locator(".c-mailbox");
        assertMatch(await mailbox.innerText(), width === 360 ? /^183 wait$/ : /^183 wait\s+64 \/ 64$/);
        const cut = await world.page.locator("#rows :is(.meter, .c-mailbox, .label)").evaluateAll((nodes) =>
          nodes.filter((node) => node.scrollWidth > node.clientWidth).map((node) => node.textContent)
        );
        assertEquals(cut, [], `${width} px`);
      }
    },
  },
  {
    name: "what was thrown is the first of the details, and seen without scrolling",
    async run(world) {
      const [fragile] = await world.spawnTeam("team", ["fragile"]);
      const page = await world.look();
      await fragile!.doSend({ type: "fail", text: "no more" });
      await world.row("/team/fragile").locator(".flag").waitFor();
      await world.row("/team/fragile").click();
      const [text, panel] = [page.locator(".details-failure pre"), page.locator("#details")];
      await text.waitFor();
      const [inner, outer] = [(await text.boundingBox())!, (await panel.boundingBox())!];
      assert(inner.y + inner.height <= outer.y + outer.height);
    },
  },
  {
    name: "the filter tells of the actors that it has not looked at",
    async run(world) {
      for (let i = 0; i < 205; i++) world.spawn(`actor-${i}`);
      const page = await world.look();
      await page.locator("#filter").fill("actor-204");
      assertEquals(await page.locator("#actors-note").innerText(), "0 of 200, 5 more actors not looked at");
      assertMatch(await page.locator("#tree-empty").innerText(), / 5 more actors not looked at\.$/);
    },
  },
  {
    name: "each figure is explained where the pointer rests, and in the help",
    hasCluster: true,
    async run(world) {
      world.spawn("one");
      const page = await world.look();
      const row = world.row("/one");
      await row.click();
      const titles = await page.locator(".figure").evaluateAll((nodes) =>
        nodes.map((node) => [node.querySelector("h2")?.textContent, node.getAttribute("title")])
      );
      assertEquals(titles.length, 7);
      await page.getByRole("button", { name: "Help" }).click();
      for (const [title, hint] of titles) {
        const term = page.locator("#glossary dt", { hasText: title! });
        assertEquals((await term.locator("+ dd").innerText()).replaceAll(/\s+/g, " "), hint);
        assertNotEquals(hint, "");
      }
      // One press of Escape closes the help, and not the details as well.
      await page.keyboard.press("Escape");
      await row.waitFor();
      assertEquals(await page.locator("#keys").isVisible(), false);
      assertEquals(await page.locator("#details").isVisible(), true);
      for (const name of ["Mailbox", "Per second", "Restarts"]) {
        assertNotEquals(await page.getByRole("columnheader", { name }).getAttribute("title"), null, name);
      }
    },
  },
  {
    name: "with the colours of the reader, bars, pressed buttons and the selected row are told apart",
    context: { forcedColors: "active" },
    async run(world) {
      await show(world, sampleStates().at(-1)!);
      const { page } = world;
      const style = (selector: string, name: "backgroundColor" | "outlineStyle" | "fill") =>
        page.locator(selector).first().evaluate((it, name) => getComputedStyle(it)[name], name);
      const ground = await style("body", "backgroundColor");
      await page.locator("#troubled").click();
      await world.row("/checkout/ledger").click();
      for (const part of ["[data-key='/checkout/ledger'] .meter-fill", "#troubled", ".segments label:has(:checked)"]) {
        assertNotEquals(await style(part, "backgroundColor"), ground, part);
      }
      assertEquals(await style("[data-key='/checkout/ledger']", "outlineStyle"), "dashed");
      assertEquals(await style(".node-name", "fill"), await page.evaluate(() => getComputedStyle(document.body).color));
    },
  },
  {
    name: "a print is dark on light, and has all rows and no buttons",
    context: { colorScheme: "dark" },
    async run(world) {
      await show(world, sampleStates().at(-1)!);
      const { page } = world;
      await page.getByRole("radio", { name: "Dark" }).check();
      await page.emulateMedia({ media: "print" });
      assertEquals(await page.evaluate(() => getComputedStyle(document.body).backgroundColor), "rgb(243, 244, 247)");
      assertEquals(await page.locator("#pause").isVisible(), false);
      const hidden = await page.locator(".tree-scroll, .table-scroll, .side").evaluateAll((nodes) =>
        nodes.filter((node) => node.scrollHeight > node.clientHeight + 1).map((node) => node.className)
      );
      assertEquals(hidden, []);
    },
  },
];
