import { expect, it } from "vitest";
import { ownBaselines } from "../../lib/look/own-baselines.js";
import { addingForgotten, addingHalf, addingTask } from "../../lib/tasks/adding.js";
import { isMemoryTask, memoryTask } from "../../lib/tasks/memory.js";
import { openTask } from "../../lib/tasks/open.js";
import type { Task } from "../../lib/tasks/task.js";

/** Every sequence's numbers, marks and sum, in the values that were made. */
function sequences(task: Task) {
  const { units } = task;
  if (units.kind !== "values" || units.input.kind === "keys") throw new Error("expected numbers");
  const scaled = (column: { mean: number; deviation: number }, v: number) =>
    column.mean + column.deviation * v;
  const [number, mark] = units.input.columns;
  const found = [];
  for (const { size, time, stepOffsets, input, target, weights } of task.evaluation("test")) {
    if (input.kind !== "dense" || target.kind !== "dense") throw new Error("expected numbers");
    for (let b = 0; b < size; b++) {
      const rows = Array.from({ length: time }, (_, t) => stepOffsets[t] + b);
      found.push({
        numbers: rows.map((r) => scaled(number, input.values[2 * r])),
        marks: rows.map((r) => scaled(mark, input.values[2 * r + 1])),
        sum: scaled(units.columns[0], target.values[rows[time - 1]]),
        asked: rows.map((r) => weights?.[r] ?? 1),
      });
    }
  }
  return found;
}

it("asks after the last step for the sum of two marked numbers, one in each half", () => {
  const all = sequences(addingTask(9));
  expect(all).toHaveLength(500);
  const places = new Set<number>();
  for (const { numbers, marks, sum, asked } of all) {
    const marked = marks.flatMap((m, t) => (m > 0.5 ? [t] : []));
    expect(marked).toHaveLength(2);
    expect(marked[0]).toBeLessThan(4);
    expect(marked[1]).toBeGreaterThanOrEqual(4);
    expect(sum).toBeCloseTo(numbers[marked[0]] + numbers[marked[1]], 5);
    expect(asked).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 1]);
    for (const t of marked) places.add(t);
    for (const number of numbers) expect(number >= -1e-6 && number < 1 + 1e-6).toBe(true);
  }
  expect(places.size).toBe(9);
});

it("who remembers nothing scores what the mean scores", () => {
  const [mean] = ownBaselines(addingTask(30));
  expect(mean.name).toBe("mean");
  expect(mean.test.nllPerStep).toBeCloseTo(addingForgotten, 1);
  // half the variance: ln √2 nats less
  expect(addingForgotten - addingHalf).toBeCloseTo(0.34657, 5);
});

it("is a function of length and seed, and refuses other lengths", () => {
  expect(addingTask(20).checksum).toBe(addingTask(20).checksum);
  expect(addingTask(20, 2).checksum).not.toBe(addingTask(20).checksum);
  expect(() => addingTask(1)).toThrow("adding: expected a length, a whole number from 2 to 1000");
  expect(() => addingTask(20, -1)).toThrow("adding: expected a seed");
});

it("memory tasks are data by their names, wherever data are named", async () => {
  const { task, dataset } = await openTask("recall-7");
  expect([task.name, dataset?.kind]).toEqual(["recall-7", "music"]);
  expect((await openTask("adding-12")).task.checksum).toBe(addingTask(12).checksum);
  expect(isMemoryTask("recall-seven")).toBe(false);
  expect(memoryTask("jsb")).toBeUndefined();
  await expect(openTask("recall-81")).rejects.toThrow("expected a delay of 1 to 80 steps, got 81");
  await expect(openTask("adding-5", { target: ["a"] })).rejects.toThrow("expected no options");
  await expect(openTask("nowhere")).rejects.toThrow("recall-N, adding-N");
});
