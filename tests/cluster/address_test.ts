import { assert, assertEquals, assertFalse, assertThrows } from "@std/assert";
import { checkReachable, formatAddress, isEveryHost, parseAddress } from "../../cluster/address.ts";

const permissions = "none";

Deno.test({
  name: "parseAddress and formatAddress are each other's inverse, IPv6 in brackets",
  permissions,
  fn() {
    const addresses = {
      "127.0.0.1:7001": { hostname: "127.0.0.1", port: 7001 },
      "node-1.example.org:65535": { hostname: "node-1.example.org", port: 65_535 },
      "[::1]:0": { hostname: "::1", port: 0 },
      "[::ffff:127.0.0.1]:80": { hostname: "::ffff:127.0.0.1", port: 80 },
    };
    for (const [text, address] of Object.entries(addresses)) {
      assertEquals(parseAddress(text), address);
      assertEquals(formatAddress(address), text);
    }
  },
});

Deno.test({
  name: "parseAddress throws for everything that is no address, and says what one is like",
  permissions,
  fn() {
    const wrong = [
      "",
      "host",
      "host:",
      ":7001",
      "host:port",
      "host:65536",
      "host:-1",
      "host:1e3",
      "host:123456",
      "::1:7001",
    ];
    const more = ["[::1]", "[::1]7001", "[host]:1", "a b:1", "host:1 ", "http://host:1", `${"x".repeat(255)}:1`];
    for (const text of [...wrong, ...more, 7001, null, undefined, { toString: () => "x" }]) {
      assertThrows(() => parseAddress(text as string), TypeError, 'it must be like "127.0.0.1:7001"');
    }
  },
});

Deno.test({
  name: "checkReachable refuses what nobody can connect to: port 0, and every host at once",
  permissions,
  fn() {
    assertEquals(checkReachable("node-1:7001"), "node-1:7001");
    for (const text of ["127.0.0.1:0", "0.0.0.0:7001", "[::]:7001", "host"]) {
      assertThrows(() => checkReachable(text), TypeError);
    }
  },
});

Deno.test({
  name: "isEveryHost knows the hosts at which a node listens everywhere",
  permissions,
  fn() {
    for (const host of ["0.0.0.0", "::", "[::0]", "0:0:0:0:0:0:0:0", "0"]) assert(isEveryHost(host), host);
    for (const host of ["127.0.0.1", "::1", "[::1]", "host", "10.0.0.0"]) assertFalse(isEveryHost(host), host);
  },
});
