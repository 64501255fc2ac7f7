/**
 * Hello: an actor, a message, an answer.
 *
 * Run it, without any permission:
 *
 *     deno run examples/hello.ts
 *
 * It prints:
 *
 *     Hello, Cinema! You are number 2.
 *
 * @module
 */

import { Actor, ActorSystem, type Message } from "@cinema/cinema";

/** A message says what its reply is: here a string. */
interface Greet extends Message<string> {
  type: "greet";
  name: string;
}

/** An actor has one method per message, named by its `type`. Its state is its own: no locks. */
class Greeter extends Actor<Greet> {
  #greeted = 0;

  greet({ name }: Greet): string {
    this.#greeted++;
    return `Hello, ${name}! You are number ${this.#greeted}.`;
  }
}

await using system = new ActorSystem();
const greeter = system.spawn(() => new Greeter());

// Fire and forget: waits for room in the mailbox, not for the handler.
await greeter.doSend({ type: "greet", name: "World" });

// Request and response: the type of the reply follows from the message.
const reply = await greeter.send({ type: "greet", name: "Cinema" });
console.log(reply);
