import { type Split, splits } from "../data/dataset.js";
import { plain } from "../files/plain.js";
import { thousands } from "../files/thousands.js";
import type { OpenedTask } from "../tasks/opened.js";
import type { Task } from "../tasks/task.js";
import type { InputUnits, Units } from "../tasks/units.js";

/** What own data are, as they were understood. */
interface TaskReport {
  readonly name: string;
  readonly title: string;
  readonly checksum: string;
  readonly units: Units;
  readonly inputSize: number;
  readonly output: { readonly name: string; readonly targetSize: number };
  /** Sequences, and steps that are to be predicted. */
  readonly splits: Readonly<Record<Split, { readonly sequences: number; readonly steps: number }>>;
  readonly notices: readonly string[];
}

export function taskReport({ task, notices }: OpenedTask): TaskReport {
  const { name, title, checksum, units, inputSize, output } = task;
  return {
    name,
    title,
    checksum,
    units,
    inputSize,
    output: { name: output.name, targetSize: output.targetSize },
    splits: {
      train: counted(task, "train"),
      valid: counted(task, "valid"),
      test: counted(task, "test"),
    },
    notices,
  };
}

function counted(task: Task, split: Split) {
  let [sequences, steps] = [0, 0];
  for (const { size, time, stepOffsets, weights } of task.evaluation(split)) {
    sequences += size;
    steps += weights ? weights.filter((w) => w > 0).length : stepOffsets[time];
  }
  return { sequences, steps };
}

export function printTask(path: string, report: TaskReport): void {
  const { units, inputSize, output, notices, checksum } = report;
  console.log(plain(`${path}: ${about(units)}`));
  console.log(`  reads ${inputSize} numbers a step, predicts ${output.targetSize}: ${output.name}`);
  for (const split of splits) {
    const { sequences, steps } = report.splits[split];
    console.log(
      `  ${split.padEnd(5)} ${thousands(sequences).padStart(7)} sequences ${thousands(steps).padStart(11)} steps to predict`,
    );
  }
  if ("columns" in units && units.kind === "values")
    for (const { name, mean, deviation } of units.columns)
      console.log(
        plain(`  ${name}: mean ${mean.toPrecision(4)}, deviation ${deviation.toPrecision(4)}`),
      );
  for (const notice of notices) console.log(plain(`  ${notice}`));
  console.log(`  checksum ${checksum}`);
}

function about(units: Units): string {
  switch (units.kind) {
    case "music":
      return `music, ${units.stepsPerQuarter} steps a quarter note`;
    case "speech":
      return `sound at ${thousands(units.sampleRateHz)} Hz`;
    case "text":
      return `text of ${units.characters.length} different characters`;
    case "classes":
      return `${units.classes.length} classes (${some(units.classes)}) from ${read(units.input)}`;
    case "keys":
      return `${units.size} keys from ${read(units.input)}`;
    case "values":
      return `numbers (${some(units.columns.map(({ name }) => name))}) from ${read(units.input)}`;
    case "counts":
      return `counts (${some(units.columns)}) from ${read(units.input)}`;
  }
}

const read = (input: InputUnits) =>
  input.kind === "keys" ? `${input.size} keys` : some(input.columns.map(({ name }) => name));

const some = (names: readonly string[]) =>
  names.length > 8 ? `${names.slice(0, 7).join(", ")} … ${names.at(-1)}` : names.join(", ");
