import { assert, assertEquals, assertLess } from "@std/assert";
import * as fc from "fast-check";
import { type Location, winnerOf, wins } from "../../cluster/directory/entry.ts";
import { placeOf } from "../../cluster/directory/placement.ts";
import { locationOf } from "../support/cluster_records.ts";
import { anyText, type Property, property } from "./property.ts";

const anyNode = fc.oneof(fc.nat(200).map((n) => `node-${n}`), anyText(20, 1));

/** Hosts of one name, each another node. */
function anyHosts(minLength: number): fc.Arbitrary<Location[]> {
  return fc.uniqueArray(anyNode, { minLength, maxLength: 12 }).map((nodes) =>
    nodes.map((node) => locationOf({ node }))
  );
}

const anyKey = anyText(30);

/** Who claims a name: some with the same number, as in a group. */
const anyClaims = fc.uniqueArray(fc.record({ node: anyNode, entryUid: fc.nat(4) }), {
  maxLength: 8,
  selector: ({ node }) => node,
}).map((claims) => claims.map(locationOf));

/** The laws of who gets a key, and who a name. */
export const PLACEMENT: readonly Property[] = [
  property(
    "a key has the same place in whichever order the hosts are known",
    500,
    fc.tuple(anyHosts(0), anyKey).chain(([hosts, key]) =>
      fc.tuple(fc.constant(hosts), fc.shuffledSubarray(hosts, { minLength: hosts.length }), fc.constant(key))
    ),
    ([hosts, others, key]) => {
      const place = placeOf(key, hosts);
      assertEquals(placeOf(key, others), place);
      assertEquals(place === undefined, hosts.length === 0);
    },
  ),
  property(
    "when a host goes only its keys move, and when one comes keys move only to it",
    500,
    fc.tuple(anyHosts(2), anyKey, fc.nat()),
    ([hosts, key, n]) => {
      const gone = hosts[n % hosts.length]!;
      const rest = hosts.filter((host) => host !== gone);
      const [before, after] = [placeOf(key, hosts), placeOf(key, rest)];
      if (before === gone) assert(after !== undefined && after !== gone);
      else assertEquals(after, before);
    },
  ),
  property(
    "every host gets its share of many keys: none has half as much again as it should",
    20,
    fc.tuple(fc.uniqueArray(anyNode, { minLength: 2, maxLength: 8 }), anyText(10)),
    ([nodes, prefix]) => {
      const hosts = nodes.map((node) => locationOf({ node }));
      const counts = new Map(nodes.map((node) => [node, 0]));
      const keys = 1_000 * nodes.length;
      for (let n = 0; n < keys; n++) {
        const { node } = placeOf(`${prefix}${n}`, hosts)!;
        counts.set(node, counts.get(node)! + 1);
      }
      // Ten standard deviations and more.
      for (const [node, count] of counts) assertLess(Math.abs(count - 1_000), 500, `${node} has ${count} of ${keys}`);
    },
  ),
  property(
    "a name has one winner, the same in every order, and everybody else loses against it",
    500,
    anyClaims.chain((claims) =>
      fc.tuple(fc.constant(claims), fc.shuffledSubarray(claims, { minLength: claims.length }))
    ),
    ([claims, others]) => {
      const winner = winnerOf(claims);
      assertEquals(winnerOf(others), winner);
      for (const claim of claims) if (claim !== winner) assert(wins(winner!, claim) && !wins(claim, winner!));
    },
  ),
];
