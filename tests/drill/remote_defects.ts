/**
 * Defects that users of other actor systems report, as they would look between two processes.
 *
 * @module
 */

import type { Defect } from "./defect.ts";

/** See the module. */
export const REMOTE_DEFECTS: readonly Defect[] = [
  {
    name: "credit is not kept",
    seen: "a fast sender overruns a slow actor in another process",
    edits: [{
      file: "remote/wire/send_window.ts",
      before: "    return this.#sent < this.#messagesMax && this.#sentBytes < this.#bytesMax;",
      after: "    return this.#sent >= 0;",
    }],
    tests: ["tests/remote/wire/send_window_test.ts", "tests/remote/remote_addr_test.ts"],
  },
  {
    name: "credit is not asked for",
    seen: "a peer that ignores its credit fills the memory of the server",
    edits: [{
      file: "remote/wire/receive_window.ts",
      before: "    if (this.#received >= this.#messagesMax || this.#receivedBytes >= this.#bytesMax) {",
      after: "    if (this.#received < 0) {",
    }],
    tests: ["tests/remote/wire/receive_window_test.ts", "tests/remote/wire/server_session_test.ts"],
  },
  {
    name: "tells vanish with their connection",
    seen: "nobody hears that a message was lost",
    edits: [{
      file: "remote/outbox.ts",
      before: "        this.deadLetter(target, message, outcome, error);\n",
      after: "        void error;\n",
    }],
    tests: ["tests/remote/client_test.ts", "tests/remote/guarantees_test.ts"],
  },
  {
    name: "not delivered although it may be",
    seen: "a sender tries again what was handled already",
    edits: [{
      file: "remote/wire/client_session.ts",
      before:
        '    for (const { ask, ordinal } of asks) asked(ask, ordinal <= this.#written ? "unknown" : "not-delivered");',
      after: '    for (const { ask } of asks) asked(ask, "not-delivered");',
    }],
    tests: ["tests/remote/wire/client_session_test.ts", "tests/remote/client_test.ts"],
  },
  {
    name: "old session goes on",
    seen: "after a reconnect messages of the old connection arrive behind newer ones",
    edits: [{
      file: "remote/reception.ts",
      before: '    older?.end(new CinemaError("The client has connected anew"));\n',
      after: "",
    }],
    tests: ["tests/remote/reception_test.ts"],
  },
  {
    name: "silent peer is kept",
    seen: "a peer that vanished without a word is never given up",
    edits: [{
      file: "remote/wire/heartbeat.ts",
      before: '    if (Math.max(this.#silent, this.#stuck) >= this.#silentMax) return "lost";\n',
      after: "",
    }],
    tests: ["tests/remote/wire/heartbeat_test.ts"],
  },
  {
    name: "one bad message ends all",
    seen: "a payload that cannot be decoded breaks the connection of everybody",
    edits: [{
      file: "remote/server_link.ts",
      before: '      return this.#refuse(message, describe("refused", error), error);',
      after: "      throw error;",
    }],
    tests: ["tests/remote/hostile_server_test.ts"],
  },
  {
    name: "cancelled ask is handled",
    seen: "what the asker took back is carried out all the same",
    edits: [{
      file: "remote/wire/server_session.ts",
      before: '    ask?.cancel?.(new CinemaError("The asker has given up"));\n',
      after: "    void ask;\n",
    }],
    tests: ["tests/remote/wire/server_session_test.ts", "tests/remote/remote_addr_test.ts"],
  },
  {
    name: "open to the world",
    seen: "a server without key or TLS listens where everybody can reach it",
    edits: [{
      file: "remote/server.ts",
      before: "  if (isSafe || isLoopback(hostname)) return;",
      after: "  if (isSafe || hostname.length > 0) return;",
    }],
    tests: ["tests/remote/client_test.ts"],
  },
  {
    name: "records can be played again",
    seen: "whoever has recorded a connection repeats what was said",
    edits: [{
      file: "remote/sealed_connection.ts",
      before: "    const number = this.#received++;",
      after: "    const number = this.#received;",
    }, {
      file: "remote/sealed_connection.ts",
      before: "recordNonce(this.#sent++)",
      after: "recordNonce(this.#sent)",
    }],
    tests: ["tests/remote/sealed_connection_test.ts"],
  },
  {
    name: "silent handshakes stay",
    seen: "connections that say nothing keep clients out",
    edits: [{
      file: "remote/reception.ts",
      before: "    if (this.#handshakes.size > maxHandshakes) {",
      after: "    if (this.#handshakes.size < 0) {",
    }],
    tests: ["tests/remote/reception_test.ts"],
  },
  {
    name: "who waits for a node that leaves is forgotten",
    seen: "messages that wait for room on a node that has left hang until their time-out",
    edits: [{
      file: "remote/client.ts",
      before: "      client.#outbox.endWithSession(cause);",
      after: "      void cause;",
    }],
    tests: ["tests/cluster/connections_test.ts", "tests/cluster/cluster_leave_test.ts"],
  },
  {
    name: "traces end at the process",
    seen: "what another process does for an ask is a trace of its own",
    edits: [{
      file: "remote/wire/frame_writer.ts",
      before: '    if (traceparent !== "") this.text(19, traceparent);',
      after: "    void traceparent;",
    }],
    tests: ["tests/cluster/telemetry/remote_test.ts"],
  },
  {
    name: "traces go to who knows none",
    seen: "a Cinema-rs peer gets a field that its protocol does not have",
    edits: [{
      file: "remote/wire/client_session.ts",
      before: "      this.#writer.append({ messageType, payload, correlationId, senderNode, targetActor });",
      after:
        '      this.#writer.append({ messageType, payload, correlationId, senderNode, targetActor, traceparent: traceparent ?? "" });',
    }],
    tests: ["tests/cluster/telemetry/remote_test.ts"],
  },
];
