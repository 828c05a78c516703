import { type Case, cases } from "./cases.mts";
import { initialState, openEngine } from "./library.mts";
import { settings } from "./peer.mts";

const mebibytes = (bytes: number) => `${(bytes / 2 ** 20).toFixed(1)} MiB`;

/** Prints the addon's arena at every case's size, and the process's memory over 10,000 steps of the first, which must not grow. */
export async function memory(): Promise<void> {
  const engine = await openEngine("native");
  console.log("\nMemory, addon, 1 thread\n");
  const opened = async ({ model, batch }: Case) => {
    const session = (await engine.open(model, initialState(model, 1), { threads: 1 })) as Awaited<
      ReturnType<typeof engine.open>
    > & {
      arenaBytes(): number;
    };
    await session.trainStep(batch, settings);
    return session;
  };
  for (const on of cases()) {
    const session = await opened(on);
    const activations = mebibytes(session.activationBytes ?? 0);
    console.log(
      `${on.name.padEnd(22)} arena ${mebibytes(session.arenaBytes())}, of it activations ${activations}`,
    );
    await session.close();
  }
  const [first] = cases();
  const session = await opened(first);
  const steps = async (n: number) => {
    for (let i = 0; i < n; i++) await session.trainStep(first.batch, settings);
  };
  await steps(1000);
  const before = process.memoryUsage.rss();
  const arena = session.arenaBytes();
  await steps(10_000);
  console.log(
    `${first.name}, 10,000 steps: resident ${mebibytes(before)}, then ${mebibytes(process.memoryUsage.rss())}; arena ${mebibytes(arena)}, then ${mebibytes(session.arenaBytes())}`,
  );
  await session.close();
}
