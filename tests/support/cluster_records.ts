import { assert, assertEquals } from "@std/assert";
import type { Directory } from "../../cluster/directory/directory.ts";
import type { DirectoryChange, DirectoryPage, Location } from "../../cluster/directory/entry.ts";
import type { OwnEntries } from "../../cluster/directory/own_entries.ts";
import { type MemberRecord, STATUSES } from "../../cluster/membership/member.ts";
import type { Body, Packet, Update } from "../../cluster/membership/messages.ts";
import type { DirectoryMessage } from "../../cluster/wire/directory_codec.ts";
import type { Seeded } from "./seeded.ts";

/** A record of a healthy member, with what is said otherwise. */
export function recordOf(fields: Partial<MemberRecord> = {}): MemberRecord {
  return { id: "node-1", addr: "127.0.0.1:7001", status: "up", uid: 1, incarnation: 0, version: 0, ...fields };
}

/** News about a healthy member, with what is said otherwise. */
export function updateOf(fields: Partial<Update> = {}): Update {
  return { ...recordOf(), from: "", isRefused: false, ...fields };
}

/** A packet with nothing but a sender, with what is said otherwise. */
export function packetOf(fields: Partial<Packet> = {}): Packet {
  return { cluster: 7, sender: recordOf(), body: { kind: "gossip" }, updates: [], ...fields };
}

/** Where an actor lives. */
export function locationOf(fields: Partial<Location> = {}): Location {
  return { name: "bank", node: "node-1", uid: 1, actorType: "Bank", entryUid: 1, ...fields };
}

/** An entry that is there. */
export function present(name: string, fields: Partial<DirectoryChange> = {}): DirectoryChange {
  return { name, actorType: "Bank", entryUid: 1, reason: "", ...fields };
}

/** An entry that was taken away. */
export function removed(name: string, reason = "stopped"): DirectoryChange {
  return { name, actorType: undefined, entryUid: 0, reason };
}

/** A page of changes; `since` to `version`. */
export function pageOf(fields: Partial<DirectoryPage> = {}): DirectoryPage {
  return { uid: 1, since: 0, version: 1, changes: [], compacted: 0, ...fields };
}

/** The entries of a node, by its own word and in the order of their names. */
export function ownLocations(own: OwnEntries, node: string, uid: number): Location[] {
  return [...own.names()].sort().map((name) => own.get(name, node, uid)!);
}

/** The entries of a node, as another knows them, in the order of their names. */
export function knownLocations(directory: Directory, node: string): Location[] {
  const known = [...directory.entries()].filter((location) => location.node === node);
  return known.sort((a, b) => a.name < b.name ? -1 : 1);
}

/** Asks a node for its changes until there are no more; returns the pages. */
export function catchUp(directory: Directory, node: string, uid: number, own: OwnEntries): DirectoryPage[] {
  const pages: DirectoryPage[] = [];
  for (;;) {
    const { since, compacted } = directory.requestOf(node, uid);
    const page = own.page(uid, since, compacted);
    if (page === undefined) break;
    pages.push(page);
    directory.take(node, page);
    assert(pages.length <= 1_000, "It asks for ever");
  }
  assertEquals(directory.versionOf(node, uid), own.version);
  return pages;
}

const TEXTS = ["a", "node-1", "calc.Add", "grüß €😀", "актёр", "x".repeat(127), "y".repeat(128), "€".repeat(255)];

/** Any short text that may not be empty. */
function nameOf(random: Seeded): string {
  return random.pick([...TEXTS, `n${random.below(1_000)}`]);
}

function textOf(random: Seeded): string {
  return random.below(3) === 0 ? "" : nameOf(random);
}

/** Any safe integer, small ones more often. */
function countOf(random: Seeded): number {
  return random.pick([0, 1, 127, 128, 2 ** 32, 2 ** 53 - 1, Math.floor(random.next() * 2 ** random.below(53))]);
}

function wordOf(random: Seeded): number {
  return random.pick([0, 1, 2 ** 31, 2 ** 32 - 1, random.below(2 ** 32)]);
}

function flagOf(random: Seeded): boolean {
  return random.below(2) === 0;
}

/** Any record. */
export function randomRecord(random: Seeded): MemberRecord {
  return {
    id: nameOf(random),
    addr: `${random.pick(["127.0.0.1", "[::1]", "node.example.org"])}:${1 + random.below(65_535)}`,
    status: random.pick(STATUSES),
    uid: countOf(random),
    incarnation: countOf(random),
    version: countOf(random),
  };
}

/** Any piece of news. */
export function randomUpdate(random: Seeded): Update {
  return { ...randomRecord(random), from: textOf(random), isRefused: flagOf(random) };
}

/** The kinds of bodies. */
export const KINDS = ["ping", "ack", "ping-req", "nack", "gossip", "digest", "state", "refusal"] as const;

/** Any body of a kind. */
export function randomBody(random: Seeded, kind: Body["kind"]): Body {
  const sequence = countOf(random);
  const target = { id: textOf(random), uid: countOf(random) };
  switch (kind) {
    case "ping":
      return { kind, sequence, target };
    case "ping-req":
      return { kind, sequence, target, addr: randomRecord(random).addr };
    case "digest":
      return { kind, digest: wordOf(random), isJoin: flagOf(random) };
    case "state": {
      const records = Array.from({ length: random.below(4) }, () => randomRecord(random));
      return { kind, records, wantsReply: flagOf(random) };
    }
    case "refusal":
      return { kind, code: random.pick(["cluster", "id-taken"]), message: textOf(random) };
    case "gossip":
      return { kind };
    default:
      return { kind, sequence };
  }
}

/** Any packet, with a body of a kind. */
export function randomPacket(random: Seeded, kind: Body["kind"]): Packet {
  return {
    cluster: wordOf(random),
    sender: randomRecord(random),
    body: randomBody(random, kind),
    updates: Array.from({ length: random.below(4) }, () => randomUpdate(random)),
  };
}

/** Any message about the directory. */
export function randomDirectoryMessage(random: Seeded): DirectoryMessage {
  const message = { cluster: wordOf(random), sender: randomRecord(random) };
  const [uid, since, version, compacted] = Array.from({ length: 4 }, () => countOf(random)) as [
    number,
    number,
    number,
    number,
  ];
  if (flagOf(random)) return { ...message, body: { kind: "request", uid, since, compacted } };
  const changes = Array.from({ length: random.below(5) }, () => {
    const name = nameOf(random);
    if (flagOf(random)) return removed(name, textOf(random));
    return present(name, { actorType: textOf(random), entryUid: countOf(random) });
  });
  return { ...message, body: { kind: "page", page: { uid, since, version, changes, compacted } } };
}

/** Messages as protobufjs takes them: what has the default of its field is not there. */
type Fields = Record<string, unknown>;

function lean(fields: Fields): Fields {
  const isThere = (value: unknown) => value !== 0 && value !== "" && value !== false && value !== undefined;
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => isThere(value)));
}

/** A record, or news, as fields of `NodeInfo`. */
export function nodeInfo(record: MemberRecord | Update): Fields {
  return lean({ ...record, status: STATUSES.indexOf(record.status) });
}

/** A packet as fields of `ClusterMessage`. */
export function packetFields({ cluster, sender, body, updates }: Packet): Fields {
  const fields = lean({ cluster, sender: nodeInfo(sender) });
  return { packet: { ...fields, updates: updates.map(nodeInfo), ...bodyFields(body) } };
}

function bodyFields(body: Body): Fields {
  switch (body.kind) {
    case "ping":
      return { ping: lean({ sequence: body.sequence, ...body.target }) };
    case "ping-req":
      return { pingReq: lean({ sequence: body.sequence, ...body.target, addr: body.addr }) };
    case "digest":
      return { digest: lean({ digest: body.digest, isJoin: body.isJoin }) };
    case "state":
      return { state: { records: body.records.map(nodeInfo), ...lean({ wantsReply: body.wantsReply }) } };
    case "refusal":
      return { refusal: lean({ code: body.code === "cluster" ? 1 : 2, message: body.message }) };
    case "gossip":
      return {};
    default:
      return { [body.kind]: lean({ sequence: body.sequence }) };
  }
}

/** A message about the directory as fields of `ClusterMessage`. */
export function directoryFields({ cluster, sender, body }: DirectoryMessage): Fields {
  const fields = lean({ cluster, sender: nodeInfo(sender) });
  if (body.kind === "request") {
    const { kind: _, ...request } = body;
    return { directory: { ...fields, request: lean(request) } };
  }
  const { changes, ...page } = body.page;
  const changeFields = changes.map((change) => lean({ ...change, isRemoved: change.actorType === undefined }));
  return { directory: { ...fields, page: { ...lean({ ...page }), changes: changeFields } } };
}
