// How fast data is read, and how long preparing every set from a mirror takes: medians.
//   npm run build && node tests/bench/data.mts [--rounds 5] [--mirror ../shared/datasets]
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import type * as Prepare from "../../data-prep/prepare.ts";
import type * as Speech from "../../data-prep/speech.ts";
import type * as MatMusic from "../../lib/data/mat-music.ts";
import type * as Midi from "../../lib/data/midi.ts";
import type * as MidiRoll from "../../lib/data/midi-roll.ts";
import type * as MusicSets from "../../lib/data/music-sets.ts";
import type * as SpeechSets from "../../lib/data/speech.ts";
import type * as Wav from "../../lib/data/wav.ts";
import type * as WavOut from "../../lib/data/wav-out.ts";
import type * as Zip from "../../lib/data/zip.ts";

const require = createRequire(import.meta.url);
const built = <M,>(path: string): M => require(`../../lib/dist/${path}.js`) as M;
const { prepareMusic } = built<typeof Prepare>("data-prep/prepare");
const { prepareSpeech } = built<typeof Speech>("data-prep/speech");
const { pianoRollsFromMat } = built<typeof MatMusic>("lib/data/mat-music");
const { readMidi } = built<typeof Midi>("lib/data/midi");
const { pianoRollsFromMidi, publishedRule } = built<typeof MidiRoll>("lib/data/midi-roll");
const { musicSetNames } = built<typeof MusicSets>("lib/data/music-sets");
const { speechSetNames } = built<typeof SpeechSets>("lib/data/speech");
const { wavInMemory } = built<typeof Wav>("lib/data/wav");
const { wavBytes } = built<typeof WavOut>("lib/data/wav-out");
const { zipEntries } = built<typeof Zip>("lib/data/zip");

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "5" },
    mirror: { type: "string", default: process.env.GATED_RNN_MIRROR ?? "../shared/datasets" },
  },
});
const rounds = Number(values.rounds);
const mirror = values.mirror;

/** The median time of some work in seconds, after one round that is not counted. */
async function median(work: () => unknown): Promise<number> {
  const seconds: number[] = [];
  for (let round = 0; round <= rounds; round++) {
    const begin = performance.now();
    await work();
    seconds.push((performance.now() - begin) / 1000);
  }
  const counted = seconds.slice(1).sort((a, b) => a - b);
  return counted[Math.floor(counted.length / 2)];
}

console.log(`${cpus()[0].model}, Node ${process.version}, medians of ${rounds} rounds`);

const midis: { name: string; bytes: Uint8Array }[] = [];
for await (const { name, read } of zipEntries(join(mirror, "music/Nottingham-midi.zip")))
  midis.push({ name, bytes: await read() });
const toRolls = await median(() =>
  midis.map(({ name, bytes }) => pianoRollsFromMidi(readMidi(bytes, name), name, publishedRule)),
);
console.log(`MIDI to rolls: ${midis.length} files in ${toRolls.toFixed(2)} s`);

const wav = wavBytes([Float32Array.from({ length: 1 << 24 }, (_, i) => Math.sin(i / 10))], 8000);
const decode = await median(() => wavInMemory(wav, "bench.wav").read(0, 1 << 24));
console.log(`WAV, 16 bits: ${(wav.length / 1e6 / decode).toFixed(0)} MB/s`);

const mat = readFileSync(join(mirror, "music/MuseData.mat"));
console.log(
  `MuseData.mat to rolls: ${(await median(() => pianoRollsFromMat(mat, "MuseData.mat"))).toFixed(3)} s`,
);

const all = await median(async () => {
  const folder = mkdtempSync(join(tmpdir(), "gated-rnn-bench-"));
  await prepareMusic(musicSetNames, { folder, mirror });
  await prepareSpeech(speechSetNames, { folder, mirror });
  rmSync(folder, { recursive: true });
});
console.log(`four music sets and two speech sets prepared from the mirror: ${all.toFixed(1)} s`);
