import { assertEquals } from "@std/assert";
import { isMountPoint, routeOf } from "../../../cluster/observer/routes.ts";

function pure(name: string, fn: () => void): void {
  Deno.test({ name, permissions: "none", fn });
}

/** The directory and the segment of a URL, as one text with a bar between them. */
function split(url: string): string | undefined {
  const route = routeOf({ url } as Request);
  return route && `${route.directory}|${route.segment}`;
}

pure("routeOf looks only at the end of a path, so that any prefix will do", () => {
  assertEquals(split("http://localhost/"), "/|");
  assertEquals(split("http://localhost"), "/|");
  assertEquals(split("http://localhost/state?a=/b"), "/|state");
  assertEquals(split("https://example.com/admin/observer/events"), "/admin/observer/|events");
  assertEquals(split("http://localhost//evil.example"), "//|evil.example");
});

pure("routeOf has taken out what leads upwards", () => {
  assertEquals(split("http://localhost/a/../../etc/passwd"), "/etc/|passwd");
  assertEquals(split("http://localhost/a/%2e%2e/state"), "/|state");
  assertEquals(split("http://localhost/..%2fetc%2fpasswd"), "/|..%2fetc%2fpasswd");
});

pure("routeOf is undefined where a server has made a request without a URL", () => {
  assertEquals([split(""), split("http://a b/"), split("/state")], [undefined, undefined, undefined]);
  const broken = {
    get url(): string {
      throw new TypeError("Invalid URL");
    },
  };
  assertEquals(routeOf(broken as Request), undefined);
});

pure("isMountPoint takes plain names", () => {
  assertEquals(["observer", "my-observer_2"].filter((segment) => !isMountPoint(segment)), []);
  assertEquals(["", "favicon.ico", "a%2fb", "..%2f", "javascript:x", "a;b"].filter(isMountPoint), []);
});
