import { assertEquals } from "@std/assert";
import { isLoopbackAddress, isLoopbackName } from "../../../cluster/observer/loopback.ts";

function pure(name: string, fn: () => void): void {
  Deno.test({ name, permissions: "none", fn });
}

const HERE = ["127.0.0.1", "127.255.0.9", "::1", "::ffff:127.0.0.1", "::FFFF:127.1.2.3", "::ffff:7f00:1"];
const ELSEWHERE = [
  "",
  "0.0.0.0",
  "10.0.0.1",
  "128.0.0.1",
  "1127.0.0.1",
  "127.0.0.1.evil.example",
  "127.evil.example",
  "127.0.0",
  "::",
  "::2",
  "fe80::1",
  "::ffff:10.0.0.1",
  "::ffff:8f00:1",
  "7f00:1",
  "localhost",
  "2001:db8::127.0.0.1",
];

pure("isLoopbackAddress knows this machine, however its address is written, and nobody else", () => {
  assertEquals(HERE.filter((address) => !isLoopbackAddress(address)), []);
  assertEquals(ELSEWHERE.filter(isLoopbackAddress), []);
});

pure("isLoopbackName takes no name that a name server could lead here", () => {
  assertEquals(
    ["localhost", "LocalHost", "127.0.0.1", "127.9.9.9", "[::1]"].filter((name) => !isLoopbackName(name)),
    [],
  );
  const others = [
    "",
    "evil.example",
    "localhost.evil.example",
    "evil.localhost",
    "localhost.",
    "127.0.0.1.evil.example",
    "::1",
    "[::2]",
    "0.0.0.0",
  ];
  assertEquals(others.filter(isLoopbackName), []);
});
