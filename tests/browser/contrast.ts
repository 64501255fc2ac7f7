/**
 * Whether texts can be told from what they stand on.
 * @module
 */

import type { Page } from "playwright-core";

/** What WCAG 2 asks of small text at level AA. */
const CONTRAST_MIN = 4.5;

/** The visible texts with less contrast than they need. */
export async function contrastProblems(page: Page): Promise<string[]> {
  return await page.evaluate((least) => {
    const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true })!;
    const channels = (color: string): number[] => {
      canvas.clearRect(0, 0, 1, 1);
      canvas.fillStyle = color;
      canvas.fillRect(0, 0, 1, 1);
      return [...canvas.getImageData(0, 0, 1, 1).data];
    };
    const luminance = ([r = 0, g = 0, b = 0]: number[]): number => {
      const [x = 0, y = 0, z = 0] = [r, g, b].map((channel) => {
        const share = channel / 255;
        return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
      });
      return 0.2126 * x + 0.7152 * y + 0.0722 * z;
    };
    const ground = (element: Element | null): number[] => {
      for (let at = element; at !== null; at = at.parentElement) {
        const color = channels(getComputedStyle(at).backgroundColor);
        if (color[3] === 255) return color;
      }
      return [255, 255, 255, 255];
    };
    const problems = new Set<string>();
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
      const element = node.parentElement!;
      if ((node.textContent ?? "").trim() === "" || !element.checkVisibility({ opacityProperty: true })) continue;
      if (element.closest(".hidden, .skip, option, title") !== null) continue;
      const style = getComputedStyle(element);
      const color = element instanceof SVGElement ? style.fill : style.color;
      const [a, b] = [luminance(channels(color)), luminance(ground(element))];
      const contrast = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
      if (contrast < least) {
        problems.add(`${contrast.toFixed(2)} "${node.textContent}" .${element.getAttribute("class")}`);
      }
    }
    return [...problems];
  }, CONTRAST_MIN);
}
