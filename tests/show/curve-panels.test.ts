import { describe, expect, it } from "vitest";
import { altText } from "../../lib/show/alt-text.js";
import { curvePanels } from "../../lib/show/curve-panels.js";
import { narrowChart } from "../../lib/show/narrow.js";
import { toSvg } from "../../lib/show/picture.js";
import { pointsOf } from "../notebooks/outputs.js";
import { madeUpRecord } from "./records.js";

const units = ["tanh", "gru", "lstm"].map((cell) => madeUpRecord(cell, { epochs: 40 }));
const onSpeech = units.map((run) => ({
  ...run,
  data: { ...run.data, name: "speech-a", title: "speech" },
}));
const columns = [
  { title: "(a) JSB", runs: units },
  { title: "(b) once more", runs: units },
];
type Row = Record<string, unknown>;
const rowsOf = ({ data }: ReturnType<typeof curvePanels>) => (data as { values: Row[] }).values;

describe("the panels of figures 2 and 3", () => {
  it("are four: by iterations above, by time below, for each column", async () => {
    const spec = curvePanels(columns, { title: "Figure 2" });
    expect(spec.concat).toHaveLength(4);
    const svg = await toSvg(spec);
    for (const words of ["(a) JSB", "(b) once more"]) expect(svg).toContain(`>${words}<`);
    expect(svg.match(/>epoch \(passes over the training split\)</g)).toHaveLength(2);
    expect(svg.match(/>wall-clock time \(seconds\)</g)).toHaveLength(2);
  });

  it("have the paper's final values as lines on music, and none on speech", async () => {
    const lines = rowsOf(curvePanels(columns, { title: "" })).filter((row) => "paper" in row);
    expect(lines.filter(({ panel }) => panel === 1)).toEqual([
      { panel: 1, unit: "tanh", split: "training", paper: 8.82 },
      { panel: 1, unit: "tanh", split: "validation", paper: 9.1 },
      { panel: 1, unit: "GRU", split: "training", paper: 6.94 },
      { panel: 1, unit: "GRU", split: "validation", paper: 8.54 },
      { panel: 1, unit: "LSTM", split: "training", paper: 8.15 },
      { panel: 1, unit: "LSTM", split: "validation", paper: 8.67 },
    ]);
    const speech = curvePanels([{ title: "A", runs: onSpeech }], { title: "Figure 3" });
    expect(rowsOf(speech).filter((row) => "paper" in row)).toEqual([]);
    expect(await toSvg(speech)).toContain("level of speech cannot be compared");
  });

  it("hold 2,000 points at most, whatever the columns and epochs", () => {
    const long = ["tanh", "gru", "lstm"].map((cell) => madeUpRecord(cell, { epochs: 500 }));
    const many = [1, 2, 3, 4].map((k) => ({ title: `${k}`, runs: long }));
    const points = pointsOf(curvePanels(many, { title: "" }));
    expect(points).toBeLessThanOrEqual(2000);
    expect(points).toBeGreaterThan(1800);
  });

  it("stand below each other on a phone", () => {
    expect(curvePanels(columns, { title: "" }).columns).toBe(2);
    expect(narrowChart(curvePanels(columns, { title: "" })).columns).toBe(1);
  });

  it("are told in words, column by column", () => {
    const words = altText(curvePanels(columns, { title: "Figure 2" }));
    expect(words).toMatch(/\(a\) JSB, validation NLL: tanh 14\.05 to 8\.7\d, GRU 14\.05 to/);
    expect(words).toContain("(b) once more, validation NLL");
  });
});
