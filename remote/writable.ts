/**
 * A stream whose chunks are sent to an actor of another process, with back-pressure.
 * @module
 */

import { type ActorRef, type AnyMessage, MailboxClosedError, MailboxFullError } from "../mod.ts";
import { typeOf } from "../src/spi.ts";
import { refusedParcel } from "./outbox.ts";

/** A stream that sends each chunk and errors with the first that cannot be sent. */
export function writableTo(addr: Pick<ActorRef<AnyMessage>, "id" | "doSend">): WritableStream<AnyMessage> {
  return new WritableStream<AnyMessage>({
    write: async (message, { signal }) => {
      const result = await addr.doSend(message, { signal });
      if (result === "sent" || result === "aborted") return;
      const about = { target: addr.id, messageType: typeOf(message) };
      const text = `Cannot send "${about.messageType}" to ${about.target}`;
      if (result === "refused") throw refusedParcel(about.target, about.messageType, undefined);
      if (result === "full") throw new MailboxFullError(`${text}: too many wait already`, about);
      throw new MailboxClosedError(`${text}: there is no connection`, about);
    },
  });
}
