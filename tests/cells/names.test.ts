import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, test } from "vitest";
import { openMusic } from "../../data-prep/open.js";
import { type Cell, cell } from "../../lib/cells/cell.js";
import { cellNamed } from "../../lib/cells/index.js";
import { hiddenSizeFor } from "../../lib/cells/size.js";
import { stack } from "../../lib/cells/stack.js";
import { syntheticChorales } from "../../lib/data/synthetic.js";
import { openEngine, stream } from "../../lib/engines/index.js";
import { taskOf } from "../../lib/tasks/index.js";
import { readRecord, writeRecord } from "../../lib/train/record-file.js";
import { decodeSafetensors, encodeSafetensors } from "../../lib/train/safetensors.js";
import { train } from "../../lib/train/train.js";
import { readWeights, writeWeights } from "../../lib/train/weights.js";

/** Names that every object answers to. */
const names = ["__proto__", "constructor", "toString"];

/** A cell of that name, with a state, a gate and parameters of that name too. */
const cellOf = (name: string): Cell =>
  cell(name, ({ input: x, hidden: h, affine, tanh, plus, previous }) => ({
    h: tanh(affine(name, x, plus(h, previous(name)))),
    [name]: tanh(affine("memory", x, h)),
  }));

const chorales = syntheticChorales();
const small = {
  train: chorales.train.slice(0, 4),
  valid: chorales.valid.slice(0, 2),
  test: chorales.test.slice(0, 2),
};

describe.each(names)("the name %s", (name) => {
  it("is as good as another for a cell, its states and tensors, and a data set", async () => {
    const folder = mkdtempSync(join(tmpdir(), "gated-rnn-names-"));
    const dataset = { ...chorales, ...small, name };
    const trained = cellOf(name);
    const engine = await openEngine("native-wasm");
    const { record, ...rest } = await train({
      ...{ dataset, cell: trained, engine },
      ...{ hiddenSize: 3, epochs: 1, batchSize: 4 },
    });
    expect(record.configuration).toMatchObject({ data: name, cell: name });
    expect(readRecord(writeRecord(folder, record)).results).toEqual(record.results);

    const file = join(folder, "weights.safetensors");
    writeWeights(file, { ...rest, data: name, run: record.id });
    const read = readWeights(file, trained);
    expect([...read.parameters]).toEqual([...rest.parameters]);
    expect(read.parameters.get(`W_${name}`)).toHaveLength(3 * 88);

    const network = await stream(read, { engine });
    const first = new Float32Array(88).fill(0.5);
    network.step(first);
    const state = network.state();
    expect(Object.keys(state).sort()).toEqual(["h", name].sort());
    const next = [...network.step(first)];
    network.restore(JSON.parse(JSON.stringify(state)));
    expect([...network.step(first)]).toEqual(next);
    expect(network.gate(`${name}~`)).toHaveLength(3);
    network.close();
  });

  it("is no name of what the library has: engines, cells, data", async () => {
    await expect(openEngine(name)).rejects.toThrow(`engine: expected one of native, `);
    await expect(openEngine(name)).rejects.toThrow(`got ${name}`);
    expect(() => cellNamed(name)).toThrow(`got ${name}`);
    await expect(openMusic(name)).rejects.toThrow(/expected one of .*, got /);
  });

  it("of a cell has no size among the paper's", () => {
    const task = taskOf({ ...chorales, ...small });
    expect(hiddenSizeFor(cellOf(name), task.inputSize, 20_000)).toBeGreaterThan(1);
  });

  it("of a tensor and of metadata goes through a safetensors file", () => {
    const tensor = { shape: [2], values: Float32Array.of(1, -2) };
    const metadata = Object.fromEntries([[name, "a text"]]);
    const bytes = encodeSafetensors({ tensors: new Map([[name, tensor]]), metadata });
    const read = decodeSafetensors(bytes, "a file");
    expect([...read.tensors]).toEqual([[name, tensor]]);
    expect(Object.entries(read.metadata)).toEqual([[name, "a text"]]);
  });
});

/** A cell of so many operations: x, h₋, a product, and the rest one after another. */
const long = (operations: number): Cell =>
  cell("long", ({ input: x, hidden: h, affine, tanh }) => {
    let value = affine("a", x, h);
    for (let k = 3; k < operations; k++) value = tanh(value);
    return { h: value };
  });

test("a cell of more than 1,000 operations is refused, by itself", () => {
  expect(long(1000).graph.nodes).toHaveLength(1000);
  for (const operations of [1001, 3000])
    expect(() => long(operations)).toThrow(
      "cell long: expected at most 1000 operations, got more; compute less in a step",
    );
  expect(() => stack(...new Array<Cell>(20).fill(long(10)))).not.toThrow();
});

test.each([Number.NaN, Number.POSITIVE_INFINITY, 1e39, "x", undefined])(
  "a stream that is given %o keeps its states",
  async (value) => {
    const engine = await openEngine("native-wasm");
    const tiny = { ...chorales, ...small };
    const trained = await train({
      ...{ dataset: tiny, cell: cellOf("c"), engine },
      ...{ hiddenSize: 3, epochs: 1, batchSize: 4 },
    });
    const network = await stream(trained, { engine });
    const row: unknown[] = new Array(88).fill(0);
    network.step(row as number[]);
    const before = network.state();
    row[41] = value;
    expect(() => network.step(row as number[])).toThrow(/^stream: expected .*, got /);
    expect(network.state()).toEqual(before);
    network.close();
  },
);
