import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { lstm } from "../../lib/cells/lstm.js";
import { tanh } from "../../lib/cells/tanh.js";
import { initialState } from "../../lib/model/initialise.js";
import { model } from "../../lib/model/model.js";
import { bernoulli, categorical, gaussianMixture } from "../../lib/outputs/index.js";
import { decodeSafetensors, encodeSafetensors } from "../../lib/train/safetensors.js";
import { readWeights, writeWeights } from "../../lib/train/weights.js";
import { laplace } from "../oracle/own-outputs.js";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "gated-rnn-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const small = model(tanh, 3, 2, bernoulli(3));

function saved(trained = small): string {
  const file = join(folder, "run.safetensors");
  writeWeights(file, {
    model: trained,
    parameters: initialState(trained, 7).parameters,
    data: "jsb",
    run: "0123456789abcdef",
  });
  return file;
}

test("what the numbers stand for is kept, and a file without it or with a broken one is told from a good one", () => {
  const about = {
    model: small,
    parameters: initialState(small, 7).parameters,
    data: "x",
    run: "0123456789abcdef",
  };
  const units = {
    kind: "speech",
    sampleRateHz: 8000,
    mean: -0.25,
    standardDeviation: 0.1,
  } as const;
  const file = join(folder, "units.safetensors");
  writeWeights(file, { ...about, units });
  expect(readWeights(file).units).toEqual(units);
  expect("units" in readWeights(saved())).toBe(false);
  const { tensors, metadata } = decodeSafetensors(readFileSync(file), file);
  for (const broken of ["{", '{"kind":"speech"}']) {
    writeFileSync(file, encodeSafetensors({ tensors, metadata: { ...metadata, units: broken } }));
    expect(() => readWeights(file)).toThrow('got no valid "units');
  }
});

test.each([
  ["music", model(lstm, 88, 5, bernoulli(88))],
  ["speech", model(lstm, 20, 5, gaussianMixture())],
  ["speech with another mixture", model(lstm, 20, 5, gaussianMixture(10, 5))],
  ["text", model(lstm, 20, 5, categorical(20))],
  ["an output of one's own", model(lstm, 20, 5, laplace)],
])("a model of %s comes back from its file bit for bit", (_, trained) => {
  const read = readWeights(saved(trained));
  expect(read).toMatchObject({ data: "jsb", run: "0123456789abcdef" });
  expect(read.model.parameters).toEqual(trained.parameters);
  expect(read.model.output).toEqual(trained.output);
  expect(read.parameters).toEqual(initialState(trained, 7).parameters);
  expect(readdirSync(folder)).toEqual(["run.safetensors"]);
});

test("the bytes are those that the safetensors format lays down", () => {
  const bytes = encodeSafetensors({
    tensors: new Map([["b", { shape: [2], values: Float32Array.of(1, -2) }]]),
    metadata: { of: "us" },
  });
  const json = '{"__metadata__":{"of":"us"},"b":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}';
  const header = json.padEnd(Math.ceil(json.length / 8) * 8);
  expect(Buffer.from(bytes).toString("hex")).toBe(
    `${header.length.toString(16).padStart(2, "0")}00000000000000${Buffer.from(header).toString("hex")}0000803f000000c0`,
  );
});

const withHeader = (json: string, values = 0) => {
  const bytes = Buffer.alloc(8 + json.length + values);
  bytes.writeBigUInt64LE(BigInt(json.length));
  bytes.write(json, 8);
  return bytes;
};

test.each([
  [
    "nothing",
    Buffer.alloc(3),
    "w.safetensors: at byte 0: expected a safetensors file, got only 3 bytes",
  ],
  [
    "a header past the end",
    Buffer.alloc(9, 1),
    "expected a safetensors header that fits in the file of 9 bytes",
  ],
  [
    "no JSON",
    withHeader("{{{"),
    "expected a safetensors header of float32 tensors, got no JSON object",
  ],
  [
    "half precision",
    withHeader('{"a":{"dtype":"F16","shape":[1],"data_offsets":[0,2]}}', 2),
    'got a.dtype: Invalid input: expected "F32"',
  ],
  [
    "values cut short",
    withHeader('{"a":{"dtype":"F32","shape":[4],"data_offsets":[0,16]}}', 8),
    "expected 16 bytes of a within the file, got bytes 0 to 16 of 8",
  ],
  [
    "offsets that overflow",
    withHeader('{"a":{"dtype":"F32","shape":[4],"data_offsets":[16,16]}}', 16),
    "got bytes 16 to 16 of 16",
  ],
])("a file with %s is refused", (_, bytes, message) => {
  expect(() => decodeSafetensors(bytes, "w.safetensors")).toThrow(message);
});

test("a file of another model's tensors is refused by the first that differs", () => {
  const file = saved();
  const { tensors, metadata } = decodeSafetensors(readFileSync(file), file);
  writeFileSync(file, encodeSafetensors({ tensors, metadata: { ...metadata, hiddenSize: "3" } }));
  expect(() => readWeights(file)).toThrow(`${file}: at byte 8: expected W_h [3, 3], got [3, 2]`);
});

test("a file without our metadata, a missing file and a model of another cell are refused", () => {
  const file = saved();
  const { tensors } = decodeSafetensors(readFileSync(file), file);
  expect(() => readWeights(file, lstm)).toThrow("expected a model of lstm, got one of tanh");
  writeFileSync(file, encodeSafetensors({ tensors, metadata: {} }));
  expect(() => readWeights(file)).toThrow(
    'expected a gated-rnn/weights/1 file, got no valid "format" in its metadata',
  );
  expect(() => readWeights(join(folder, "none"))).toThrow(
    "none: expected a file of weights, got ENOENT",
  );
});

test("weights with numbers that are not finite are refused by tensor and place", () => {
  const file = saved();
  const { tensors, metadata } = decodeSafetensors(readFileSync(file), file);
  (tensors.get("U_h") as { values: Float32Array }).values[3] = Number.NaN;
  writeFileSync(file, encodeSafetensors({ tensors, metadata }));
  expect(() => readWeights(file)).toThrow(
    `${file}: at byte 8: expected finite numbers, got NaN in U_h at index 3 (1, 1); copy it again, or train the model again`,
  );
});
