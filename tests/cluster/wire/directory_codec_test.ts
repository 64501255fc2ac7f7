import { assert, assertEquals, assertThrows } from "@std/assert";
import protobuf from "protobufjs";
import { ClusterCodec } from "../../../cluster/wire/cluster_codec.ts";
import type { DirectoryMessage } from "../../../cluster/wire/directory_codec.ts";
import { CHANGES_MAX } from "../../../cluster/wire/limits.ts";
import { encodeRecord } from "../../../cluster/wire/records.ts";
import { Writer } from "../../../cluster/wire/writer.ts";
import { WireError } from "../../../remote/wire/wire_error.ts";
import {
  directoryFields,
  pageOf,
  present,
  randomDirectoryMessage,
  recordOf,
  removed,
} from "../../support/cluster_records.ts";
import { fromHex, toHex } from "../../support/frames.ts";
import { forSeeds } from "../../support/seeded.ts";

const permissions = "none";
const schema = await Deno.readTextFile(new URL("../../../proto/cluster.proto", import.meta.url));
const ClusterMessage = protobuf.parse(schema).root.lookupType("cinema.ClusterMessage");

function decode(bytes: Uint8Array): DirectoryMessage {
  const decoded = new ClusterCodec().decode(bytes);
  assert(decoded?.kind === "directory");
  return decoded.message;
}

/** A message about the directory with these fields behind its sender. */
function bytesOf(write: (writer: Writer) => void, sender: Uint8Array = encodeRecord(recordOf())): Uint8Array {
  const writer = new Writer();
  writer.message(17, () => {
    writer.bytes(2, sender);
    write(writer);
  });
  return writer.finish();
}

function refusal(bytes: Uint8Array): string {
  return assertThrows(() => decode(bytes), WireError).message;
}

/** A page with one change of these fields. */
function changeBytes(write: (writer: Writer) => void): Uint8Array {
  return bytesOf((writer) => writer.message(4, () => writer.message(4, () => write(writer))));
}

Deno.test({
  name: "a request and a page come back as they were sent, with the reasons of removals",
  permissions,
  async fn() {
    const codec = new ClusterCodec();
    await forSeeds(500, (random) => {
      const message = randomDirectoryMessage(random);
      assertEquals(decode(codec.encodeDirectory(message)), message);
    });
    const page = pageOf({
      changes: [present("a", { actorType: "" }), removed("b", "restart-limit"), removed("c", "")],
    });
    const message = { cluster: 1, sender: recordOf(), body: { kind: "page", page } } as const;
    assertEquals(decode(codec.encodeDirectory(message)), message);
  },
});

Deno.test({
  name: "a message about the directory is the same bytes as protobufjs makes of cluster.proto, and is read from those",
  permissions,
  async fn() {
    const codec = new ClusterCodec();
    await forSeeds(300, (random) => {
      const message = randomDirectoryMessage(random);
      const fields = directoryFields(message);
      assertEquals(ClusterMessage.verify(fields), null);
      const theirs = new Uint8Array(ClusterMessage.encode(fields).finish());
      assertEquals(toHex(codec.encodeDirectory(message)), toHex(theirs));
      assertEquals(decode(theirs), message);
      const read = ClusterMessage.decode(codec.encodeDirectory(message));
      assertEquals(ClusterMessage.toObject(read, { longs: Number, arrays: true }), fields);
    });
  },
});

Deno.test({
  name: "a removal has neither a type nor an entry uid, and what is there no reason, whatever was sent",
  permissions,
  fn() {
    const both = (isRemoved: boolean) =>
      changeBytes((writer) => {
        writer.string(1, "bank");
        writer.string(2, "Bank");
        writer.uint(3, 5);
        writer.bool(4, isRemoved);
        writer.string(5, "failed");
      });
    const changesIn = ({ body }: DirectoryMessage) => body.kind === "page" ? body.page.changes : [];
    assertEquals(changesIn(decode(both(true))), [removed("bank", "failed")]);
    assertEquals(changesIn(decode(both(false))), [present("bank", { entryUid: 5 })]);
  },
});

Deno.test({
  name: "a message about the directory is refused where a part is missing or out of its bounds",
  permissions,
  fn() {
    const long = "x".repeat(256);
    const request = (writer: Writer) => writer.message(3, () => writer.uint(1, 1));
    const wrong: [what: string, bytes: Uint8Array][] = [
      ["is incomplete", bytesOf(() => {})],
      ["is incomplete", fromHex("8a01021a00")],
      ["a member has no name", bytesOf(request, new Uint8Array(0))],
      ["an entry of the directory has no name", changeBytes((writer) => writer.string(2, "Bank"))],
      ["an entry of the directory has no name", changeBytes(() => {})],
      ["the limit is 255 characters", changeBytes((writer) => writer.string(1, long))],
      ["the limit is 255 characters", changeBytes((writer) => writer.string(2, long))],
      ["the limit is 255 characters", changeBytes((writer) => writer.string(5, long))],
      ["it is no UTF-8", changeBytes((writer) => writer.bytes(1, fromHex("ff")))],
    ];
    for (const [what, bytes] of wrong) assert(refusal(bytes).includes(what), what);
    const tooLarge = fromHex("80808080808080 10");
    for (const field of [1, 2, 3]) {
      const number = new Uint8Array([field << 3, ...tooLarge]);
      assert(refusal(bytesOf((writer) => writer.bytes(3, number))).includes("9007199254740992 is too large"));
      assert(refusal(bytesOf((writer) => writer.bytes(4, number))).includes("9007199254740992 is too large"));
    }
    const compacted = new Uint8Array([5 << 3, ...tooLarge]);
    assert(refusal(bytesOf((writer) => writer.bytes(4, compacted))).includes("is too large"));
    const entryUid = new Uint8Array([0x0a, 1, 0x61, 3 << 3, ...tooLarge]);
    assert(refusal(bytesOf((w) => w.message(4, () => w.bytes(4, entryUid)))).includes("is too large"));
  },
});

Deno.test({
  name: "unknown fields are passed over, in requests, in pages and in changes",
  permissions,
  fn() {
    const unknown = (writer: Writer) => {
      writer.uint(900, 1);
      writer.string(901, "later");
      writer.fixed32(902, 5);
    };
    const request = bytesOf((writer) => {
      unknown(writer);
      writer.message(3, () => {
        unknown(writer);
        writer.uint(2, 8);
      });
      unknown(writer);
    });
    assertEquals(decode(request).body, { kind: "request", uid: 0, since: 8, compacted: 0 });
    const page = bytesOf((writer) =>
      writer.message(4, () => {
        unknown(writer);
        writer.message(4, () => {
          unknown(writer);
          writer.string(1, "bank");
        });
        writer.uint(3, 2);
      })
    );
    const changes = [present("bank", { actorType: "", entryUid: 0 })];
    assertEquals(decode(page).body, { kind: "page", page: pageOf({ uid: 0, version: 2, changes }) });
  },
});

Deno.test({
  name: "a page holds so many changes and no more",
  permissions,
  fn() {
    const page = (count: number) =>
      bytesOf((writer) =>
        writer.message(4, () => {
          for (let n = 0; n < count; n++) writer.message(4, () => writer.string(1, "a"));
        })
      );
    const { body } = decode(page(CHANGES_MAX));
    assertEquals(body.kind === "page" && body.page.changes.length, CHANGES_MAX);
    assert(refusal(page(CHANGES_MAX + 1)).includes("a page has more than 10000 changes"));
  },
});
