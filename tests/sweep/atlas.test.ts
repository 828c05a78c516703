import { expect, it } from "vitest";
import { cellNamed, cellNames } from "../../lib/cells/index.js";
import { paperHiddenSizes } from "../../lib/cells/size.js";
import { zoo } from "../../lib/cells/zoo/index.js";
import { plansOf } from "../../lib/cli/sweep-plans.js";
import { syntheticChorales } from "../../lib/data/synthetic.js";
import { atlas } from "../../lib/sweep/atlas.js";
import { sweepData } from "../../lib/sweep/data.js";
import { checkedPlan, groupsOf, type SweepPlan } from "../../lib/sweep/plan.js";
import { musicTask } from "../../lib/tasks/music.js";

const plans = (args: Parameters<typeof plansOf>[0]) => plansOf(args) as SweepPlan[];

it("the atlas is every variant on all music sets and memory tasks, twice where widths differ", () => {
  const of = (data: string) => atlas.filter((plan) => plan.data.includes(data));
  for (const plan of atlas) expect(checkedPlan(plan)).toMatchObject({ rateSeeds: plan.rateSeeds });
  for (const data of ["jsb", "piano-midi"])
    expect(
      of(data).map(({ width = "budget", run, learningRates, seeds }) =>
        [width, run.protocol ?? "ours", learningRates, seeds].join(" "),
      ),
    ).toEqual(["budget ours 10 10", "origin ours 10 10", "budget authors 10 10"]);
  for (const data of ["nottingham", "musedata"])
    expect(of(data)).toMatchObject([{ learningRates: 5, seeds: 5 }]);
  for (const data of ["jsb", "musedata", "recall-80", "adding-400"])
    expect(of(data)[0].cells).toEqual(["tanh", "gru", "lstm", ...zoo.map(({ name }) => name)]);
  const [speech] = of("speech-a");
  expect(speech.cells.filter((name) => cellNamed(name).variant)).toHaveLength(8);
});

it("as wide as its unit, a variant has the unit's hidden size, and the unit itself its own run", async () => {
  const task = musicTask({ ...syntheticChorales(), name: "jsb" });
  const data = sweepData({ tasks: [task] });
  const plan = { ...atlas[0], data: ["jsb"], cells: [...cellNames] };
  const sizes = async (width: "budget" | "origin") =>
    new Map(
      (await groupsOf({ ...plan, width }, data)).map((group) => [group.cell, group.candidates[0]]),
    );
  const [budget, origin] = [await sizes("budget"), await sizes("origin")];
  const { gru, lstm } = paperHiddenSizes.music;
  for (const { name, variant } of zoo)
    expect(origin.get(name)?.configuration.hiddenSize).toBe(variant?.of === "gru" ? gru : lstm);
  expect(budget.get("lstm-cifg")?.configuration.hiddenSize).toBeGreaterThan(lstm);
  for (const same of ["tanh", "gru", "lstm", "lstm-forget-1"])
    expect(origin.get(same)?.id).toBe(budget.get(same)?.id);
});

it("a part of it is chosen by data, cells, protocol and width; what it does not have is refused", () => {
  expect(plans({ preset: "atlas" })).toEqual(atlas);
  expect(plans({ preset: "atlas", data: ["jsb"], protocol: "ours" })).toMatchObject([
    { data: ["jsb"], learningRates: 10 },
    { data: ["jsb"], width: "origin" },
  ]);
  expect(
    plans({ preset: "atlas", data: ["jsb"], cells: ["mgu"], width: "origin", learningRates: 2 }),
  ).toMatchObject([{ data: ["jsb"], cells: ["mgu"], width: "origin", learningRates: 2 }]);
  expect(() => plansOf({ preset: "atlas", data: ["synthetic"] })).toThrow(
    "expected data of the atlas, jsb, piano-midi, recall-5",
  );
  expect(() => plansOf({ preset: "atlas", cells: ["memoryless"] })).toThrow("got memoryless");
  expect(() => plansOf({ preset: "atlas", data: ["speech-a"], width: "origin" })).toThrow(
    "expected a part of the atlas, got none",
  );
});
