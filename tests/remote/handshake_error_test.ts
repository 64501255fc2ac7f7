import { assertEquals, assertInstanceOf } from "@std/assert";
import { CinemaError } from "../../mod.ts";
import { HandshakeError } from "../../remote/handshake_error.ts";

Deno.test({
  name: "HandshakeError says why the handshake failed, to programs and to people",
  permissions: "none",
  fn() {
    const cause = new Error("reset");
    const error = new HandshakeError("closed", "The other side went away during the handshake", { cause });
    assertInstanceOf(error, CinemaError);
    assertEquals([error.name, error.code, error.cause], ["HandshakeError", "closed", cause]);
    assertEquals(error.message, "The other side went away during the handshake");
  },
});
