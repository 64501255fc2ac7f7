/**
 * Who may import whom, as data: the table of `.github/ARCHITECTURE.md` that the lint rule `cinema/layers` reads.
 *
 * @module
 */

/** One room of the source tree, and what its files may import. */
export interface Layer {
  /** The folder with a slash at its end, or one file. The first layer that fits a file is the layer of that file. */
  readonly path: string;
  /** Source files of this repository that may be imported: folders (with a slash at the end) and files. */
  readonly files: readonly string[];
  /** Packages that may be imported: a name, or a prefix that ends in `/` or `:`. */
  readonly packages: readonly string[];
  /** Exceptions to `files`. */
  readonly except?: readonly string[];
}

/** Every file of the repository, whichever folder it is in. */
const ANYTHING = [""];

/** The name of this package, by which examples import it as a user would. */
const OWN_NAME = "@cinema/cinema";

/** What each name of this package stands for; the same list as `exports` in `deno.json`. */
const OWN_EXPORTS: Readonly<Record<string, string>> = {
  [OWN_NAME]: "mod.ts",
  [`${OWN_NAME}/testing`]: "cluster/testing/mod.ts",
  [`${OWN_NAME}/remote`]: "remote/mod.ts",
  [`${OWN_NAME}/cluster`]: "cluster/mod.ts",
  [`${OWN_NAME}/observer`]: "cluster/observer/mod.ts",
  [`${OWN_NAME}/telemetry`]: "cluster/telemetry/mod.ts",
};

/** The layers, inner rooms before the folders that hold them. */
export const LAYERS: readonly Layer[] = [
  { path: "mod.ts", files: ["src/"], except: ["src/testing/", "src/spi.ts"], packages: [] },
  { path: "src/testing/", files: ["src/"], packages: [] },
  { path: "src/", files: ["src/"], except: ["src/testing/"], packages: [] },
  { path: "remote/wire/", files: ["remote/wire/", "src/spi.ts", "proto/gen/"], packages: ["protobufjs"] },
  {
    path: "remote/",
    files: ["remote/", "mod.ts", "src/spi.ts", "proto/gen/"],
    packages: ["@std/", "protobufjs", "node:tls", "node:stream"],
  },
  { path: "cluster/membership/", files: ["cluster/membership/", "src/spi.ts"], packages: [] },
  { path: "cluster/directory/", files: ["cluster/directory/", "src/spi.ts"], packages: [] },
  {
    path: "cluster/wire/",
    files: ["cluster/wire/", "cluster/membership/", "cluster/directory/", "src/spi.ts", "remote/wire/spi.ts"],
    packages: [],
  },
  // The test kit has one door for users; what it shows of the local runtime is the test kit there.
  {
    path: "cluster/testing/",
    files: [
      "cluster/testing/",
      "cluster/core.ts",
      "cluster/core_event.ts",
      "cluster/limits.ts",
      "cluster/membership/",
      "cluster/directory/",
      "cluster/wire/",
      "src/spi.ts",
      "src/testing/mod.ts",
    ],
    packages: [],
  },
  // What looks at everything: nothing below imports it, so that it costs nothing where it is not used.
  { path: "cluster/observer/", files: ["cluster/observer/", "cluster/mod.ts", "mod.ts", "src/spi.ts"], packages: [] },
  {
    path: "cluster/telemetry/",
    files: ["cluster/telemetry/", "cluster/mod.ts", "mod.ts", "src/spi.ts"],
    packages: ["@opentelemetry/api"],
  },
  {
    path: "cluster/",
    except: ["cluster/observer/", "cluster/telemetry/"],
    files: ["cluster/", "mod.ts", "src/spi.ts", "remote/mod.ts", "remote/spi.ts", "proto/gen/"],
    packages: ["@std/", "protobufjs"],
  },
  { path: "proto/", files: ["proto/"], packages: ["protobufjs"] },
  { path: "examples/", files: ["examples/"], packages: [OWN_NAME, `${OWN_NAME}/`, "@std/", "protobufjs"] },
  // It needs the processes and the proxy of the tests.
  { path: "bench/soak/", files: ANYTHING, packages: [OWN_NAME, `${OWN_NAME}/`, "@std/", "protobufjs"] },
  // It needs certificates, as the tests do.
  { path: "bench/remote_bench.ts", files: ANYTHING, packages: [OWN_NAME, `${OWN_NAME}/`] },
  // It needs nodes in processes of their own, as the tests do.
  { path: "bench/cluster_process_bench.ts", files: ANYTHING, packages: [OWN_NAME, `${OWN_NAME}/`] },
  // Other libraries, to measure beside: a project of its own.
  {
    path: "bench/peers/",
    files: ANYTHING,
    except: ["tests/", "examples/"],
    packages: ["comedy", "effect", "moleculer", "nact", "xstate"],
  },
  {
    path: "bench/",
    files: ANYTHING,
    except: ["tests/", "examples/"],
    packages: [OWN_NAME, `${OWN_NAME}/`, "@std/", "protobufjs"],
  },
  // It drives a browser: a project of its own.
  { path: "tests/browser/", files: ANYTHING, packages: [OWN_NAME, `${OWN_NAME}/`, "@std/", "playwright-core"] },
  { path: "tests/properties/", files: ANYTHING, packages: ["@std/", "fast-check"] },
  { path: "tests/std/", files: ["tests/std/"], packages: ["node:"] },
  {
    path: "tests/",
    files: ANYTHING,
    packages: [OWN_NAME, `${OWN_NAME}/`, "@std/", "@opentelemetry/api", "protobufjs", "npm:", "node:"],
  },
];

/** The folders that are published: what is held to the strictest rules. */
export const LIBRARY: readonly string[] = ["mod.ts", "src/", "remote/", "cluster/", "proto/"];

/** The state machines: bytes, messages and the time go in, values and effects come out. */
export const SANS_IO: readonly string[] = [
  "remote/wire/",
  "cluster/membership/",
  "cluster/directory/",
  "cluster/wire/",
  "cluster/testing/",
  "cluster/core.ts",
  "cluster/core_event.ts",
];

/** The adapters: the only files of the library that may say `Deno`. */
export const DENO_ADAPTERS: readonly string[] = ["remote/transport/tcp.ts"];

/** Where the time and the timers of the platform are wrapped; everything else is handed a `Clock`. */
export const TIME_HOMES: readonly string[] = ["src/clock.ts"];

/** Where the randomness of the platform is wrapped; everything else is handed a generator. */
export const ENTROPY_HOMES: readonly string[] = ["src/clock.ts", "src/random.ts"];

/** Whether `file` is one of `places`, or is in one of their folders. */
export function isIn(file: string, places: readonly string[]): boolean {
  return places.some((place) => file === place || ((place === "" || place.endsWith("/")) && file.startsWith(place)));
}

/** Why `file` may not import `specifier`, or `undefined` when it may. Both are relative to the repository. */
export function importRefusal(file: string, specifier: string): string | undefined {
  const layer = LAYERS.find((candidate) => isIn(file, [candidate.path]));
  if (layer === undefined) return undefined;
  if (specifier.startsWith(".")) return fileRefusal(layer, resolve(file, specifier));
  const allowed = layer.packages.some((name) =>
    specifier === name || specifier.startsWith(/[/:]$/.test(name) ? name : `${name}/`)
  );
  if (allowed) return undefined;
  // By its own name is how a user imports the package; inside the library it is the same file by a detour.
  const own = OWN_EXPORTS[specifier];
  if (own !== undefined) return fileRefusal(layer, own);
  return `${layer.path} may not import the package "${specifier}"`;
}

function fileRefusal(layer: Layer, target: string): string | undefined {
  const allowed = isIn(target, layer.files) && !isIn(target, layer.except ?? []);
  return allowed ? undefined : `${layer.path} may not import ${target}`;
}

/** The path that a relative specifier means, relative to the repository. */
function resolve(file: string, specifier: string): string {
  const path = new URL(specifier, `file:///root/${file}`).pathname;
  return path.startsWith("/root/") ? path.slice("/root/".length) : `the path "${specifier}" outside the repository`;
}
