import { describe, expect, it } from "vitest";
import {
  type Experiment,
  fromAddress,
  toAddress,
  usual,
} from "../../../notebooks/live/experiment.ts";

describe("the address of an experiment", () => {
  it("is empty for what is as usual, and names only what is not", () => {
    expect(toAddress(usual)).toBe("");
    expect(toAddress({ ...usual, learningRate: 0.005, units: ["gru"] })).toBe(
      "units=gru&learningRate=0.005",
    );
  });

  it("gives back every experiment, equations with their umlauts too", () => {
    const experiment: Experiment = {
      data: "own",
      dataSeed: 7,
      units: ["lstm", "mine"],
      protocol: "authors",
      output: "nade",
      learningRate: 3e-4,
      weightNoise: 0,
      hiddenSize: 32,
      forgetBias: -2.5,
      batchSize: 1,
      epochs: 500,
      seed: 0,
      engine: "webgpu",
      axis: "seconds",
      source: 'cell("größe", ({ hidden: h }) => ({ h })) // 音 & + / ?',
    };
    expect(fromAddress(`#${toAddress(experiment)}`)).toEqual(experiment);
  });

  it.each([
    "seed=-1",
    "seed=1.5",
    "learningRate=fast",
    "learningRate=",
    "learningRate=Infinity",
    "weightNoise=9",
    "units=nothing",
    "protocol=theirs",
    "output=nade(1)",
    "source=%%%",
    "source=",
    "constructor=1",
  ])("takes the usual for what it cannot be: %s", (hash) => {
    expect(fromAddress(hash)).toEqual(usual);
  });

  it("takes each unit once, and no more than race at once", () => {
    expect(fromAddress("units=gru,gru,x").units).toEqual(["gru"]);
    expect(fromAddress("units=tanh,gru,lstm,mgu,mine").units).toHaveLength(4);
  });
});
