// What was seen to go wrong in Cinema-rs 0.1 between two processes, where no other test is about just that.

import { assertEquals, assertRejects } from "@std/assert";
import { ConnectError, RemoteClient } from "../../remote/mod.ts";
import { Office } from "../support/desk.ts";

Deno.test("a server that listens on 127.0.0.1 is reached there, and at no other address of its machine", async () => {
  await using office = await Office.open();
  const desk = await office.desk();
  assertEquals(await desk.send({ type: "echo", text: "here" }), "here");
  await assertRejects(() => RemoteClient.connect({ hostname: "127.0.0.2", port: office.port }), ConnectError);
});

Deno.test("eight echoes of 8 MiB at a time all come back on one connection: neither side waits for the other", async () => {
  await using office = await Office.open({ sendBytesMax: 134_217_728 });
  const desk = await office.desk();
  const text = "x".repeat(8_388_608);
  const echoes = Array.from({ length: 8 }, () => desk.send({ type: "echo", text }, { timeout: 60_000 }));
  assertEquals((await Promise.all(echoes)).map(({ length }) => length), echoes.map(() => text.length));
});
