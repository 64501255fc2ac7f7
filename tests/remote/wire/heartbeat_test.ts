import { assertEquals } from "@std/assert";
import { Heartbeat } from "../../../remote/wire/heartbeat.ts";

const reading = { isListening: true, isStuck: false };

Deno.test({
  name: "Heartbeat asks a silent peer, and gives it up after so many silent beats in a row",
  permissions: "none",
  fn() {
    const heartbeat = new Heartbeat(3);
    assertEquals([heartbeat.beat(reading), heartbeat.beat(reading)], ["ping", "ping"]);
    heartbeat.heard();
    assertEquals(heartbeat.beat(reading), "quiet");
    assertEquals([heartbeat.beat(reading), heartbeat.beat(reading), heartbeat.beat(reading)], ["ping", "ping", "lost"]);
  },
});

Deno.test({
  name: "Heartbeat counts no silence while nothing is read on purpose, and speaks up by itself",
  permissions: "none",
  fn() {
    const heartbeat = new Heartbeat(2);
    assertEquals(heartbeat.beat(reading), "ping");
    for (let n = 0; n < 10; n++) assertEquals(heartbeat.beat({ isListening: false, isStuck: false }), "pong");
    assertEquals([heartbeat.beat(reading), heartbeat.beat(reading)], ["ping", "lost"]);
  },
});

Deno.test({
  name: "Heartbeat gives up a peer that speaks but takes nothing, and not one that takes a little now and then",
  permissions: "none",
  fn() {
    const heartbeat = new Heartbeat(3);
    const stuck = (isListening: boolean) => {
      heartbeat.heard();
      return heartbeat.beat({ isListening, isStuck: true });
    };
    assertEquals([stuck(true), stuck(false), heartbeat.beat({ isListening: false, isStuck: false })], [
      "quiet",
      "pong",
      "pong",
    ]);
    assertEquals([stuck(true), stuck(false), stuck(true)], ["quiet", "pong", "lost"]);
  },
});
