import type { Command } from "commander";
import { datasetNames } from "../../data-prep/open.js";
import { cellNamed } from "../cells/index.js";
import { defaultEngine, openEngine } from "../engines/index.js";
import { GatedRnnError } from "../errors.js";
import { plain } from "../files/plain.js";
import { generator } from "../random/generator.js";
import { filterRecords, recordPlaces } from "../sweep/records.js";
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

/**
 * Nats per step by which another engine or build may differ. After the first epoch its roundings hardly show. At the end
 * training has amplified them, and a Gaussian's learnt deviation has shrunk with its errors, so that its NLL is the logarithm
 * of what is left of them.
 */
const tolerances = { first: 0.01, test: 0.2, density: 0.5 } as const;

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
        const { records, bad } = readGoodRecords(...recordPlaces(places));
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
          const progress = progressLine(`${data} ${cell}`);
          const again = await train({
            ...rest,
            task,
            cell: cellNamed(cell),
            engine,
            threads,
            signal,
            onProgress: progress.show,
          });
          progress.end();
          if (signal.aborted) break;
          const { right, line } = compared(record, again.record);
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

function compared(
  kept: RunRecord,
  again: RunRecord,
): { readonly right: boolean; readonly line: string } {
  const [before, now] = [kept, again].map(({ results }) => results.test.nllPerStep);
  const sameBits =
    JSON.stringify(kept.results) === JSON.stringify(again.results) &&
    kept.bestEpoch === again.bestEpoch;
  const sameBuild =
    kept.engine.build === again.engine.build && kept.engine.threads === again.engine.threads;
  const first = Math.abs(firstNll(kept) - firstNll(again));
  const numbers = `test NLL ${before.toFixed(4)}, again ${now.toFixed(4)}`;
  if (sameBits) return { right: true, line: `${numbers}: the same bits (${again.engine.build})` };
  if (sameBuild)
    return {
      right: false,
      line: `${numbers}: other bits on the same build, ${again.engine.build}`,
    };
  const { output } = kept.data.task ?? {};
  const wanted = output === "gaussian" ? tolerances.density : tolerances.test;
  const right = first <= tolerances.first && Math.abs(before - now) <= wanted;
  const problem = `; expected at most ${tolerances.first} and ${wanted}`;
  return {
    right,
    line: `${numbers}, ${first.toFixed(4)} apart after the first epoch${right ? "" : problem}; ${kept.engine.build}, now ${again.engine.build}`,
  };
}

/** Validation NLL per step after the first epoch: records keep it where their curves are thinned. */
const firstNll = ({ curve }: RunRecord): number => curve[0].valid.nllPerStep;
