import type { CsvTable } from "../data/csv.js";
import { type Split, splits } from "../data/dataset.js";
import { splitOfPath } from "../data/split-rule.js";
import { GatedRnnError } from "../errors.js";
import { labelling, type Series } from "./csv-columns.js";
import { cutInPlace } from "./cut-in-place.js";
import { type DataOptions, ruleOf } from "./data-options.js";
import type { OpenedTask } from "./opened.js";
import { type LabelledSequence, type SequenceSplits, sequenceTask } from "./sequence.js";

/**
 * A task of CSV files: each file a sequence, or several by a column; of one sequence alone the first
 * part is for training and the last for the test. Columns of numbers are read, and predicted one row
 * ahead unless other targets are named.
 *
 * @throws GatedRnnError `usage` for columns that are not there; `bad-file`, naming file, line and
 * column, for cells that should be numbers
 */
export function csvTask(
  tables: readonly CsvTable[],
  about: { readonly name: string; readonly title: string },
  options: DataOptions,
): OpenedTask {
  const [{ file, columns }] = tables;
  for (const table of tables)
    if (table.columns.join("\n") !== columns.join("\n"))
      throw new GatedRnnError(
        "bad-file",
        `${table.file}: expected the columns ${columns.join(", ")}, as ${file} has, got ${table.columns.join(", ")}`,
      );
  const all = tables.flatMap((table) => seriesOf(table, options.sequence));
  const { sequenceOf, kind, notices, least } = labelling(all, options);
  const series = all.filter(({ rows }) => rows.length >= least);
  const short = all.length - series.length;
  const task = sequenceTask({
    ...about,
    ...kind,
    ...splitsOf(about.name, series, series.map(sequenceOf), options),
  });
  return {
    task,
    notices: short > 0 ? [...notices, `left out: ${short} sequences of under 2 rows`] : notices,
  };
}

/** The sequences of a table: all its rows, or those of each value of a column, in their order. */
function seriesOf(table: CsvTable, column: string | undefined): Series[] {
  const split = splitOfPath(table.file);
  if (column === undefined) return [{ table, rows: [...table.rows.keys()], split }];
  const at = table.columns.indexOf(column);
  if (at < 0)
    throw new GatedRnnError(
      "usage",
      `${table.file}: expected a column ${column} that tells sequences apart, got ${table.columns.join(", ")}`,
    );
  const groups = new Map<string, number[]>();
  for (const [row, cells] of table.rows.entries())
    groups.set(cells[at], [...(groups.get(cells[at]) ?? []), row]);
  return [...groups.values()].map((rows) => ({ table, rows, split }));
}

function splitsOf(
  name: string,
  series: readonly Series[],
  sequences: readonly LabelledSequence[],
  options: DataOptions,
): SequenceSplits {
  const rule = ruleOf(options.split ?? {});
  if (series.length > 0 && series.every(({ split }) => split !== undefined)) {
    const of = (split: Split) => sequences.filter((_, i) => series[i].split === split);
    return { train: of("train"), valid: of("valid"), test: of("test") };
  }
  const [only] = sequences;
  if (sequences.length !== 1 || !cuttable(only)) return { sequences, split: rule };
  const [valid, test] = cutInPlace(name, only.input.length, rule);
  const bounds = { train: [0, valid], valid: [valid, test], test: [test, only.input.length] };
  const parts = splits.map((split) => [split, [part(only, bounds[split])]]);
  return Object.fromEntries(parts) as Record<Split, LabelledSequence[]>;
}

/** Not one whose only target stands at its end. */
const cuttable = ({ target }: LabelledSequence) => target === undefined || Array.isArray(target);

function part({ input, target }: LabelledSequence, [from, to]: number[]): LabelledSequence {
  const cut = { input: Array.from(input).slice(from, to) };
  return Array.isArray(target) ? { ...cut, target: target.slice(from, to) } : cut;
}
