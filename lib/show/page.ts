import { chartScript, chartScripts } from "./chart-library.js";
import { toSvg } from "./picture.js";
import { shownSpec, titleOf, type VegaLiteSpec } from "./spec.js";
import { escapeHtml, type Table, tableHtml } from "./table.js";

/** One part of a page, shown in this order: heading, text, chart, table. */
interface PageSection {
  readonly heading?: string;
  /** Paragraphs, parted by blank lines. */
  readonly text?: string;
  readonly chart?: VegaLiteSpec;
  readonly table?: Table;
}

/**
 * A page that opens from disk without network: every chart is there as SVG, and the scripts that make it interactive are in
 * the page itself (they replace the SVG; where scripts are off, it stays).
 */
export async function htmlPage(title: string, sections: readonly PageSection[]): Promise<string> {
  const body = await Promise.all(sections.map((section, i) => sectionHtml(section, `chart-${i}`)));
  const scripts = sections.some((section) => section.chart) ? interactive() : "";
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<style>${style}</style>
</head>
<body>
<h1>${escapeHtml(title)}</h1>
${body.join("\n")}
${scripts}
</body>
</html>
`;
}

async function sectionHtml(
  { heading, text, chart, table }: PageSection,
  id: string,
): Promise<string> {
  const parts = [
    ...(heading === undefined ? [] : [`<h2>${escapeHtml(heading)}</h2>`]),
    ...(text === undefined
      ? []
      : text.split(/\n\s*\n/).map((paragraph) => `<p>${escapeHtml(paragraph)}</p>`)),
    ...(chart === undefined ? [] : [await chartHtml(chart, id)]),
    ...(table === undefined ? [] : [tableHtml(table)]),
  ];
  return `<section>\n${parts.join("\n")}\n</section>`;
}

async function chartHtml(chart: VegaLiteSpec, id: string): Promise<string> {
  const named = (await toSvg(chart)).replace(
    "<svg ",
    `<svg role="img" aria-label="${escapeHtml(titleOf(chart))}" `,
  );
  const svg = named.replaceAll(/(id="|url\(#)(?=\w+)/g, `$1${id}-`); // vega counts its clip paths from 0 in every chart
  const spec = inScript(JSON.stringify(shownSpec(chart)));
  return `<figure>\n<div class="chart">${svg}</div>\n<script type="application/json">${spec}</script>\n</figure>`;
}

/** The chart library's scripts, and the few lines that start them. */
function interactive(): string {
  const sources = chartScripts.map(chartScript);
  const start = `for (const figure of document.querySelectorAll("figure")) {
  const spec = JSON.parse(figure.querySelector("script").textContent);
  const still = figure.querySelector(".chart");
  const live = document.createElement("div");
  figure.append(live);
  vegaEmbed(live, spec, { actions: { export: true, source: false, compiled: false, editor: false } }).then(() => still.remove(), (error) => { live.remove(); console.error(error); });
}`;
  return [...sources.map(inScript), start].map((source) => `<script>${source}</script>`).join("\n");
}

/** Text that may stand inside a script element: no end tag and no comment begins in it. */
function inScript(source: string): string {
  return source.replaceAll(/<(?=\/script|!--|script)/gi, "\\u003c");
}

const style = `
body { font: 16px/1.5 "Open Sans", "Helvetica Neue", Helvetica, Arial, sans-serif; color: #222; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.7rem; line-height: 1.2; } h2 { font-size: 1.2rem; margin-top: 2.5rem; }
figure { margin: 1rem 0; overflow-x: auto; } figure svg { max-width: 100%; height: auto; }
table { font-size: 0.92rem; border-collapse: collapse; font-variant-numeric: tabular-nums; display: block; overflow-x: auto; }
caption { text-align: left; font-weight: 600; padding: 0.3rem 0; }
th, td { padding: 0.2rem 0.7rem; border-bottom: 1px solid #e4e4e8; white-space: nowrap; } th { border-bottom: 2px solid #888; line-height: 1.2; vertical-align: bottom; }
.left { text-align: left; } .right { text-align: right; } .note { color: #555; font-size: 0.85rem; margin: 0.3rem 0; }
`;
