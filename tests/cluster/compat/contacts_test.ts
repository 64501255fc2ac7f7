import { assert, assertEquals } from "@std/assert";
import { Contacts } from "../../../cluster/compat/contacts.ts";
import {
  CANDIDATE_MS,
  DOUBTFUL_EXCHANGES_MAX,
  FORGET_MS,
  RETRY_MAX_MS,
  STEADY_EXCHANGES_MAX,
} from "../../../cluster/compat/limits.ts";
import { SeededRandom } from "../../../src/testing/mod.ts";

const intervalMs = 100;

/** Without jitter, so that times are whole numbers. */
const random = { next: () => 0.5, bytes: (length: number) => new Uint8Array(length) };

const create = (candidatesMax = 256): Contacts => new Contacts({ intervalMs, random, candidatesMax });

/** When an address is asked within a time in which it never answers. */
function turns(contacts: Contacts, addr: string, untilMs: number): number[] {
  const found: number[] = [];
  for (let now = 0; now <= untilMs; now += 50) {
    if (!contacts.due(now).includes(addr)) continue;
    contacts.failed(addr);
    found.push(now);
  }
  return found;
}

Deno.test({
  name: "an address that answers is asked at every interval, and not while it is being asked",
  permissions: "none",
  fn() {
    const contacts = create();
    contacts.pin("a:1", 0);
    assertEquals(contacts.due(0), ["a:1"]);
    assertEquals([contacts.due(0), contacts.due(1_000)], [[], []]);
    contacts.answered("a:1", 30);
    assertEquals([contacts.due(99), contacts.due(100)], [[], ["a:1"]]);
  },
});

Deno.test({
  name: "an address that was never reached is asked less and less often, down to six times a minute",
  permissions: "none",
  fn() {
    const contacts = create();
    contacts.seed("a:1", 0);
    assertEquals(turns(contacts, "a:1", 3_000), [0, 200, 600, 1_400, 3_000]);
    const late = turns(contacts, "a:1", 200_000).slice(-2);
    assertEquals(late[1]! - late[0]!, RETRY_MAX_MS);
  },
});

Deno.test({
  name: "a peer that gossips and never answers is asked less and less often too",
  permissions: "none",
  fn() {
    const contacts = create();
    contacts.pin("a:1", 0);
    assertEquals(turns(contacts, "a:1", 1_000), [0, 200, 600]);
  },
});

Deno.test({
  name: "a peer that has answered before is asked at every interval, however often it fails, until it is Down",
  permissions: "none",
  fn() {
    const contacts = create();
    contacts.pin("a:1", 0);
    contacts.due(0);
    contacts.answered("a:1", 0);
    assertEquals(turns(contacts, "a:1", 400), [100, 200, 300, 400]);
    contacts.unpin("a:1", 400);
    assertEquals(turns(contacts, "a:1", 5_000).map((at) => at - 500), [0, 400, 1_200, 2_800]);
  },
});

Deno.test({
  name: "turns are spread by a tenth of the interval",
  permissions: "none",
  fn() {
    const contacts = new Contacts({ intervalMs: 1_000, random: new SeededRandom(1) });
    for (let port = 1; port <= 16; port++) {
      contacts.pin(`a:${port}`, 0);
      contacts.due(0);
      contacts.answered(`a:${port}`, 0);
    }
    assertEquals(contacts.due(900), []);
    const early = contacts.due(1_000).length;
    assert(early > 2 && early < 14, `${early} of 16 before the interval`);
    assertEquals(early + contacts.due(1_100).length, 16);
  },
});

Deno.test({
  name: "addresses that hang, however many, take no turn from those that answer",
  permissions: "none",
  fn() {
    const contacts = create();
    for (let port = 1; port <= 5; port++) {
      contacts.pin(`good:${port}`, 0);
      contacts.due(0);
      contacts.answered(`good:${port}`, 0);
    }
    for (let port = 1; port <= 100; port++) contacts.report(`black-hole:${port}`, 0);
    assertEquals(contacts.due(50).length, DOUBTFUL_EXCHANGES_MAX);
    assertEquals(contacts.due(60), []);
    assertEquals(contacts.due(100).filter((addr) => addr.startsWith("good")).length, 5);
    // One that hangs after it has answered counts among the doubtful from its first failure on.
    contacts.failed("good:1");
    assertEquals(contacts.due(300), []);
  },
});

Deno.test({
  name: "no more of those that answer are asked at a time than may be, and those that wait longest come first",
  permissions: "none",
  fn() {
    const contacts = create();
    for (let port = 1; port <= 40; port++) {
      contacts.pin(`a:${port}`, 0);
      contacts.due(0).forEach((addr) => contacts.answered(addr, 0));
    }
    const first = contacts.due(100);
    assertEquals(first.length, STEADY_EXCHANGES_MAX);
    for (const addr of first) contacts.answered(addr, 100);
    const second = contacts.due(200);
    assertEquals(second.filter((addr) => first.includes(addr)), []);
  },
});

Deno.test({
  name: "reported addresses are bounded, and seeds and peers find room none the less",
  permissions: "none",
  fn() {
    const contacts = create(2);
    assertEquals(["a:1", "a:2", "a:3", "a:1"].map((addr) => contacts.report(addr, 0)), [true, true, false, true]);
    contacts.seed("a:4", 0);
    contacts.pin("a:5", 0);
    assertEquals([contacts.size, contacts.report("a:4", 0)], [4, true]);
    contacts.pin("a:1", 0);
    assertEquals(contacts.report("a:3", 0), true);
    contacts.drop("a:2");
    contacts.drop("a:2");
    assertEquals([contacts.report("a:6", 0), contacts.report("a:7", 0)], [true, false]);
  },
});

Deno.test({
  name: "an address that nobody names any more is forgotten: soon if it never answered, seeds and peers never",
  permissions: "none",
  fn() {
    const contacts = create();
    contacts.seed("seed:1", 0);
    contacts.pin("peer:1", 0);
    contacts.report("silent:1", 0);
    contacts.report("known:1", 0);
    contacts.due(0);
    contacts.answered("known:1", 0);
    contacts.expire(CANDIDATE_MS - 1);
    assertEquals(contacts.size, 4);
    contacts.report("silent:1", CANDIDATE_MS - 1);
    contacts.expire(CANDIDATE_MS);
    assertEquals(contacts.size, 4);
    contacts.expire(2 * CANDIDATE_MS);
    assertEquals(contacts.size, 3);
    contacts.expire(FORGET_MS);
    assertEquals(contacts.size, 2);
    // What comes of an exchange that was under way is of no use any more.
    contacts.answered("known:1", FORGET_MS);
    contacts.failed("silent:1");
    contacts.unpin("silent:1", FORGET_MS);
    assertEquals(contacts.size, 2);
  },
});
