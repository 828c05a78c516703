import { describe, expect, it } from "vitest";
import { type Task, textTask } from "../../lib/index.js";

/** What a split reads and predicts, as text. */
function told(task: Task, split: "train" | "valid" | "test"): string[] {
  const { characters } = task.units as { characters: string[] };
  return [...task.evaluation(split)].flatMap(({ size, lengths, stepOffsets, input, target }) =>
    Array.from({ length: size }, (_, b) => {
      const of = (rows: typeof input) =>
        Array.from({ length: lengths[b] }, (_, t) => {
          const row = stepOffsets[t] + b;
          return rows.kind === "sparse" ? characters[rows.columns[rows.offsets[row]]] : "";
        }).join("");
      return `${of(input)}>${of(target)}`;
    }),
  );
}

describe("one text", () => {
  it("is cut where it stands, and predicts every character but a part's first", () => {
    const task = textTask("abcdefghijklmnopqrst", { steps: 4 });
    expect(told(task, "train")).toEqual(["abcd>bcde", "efgh>fghi", "ijkl>jklm", "mno>nop"]);
    expect(told(task, "valid")).toEqual(["q>r"]);
    expect(told(task, "test")).toEqual(["s>t"]);
  });

  it("has the characters of all its parts, in the order of their code points", () => {
    const task = textTask("héé😀 a b a b a b a b a b a b z");
    expect(task.units).toEqual({
      kind: "text",
      characters: [" ", "a", "b", "h", "z", "é", "😀"],
    });
    expect([task.inputSize, task.output.targetSize]).toEqual([7, 7]);
  });
});

describe("several texts", () => {
  const texts = Array.from({ length: 10 }, (_, i) => `${i}abc`);

  it("stay whole, and go to splits by a seeded rule", () => {
    const task = textTask(texts, { split: { valid: 0.2, test: 0.2 } });
    const all = (["train", "valid", "test"] as const).map((split) => told(task, split));
    expect(all.map(({ length }) => length)).toEqual([6, 2, 2]);
    expect(all.flat().sort()).toEqual(texts.map((text) => `${text.slice(0, 3)}>abc`));
  });

  it("may be given split by split", () => {
    const task = textTask({ train: ["ab", "ba"], valid: "aab", test: ["bb"] });
    expect(told(task, "train")).toEqual(["a>b", "b>a"]);
    expect(told(task, "valid")).toEqual(["aa>ab"]);
  });
});

it("another text, another cut, another checksum", () => {
  const checksum = (text: string, steps = 5) => textTask(text, { steps }).checksum;
  expect(checksum("abcabcabcabcabcabcabc")).toBe(checksum("abcabcabcabcabcabcabc"));
  expect(checksum("abcabcabcabcabcabcabd")).not.toBe(checksum("abcabcabcabcabcabcabc"));
  expect(checksum("abcabcabcabcabcabcabc", 6)).not.toBe(checksum("abcabcabcabcabcabcabc"));
});

it.each([
  ["no text", "", "text: expected two classes or more"],
  ["one character alone", "aaaaaaaaaaaaaaaaaaaaaaaa", "two classes or more"],
  [
    "too little of it",
    "abcd",
    "expected a predictable step in every split, got none in valid and test",
  ],
  ["half a character", `${"ab".repeat(20)}\ud800`, "got half a character"],
  ["numbers", [1, 2, 3] as unknown as string[], "expected text, got number"],
  ["a split left out", { train: "abc", valid: "abc" } as never, "got none in test"],
])("%s is refused", (_, text, message) => {
  const make = () => textTask(text);
  expect(make).toThrow(message);
  expect(make).toThrow(expect.objectContaining({ code: "usage" }));
});
