import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { cellNamed, latex, readRecords } from "gated-rnn";
import { variantTitle } from "gated-rnn/show";
import { type AtlasRow, atlasRows, type MemoryRow, memoryRows } from "gated-rnn/sweep";
import katex from "katex";
import { root } from "../jupyter.mts";
import { escapeHtml } from "./cells.mts";

const folder = join(root, "notebooks", "results", "atlas");
const verdicts: Readonly<Record<string, string>> = {
  "a clearly better": "clearly better",
  "a better": "better",
  "b better": "worse",
  "b clearly better": "clearly worse",
};

/** The gate atlas as a page that sorts and filters itself; undefined where there are no records. */
export function atlasBody(
  records = existsSync(folder) ? readRecords(folder) : [],
): string | undefined {
  const rows = atlasRows(records);
  if (rows.length === 0) return undefined;
  const memory = memoryRows(records);
  const most = Math.max(
    0.1,
    ...rows.flatMap(({ comparison: c }) => (c ? [-c.difference.low, c.difference.high] : [])),
  );
  const script = readFileSync(new URL("atlas-client.js", import.meta.url), "utf8");
  return `<nav class="pages" aria-label="pages"><a href="index.html">all pages</a></nav>
<main class="atlas">
<h1>The gate atlas</h1>
<p>Every variant of the LSTM and the GRU against the whole unit that it was cut from, at the same number of parameters or
the same width: what it loses (+) or wins (−) in nats per step on the test pieces. Differences below 0.05 are too small to matter.
With one seed an interval is over the test pieces alone, and says nothing about other seeds.
<a href="11-which-gate.html">The notebook</a> explains; <code>gated-rnn atlas</code> prints the same rows.</p>
<form class="filters" aria-label="which rows are shown">
${select(
  "data",
  "Data",
  rows.map((row) => row.data),
)}
${select(
  "protocol",
  "Protocol",
  rows.map((row) => row.protocol),
)}
${select(
  "of",
  "Unit",
  rows.map((row) => row.of ?? row.cell),
)}
${select("verdict", "Verdict", rows.map(verdictOf))}
<label>Name <input type="search" name="name" autocomplete="off"></label>
<button type="reset">Show all</button>
</form>
<p role="status" class="about">${rows.length} of ${rows.length} rows</p>
<div class="scroll" role="group" aria-label="the atlas" tabindex="0">
<table class="atlas">
<thead><tr>${head(memory)}</tr></thead>
<tbody>
${rows.map((row) => line(row, most, memory)).join("\n")}
</tbody>
</table>
</div>
<h2>The equations</h2>
${equations(rows)}
</main>
<script>
${script}</script>`;
}

const verdictOf = ({ comparison: c }: AtlasRow) =>
  c ? (verdicts[c.verdict] ?? c.verdict) : "whole";

function select(name: string, label: string, values: readonly string[]): string {
  const options = [...new Set(values)].sort().map((v) => `<option>${escapeHtml(v)}</option>`);
  return `<label>${label} <select name="${name}"><option value="">all</option>${options.join("")}</select></label>`;
}

function head(memory: readonly MemoryRow[]): string {
  const titles = [
    "unit",
    "data",
    "protocol",
    "hidden",
    "parameters",
    "seeds",
    "test",
    "difference",
  ];
  const cells = [...titles, "interval", "verdict", ...(memory.length > 0 ? ["remembers"] : [])];
  return cells
    .map((title) => `<th scope="col" aria-sort="none"><button type="button">${title}</button></th>`)
    .join("");
}

/** Steps of the longest recall that a cell keeps; "–" where it was not asked. */
function remembers(cell: string, memory: readonly MemoryRow[]): string {
  const own = memory.filter((row) => row.cell === cell && row.kind === "recall");
  if (own.length === 0) return "–";
  return String(Math.max(0, ...own.filter((row) => row.isKept).map((row) => row.steps)));
}

function line(row: AtlasRow, most: number, memory: readonly MemoryRow[]): string {
  const { data, protocol, cell, of = cell, hiddenSize, parameters, seeds, test } = row;
  const d = row.comparison?.difference;
  const cells: [string, string | number][] = [
    [escapeHtml(variantTitle(cell)), variantTitle(cell)],
    [data, data],
    [protocol, protocol],
    [String(hiddenSize), hiddenSize],
    [parameters.toLocaleString("en"), parameters],
    [String(seeds.length), seeds.length],
    [test.toFixed(3), test],
    [d ? signed(d.value) : "", d?.value ?? 0],
    [d ? `${bar(d, most)} ${signed(d.low)} to ${signed(d.high)}` : "", d?.low ?? 0],
    [verdictOf(row), verdictOf(row)],
    ...(memory.length > 0
      ? [[remembers(cell, memory), Number(remembers(cell, memory)) || 0] as [string, number]]
      : []),
  ];
  const marks = Object.entries({
    data,
    protocol,
    of,
    verdict: verdictOf(row),
    name: `${variantTitle(cell)} ${cell}`,
  });
  const attributes = marks.map(([key, value]) => `data-${key}="${escapeHtml(value)}"`).join(" ");
  return `<tr ${attributes}>${cells
    .map(
      ([html, key], k) =>
        (k === 0 ? `<th scope="row"` : "<td") +
        ` data-key="${escapeHtml(String(key))}">${html}${k === 0 ? "</th>" : "</td>"}`,
    )
    .join("")}</tr>`;
}

const signed = (value: number) => `${value < 0 ? "−" : "+"}${Math.abs(value).toFixed(3)}`;

/** An interval as a line around zero; the numbers beside it say the same. */
function bar(
  { value, low, high }: { value: number; low: number; high: number },
  most: number,
): string {
  const at = (v: number) => (60 + (v / most) * 58).toFixed(1);
  return `<svg width="120" height="12" viewBox="0 0 120 12" aria-hidden="true"><path d="M60 0V12" stroke="currentColor" stroke-opacity="0.35"/><path d="M${at(low)} 6H${at(high)}" stroke="currentColor" stroke-width="2"/><circle cx="${at(value)}" cy="6" r="3.5" fill="currentColor"/></svg>`;
}

function equations(rows: readonly AtlasRow[]): string {
  const cells = [...new Set(rows.map(({ cell }) => cell))];
  return cells
    .map((name) => {
      const cell = cellNamed(name);
      const { differs, source } = cell.variant ?? {};
      const about = differs
        ? `<p>${escapeHtml(differs)} <span class="about">(${escapeHtml(source ?? "")})</span></p>`
        : "";
      const math = katex
        .renderToString(latex(cell), { displayMode: true, throwOnError: true })
        .replace(
          '<span class="katex-display">',
          `<span class="katex-display" role="group" aria-label="equations of ${escapeHtml(name)}" tabindex="0">`,
        );
      return `<details><summary>${escapeHtml(variantTitle(name))}</summary>${about}${math}</details>`;
    })
    .join("\n");
}
