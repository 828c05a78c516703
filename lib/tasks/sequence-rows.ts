import { GatedRnnError } from "../errors.js";
import type { Output } from "../outputs/index.js";
import { classNames } from "./class-names.js";
import { classesOutput, countsOutput, keysOutput, valuesOutput } from "./outputs.js";
import {
  keyCount,
  type LabelledSplits,
  readSequences,
  type TargetOf,
  targetOf,
  targetSteps,
} from "./read-sequences.js";
import { ClassReader, KeyReader, NumberReader, type RowReader } from "./row-readers.js";
import type { SequenceRows } from "./rows-data.js";
import type { SequenceKind } from "./sequence-kind.js";
import type { OwnUnits } from "./units.js";

/** Somebody's sequences as rows, with all that is known of them. */
interface ReadTask {
  readonly rows: SequenceRows;
  readonly units: OwnUnits;
  readonly inputSize: number;
  readonly output: Output;
}

/** @throws GatedRnnError `usage`, naming split, sequence and step */
export function sequenceRows(
  task: string,
  sequences: LabelledSplits,
  kind: SequenceKind,
): ReadTask {
  const of = targetOf(task, sequences);
  const seen = () => targetSteps(of, sequences.train);
  const predict = kind.predict ?? predictOf(kind, seen());
  const classes = predict === "classes" ? classNames(task, kind.classes, seen()) : [];
  const input = inputReader(task, predict, of, classes, kind);
  const target = targetReader(task, predict, of, classes, kind, input);
  const rows = readSequences(task, sequences, of, input, target);
  const about = {
    input:
      input instanceof NumberReader
        ? { kind: "numbers" as const, columns: [...input.columns] }
        : { kind: "keys" as const, size: rows.input.width },
    of,
  };
  const size = rows.target.width;
  const columns = target instanceof NumberReader ? [...target.columns] : [];
  const [units, usual]: [OwnUnits, Output] = (() => {
    switch (predict) {
      case "values":
        return [{ kind: predict, ...about, columns }, valuesOutput(size, kind.components)];
      case "counts":
        return [
          { kind: predict, ...about, columns: columns.map(({ name }) => name) },
          countsOutput(size),
        ];
      case "classes":
        return [{ kind: predict, ...about, classes }, classesOutput(size)];
      case "keys":
        return [{ kind: predict, ...about, size }, keysOutput(size)];
    }
  })();
  const output = kind.output ?? usual;
  if (output.targetSize !== size)
    throw new GatedRnnError(
      "usage",
      `${task}: expected an output of ${size} targets, got one of ${output.targetSize}`,
    );
  return { rows, units, inputSize: rows.input.width, output };
}

type Predict = NonNullable<SequenceKind["predict"]>;

function inputReader(
  task: string,
  predict: Predict,
  of: TargetOf,
  classes: readonly string[],
  { keys, inputKeys, columns, normalise }: SequenceKind,
): RowReader {
  if (of === "next" && predict === "classes") return new ClassReader(classes);
  if (of === "next" && predict === "keys")
    return new KeyReader("input", keyCount(task, "keys", keys ?? inputKeys));
  if (inputKeys !== undefined)
    return new KeyReader("input", keyCount(task, "inputKeys", inputKeys));
  const counts = of === "next" && predict === "counts";
  return new NumberReader({ what: "input", names: columns, normalise, counts });
}

function targetReader(
  task: string,
  predict: Predict,
  of: TargetOf,
  classes: readonly string[],
  { keys, inputKeys, targetColumns, normalise }: SequenceKind,
  input: RowReader,
): RowReader {
  switch (predict) {
    case "classes":
      return new ClassReader(classes);
    case "keys":
      return new KeyReader(
        "target",
        keyCount(task, "keys", keys ?? (of === "next" ? inputKeys : undefined)),
      );
    case "counts":
    case "values": {
      const like = of === "next" && input instanceof NumberReader ? input : undefined;
      if (of === "next" && !like)
        throw new GatedRnnError(
          "usage",
          `${task}: expected targets, or steps of numbers to be continued, got steps of keys; say predict: "keys"`,
        );
      const counts = predict === "counts";
      const names = targetColumns;
      const scaled = counts ? false : normalise;
      return new NumberReader({ what: "target", names, normalise: scaled, counts, like });
    }
  }
}

/** What targets are, where nobody says it: the first that is known decides. */
function predictOf({ classes, keys }: SequenceKind, targets: Iterable<unknown>): Predict {
  if (classes !== undefined) return "classes";
  if (keys !== undefined) return "keys";
  for (const target of targets)
    if (target !== null) return typeof target === "string" ? "classes" : "values";
  return "values";
}
