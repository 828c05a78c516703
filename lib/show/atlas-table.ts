import { cellNamed } from "../cells/index.js";
import type { AtlasRow, MemoryRow } from "../sweep/atlas-rows.js";
import { cellTitle } from "./colours.js";
import type { Table } from "./table.js";

/** What a variant is called beside its unit: "LSTM, CIFG"; a whole unit by its own name. */
export function variantTitle(cell: string): string {
  const { variant } = cellNamed(cell);
  return variant ? `${cellTitle(variant.of)}, ${variant.short}` : cellTitle(cell);
}

/** A difference in nats with its sign: +0.123, −0.045. */
export const signed = (value: number) => `${value < 0 ? "−" : "+"}${Math.abs(value).toFixed(3)}`;

/** A variant's verdict, in words of what was taken away. */
export function verdictOf({ comparison }: AtlasRow): string {
  switch (comparison?.verdict) {
    case undefined:
      return "";
    case "a clearly better":
      return "clearly better";
    case "a better":
      return "better";
    case "b better":
      return "worse";
    case "b clearly better":
      return "clearly worse";
    case "equivalent":
    case "undecided":
      return comparison.verdict;
  }
}

/** The gate atlas as a table: every variant's score, and what it loses to its whole unit. */
export function atlasTable(rows: readonly AtlasRow[]): Table {
  return {
    caption: "The gate atlas: test NLL in nats per step, and the difference to the whole unit",
    columns: [
      ...[{ title: "data", align: "left" } as const, { title: "protocol", align: "left" } as const],
      ...[{ title: "unit", align: "left" } as const, { title: "cell", align: "left" } as const],
      ...["hidden", "parameters", "learning\nrate", "seeds", "test", "difference"].map(
        (title) => ({ title, align: "right" }) as const,
      ),
      { title: "95 % interval", align: "left" },
      { title: "verdict", align: "left" },
      { title: "p\n(Holm)", align: "right" },
    ],
    rows: rows.map((row) => {
      const { difference } = row.comparison ?? {};
      return [
        ...[row.data, row.protocol, variantTitle(row.cell), row.cell, String(row.hiddenSize)],
        ...[row.parameters.toLocaleString("en"), row.learningRate.toPrecision(2)],
        ...[String(row.seeds.length), row.test.toFixed(3)],
        difference ? signed(difference.value) : "",
        difference ? `${signed(difference.low)} to ${signed(difference.high)}` : "",
        verdictOf(row),
        row.pValue === undefined ? "" : row.pValue.toFixed(3),
      ];
    }),
    notes: notesOf(rows),
  };
}

function notesOf(rows: readonly AtlasRow[]): string[] {
  const rates = new Set(rows.map((row) => row.rates));
  const single = rows.some((row) => row.comparison && row.seeds.length === 1);
  return [
    "difference: positive where the variant is worse than the whole unit; of interest from 0.05 nats on.",
    ...(rates.size > 0
      ? [
          `the best of ${[...rates].join(", ")} learning rates that all cells of a set were tried with.`,
        ]
      : []),
    ...(single
      ? [
          "one seed where it says 1: the interval is over test pieces, and says nothing about other seeds.",
        ]
      : []),
  ];
}

/** How long a memory each cell keeps: a row a cell, a column a task. */
export function memoryTable(rows: readonly MemoryRow[]): Table {
  const key = ({ kind, steps }: MemoryRow) => `${kind}-${steps}`;
  const sorted = [...rows].sort((a, b) => -a.kind.localeCompare(b.kind) || a.steps - b.steps);
  const tasks = [...new Set(sorted.map(key))];
  const cells = [...new Set(rows.map(({ cell }) => cell))];
  const found = (cell: string, task: string) =>
    rows.find((row) => row.cell === cell && key(row) === task);
  return {
    caption: "Memory: test NLL in nats per predicted step; * where it is kept",
    columns: [
      { title: "unit", align: "left" },
      { title: "cell", align: "left" },
      ...tasks.map((title) => ({ title, align: "right" }) as const),
    ],
    rows: cells.map((cell) => [
      variantTitle(cell),
      cell,
      ...tasks.map((task) => {
        const row = found(cell, task);
        return row ? `${row.test.toFixed(3).replace("-", "−")}${row.isKept ? " *" : ""}` : "–";
      }),
    ]),
    notes: [
      `who remembers nothing: ${tasks
        .map((task) => {
          const [row] = rows.filter((r) => key(r) === task);
          return `${task} ${row.forgotten.toFixed(3)}`;
        })
        .join(", ")}.`,
      "kept: recall at less than half of that, adding better than who knows one of the two numbers.",
    ],
  };
}
