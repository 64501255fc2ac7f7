/**
 * Finds a Chromium to test with, and installs the one of Debian where that is possible.
 * @module
 */

/** The names that it has on different systems. */
const NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
/** What installs packages on Debian. */
const APT = "/usr/bin/apt-get";

/** Where it is; undefined where there is none, and none could be had. */
export async function findChromium(): Promise<string | undefined> {
  const given = Deno.env.get("CHROMIUM");
  if (given !== undefined && given !== "") return given;
  const found = inPath();
  if (found !== undefined || !await install()) return found;
  return inPath();
}

/** What it must be told where it runs as root, as in a container: there its sandbox does not start. */
export function chromiumArgs(): string[] {
  return isRoot() ? ["--no-sandbox"] : [];
}

function inPath(): string | undefined {
  const folders = (Deno.env.get("PATH") ?? "").split(":").filter((folder) => folder !== "");
  return NAMES.flatMap((name) => folders.map((folder) => `${folder}/${name}`)).find(isFile);
}

function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}

function isRoot(): boolean {
  return Deno.build.os !== "windows" && Deno.uid() === 0;
}

/** Installs it from the packages of the system, if it may; asks nothing. */
async function install(): Promise<boolean> {
  if (Deno.build.os !== "linux" || !isRoot() || !isFile(APT)) return false;
  console.log("Installing chromium from the packages of the system");
  const env = { DEBIAN_FRONTEND: "noninteractive" };
  for (const args of [["update", "-q"], ["install", "-q", "-y", "--no-install-recommends", "chromium"]]) {
    const { success } = await new Deno.Command(APT, { args, env, stdin: "null", stdout: "null" }).output();
    if (!success) return false;
  }
  return true;
}
