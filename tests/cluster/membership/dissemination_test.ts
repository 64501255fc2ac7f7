import { assert, assertEquals, assertLessOrEqual } from "@std/assert";
import { Dissemination, retransmitLimit } from "../../../cluster/membership/dissemination.ts";
import { SeededRandom } from "../../../src/testing/mod.ts";
import { pure } from "../../support/members.ts";

function make(names: readonly string[], bytes = 10, max = 1_000): Dissemination<string> {
  const news = new Dissemination<string>(max);
  for (const name of names) news.add({ about: name, value: name, bytes });
  return news;
}

pure("retransmitLimit is mult * ceil(log10(n + 1)), exact also at powers of ten", () => {
  const cases = [[1, 4], [9, 4], [10, 8], [32, 8], [99, 8], [100, 12], [999, 12], [1_000, 16], [9_999, 16]] as const;
  for (const [members, expected] of cases) assertEquals(retransmitLimit(4, members), expected, String(members));
  assertEquals(retransmitLimit(2, 10), 4);
});

pure("Dissemination.take fills a packet up to its limit, and smaller news go where a larger one does not fit", () => {
  const news = make(["a", "b", "c"]);
  assertEquals(news.take(29, 9), ["c", "b"]);
  assertEquals(news.take(30, 9).length, 3);
  const mixed = make(["small"]);
  mixed.add({ about: "large", value: "large", bytes: 50 });
  assertEquals(mixed.take(49, 9), ["small"]);
  assertEquals(mixed.take(60, 9), ["large", "small"]);
  assertEquals(mixed.take(-1, 9), []);
});

pure("Dissemination.take never exceeds the limit, whatever the sizes", () => {
  const random = new SeededRandom(3);
  const sizes = new Map<string, number>();
  const news = new Dissemination<string>(1_000);
  for (let i = 0; i < 200; i++) {
    const bytes = 1 + Math.floor(random.next() * 300);
    sizes.set(`n${i}`, bytes);
    news.add({ about: `n${i}`, value: `n${i}`, bytes });
  }
  for (let packet = 0; news.size > 0; packet++) {
    const taken = news.take(1_400, 3);
    const bytes = taken.reduce((sum, name) => sum + sizes.get(name)!, 0);
    assertLessOrEqual(bytes, 1_400);
    assertEquals(new Set(taken).size, taken.length);
    assert(packet < 1_000, "it comes to an end");
  }
});

pure("Dissemination.take sends what was sent least often first, and of those the newest", () => {
  const news = make(["old", "new"]);
  assertEquals(news.take(10, 9), ["new"]);
  assertEquals(news.take(10, 9), ["old"]);
  news.add({ about: "newest", value: "newest", bytes: 10 });
  assertEquals(news.take(10, 9), ["newest"]);
  assertEquals(news.take(30, 9).length, 3);
});

pure("Dissemination sends each piece of news exactly as often as its budget says", () => {
  const news = make(["a", "b", "c"]);
  const count = new Map<string, number>();
  for (let packet = 0; packet < 100; packet++) {
    for (const name of news.take(20, 8)) count.set(name, (count.get(name) ?? 0) + 1);
  }
  assertEquals([...count.entries()].sort(), [["a", 8], ["b", 8], ["c", 8]]);
  assertEquals([news.size, news.take(1_000, 8)], [0, []]);
});

pure("Dissemination.add takes the place of older news about the same, with a budget of its own", () => {
  const news = make(["a"]);
  news.take(10, 2);
  news.add({ about: "a", value: "a again", bytes: 10 });
  assertEquals(news.about("a"), "a again");
  assertEquals([news.take(10, 2), news.take(10, 2), news.take(10, 2)], [["a again"], ["a again"], []]);
});

pure("Dissemination.delete ends the spread of a piece of news", () => {
  const news = make(["a", "b"]);
  news.delete("a");
  assertEquals([news.about("a"), news.take(100, 9)], [undefined, ["b"]]);
});

pure("Dissemination holds a bounded number of news: the oldest make way", () => {
  const news = make(Array.from({ length: 50 }, (_, i) => `n${i}`), 10, 3);
  assertEquals([news.size, news.take(100, 9)], [3, ["n49", "n48", "n47"]]);
});
