import { describe, expect, it } from "vitest";
import { altText } from "../../lib/show/alt-text.js";
import { toSvg } from "../../lib/show/picture.js";
import { ratePicture } from "../../lib/show/rate-picture.js";
import { madeSearch } from "./made-search.js";

interface Panel {
  readonly title: string;
  readonly data: { readonly values: readonly Record<string, unknown>[] };
}

describe("the picture of learning rates", () => {
  const authors = { protocol: "authors", rates: [1e-4, 1e-3] } as const;
  const records = [
    ...madeSearch("gru", { ...authors, test: 8.5 }),
    ...madeSearch("tanh", { ...authors, test: 9 }),
    ...madeSearch("lstm", { ...authors, data: "nottingham", test: 4 }),
    ...madeSearch("gru", { test: 7 }), // by our protocol
  ];

  it("has a panel for each set, and in it each unit's mean over the seeds at every rate", () => {
    const { concat } = ratePicture(records, { protocol: "authors" }) as unknown as {
      readonly concat: readonly Panel[];
    };
    expect(concat.map(({ title }) => title)).toEqual(["Nottingham", "JSB Chorales"]);
    expect(concat[1].data.values).toEqual([
      { unit: "tanh", learningRate: 1e-4, nll: 9.001, seeds: 1 },
      { unit: "tanh", learningRate: 1e-3, nll: 9.002, seeds: 3 },
      { unit: "GRU", learningRate: 1e-4, nll: 8.501, seeds: 1 },
      { unit: "GRU", learningRate: 1e-3, nll: 8.502, seeds: 3 },
    ]);
  });

  it("leaves out runs that failed, and rates at which none ended well", () => {
    const some = records.map((r) =>
      r.configuration.seed === 1 ? { ...r, status: "failed" as const } : r,
    );
    const { concat } = ratePicture(some, { protocol: "authors" }) as unknown as {
      readonly concat: readonly Panel[];
    };
    expect(concat[1].data.values[0]).toEqual({
      unit: "tanh",
      learningRate: 1e-3,
      nll: 9.0025,
      seeds: 2,
    });
  });

  it("says in words where each unit is at its best, and at the rate that is marked", async () => {
    const spec = ratePicture(records, { protocol: "authors", mark: 1e-3 });
    expect(altText(spec)).toContain(
      "JSB Chorales: tanh 9.00 at its best, 0.00010, 9.00 at 0.001; GRU 8.50 at its best, 0.00010, 8.50 at 0.001.",
    );
    const dashed = async (drawn: typeof spec) =>
      (await toSvg(drawn)).match(/stroke-dasharray="4,3"/g)?.length;
    expect(await dashed(spec)).toBe(2); // one down each panel
    expect(await dashed(ratePicture(records, { protocol: "authors" }))).toBeUndefined();
  });
});
