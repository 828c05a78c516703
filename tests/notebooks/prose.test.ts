import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import type { SplitNll } from "../../lib/train/record.js";
import { text } from "../../notebooks/tools/format.mts";
import { notebookNames, readSource } from "../../notebooks/tools/notebooks.mts";
import { atlasClaims } from "./prose/atlas.js";
import { verdictClaims } from "./prose/claims.js";
import { drawnClaims } from "./prose/drawn.js";
import { type Claim, committedRecords, Known, type Records, units } from "./prose/known.js";
import { musicClaims } from "./prose/music.js";
import { notOurResults } from "./prose/others.js";
import { printedClaims } from "./prose/printed.js";
import { readmeClaims } from "./prose/readme.js";

const root = resolve(import.meta.dirname, "..", "..");
/** Judged by the runs that the notebooks carry out themselves, and by the atlas's records, which atlas-docs.test.ts moves. */
const keptClaims = [...printedClaims, ...drawnClaims, ...atlasClaims];
const claims: readonly Claim[] = [...musicClaims, ...verdictClaims, ...readmeClaims, ...keptClaims];
const records = committedRecords();
const known = new Known(records);

/** All prose of a notebook, or of a page, without line breaks. */
function prose(where: string): string {
  const whole = where.endsWith(".md")
    ? readFileSync(join(root, where), "utf8")
    : readSource(where)
        .cells.filter((cell) => cell.cell_type === "markdown")
        .map((cell) => text(cell.source))
        .join("\n\n");
  return whole.replace(/\s+/g, " ");
}

const spoken = ({ sentence }: Claim, of: Known) =>
  typeof sentence === "string" ? sentence : sentence(of);

describe.each(claims.map((claim) => [spoken(claim, known), claim] as const))(
  "%s",
  (words, claim) => {
    it(`stands in ${claim.where}, and the records bear it out`, () => {
      expect(prose(claim.where)).toContain(words);
      if (claim.holds) expect(claim.holds(known)).toBe(true);
      else expect(typeof claim.sentence).toBe("function"); // something must have been computed
    });
  },
);

const ofEach = (records: Records, change: (group: Records["music"]) => Records["music"]) =>
  Object.fromEntries(
    Object.entries(records).map(([name, group]) => [name, change(group)]),
  ) as unknown as Records;

/** Every result of every record moved by an own amount. */
function moved(records: Records): Records {
  const move = (group: Records["music"]) =>
    group.map((record, k) => {
      const by = 0.3 + 0.37 * (k % 7);
      const split = (s: SplitNll) => ({
        nllPerStep: s.nllPerStep + by,
        nllPerSequence: s.nllPerSequence + 1.3 * by,
      });
      const { train, valid, test } = record.results;
      return {
        ...record,
        bestEpoch: record.bestEpoch + 7,
        curve: record.curve.map((p) => ({
          ...p,
          cpuSeconds: 1.7 * (p.cpuSeconds ?? 0),
          trainingNllPerStep: p.trainingNllPerStep + by / p.epoch,
          valid: split({ ...p.valid, nllPerStep: p.valid.nllPerStep + by / p.epoch }),
        })),
        results: { train: split(train), valid: split(valid), test: split(test) },
      };
    });
  return ofEach(records, move);
}

/** The same results, with the units' names exchanged. */
function exchanged(records: Records, turn: number): Records {
  const name = (cell: string) => units[(units.indexOf(cell as "gru") + turn) % units.length];
  const exchange = (group: Records["music"]) =>
    group.map((record) => {
      const { configuration } = record;
      return { ...record, configuration: { ...configuration, cell: name(configuration.cell) } };
    });
  return ofEach(records, exchange);
}

it("goes red when records change: other scores, or other units' scores, leave no sentence true", () => {
  const worlds = [moved(records), exchanged(records, 1), exchanged(records, 2)];
  const survives = (claim: Claim) => (world: Records) => {
    const other = new Known(world);
    try {
      return spoken(claim, other) === spoken(claim, known) && (claim.holds?.(other) ?? true);
    } catch {
      return false;
    }
  };
  const ofRecords = claims.filter((claim) => !keptClaims.includes(claim));
  const survivors = ofRecords.filter((claim) => worlds.every(survives(claim)));
  // what is left counts runs and updates, and says what has not been run
  expect(survivors.map((claim) => spoken(claim, known).slice(0, 30))).toEqual([
    "The runs behind the curves, 14",
    "So four runs were made with 80",
    "forty epochs are a fifty-eight",
    "144 runs on music by our proto",
    "None of these runs is by the a",
  ]);
});

it("goes red when one digit of one record changes", () => {
  const [first, ...rest] = known.runs("jsb", "gru");
  const { test } = first.results;
  const digit = { ...test, nllPerStep: test.nllPerStep + 0.1 };
  const one = { ...first, results: { ...first.results, test: digit } };
  const music = records.music.map((r) => (r.id === first.id ? one : r));
  const other = new Known({ ...records, music });
  expect(rest).toHaveLength(2);
  const red = claims.filter((claim) => spoken(claim, other) !== spoken(claim, known));
  expect(red.map(({ where }) => where)).toContain("06-table-2");
  expect(red.map(({ where }) => where)).toContain("README.md");
});

/** What `npm run figures` writes into a page; its own test compares it with the records. */
const madeBlock = /<!-- ([a-z]+) -->.*?<!-- \/\1 -->/g;

const pages = [
  "README.md",
  ...readdirSync(join(root, "docs"))
    .filter((name) => name.endsWith(".md"))
    .map((name) => `docs/${name}`),
];

describe.each([...notebookNames(), ...pages])("every decimal number in %s", (where) => {
  it("is computed above, or listed as no result of ours", () => {
    let rest = prose(where).replaceAll(madeBlock, "");
    for (const claim of claims)
      if (claim.where === where) rest = rest.replace(spoken(claim, known), "");
    const listed = notOurResults[where] ?? [];
    for (const phrase of listed) {
      expect(rest, `${where} no longer says "${phrase}"`).toContain(phrase);
      rest = rest.replaceAll(phrase, "");
    }
    const bare = rest.replace(/```.*?```|`[^`]*`|\$[^$]*\$|\]\([^)]*\)|https?:\S+/g, "");
    const numbers = [...bare.matchAll(/.{0,40}\d+\.\d+.{0,30}/g)].map(([around]) => around);
    expect(numbers).toEqual([]);
  });
});
