import { describe, expect, it } from "vitest";
import { curvePoints } from "../../lib/show/curve-points.js";
import { learningCurves } from "../../lib/show/learning-curves.js";
import { toSvg } from "../../lib/show/picture.js";
import { madeUpRecord } from "./records.js";

describe("the points of learning curves", () => {
  it("are the records' numbers, training as training saw it", () => {
    const record = madeUpRecord("gru", { epochs: 3 });
    const points = curvePoints([record]);
    expect(points).toHaveLength(6);
    expect(points.filter((p) => p.split === "training").map((p) => p.nll)).toEqual(
      record.curve.map((p) => p.trainingNllPerStep),
    );
    expect(
      points.filter((p) => p.split === "validation").map((p) => [p.epoch, p.seconds, p.nll]),
    ).toEqual(record.curve.map((p) => [p.epoch, p.seconds, p.valid.nllPerStep]));
  });

  it("mark the epoch with the lowest validation NLL, once a unit", () => {
    const record = madeUpRecord("gru");
    const lowest = Math.min(...record.curve.map((p) => p.valid.nllPerStep));
    const best = curvePoints([record, madeUpRecord("lstm")]).filter((p) => p.best);
    expect(best.map((p) => [p.unit, p.split])).toEqual([
      ["GRU", "validation"],
      ["LSTM", "validation"],
    ]);
    expect(best[0].nll).toBe(lowest);
  });

  it("are means over the seeds with their range, up to the epoch that all reached", () => {
    const points = curvePoints([
      madeUpRecord("gru", { seed: 1, epochs: 4 }),
      madeUpRecord("gru", { seed: 3, epochs: 6 }),
    ]);
    expect(points).toHaveLength(2 * 4);
    const first = points.find((p) => p.split === "validation");
    expect(first?.nll).toBeCloseTo(14 + 0.1, 12); // seeds add 0.05 each: 14.05 and 14.15
    expect([first?.low, first?.high]).toEqual([14.05, 14.15]);
  });

  it("are at most 2,000, and keep first, last and best", () => {
    const runs = ["tanh", "gru", "lstm"].map((cell) => madeUpRecord(cell, { epochs: 900 }));
    const points = curvePoints(runs);
    expect(points.length).toBeLessThanOrEqual(2000);
    expect(points.length).toBeGreaterThan(1900);
    for (const unit of ["tanh", "GRU", "LSTM"]) {
      const line = points.filter((p) => p.unit === unit && p.split === "validation");
      expect([line[0].epoch, line.at(-1)?.epoch]).toEqual([1, 900]);
      expect(line.filter((p) => p.best)).toHaveLength(1);
    }
  });
});

describe("a chart of learning curves", () => {
  const records = [
    madeUpRecord("tanh", { start: 20 }),
    madeUpRecord("gru"),
    madeUpRecord("lstm", { seed: 2 }),
  ];

  it.each([
    ["epoch", "epoch (passes over the training split)"],
    ["seconds", "wall-clock time (seconds)"],
  ] as const)(
    "has %s on its x axis, says its units, and compiles without a warning",
    async (x, title) => {
      const svg = await toSvg(
        learningCurves(records, { x, references: [{ label: "Markov per key", nllPerStep: 9.31 }] }),
      );
      for (const words of [title, "NLL (nats per step, log scale)", "Markov per key"])
        expect(svg).toContain(words);
    },
  );

  it("says where its numbers come from", async () => {
    expect(learningCurves(records, { x: "epoch" }).title).toEqual({
      text: "Learning curves: JSB Chorales",
      subtitle: "seeds 1, 2 · reference engine · commit 1a2b3c4 · data 69dc4c3e",
    });
  });

  it("calls synthetic data synthetic", () => {
    expect(
      learningCurves([madeUpRecord("gru", { synthetic: true })], { x: "epoch" }).title,
    ).toMatchObject({
      text: expect.stringContaining("SYNTHETIC"),
    });
  });

  it("fits its axis to all but the training mean of the first epoch, which begins at chance", () => {
    const record = madeUpRecord("gru", { epochs: 4 });
    const [first, ...rest] = record.curve;
    const shocked = { ...record, curve: [{ ...first, trainingNllPerStep: 40 }, ...rest] };
    const domain = (run: typeof record) =>
      JSON.stringify(learningCurves([run], { x: "epoch" }).layer)
        .match(/"domain":\[([\d.]+),([\d.]+)\]/)
        ?.slice(1)
        .map(Number) ?? [];
    const [low, high] = domain(shocked);
    expect(low).toBeLessThan(Math.min(...rest.map((p) => p.trainingNllPerStep)));
    expect(high).toBeGreaterThan(first.valid.nllPerStep);
    expect(high).toBeLessThan(20);
  });

  it("keeps no digits that nobody can see", () => {
    const { data } = learningCurves(records, { x: "epoch" });
    expect((data as { values: unknown[] }).values[0]).toEqual({
      unit: "tanh",
      split: "training",
      epoch: 1,
      seconds: 0.8,
      nll: 19.85,
    });
  });

  it("draws a band for several seeds, and none for one", async () => {
    const areas = async (runs: Parameters<typeof learningCurves>[0]) =>
      (await toSvg(learningCurves(runs, { x: "epoch" }))).match(/aria-roledescription="area mark"/g)
        ?.length ?? 0;
    expect(await areas(records)).toBe(0);
    expect(await areas([...records, madeUpRecord("gru", { seed: 5 })])).toBeGreaterThan(0);
  });

  it("can be drawn before the first epoch has ended", async () => {
    const live = { configuration: { cell: "gru" }, curve: [] };
    expect(await toSvg(learningCurves([live], { x: "epoch", xEnd: 12 }))).toContain("GRU");
    expect(await toSvg(learningCurves([], { x: "seconds" }))).toContain("wall-clock");
  });
});
