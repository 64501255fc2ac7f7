import v8 from "node:v8";
import vm from "node:vm";

v8.setFlagsFromString("--expose-gc");
const collect = vm.runInNewContext("gc") as () => void;

/** Bytes that this process keeps: objects and buffers, once what nobody needs any more is gone. */
export async function kept(): Promise<number> {
  let bytes = Infinity;
  // Buffers are freed a few turns after the objects that held them.
  for (let calm = 0; calm < 2;) {
    await new Promise<void>((resolve) => setTimeout(resolve, 0));
    collect();
    const { heapUsed, external } = Deno.memoryUsage();
    const now = heapUsed + external;
    calm = now < bytes - 65_536 ? 0 : calm + 1;
    bytes = Math.min(bytes, now);
  }
  return bytes;
}

/** How many bytes more this process keeps after something was done. */
export async function growth(act: () => Promise<void>): Promise<number> {
  const before = await kept();
  await act();
  return await kept() - before;
}

/** Bytes of one MiB. */
export const MIB = 1_048_576;
