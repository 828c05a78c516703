import { describe, expect, it } from "vitest";
import type { EpochPoint } from "../../../lib/browser.js";
import { curvesSvg } from "../../../notebooks/live/curves.ts";

const curve = (nlls: readonly number[]): EpochPoint[] =>
  nlls.map((nllPerStep, i) => ({
    epoch: i + 1,
    seconds: 2 * (i + 1),
    learningRate: 1e-3,
    trainingNllPerStep: nllPerStep,
    valid: { nllPerStep, nllPerSequence: nllPerStep },
    gradientNorm: { mean: 1, max: 1, rescaled: 0 },
  }));

const size = { epochs: 100, width: 600, height: 300, axis: "epoch" } as const;
const points = (svg: string) =>
  [...svg.matchAll(/class="curve" d="M([^"]+)"/g)].map(([, path]) =>
    path.split("L").map((point) => point.split(" ").map(Number)),
  );

describe("the race's curves", () => {
  it("fall where the NLL falls, each unit's in its colour, with its name at the end", () => {
    const lines = [
      { title: "GRU", colour: "blue", curve: curve([9, 8, 7]) },
      { title: "<mine>", colour: "green", curve: curve([9, 9.5]) },
      { title: "none yet", colour: "red", curve: [] },
    ];
    const svg = curvesSvg(lines, [], size);
    const [falls, rises] = points(svg);
    expect(falls.map(([, y]) => y)).toEqual([...falls.map(([, y]) => y)].sort((a, b) => a - b));
    expect(rises[1][1]).toBeLessThan(rises[0][1]);
    expect(falls[0]).toEqual(rises[0]);
    expect(svg).toContain("&lt;mine>");
    expect(svg).not.toContain("none yet");
    expect(svg).toContain('aria-label="learning curves: GRU 7.00 nats after 3 epochs');
  });

  it("run over seconds where that is asked for", () => {
    const line = { title: "GRU", colour: "blue", curve: curve([9, 8, 7, 6]) };
    const [byEpoch] = points(curvesSvg([line], [], size));
    const [bySeconds] = points(curvesSvg([line], [], { ...size, axis: "seconds" }));
    expect(bySeconds[3][0]).toBeGreaterThan(byEpoch[3][0]); // the last second is the axis' end
  });

  it("stay in the picture where one diverges, and show the levels", () => {
    const wild = { title: "tanh", colour: "grey", curve: curve([9, 400, 8]) };
    const goal = { label: "entropy", nllPerStep: 6, isGoal: true };
    const svg = curvesSvg([wild], [goal], size);
    for (const [, y] of points(svg)[0]) {
      expect(y).toBeGreaterThanOrEqual(0);
      expect(y).toBeLessThanOrEqual(size.height);
    }
    expect(svg).toContain("entropy");
  });
});
