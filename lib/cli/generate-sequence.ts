import { GatedRnnError } from "../errors.js";
import { csvText } from "../files/csv-text.js";
import { sampleSequence } from "../generate/index.js";
import { generator } from "../random/generator.js";
import type { Step } from "../tasks/sequence-kind.js";
import type { Task } from "../tasks/task.js";
import { inputStep, type RowUnits } from "../tasks/unit-rows.js";
import type { TrainedModel } from "../train/weights-bytes.js";
import { reportGenerated, writeGenerated } from "./generated.js";

interface SequenceArguments {
  readonly steps?: number;
  readonly seed: number;
  readonly temperature: number;
  readonly primer: number;
  readonly prompt?: string;
}

/** The ending of the file that a model of these units is written to. */
export const sequenceExtension = ({ kind }: RowUnits) => (kind === "text" ? ".txt" : ".csv");

/** Text to the terminal and a file, series to a CSV file: what a model of own data makes up. */
export async function generateSequence(
  trained: TrainedModel,
  units: RowUnits,
  task: Task | undefined,
  name: string,
  options: SequenceArguments,
): Promise<void> {
  const { steps = units.kind === "text" ? 500 : 100, seed, temperature, prompt } = options;
  if (prompt !== undefined && units.kind !== "text")
    throw new GatedRnnError(
      "usage",
      `--prompt: expected a model of text, got one of ${units.kind}; give --data for a primer`,
    );
  const primer =
    prompt !== undefined
      ? Array.from(prompt)
      : task && options.primer > 0
        ? beginning(task, units, options.primer, seed)
        : [];
  const made = await sampleSequence({ ...trained, units }, { steps, seed, temperature, primer });
  const after =
    prompt !== undefined
      ? JSON.stringify(prompt)
      : primer.length > 0
        ? `${primer.length} steps of a test sequence`
        : "nothing";
  reportGenerated(trained, after, options);
  if (units.kind === "text") {
    const text = made.join("");
    console.log(`${prompt ?? ""}${text}`);
    writeGenerated(name, ".txt", text, `${steps} characters`);
  } else writeGenerated(name, ".csv", csvText([heads(units), ...made.map(cells)]), `${steps} rows`);
}

/** The first steps of one of the test sequences. */
function beginning(task: Task, units: RowUnits, most: number, seed: number): Step[] {
  if (JSON.stringify(task.units) !== JSON.stringify(units))
    throw new GatedRnnError(
      "usage",
      `--data: expected what the model was trained on, read as it was then, got other columns, classes or shares; leave --data out to begin with nothing`,
    );
  const batches = [...task.evaluation("test")];
  const random = generator(seed, "choose a primer");
  const batch = batches[random.integer(batches.length)];
  const sequence = random.integer(batch.size);
  return Array.from({ length: Math.min(most, batch.lengths[sequence]) }, (_, t) =>
    inputStep(units, batch.input, batch.stepOffsets[t] + sequence),
  );
}

function heads(units: RowUnits): string[] {
  switch (units.kind) {
    case "values":
      return units.columns.map(({ name }) => name);
    case "counts":
      return [...units.columns];
    case "keys":
      return ["keys"];
    default:
      return ["class"];
  }
}

/** Numbers to what single precision knows; keys in one cell. */
function cells(step: Step): (string | number)[] {
  if (typeof step === "string" || typeof step === "number") return [step];
  return Array.from(step, (v) => Number(v.toPrecision(7)));
}
