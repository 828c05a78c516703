import { describe, expect, it } from "vitest";
import { pianoRoll } from "../../lib/data/piano-roll.js";
import { plain, plainLines } from "../../lib/files/plain.js";
import { learningCurves } from "../../lib/show/learning-curves.js";
import { htmlPage } from "../../lib/show/page.js";
import { pianoRollPicture } from "../../lib/show/piano-roll-picture.js";
import { toSvg } from "../../lib/show/picture.js";
import { resultsTable } from "../../lib/show/results-table.js";
import { titleOf } from "../../lib/show/spec.js";
import { tableHtml, tableMarkdown, tableText } from "../../lib/show/table.js";
import { madeUpRecord } from "./records.js";

/** What a terminal, a page or a reader's eye would obey. */
const controls = /(?!\n)[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u;

describe("text of others", () => {
  it.each([
    ["\x1b[2J\x1b]0;owned\x07", "\\u001b[2J\\u001b]0;owned\\u0007"],
    ["a\nb\r\tc\0", "a\\u000ab\\u000d\\u0009c\\u0000"],
    ["\x7f\x9b31m", "\\u007f\\u009b31m"],
    ["\u202egnp.exe", "\\u202egnp.exe"],
    ["half \ud800 pair", "half \\ud800 pair"],
    ["Kyrie, ½ Größe 音楽 🎹 👩‍🎤", "Kyrie, ½ Größe 音楽 🎹 👩‍🎤"],
  ])("%j is shown as %s", (text, shown) => {
    expect(plain(text)).toBe(shown);
    expect(JSON.parse(`"${plain(text)}"`)).toBe(text); // in JSON it still means the same
  });

  it("of several lines keeps its lines", () => {
    expect(plainLines("a\x1b\nb")).toBe("a\\u001b\nb");
  });
});

const hostile = "\x1b[31mdata\u202e\nset";
const made = madeUpRecord(hostile);
const run = { ...made, data: { ...made.data, name: hostile, title: hostile } };

describe("names with control characters are shown, and never obeyed", () => {
  const table = resultsTable([run], [], {});
  it.each([
    ["terminal", tableText(table)],
    ["notebook", tableMarkdown(table)],
    ["page", tableHtml(table)],
  ])("in a table for a %s", (_, text) => {
    expect(text).not.toMatch(controls);
    expect(text).toContain("u001b[31mdata");
    expect(text).toContain("u202e");
  });

  it("in a chart's title, its picture and the page around it", async () => {
    const chart = learningCurves([run], { x: "epoch" });
    expect(titleOf(chart)).not.toMatch(controls);
    expect(await toSvg(chart)).not.toMatch(controls);
    const page = await htmlPage(hostile, [{ heading: hostile, text: hostile, chart, table }]);
    const body = page.slice(0, page.indexOf("<script>"));
    expect(body).not.toMatch(controls);
    const json = /<script type="application\/json">(.*?)<\/script>/s.exec(page)?.[1] ?? "";
    expect(JSON.stringify(JSON.parse(json))).toContain("\\\\u001b[31mdata"); // an escape that is text
  });

  it("in a picture of a piece that is called so", () => {
    const spec = pianoRollPicture(pianoRoll([[60]], hostile));
    expect(titleOf(spec)).not.toMatch(controls);
  });
});
