import { expect, it } from "vitest";
import { gainsPicture } from "../../lib/show/gains-picture.js";
import { learningCurves } from "../../lib/show/learning-curves.js";
import { narrowChart } from "../../lib/show/narrow.js";
import { toPng } from "../../lib/show/picture.js";
import { madeUpRecord } from "./records.js";

const gains = ["Nottingham", "JSB Chorales", "MuseData", "Piano-midi.de"].flatMap((data) =>
  ["padding", "first step"].map((way) => ({ way, data, nats: data.length })),
);
const records = [madeUpRecord("gru"), madeUpRecord("lstm", { floor: 9 })];

it.each([
  ["curves", learningCurves(records, { x: "epoch" })],
  ["panels beside each other", gainsPicture(gains, "What each way takes off the GRU's test NLL")],
])("%s fit a phone of 390 points, with letters of their size", async (_what, chart) => {
  expect((await toPng(chart)).width).toBeGreaterThan(390);
  expect((await toPng(narrowChart(chart))).width).toBeLessThanOrEqual(372); // less its margins
});
