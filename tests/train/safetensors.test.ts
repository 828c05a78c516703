import { describe, expect, it, test } from "vitest";
import { BadFileError } from "../../lib/errors.js";
import { checkFinite } from "../../lib/train/finite.js";
import {
  decodeSafetensors,
  encodeSafetensors,
  type SafeTensors,
  sealedSafetensors,
} from "../../lib/train/safetensors.js";

/** A file with a header of any text before some bytes of values. */
function fileOf(header: string, bytes: number, says = Buffer.byteLength(header)): Buffer {
  const file = Buffer.alloc(8 + Buffer.byteLength(header) + bytes);
  file.writeBigUInt64LE(BigInt(says));
  file.write(header, 8);
  return file;
}
const tensor = (shape: readonly number[], from: number, to: number, dtype = "F32") =>
  JSON.stringify({ dtype, shape, data_offsets: [from, to] });

describe("a safetensors file is refused", () => {
  it.each<[string, Buffer, string]>([
    [
      "with a tensor twice",
      fileOf(`{"a":${tensor([1], 0, 4)},"a":${tensor([1], 4, 8)}}`, 8),
      'the name "a" twice',
    ],
    [
      "with a tensor twice, once spelt otherwise",
      fileOf(`{"a":${tensor([1], 0, 4)},"\\u0061" :${tensor([1], 4, 8)}}`, 8),
      'the name "a" twice',
    ],
    [
      "with a field of a tensor twice",
      fileOf('{"a":{"dtype":"F32","shape":[1],"shape":[2],"data_offsets":[0,8]}}', 8),
      'the name "shape" twice',
    ],
    [
      "with tensors that overlap",
      fileOf(`{"a":${tensor([2], 0, 8)},"b":${tensor([2], 4, 12)}}`, 12),
      "expected b to begin at byte 8 of the values, got 4: it overlaps another",
    ],
    [
      "with two tensors in one place",
      fileOf(`{"a":${tensor([1], 0, 4)},"b":${tensor([1], 0, 4)}}`, 4),
      "expected b to begin at byte 4 of the values, got 0: it overlaps another",
    ],
    [
      "with a gap between tensors",
      fileOf(`{"a":${tensor([1], 0, 4)},"b":${tensor([1], 8, 12)}}`, 12),
      "expected b to begin at byte 4 of the values, got 8: a gap before it",
    ],
    [
      "with a gap before the first",
      fileOf(`{"a":${tensor([1], 4, 8)}}`, 8),
      "expected a to begin at byte 0 of the values, got 4: a gap before it",
    ],
    [
      "with bytes left over",
      fileOf(`{"a":${tensor([1], 0, 4)}}`, 7),
      "expected 4 bytes of values, got 7: 3 belong to none",
    ],
    ["with values of nobody", fileOf("{}", 4), "expected 0 bytes of values, got 4"],
    [
      "with offsets that go backwards",
      fileOf(`{"a":${tensor([1], 4, 0)}}`, 4),
      "expected 4 bytes of a within the file, got bytes 4 to 0 of 4",
    ],
    [
      "with a shape that is huge",
      fileOf(`{"a":${tensor([2 ** 53 - 1, 2 ** 53 - 1], 0, 4)}}`, 4),
      "bytes of a within the file, got bytes 0 to 4 of 4",
    ],
    [
      "with a huge shape that says it is empty",
      fileOf(`{"a":${tensor([...new Array(30).fill(2 ** 53 - 1), 0], 0, 0)}}`, 0),
      "expected NaN bytes of a",
    ],
    ["with a negative length", fileOf(`{"a":${tensor([-1], 0, 4)}}`, 4), "a.shape.0: Too small"],
    ["with half a value", fileOf(`{"a":${tensor([0.5], 0, 2)}}`, 2), "a.shape.0: Invalid input"],
    [
      "with another type",
      fileOf(`{"a":${tensor([1], 0, 8, "F64")}}`, 8),
      'a.dtype: Invalid input: expected "F32"',
    ],
    [
      "with a field that nobody knows",
      fileOf('{"a":{"dtype":"F32","shape":[0],"data_offsets":[0,0],"x":1}}', 0),
      'a: Unrecognized key: "x"',
    ],
    [
      "with metadata of numbers",
      fileOf('{"__metadata__":{"a":1}}', 0),
      "metadata that is no object of texts",
    ],
    ["with a list for a header", fileOf("[]", 0), "got no JSON object"],
    [
      "with a header that ends early",
      fileOf(`{"a":${tensor([1], 0, 4)}}`, 4, 20),
      "got no JSON object",
    ],
    [
      "with a header longer than the file",
      fileOf("{}", 0, 3),
      "expected a safetensors header that fits in the file of 10 bytes, got one of 3 bytes",
    ],
    [
      "with a header of 2^63 bytes",
      Buffer.concat([Buffer.from([0, 0, 0, 0, 0, 0, 0, 0x80]), Buffer.from("{}")]),
      "got one of 9223372036854776000 bytes",
    ],
    [
      "with a header that is no UTF-8",
      Buffer.concat([fileOf("", 0, 4), Buffer.from([0x7b, 0xff, 0xfe, 0x7d])]),
      "got no JSON object",
    ],
  ])("%s", (_, bytes, problem) => {
    const read = () => decodeSafetensors(bytes, "w.safetensors", { remedy: "fetch it again" });
    expect(read).toThrow(BadFileError);
    expect(read).toThrow(problem);
    expect(read).toThrow(/^w\.safetensors: at byte \d+: [^\n]*; fetch it again$/);
  });
});

describe("a safetensors file is read", () => {
  it("whatever its tensors are called, and whatever their order", () => {
    const names = ["__proto__", "constructor", "", "10", "9", "naïve 音"];
    const tensors = new Map(
      names.map((name, i) => [name, { shape: [1], values: Float32Array.of(i) }]),
    );
    const metadata = { ["__proto__"]: "own", toString: "text" };
    const read = decodeSafetensors(sealedSafetensors({ tensors, metadata }), "x");
    expect(new Map([...read.tensors].sort())).toEqual(new Map([...tensors].sort()));
    expect(Object.entries(read.metadata)).toEqual(Object.entries(metadata));
    expect(Object.getPrototypeOf(read.tensors.get("__proto__"))).toBe(Object.prototype);
  });

  it("from a place in memory where no float may begin, with empty tensors and scalars", () => {
    const tensors = new Map([
      ["empty", { shape: [0, 5], values: new Float32Array() }],
      ["scalar", { shape: [], values: Float32Array.of(-0.5) }],
    ]);
    const bytes = encodeSafetensors({ tensors, metadata: {} });
    const odd = new Uint8Array(bytes.length + 1).subarray(1);
    odd.set(bytes);
    expect(decodeSafetensors(odd, "x").tensors).toEqual(tensors);
  });

  it("when Python has written it: tensors in any order of the header, spaces within", () => {
    const file = fileOf(`{ "b" : ${tensor([1], 4, 8)}, "a": ${tensor([1], 0, 4)} }   `, 8);
    file.writeFloatLE(2, file.length - 8);
    file.writeFloatLE(3, file.length - 4);
    expect(decodeSafetensors(file, "x").tensors.get("b")?.values).toEqual(Float32Array.of(3));
  });
});

describe("the checksum in the metadata", () => {
  const content: SafeTensors = {
    tensors: new Map([["a", { shape: [2], values: Float32Array.of(1, 2) }]]),
    metadata: { of: "us" },
  };
  const bytes = Buffer.from(sealedSafetensors(content));

  it("is not among what the file says, and is compared where it is there", () => {
    expect(decodeSafetensors(bytes, "x", { sealed: true })).toEqual(content);
    const other = Buffer.from(bytes);
    other[other.length - 1] ^= 1;
    expect(() => decodeSafetensors(other, "x")).toThrow(
      /expected content of checksum [0-9a-f]{8}, got [0-9a-f]{8}: it was damaged/,
    );
  });

  it("covers metadata, names and shapes", () => {
    for (const [from, to] of [
      ["us", "me"],
      ['"a"', '"b"'],
      ["[2]", "[2,1]"],
    ]) {
      const header = bytes.toString("utf8", 8, bytes.length - 8).replace(from, to);
      const file = Buffer.concat([fileOf(header, 0), bytes.subarray(-8)]);
      expect(() => decodeSafetensors(file, "x"), from).toThrow("expected content of checksum");
    }
  });

  it("may be missing, in files of others, unless it is asked for", () => {
    const foreign = encodeSafetensors(content);
    expect(decodeSafetensors(foreign, "x")).toEqual(content);
    expect(() => decodeSafetensors(foreign, "x", { sealed: true })).toThrow(
      'expected a checksum in the metadata ("gated-rnn/sha256"), got none',
    );
  });
});

test.each([
  [Number.NaN, "got NaN in U_r at index 4 (1, 1); train it again"],
  [Number.POSITIVE_INFINITY, "got Infinity in U_r at index 4 (1, 1); train it again"],
  [Number.NEGATIVE_INFINITY, "got -Infinity in U_r at index 4"],
])("a tensor with %d is refused by its name and place", (value, problem) => {
  const values = new Float32Array(6);
  values[4] = value;
  const tensors = new Map([
    ["fine", { shape: [1], values: new Float32Array(1) }],
    ["U_r", { shape: [2, 3], values }],
  ]);
  expect(() => checkFinite(tensors, "w.safetensors", "train it again")).toThrow(
    `w.safetensors: at byte 8: expected finite numbers, ${problem}`,
  );
});

test("tensors that are no tensors are not written", () => {
  const one = (name: string, shape: number[]) => ({
    tensors: new Map([[name, { shape, values: new Float32Array(3) }]]),
    metadata: {},
  });
  expect(() => encodeSafetensors(one("a", [2, 2]))).toThrow(
    "safetensors: expected 4 values of a [2, 2], got 3",
  );
  expect(() => encodeSafetensors(one("__metadata__", [3]))).toThrow("got __metadata__");
});
