import type { Command } from "commander";
import { datasetNames } from "../../data-prep/open.js";
import { cellNamed } from "../cells/index.js";
import { defaultEngine, openEngine } from "../engines/index.js";
import { GatedRnnError } from "../errors.js";
import { plain } from "../files/plain.js";
import { generator } from "../random/generator.js";
import { filterRecords } from "../sweep/records.js";
import { isMemoryTask } from "../tasks/memory.js";
import { openTask } from "../tasks/open.js";
import type { RunConfiguration, RunRecord } from "../train/record.js";
import { train } from "../train/train.js";
import { updateNamed } from "../updates/index.js";
import { addDataOptions, type DataArguments, dataOptionsOf, tellNotices } from "./data-options.js";
import {
  engineOption,
  names,
  realNumber,
  seedOption,
  threadsOption,
  wholeNumber,
} from "./options.js";
import { progressLine } from "./progress.js";
import { readGoodRecords } from "./records.js";
import { interruptible } from "./signals.js";

interface VerifyArguments extends DataArguments {
  readonly count: number;
  readonly maxSeconds?: number;
  readonly data?: readonly string[];
  readonly cells?: readonly string[];
  readonly own?: string;
  readonly seed: number;
  readonly engine?: string;
  readonly threads: number;
}

/** Nats per step by which a test NLL may differ on another engine or build: other roundings, amplified by training. */
const tolerance = 0.02;

/**
 * A run that is farther from its record may be one whose training amplifies whatever roundings it has. It is trained
 * again by learning rates that are a few millionths others, and may lie so many times as far from its record as
 * from the farthest of these.
 */
const [nudges, nudgedTimes] = [[1 + 1e-6, 1 - 1e-6, 1 + 2e-6], 4] as const;

export function addVerify(program: Command): void {
  addDataOptions(program.command("verify"))
    .description(
      "trains some records' runs again, by their own configuration, and compares: the same bits on the same engine build, the same test NLL elsewhere",
    )
    .argument("<places...>", "records, or folders with records in them at any depth")
    .option("--count <n>", "how many, chosen at random by --seed", wholeNumber(1, 10_000), 3)
    .option("--max-seconds <x>", "only runs that took no longer than this", realNumber(0, true))
    .option("--data <names>", "only runs on these data sets, parted by commas", names)
    .option("--cells <names>", "only runs of these cells, parted by commas", names)
    .option(
      "--own <path>",
      "the file or folder of your own that runs on own data read, with the options by which they read it",
    )
    .addOption(seedOption())
    .addOption(engineOption())
    .addOption(threadsOption())
    .action(
      async (
        places: readonly string[],
        {
          count,
          maxSeconds = Infinity,
          data,
          cells,
          own: ownPath,
          seed,
          engine: name,
          threads,
          ...reading
        }: VerifyArguments,
      ) => {
        const { signal, done } = interruptible();
        const own =
          ownPath === undefined
            ? undefined
            : await openTask(ownPath, dataOptionsOf(reading), signal);
        if (own) tellNotices(own);
        const { records, bad } = readGoodRecords(...places);
        const fitting = filterRecords(records, {
          ...(data ? { data } : {}),
          ...(cells ? { cells } : {}),
        });
        const here = fitting.filter(
          ({ configuration: c }) => isOpened(c.data) || c.data === own?.task.name,
        );
        const known = here.filter(({ configuration: c }) => isNamed(c));
        const ended = filterRecords(known, { status: ["finished"] });
        const found = ended.filter(({ seconds }) => seconds <= maxSeconds);
        const left = [
          `${records.length - fitting.length} of other data or cells`,
          `${fitting.length - here.length} on data of one's own, which --own brings`,
          `${here.length - known.length} of cells or updates of one's own`,
          `${known.length - ended.length} that did not finish`,
          `${ended.length - found.length} longer than ${maxSeconds} s`,
          `${bad} that cannot be read`,
        ].filter((each) => !each.startsWith("0 "));
        const without = left.length > 0 ? `; left out: ${left.join(", ")}` : "";
        if (found.length === 0)
          throw new GatedRnnError(
            "usage",
            `${places.join(" ")}: expected finished runs that fit, got none of ${records.length}${without}`,
          );
        const chosen = generator(seed, "verify").shuffle(found).slice(0, count);
        console.log(`${chosen.length} of ${found.length} runs, by seed ${seed}${without}`);
        const engine = name ? await openEngine(name) : await defaultEngine();
        let wrong = 0;
        for (const record of chosen) {
          const { data, cell, ...rest } = record.configuration;
          const { task } = own?.task.name === data ? own : await openTask(data, {}, signal);
          if (task.checksum !== record.data.checksum)
            throw new GatedRnnError(
              "usage",
              `${record.id}: expected ${data} with checksum ${record.data.checksum.slice(0, 8)}, got ${task.checksum.slice(0, 8)}`,
            );
          const trained = async (rate: number, of = "") => {
            const progress = progressLine(`${data} ${cell}${of}`);
            const again = await train({
              ...rest,
              learningRate: rest.learningRate * rate,
              task,
              cell: cellNamed(cell),
              engine,
              threads,
              signal,
              onProgress: progress.show,
            });
            progress.end();
            return again.record;
          };
          const again = await trained(1);
          if (signal.aborted) break;
          const { right, line } = await compared(record, again, (rate, k) =>
            trained(rate, `, nudged ${k} of ${nudges.length}`),
          );
          if (signal.aborted) break;
          if (!right) wrong += 1;
          console.log(
            `${right ? "ok" : "WRONG"} ${plain(record.id)} ${plain(data)} ${plain(cell)}, seed ${rest.seed}: ${line}`,
          );
        }
        done();
        if (!signal.aborted && wrong + bad > 0) process.exitCode = 1;
      },
    );
}

/** Whether the package makes data of that name by itself. */
const isOpened = (data: string): boolean => datasetNames.includes(data) || isMemoryTask(data);

/** Whether a run's cell and update rule are the library's; somebody's own stand in their script only. */
function isNamed({ cell, update }: RunConfiguration): boolean {
  try {
    cellNamed(cell);
    updateNamed(update);
    return true;
  } catch {
    return false;
  }
}

async function compared(
  kept: RunRecord,
  again: RunRecord,
  nudged: (rate: number, k: number) => Promise<RunRecord>,
): Promise<{ readonly right: boolean; readonly line: string }> {
  const nll = ({ results }: RunRecord) => results.test.nllPerStep;
  const apart = Math.abs(nll(kept) - nll(again));
  const sameBits =
    JSON.stringify(kept.results) === JSON.stringify(again.results) &&
    kept.bestEpoch === again.bestEpoch;
  const sameBuild =
    kept.engine.build === again.engine.build && kept.engine.threads === again.engine.threads;
  const numbers = `test NLL ${nll(kept).toFixed(4)}, again ${nll(again).toFixed(4)}`;
  if (sameBits) return { right: true, line: `${numbers}: the same bits (${again.engine.build})` };
  if (sameBuild)
    return {
      right: false,
      line: `${numbers}: other bits on the same build, ${again.engine.build}`,
    };
  const where = `${kept.engine.build}, now ${again.engine.build}`;
  if (apart <= tolerance) return { right: true, line: `${numbers}: within ${tolerance}; ${where}` };
  let farthest = 0;
  for (const [i, rate] of nudges.entries()) {
    farthest = Math.max(farthest, Math.abs(nll(await nudged(rate, i + 1)) - nll(again)));
    if (apart <= nudgedTimes * farthest) break;
  }
  const itself = `a learning rate a millionth other moves it by ${farthest.toFixed(4)}`;
  return apart <= nudgedTimes * farthest
    ? { right: true, line: `${numbers}: ${itself}; ${where}` }
    : {
        right: false,
        line: `${numbers}: expected at most ${tolerance} apart, though ${itself}; ${where}`,
      };
}
