/**
 * A page as an SVG: what is seen of its elements, and the styles that they use.
 * @module
 */

import type { Page } from "playwright-core";

/** The page as it is now. */
export async function takePicture(page: Page, theme: "light" | "dark"): Promise<string> {
  const { width, height } = page.viewportSize()!;
  const styles = await page.evaluate(usedStyles, height);
  const body = await page.evaluate(visibleBody);
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" ` +
    `viewBox="0 0 ${width} ${height}" data-theme="${theme}" role="img" ` +
    `aria-label="The page of the observer: actors, cluster, failures and dead letters">\n` +
    `<style><![CDATA[\n${styles}]]></style>\n` +
    `<foreignObject width="${width}" height="${height}">${body}</foreignObject>\n</svg>\n`;
}

/** The rules that something on the page follows. A picture has one size: what holds for others is left out. */
function usedStyles(height: number): string {
  const isUsed = (selector: string): boolean => {
    const plain = selector.replaceAll(/::?(?:before|after|placeholder)\b/g, "");
    if (/:(?:hover|focus|focus-visible)\b/.test(plain)) return false;
    return plain.startsWith(":root") || document.querySelector(plain === "" ? "*" : plain) !== null;
  };
  const theme = document.documentElement.dataset["theme"];
  const write = (rules: CSSRuleList): string =>
    [...rules].map((rule) => {
      if (rule instanceof CSSMediaRule) return matchMedia(rule.conditionText).matches ? write(rule.cssRules) : "";
      if (rule instanceof CSSContainerRule) return `@container ${rule.conditionText} {\n${write(rule.cssRules)}}\n`;
      if (!(rule instanceof CSSStyleRule)) return "";
      const { selectorText } = rule;
      const isOther = selectorText.startsWith(":root[data-theme=") && !selectorText.includes(`"${theme}"`);
      if (isOther || !selectorText.split(/,(?![^(]*\))/).some((part) => isUsed(part.trim()))) return "";
      const text = rule.cssText.replaceAll("100vh", `${height}px`).replaceAll(/animation:[^;]*;/g, "");
      // A picture has one theme, and may be shown by what does not know light-dark().
      return `${text.replaceAll(/light-dark\((.*?), (.*?)\)/g, theme === "dark" ? "$2" : "$1")}\n`;
    }).join("");
  // Nobody scrolls in a picture.
  const still = ".tree-scroll, .table-scroll, .side { overflow: hidden; }\n";
  return [...document.styleSheets].map((sheet) => write(sheet.cssRules)).join("") + still;
}

/** The elements that are seen, without what only a living page needs. */
function visibleBody(): string {
  const copy = document.body.cloneNode(true) as HTMLElement;
  const pairs = [...document.body.querySelectorAll("*")].map((node, i) => ({
    node,
    twin: copy.querySelectorAll("*")[i]!,
  }));
  const gone = ".hidden, [hidden], .skip, noscript, script, style, [popover], title, caption";
  for (const { node, twin } of pairs) {
    if (node.matches(gone) || isOutside(node)) twin.remove();
    if (node instanceof HTMLInputElement && node.type === "radio") twin.toggleAttribute("checked", node.checked);
    for (const { name } of [...twin.attributes]) {
      if (
        /^(?:aria-(?!pressed|expanded|selected|hidden)|on|tabindex|title|href$)/.test(name) && twin.tagName !== "use"
      ) {
        twin.removeAttribute(name);
      }
    }
  }
  // A symbol that nothing shows is not needed.
  const shown = new Set([...copy.querySelectorAll("use")].map((use) => use.getAttribute("href")));
  for (const symbol of copy.querySelectorAll("symbol")) if (!shown.has(`#${symbol.id}`)) symbol.remove();
  return new XMLSerializer().serializeToString(copy).replaceAll(/>\s+</g, "><");

  /** Whether a row is scrolled out of sight. */
  function isOutside(node: Element): boolean {
    const frame = node.matches(".tree-body > .row, tbody > tr") ? node.closest(".tree-scroll, .table-scroll") : null;
    return frame !== null && node.getBoundingClientRect().top > frame.getBoundingClientRect().bottom;
  }
}
