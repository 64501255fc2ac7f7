/**
 * Looks at the observer's page in a real browser.
 *
 * `deno task test:browser` runs every check, or those with a word of the command line in their name. It needs Chromium:
 * that of the system, or the one that the variable CHROMIUM names. Where there is none it is installed if that is
 * possible without asking; otherwise nothing is checked, and the last line says so.
 *
 * @module
 */

import { chromium } from "playwright-core";
import type { Browser } from "playwright-core";
import type { Check } from "./check.ts";
import { LOAD_CHECKS } from "./checks_load.ts";
import { PAGE_CHECKS } from "./checks_page.ts";
import { SIGHT_CHECKS } from "./checks_sight.ts";
import { TREE_CHECKS } from "./checks_tree.ts";
import { chromiumArgs, findChromium } from "./chromium.ts";
import { World } from "./world.ts";

const executablePath = await findChromium();
if (executablePath === undefined) {
  console.log("skipped: there is no Chromium here; install it, or name one in the variable CHROMIUM");
  Deno.exit(0);
}

const browser = await chromium.launch({ executablePath, args: chromiumArgs(), headless: true });
const words = Deno.args;
const checks = [...TREE_CHECKS, ...PAGE_CHECKS, ...SIGHT_CHECKS, ...LOAD_CHECKS].filter(({ name }) =>
  words.every((word) => name.includes(word))
);
let failed = 0;
for (const check of checks) failed += await perform(browser, check) ? 0 : 1;
await browser.close();
console.log(`${checks.length - failed} passed, ${failed} failed`);
Deno.exit(failed === 0 && checks.length > 0 ? 0 : 1);

/** Runs one check in a world of its own; returns whether all was well. */
async function perform(browser: Browser, check: Check): Promise<boolean> {
  const start = performance.now();
  let problem: unknown;
  try {
    await using world = await World.open(browser, check);
    await check.run(world);
    if (world.complaints.length > 0) problem = new Error(`The browser complains: ${world.complaints.join("; ")}`);
  } catch (error) {
    problem = error;
  }
  const seconds = ((performance.now() - start) / 1_000).toFixed(1);
  console.log(`${check.name} ... ${problem === undefined ? "ok" : "FAILED"} (${seconds} s)`);
  if (problem !== undefined) console.log(problem);
  return problem === undefined;
}
