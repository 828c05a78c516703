import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { GatedRnnError } from "../../lib/errors.js";
import { atPace, readPaces } from "../../lib/show/paces.js";
import { newFolder } from "../data-prep/server.js";
import { madeSearch } from "./made-search.js";

const paces = [
  { data: "jsb", cell: "gru", protocol: "ours", weightNoise: 0.075, secondsPerEpoch: 2 },
  { data: "jsb", cell: "lstm", protocol: "ours", weightNoise: 0.075, secondsPerEpoch: 3 },
] as const;

describe("runs at the pace of one machine", () => {
  const [gru] = madeSearch("gru", { data: "jsb" });
  const [lstm] = madeSearch("lstm", { data: "jsb" });
  const [other] = madeSearch("gru", { data: "musedata" });

  it("have the seconds that their epochs take there, and all else as it was", () => {
    const [a, b] = atPace([gru, lstm], paces);
    for (const [run, paced, seconds] of [
      [gru, a, 2],
      [lstm, b, 3],
    ] as const)
      expect(paced).toEqual({
        ...run,
        curve: run.curve.map((point) => ({
          ...point,
          seconds: seconds * point.epoch,
          cpuSeconds: seconds * point.epoch,
        })),
      });
  });

  it("keep their own where one of them has no pace: two clocks do not share an axis", () => {
    expect(atPace([gru, other], paces)).toEqual([gru, other]);
    const quiet = { ...gru, configuration: { ...gru.configuration, weightNoise: 0 } };
    expect(atPace([quiet, lstm], paces)).toEqual([quiet, lstm]);
  });
});

it("paces are read from a file, and what is none is refused", () => {
  const file = join(newFolder(), "paces.json");
  writeFileSync(file, JSON.stringify({ machine: {}, paces }));
  expect(readPaces(file)).toEqual(paces);
  for (const bad of ["{", "{}", '{"paces":[{"data":"jsb"}]}']) {
    writeFileSync(file, bad);
    expect(() => readPaces(file)).toThrow(GatedRnnError);
    expect(() => readPaces(file)).toThrow(/paces\.json: expected paces of epochs, got /);
  }
  expect(() => readPaces(join(file, "none"))).toThrow(/expected paces of epochs/);
});
