/**
 * Whether a benchmark may do what it needs: plain `deno bench` leaves out what does not work without permissions.
 *
 * @module
 */

/** Whether this may use the network of this machine and, where it is asked for, start processes; says so where not. */
export async function isAllowed(what: string, needs: { readonly run: boolean }): Promise<boolean> {
  const wanted: Deno.PermissionDescriptor[] = [{ name: "net", host: "127.0.0.1" }];
  if (needs.run) wanted.push({ name: "run" });
  const states = await Promise.all(wanted.map((one) => Deno.permissions.query(one)));
  if (states.every(({ state }) => state === "granted")) return true;
  const flags = needs.run ? "--allow-net and --allow-run" : "--allow-net";
  console.log(`Skipping the benchmarks of ${what}: they need ${flags}, which deno task bench gives`);
  return false;
}
