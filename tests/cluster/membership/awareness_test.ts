import { assertEquals } from "@std/assert";
import { Awareness } from "../../../cluster/membership/awareness.ts";
import { pure } from "../../support/members.ts";

pure("Awareness starts healthy and stays between 0 and its maximum", () => {
  const awareness = new Awareness(8);
  const after = (delta: number) => {
    awareness.apply(delta);
    return awareness.score;
  };
  assertEquals(awareness.score, 0);
  assertEquals([-1, 1, 3, 100, -1, 0, -100].map(after), [0, 1, 4, 8, 7, 7, 0]);
});

pure("Awareness.scale gives a time-out score + 1 times as long", () => {
  const awareness = new Awareness(8);
  assertEquals(awareness.scale(500), 500);
  awareness.apply(3);
  assertEquals(awareness.scale(500), 2_000);
  awareness.apply(100);
  assertEquals(awareness.scale(500), 4_500);
});

pure("Awareness with a maximum of 0 is off: it always counts as healthy", () => {
  const awareness = new Awareness(0);
  for (const delta of [5, -1, 1]) awareness.apply(delta);
  assertEquals([awareness.score, awareness.scale(500)], [0, 500]);
});
