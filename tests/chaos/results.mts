import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { openDatabase, readRecord, SweepQueue } from "./library.mts";

/** How a disturbed sweep's results compare with an undisturbed one's. */
export interface Comparison {
  readonly runs: number;
  readonly lost: number;
  readonly duplicated: number;
  /** Whose record (without its clocks) or weights are not the undisturbed run's bits. */
  readonly different: number;
  readonly deadRuns: number;
  readonly leftOver: readonly string[];
}

const recordName = /-([0-9a-f]{16})\.json$/;

/** Records without clocks and commits, and weights, by run: everything that must be the same bits. */
function bitsOf(folder: string): Map<string, string> {
  const names = readdirSync(folder).filter((name) => recordName.test(name));
  return new Map(
    names.map((name) => {
      const {
        started: _,
        seconds: __,
        code: _____,
        curve,
        ...rest
      } = readRecord(join(folder, name));
      const points = curve.map(({ seconds: ___, cpuSeconds: ____, ...point }) => point);
      return [
        name,
        JSON.stringify([rest, points]) +
          readFileSync(join(folder, name.replace("json", "safetensors")), "base64"),
      ];
    }),
  );
}

/** Compares folders of results, and looks into the disturbed sweep's database for what must be there once. */
export async function compare(
  undisturbed: string,
  disturbed: string,
  db?: string,
): Promise<Comparison> {
  const [expected, got] = [bitsOf(undisturbed), bitsOf(disturbed)];
  const database = await openDatabase(join(disturbed, "database"), db, { onError: () => {} });
  try {
    const queue = await SweepQueue.open(database);
    const records = await queue.results();
    const ids = new Set(records.map(({ id }) => id));
    const unsettled = await database.query<{ state: string }>(
      "select state::text from gated_rnn_queue.job where name = 'runs' and state not in ('completed', 'cancelled')",
    );
    const completed = await database.query<{ run: string }>(
      "select data->>'id' as run from gated_rnn_queue.job where name = 'runs' and state = 'completed'",
    );
    const settled = new Set(completed.map(({ run }) => run));
    const names = [
      ...readdirSync(disturbed),
      ...readdirSync(join(disturbed, "checkpoints")).map((name) => `checkpoints/${name}`),
    ];
    const written = names.filter(
      (name) => name.startsWith("checkpoints/") || name.endsWith(".tmp"),
    );
    return {
      runs: got.size,
      lost: [...expected.keys()].filter(
        (name) => !got.has(name) || !ids.has(recordName.exec(name)?.[1] ?? ""),
      ).length,
      duplicated: records.length - ids.size + Math.max(0, got.size - expected.size),
      different: [...expected].filter(([name, bits]) => got.get(name) !== bits).length,
      deadRuns: (await queue.dead()).length,
      leftOver: [
        // a folder that others may share keeps a killed writer's temporary file for a minute
        ...written.filter((name) => db === undefined || !name.endsWith(".tmp")),
        ...unsettled.map(({ state }) => `a job that is ${state}`),
        ...(await queue.active()).map(({ run }) => `run ${run.id} at work`),
        ...[...ids].filter((id) => !settled.has(id)).map((id) => `no completed job of ${id}`),
      ],
    };
  } finally {
    await database.close();
  }
}

/** What is wrong in a comparison, in words; empty when nothing is. */
export function faults(
  { runs, lost, duplicated, different, deadRuns, leftOver }: Comparison,
  expected: number,
): string[] {
  return [
    ...(runs === expected ? [] : [`${runs} runs instead of ${expected}`]),
    ...(lost ? [`${lost} results lost`] : []),
    ...(duplicated ? [`${duplicated} results twice`] : []),
    ...(different ? [`${different} results of other bits`] : []),
    ...(deadRuns ? [`${deadRuns} runs given up`] : []),
    ...(leftOver.length ? [`left over: ${leftOver.slice(0, 5).join(", ")}`] : []),
  ];
}
