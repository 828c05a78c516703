export { harmonise } from "./harmonise.js";
export { type Harmonised, type HarmoniseOptions, harmoniseOn } from "./harmonise-on.js";
export { sampleMusic } from "./music.js";
export type { MusicSamplingOptions } from "./music-on.js";
export type { SamplingOptions } from "./sampling.js";
export {
  type Prediction,
  predictSequence,
  type SequenceSamplingOptions,
  sampleSequence,
  sampleText,
} from "./sequence.js";
export { type SpeechSamplingOptions, sampleSpeech, soundOf } from "./speech.js";
export { type SynthOptions, soundOfMusic } from "./synth.js";
