export { type MusicSamplingOptions, sampleMusic } from "./music.js";
export type { SamplingOptions } from "./sampling.js";
export { type SpeechSamplingOptions, sampleSpeech, soundOf } from "./speech.js";
export { type Stepper, stepper } from "./stepper.js";
export { type SynthOptions, soundOfMusic } from "./synth.js";
