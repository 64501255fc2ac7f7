import { assertEquals } from "@std/assert";
import { Heap } from "../../../src/internal/heap.ts";
import { forSeeds } from "../../support/seeded.ts";

function drain<T>(heap: Heap<T>): T[] {
  const items: T[] = [];
  while (heap.size > 0) items.push(heap.pop()!);
  return items;
}

Deno.test({
  name: "Heap is empty at first, and an empty one gives nothing",
  permissions: "none",
  fn() {
    const heap = new Heap<number>((a, b) => a < b);
    assertEquals([heap.size, heap.peek(), heap.pop(), heap.size], [0, undefined, undefined, 0]);
    heap.push(1);
    assertEquals([heap.pop(), heap.pop(), heap.size], [1, undefined, 0]);
  },
});

Deno.test({
  name: "Heap.pop() gives the items in order, equal ones each once",
  permissions: "none",
  async fn() {
    await forSeeds(50, (random) => {
      const items = Array.from({ length: random.below(200) }, () => random.below(50));
      const heap = new Heap<number>((a, b) => a < b);
      for (const item of items) heap.push(item);
      assertEquals(drain(heap), items.toSorted((a, b) => a - b));
    });
  },
});

Deno.test({
  name: "Heap stays in order when pushes and pops alternate",
  permissions: "none",
  async fn() {
    await forSeeds(50, (random) => {
      const heap = new Heap<number>((a, b) => a < b);
      let model: number[] = [];
      for (let step = 0; step < 300; step++) {
        if (random.next() < 0.6) {
          const item = random.below(1_000);
          heap.push(item);
          model.push(item);
        } else {
          model = model.toSorted((a, b) => a - b);
          assertEquals(heap.peek(), model[0]);
          assertEquals(heap.pop(), model.shift());
        }
        assertEquals(heap.size, model.length);
      }
    });
  },
});

Deno.test({
  name: "Heap.retain() keeps what passes, still in order",
  permissions: "none",
  async fn() {
    await forSeeds(20, (random) => {
      const items = Array.from({ length: 100 }, () => random.below(1_000));
      const heap = new Heap<number>((a, b) => a < b);
      for (const item of items) heap.push(item);
      const isEven = (n: number) => n % 2 === 0;
      heap.retain(isEven);
      assertEquals(drain(heap), items.filter(isEven).toSorted((a, b) => a - b));
    });
    const none = new Heap<number>((a, b) => a < b);
    none.push(1);
    none.retain(() => false);
    assertEquals([none.size, none.peek()], [0, undefined]);
  },
});
