/**
 * CRUD: a user store in memory that many may use at once without a lock, because an actor handles one message at a
 * time.
 *
 * Run it, without any permission:
 *
 *     deno run examples/crud.ts
 *
 * It prints:
 *
 *     created 1 and 2
 *     user 1 is Alice
 *     user 3 is unknown
 *     update 1: true, update 3: false
 *     user 1 is Alicia
 *     delete 2: true, delete 2 again: false
 *     refused: There is a user 1 already
 *     one of 100 at once got the id: 1
 *
 * @module
 */

import { Actor, ActorSystem, type Message, Rejection } from "@cinema/cinema";

interface CreateUser extends Message {
  type: "createUser";
  id: number;
  name: string;
}

interface GetUser extends Message<string | undefined> {
  type: "getUser";
  id: number;
}

interface UpdateUser extends Message<boolean> {
  type: "updateUser";
  id: number;
  name: string;
}

interface DeleteUser extends Message<boolean> {
  type: "deleteUser";
  id: number;
}

class UserStore extends Actor<CreateUser | GetUser | UpdateUser | DeleteUser> {
  readonly #users = new Map<number, string>();

  createUser({ id, name }: CreateUser): void {
    // A Rejection is an answer, not a failure: whoever asked gets it, and the store lives on.
    if (this.#users.has(id)) throw new Rejection(`There is a user ${id} already`);
    this.#users.set(id, name);
  }

  getUser({ id }: GetUser): string | undefined {
    return this.#users.get(id);
  }

  updateUser({ id, name }: UpdateUser): boolean {
    if (!this.#users.has(id)) return false;
    this.#users.set(id, name);
    return true;
  }

  deleteUser({ id }: DeleteUser): boolean {
    return this.#users.delete(id);
  }
}

await using system = new ActorSystem();
const store = system.spawn(() => new UserStore());

await store.send({ type: "createUser", id: 1, name: "Alice" });
await store.send({ type: "createUser", id: 2, name: "Bob" });
console.log("created 1 and 2");

const show = async (id: number) =>
  console.log(`user ${id} is ${await store.send({ type: "getUser", id }) ?? "unknown"}`);
await show(1);
await show(3);

const updated = await store.send({ type: "updateUser", id: 1, name: "Alicia" });
const missed = await store.send({ type: "updateUser", id: 3, name: "Nobody" });
console.log(`update 1: ${updated}, update 3: ${missed}`);
await show(1);

const deleted = await store.send({ type: "deleteUser", id: 2 });
const again = await store.send({ type: "deleteUser", id: 2 });
console.log(`delete 2: ${deleted}, delete 2 again: ${again}`);

await store.send({ type: "createUser", id: 1, name: "Eve" }).catch((error) => console.log(`refused: ${error.message}`));

const race = Array.from({ length: 100 }, (_, i) => store.send({ type: "createUser", id: 7, name: `User ${i}` }));
const won = (await Promise.allSettled(race)).filter(({ status }) => status === "fulfilled");
console.log(`one of 100 at once got the id: ${won.length}`);
