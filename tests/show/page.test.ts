import { describe, expect, it } from "vitest";
import { learningCurves } from "../../lib/show/learning-curves.js";
import { htmlPage } from "../../lib/show/page.js";
import { resultsTable } from "../../lib/show/results-table.js";
import { madeUpRecord } from "./records.js";

const records = [madeUpRecord("gru"), madeUpRecord("lstm")];
const hostile = "</script><script>alert(1)</script><!-- & co";
const page = await htmlPage("GRU & LSTM", [
  {
    heading: "By <epoch>",
    text: "First.\n\nSecond.",
    chart: learningCurves(records, { x: "epoch", title: hostile }),
  },
  { chart: learningCurves(records, { x: "seconds" }), table: resultsTable(records) },
]);

/** The page without what stands inside its scripts. */
const markup = page.replaceAll(/(<script[^>]*>)[\s\S]*?<\/script>/g, "$1</script>");

describe("a page", () => {
  it("needs nothing from the network: no script, style, image or font of elsewhere", () => {
    expect(markup).not.toMatch(/<(script|img|iframe|link)[^>]*\s(src|href)=/i);
    expect(markup).not.toMatch(/@import|url\((?!#)/);
    expect(page.includes("vegaEmbed(live, spec")).toBe(true);
  });

  it("holds every chart as SVG, for readers without scripts", () => {
    const still = page.slice(0, page.indexOf("<script"));
    expect(still).toMatch(/<div class="chart"><svg /);
    expect(still).toContain("NLL (nats per step, log scale)");
  });

  it("gives the parts of every chart names of their own", () => {
    const ids = [...markup.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
    expect(ids.length).toBeGreaterThanOrEqual(2); // each chart clips its lines
    expect(new Set(ids).size).toBe(ids.length);
    for (const [, used] of markup.matchAll(/url\(#([^)]+)\)/g)) expect(ids).toContain(used);
  });

  it("cannot be broken out of by a chart's text", () => {
    const scripts = page.split("<script").length - 1;
    expect(scripts).toBe(2 + 3 + 1); // two specifications, three libraries, one start
    expect(page.split("</script>").length - 1).toBe(scripts);
    const [specification] = page.match(
      /(?<=<script type="application\/json">)[\s\S]*?(?=<\/script>)/,
    ) ?? [""];
    expect(JSON.parse(specification).title.text).toBe(hostile);
  });

  it("has its headings, paragraphs and tables as HTML, escaped", () => {
    expect(markup).toContain("<title>GRU &amp; LSTM</title>");
    expect(markup).toContain("<h2>By &lt;epoch&gt;</h2>\n<p>First.</p>\n<p>Second.</p>");
    expect(markup).toContain('<td class="left">LSTM, 46 units</td>');
  });
});

describe("a page without charts", () => {
  it("carries no scripts", async () => {
    expect(await htmlPage("Table", [{ table: resultsTable(records) }])).not.toContain("<script");
  });
});
