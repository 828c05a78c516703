import type { Command } from "commander";
import { midiBytes } from "../data/midi-out.js";
import { datasetNames, openData } from "../data/open.js";
import type { PianoRoll } from "../data/piano-roll.js";
import { wavBytes } from "../data/wav-out.js";
import { GatedRnnError } from "../errors.js";
import { tryFiles } from "../files/place.js";
import { writeWholeFile } from "../files/whole-file.js";
import { sampleMusic, sampleSpeech, soundOf, soundOfMusic } from "../generate/index.js";
import { generator } from "../random/generator.js";
import { plain } from "../show/plain.js";
import { type Dataset, taskOf } from "../tasks/index.js";
import { speechWindow } from "../tasks/speech.js";
import type { Units } from "../tasks/units.js";
import { readWeights, type TrainedModel } from "../train/weights.js";
import { realNumber, seedOption, wholeNumber } from "./options.js";

interface GenerateArguments {
  readonly to?: string;
  readonly seconds?: number;
  readonly steps: number;
  readonly temperature: number;
  readonly seed: number;
  readonly primer: number;
  readonly beatsPerMinute: number;
}

export function addGenerate(program: Command): void {
  program
    .command("generate")
    .description(
      "new music or speech from a trained model: a MIDI and a WAV file of music, a WAV file of speech",
    )
    .argument("<weights>", "a .safetensors file that train or sweep has written")
    .option(
      "--to <file>",
      "the files' name, with or without .mid or .wav, to have one of them only (default: beside the weights)",
    )
    .option("--steps <n>", "music: time steps to make", wholeNumber(1, 1_000_000), 64)
    .option("--seconds <x>", "speech: seconds to make (default: 2)", realNumber(0, true))
    .option(
      "--temperature <x>",
      "1: the model's own chances; lower: more careful, 0: always the likeliest; higher: bolder",
      realNumber(0),
      1,
    )
    .option(
      "--primer <n>",
      "steps of a test piece, chosen by the seed, that the model hears first; 0: silence",
      wholeNumber(0, 100_000),
      16,
    )
    .option("--beats-per-minute <x>", "music: quarter notes a minute", realNumber(4), 100)
    .addOption(seedOption())
    .action(async (weights: string, options: GenerateArguments) => {
      const trained = readWeights(weights);
      const dataset = options.primer > 0 || !trained.units ? await dataOf(trained) : undefined;
      const units = trained.units ?? (dataset ? taskOf(dataset).units : undefined);
      if (!units)
        throw new GatedRnnError(
          "data-missing",
          `${weights}: expected to know what its numbers stand for, got neither that nor the data ${trained.data}`,
        );
      const name = options.to ?? weights.replace(/(\.safetensors)?$/, `-seed-${options.seed}`);
      const made = units.kind === "music" ? [".mid", ".wav"] : [".wav"];
      tryFiles(made.filter((extension) => wants(name, extension)).map((e) => fileOf(name, e)));
      if (units.kind === "music") await music(trained, units, dataset, name, options);
      else if (units.kind === "speech") await speech(trained, units, dataset, name, options);
      else
        throw new GatedRnnError(
          "usage",
          `${weights}: expected a model of music or speech, got one of ${units.kind}`,
        );
    });
}

/** The set that a model was trained on, if it has a name here; without it the model begins in silence. */
async function dataOf({ data }: TrainedModel): Promise<Dataset | undefined> {
  if (!datasetNames.includes(data)) return undefined;
  try {
    return await openData(data);
  } catch (error) {
    if (
      !(
        error instanceof GatedRnnError &&
        (error.code === "data-missing" || error.code === "download")
      )
    )
      throw error;
    process.stderr.write(`no primer: ${error.message.split("\n")[0]}\n`);
    return undefined;
  }
}

async function music(
  trained: TrainedModel,
  units: Units & { kind: "music" },
  dataset: Dataset | undefined,
  name: string,
  options: GenerateArguments,
): Promise<void> {
  const { steps, seed, temperature, beatsPerMinute, primer: heard } = options;
  const primer =
    dataset?.kind === "music" && heard > 0 ? beginning(dataset.test, heard, seed) : undefined;
  const roll = await sampleMusic(
    { ...trained, units },
    { steps, seed, temperature, ...(primer ? { primer } : {}) },
  );
  const { stepsPerQuarter } = units;
  const sampleRateHz = 22_050;
  report(
    trained,
    primer ? `${primer.length} steps of ${primer.name ?? "a test piece"}` : "silence",
    options,
  );
  if (wants(name, ".mid"))
    write(name, ".mid", midiBytes(roll, { stepsPerQuarter, beatsPerMinute }), `${steps} steps`);
  if (wants(name, ".wav")) {
    const sound = soundOfMusic(roll, { stepsPerQuarter, beatsPerMinute, sampleRateHz });
    write(
      name,
      ".wav",
      wavBytes([sound], sampleRateHz),
      `${(sound.length / sampleRateHz).toFixed(1)} s`,
    );
  }
}

/** The first steps of one of some pieces. */
function beginning(pieces: readonly PianoRoll[], steps: number, seed: number): PianoRoll {
  const piece = pieces[generator(seed, "choose a primer").integer(pieces.length)];
  const length = Math.min(steps, piece.length);
  return {
    ...piece,
    length,
    offsets: piece.offsets.slice(0, length + 1),
    notes: piece.notes.slice(0, piece.offsets[length]),
  };
}

async function speech(
  trained: TrainedModel,
  units: Units & { kind: "speech" },
  dataset: Dataset | undefined,
  name: string,
  options: GenerateArguments,
): Promise<void> {
  const { seed, temperature, primer: heard, seconds = 2 } = options;
  if (/\.mid$/i.test(name))
    throw new GatedRnnError("usage", "--to: expected a .wav file for a model of speech, got .mid");
  const { sampleRateHz } = units;
  const waveform =
    dataset?.kind === "speech" && heard > 0
      ? dataset.test[generator(seed, "choose a primer").integer(dataset.test.length)]
      : undefined;
  const samples = Math.max(1, Math.round(seconds * sampleRateHz));
  const first = waveform
    ?.read()
    .slice(0, speechWindow.inputSamples + heard * speechWindow.targetSamples);
  const made = await sampleSpeech(trained, {
    samples,
    seed,
    temperature,
    ...(first ? { primer: first } : {}),
  });
  report(trained, waveform ? `${heard} steps of ${waveform.name}` : "silence", options);
  write(
    name,
    ".wav",
    wavBytes([soundOf(made, units)], sampleRateHz),
    `${seconds} s at ${sampleRateHz} Hz`,
  );
}

const wants = (name: string, extension: string) =>
  name.toLowerCase().endsWith(extension) || !/\.(mid|wav)$/i.test(name);

const fileOf = (name: string, extension: string) =>
  name.toLowerCase().endsWith(extension) ? name : `${name}${extension}`;

function write(name: string, extension: string, bytes: Uint8Array, what: string): void {
  const file = fileOf(name, extension);
  writeWholeFile(file, bytes);
  console.log(`  ${plain(file)}: ${what}`);
}

function report(
  { model, data, run }: TrainedModel,
  primer: string,
  { seed, temperature }: GenerateArguments,
): void {
  console.log(
    `${plain(model.cell.name)}, ${model.hiddenSize} hidden units, trained on ${plain(data)} (run ${plain(run)}); seed ${seed}, temperature ${temperature}, after ${plain(primer)}:`,
  );
}
