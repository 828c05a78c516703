// gated-rnn/data: what reads, makes and writes data, for people who bring their own. Loads no engine.

export { openData, openMusic } from "../data-prep/open.js";
export type { BaselineNll } from "./data/baselines.js";
export { type Baseline, baselines } from "./data/baselines.js";
export type { Batch, Rows } from "./data/batch.js";
export type { Keys } from "./data/batches.js";
export { batchOf, bucketedBatches } from "./data/batches.js";
export type { BucketOptions } from "./data/buckets.js";
export type { MusicDataset, ReadMusic, SpeechDataset, Split, Waveform } from "./data/dataset.js";
export type { EmptyPiece } from "./data/empty-pieces.js";
export type { MusicContents } from "./data/file-contents.js";
export { type FileContents, fileContents } from "./data/file-contents.js";
export { findKey, type Key } from "./data/key-finder.js";
export { pianoRollsFromMat } from "./data/mat-music.js";
export type { MidiNotes } from "./data/midi.js";
export { type MidiFile, readMidi } from "./data/midi.js";
export type { MidiContents } from "./data/midi-contents.js";
export {
  type MidiFolder,
  type MidiFolderOptions,
  type MidiSource,
  musicFromMidiFiles,
} from "./data/midi-files.js";
export { musicFromMidiFolder } from "./data/midi-folder.js";
export type { MidiHeader } from "./data/midi-header.js";
export { type MidiOutOptions, midiBytes } from "./data/midi-out.js";
export { type MidiRollOptions, pianoRollsFromMidi, publishedRule } from "./data/midi-roll.js";
export { loadMusic, type MusicOptions } from "./data/music.js";
export {
  beginningOf,
  highestNotes,
  notesAt,
  type PianoRoll,
  pianoRoll,
} from "./data/piano-roll.js";
export { pianoRollsFromPickle } from "./data/pickle-music.js";
export { recallForgotten, recallTask } from "./data/recall.js";
export { resample } from "./data/resample.js";
export { loadSpeech } from "./data/speech.js";
export { speechBaselines } from "./data/speech-baselines.js";
export {
  speechBatches,
  speechBatchOf,
  type Windows,
  windowSteps,
} from "./data/speech-batches.js";
export { type SpeechCorpus, type SpeechOptions, speechFromWavs } from "./data/speech-corpus.js";
export type { SplitRule } from "./data/split-rule.js";
export { tickSeconds } from "./data/tempo-map.js";
export { transposed } from "./data/transpose.js";
export { openWav, type WavReader, wavInMemory } from "./data/wav.js";
export type { WavContents } from "./data/wav-contents.js";
export type { WavFormat } from "./data/wav-format.js";
export { wavBytes } from "./data/wav-out.js";
export type { ZipContents } from "./data/zip-contents.js";
