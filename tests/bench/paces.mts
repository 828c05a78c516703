// Processor seconds of an epoch, validation included, of every unit on every data set whose curves are drawn, by the trainer itself
// and in turns: what the figures' time axes are laid out by, since records come from several machines.
//   npm run bench -- --paces --json docs/bench/paces.json
import { join } from "node:path";
import type { Pace } from "../../lib/show/paces.js";
import {
  cellNamed,
  openData,
  openEngine,
  readRecords,
  root,
  searches,
  taskOf,
  train,
} from "./library.mts";
import { median } from "./rounds.mts";

const folders = ["music", "music-authors", "speech"];

/** A set, or of speech, whose sequences are all of one length, this part of each split. */
const speechPart = 1 / 8;

async function taskOfSome(name: string) {
  const dataset = await openData(name);
  if (dataset.kind !== "speech") return { task: taskOf(dataset), part: 1 };
  const some = <T,>(sequences: readonly T[]) =>
    sequences.slice(0, Math.ceil(sequences.length * speechPart));
  const { train, valid, test } = dataset;
  return {
    task: taskOf({ ...dataset, train: some(train), valid: some(valid), test: some(test) }),
    part: speechPart,
  };
}

/** In every round each unit trains for about a second after a first epoch, or for one more. */
export async function pacesOfEpochs(rounds: number): Promise<Pace[]> {
  const drawn = folders
    .flatMap((folder) => searches(readRecords(join(root, "notebooks", "results", folder))))
    .flatMap(({ chosen }) => chosen.slice(0, 1));
  const engine = await openEngine("native");
  const names = [...new Set(drawn.map(({ configuration: { data } }) => data))];
  const tasks = await Promise.all(names.map(taskOfSome));
  const seconds = drawn.map((): number[] => []);
  for (let round = 0; round < rounds; round++)
    for (const [k, { configuration, curve }] of drawn.entries()) {
      const { data, cell, ...rest } = configuration;
      const { task, part } = tasks[names.indexOf(data)];
      const about = (part * (curve.at(-1)?.cpuSeconds ?? 1)) / curve.length;
      const more = Math.max(1, Math.min(20, Math.ceil(1 / about)));
      const { record } = await train({
        ...rest,
        task,
        cell: cellNamed(cell),
        epochs: 1 + more,
        engine,
      });
      if (record.status !== "finished") throw new Error(`${data}, ${cell}: ${record.error}`);
      const [first, last] = [record.curve[0], record.curve[more]].map((p) => p.cpuSeconds ?? 0);
      const pace = (last - first) / more / part;
      seconds[k].push(pace);
      process.stderr.write(`${round + 1}/${rounds} ${data} ${cell} ${pace.toFixed(3)} s\n`);
    }
  return drawn.map(({ configuration: c }, k) => ({
    data: c.data,
    cell: c.cell,
    protocol: c.protocol,
    weightNoise: c.weightNoise,
    secondsPerEpoch: Number(median(seconds[k]).toPrecision(4)),
  }));
}

export function printPaces(paces: readonly Pace[]): void {
  for (const { data, cell, protocol, weightNoise, secondsPerEpoch } of paces)
    console.log(
      `${data.padEnd(12)}${cell.padEnd(15)}${protocol.padEnd(9)}${weightNoise === 0 ? "no noise  " : "          "}${secondsPerEpoch.toFixed(3).padStart(9)} s an epoch`,
    );
}
