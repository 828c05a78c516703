// What reads and writes data: one door for people who bring their own.

export type { SpeechDataset, Waveform } from "./dataset.js";
export { type FileContents, fileContents } from "./file-contents.js";
export { findKey, type Key } from "./key-finder.js";
export { pianoRollsFromMat } from "./mat-music.js";
export { type MidiFile, readMidi } from "./midi.js";
export { type MidiFolder, type MidiFolderOptions, musicFromMidiFolder } from "./midi-folder.js";
export { type MidiOutOptions, midiBytes } from "./midi-out.js";
export { type MidiRollOptions, pianoRollsFromMidi, publishedRule } from "./midi-roll.js";
export { loadMusic, type MusicOptions } from "./music.js";
export { pianoRollsFromPickle } from "./pickle-music.js";
export { resample } from "./resample.js";
export { loadSpeech } from "./speech.js";
export { speechBatches, speechBatchOf, type Windows, windowSteps } from "./speech-batches.js";
export { type SpeechCorpus, type SpeechOptions, speechFromWavs } from "./speech-corpus.js";
export { tickSeconds } from "./tempo-map.js";
export { openWav, type WavReader, wavInMemory } from "./wav.js";
export { wavBytes } from "./wav-out.js";
