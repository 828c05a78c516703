import type { Command } from "commander";
import { datasetNames } from "../../data-prep/open.js";
import { midiBytes } from "../data/midi-out.js";
import type { PianoRoll } from "../data/piano-roll.js";
import { wavBytes } from "../data/wav-out.js";
import { GatedRnnError } from "../errors.js";
import { tryFiles } from "../files/place.js";
import { sampleMusic, sampleSpeech, soundOf, soundOfMusic } from "../generate/index.js";
import { generator } from "../random/generator.js";
import type { Dataset } from "../tasks/index.js";
import { openTask } from "../tasks/open.js";
import type { OpenedTask } from "../tasks/opened.js";
import { speechWindow } from "../tasks/speech.js";
import type { Units } from "../tasks/units.js";
import { readWeights } from "../train/weights.js";
import type { TrainedModel } from "../train/weights-bytes.js";
import { addDataOptions, type DataArguments, dataOptionsOf } from "./data-options.js";
import { generateSequence, sequenceExtension } from "./generate-sequence.js";
import { fileOf, reportGenerated, wants, writeGenerated } from "./generated.js";
import { realNumber, seedOption, wholeNumber } from "./options.js";

interface GenerateArguments extends DataArguments {
  readonly data?: string;
  readonly prompt?: string;
  readonly to?: string;
  readonly seconds?: number;
  readonly steps?: number;
  readonly temperature: number;
  readonly seed: number;
  readonly primer: number;
  readonly beatsPerMinute: number;
}

export function addGenerate(program: Command): void {
  addDataOptions(program.command("generate"))
    .description(
      "what a trained model makes up: a MIDI and a WAV file of music, a WAV file of speech, a text, a CSV file of series",
    )
    .argument("<weights>", "a .safetensors file that train or sweep has written")
    .option(
      "--to <file>",
      "the files' name, with or without .mid, .wav, .txt or .csv, to have one of them only (default: beside the weights)",
    )
    .option(
      "--steps <n>",
      "steps to make: of music (default: 64), characters of text (500), rows of series (100)",
      wholeNumber(1, 1_000_000),
    )
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
    .option("--prompt <text>", "text: what the model reads first, instead of a primer")
    .option("--data <path>", "own data that the model was trained on, for a primer")
    .option("--beats-per-minute <x>", "music: quarter notes a minute", realNumber(4), 100)
    .addOption(seedOption())
    .action(async (weights: string, options: GenerateArguments) => {
      const trained = readWeights(weights);
      const opened =
        options.primer > 0 || !trained.units ? await dataOf(trained, options) : undefined;
      const dataset = opened?.dataset;
      const units = trained.units ?? opened?.task.units;
      if (!units)
        throw new GatedRnnError(
          "data-missing",
          `${weights}: expected to know what its numbers stand for, got neither that nor the data ${trained.data}`,
        );
      const name = options.to ?? weights.replace(/(\.safetensors)?$/, `-seed-${options.seed}`);
      const made =
        units.kind === "music"
          ? [".mid", ".wav"]
          : units.kind === "speech"
            ? [".wav"]
            : [sequenceExtension(units)];
      const wanted = made.filter((extension) => wants(name, extension));
      if (wanted.length === 0)
        throw new GatedRnnError(
          "usage",
          `--to: expected a name with ${made.join(" or ")} for a model of ${units.kind}, got ${name}`,
        );
      tryFiles(wanted.map((extension) => fileOf(name, extension)));
      if (units.kind === "music") await music(trained, units, dataset, name, options);
      else if (units.kind === "speech") await speech(trained, units, dataset, name, options);
      else await generateSequence(trained, units, opened?.task, name, options);
    });
}

/** The data that a model was trained on, if they have a name here; else it begins with nothing. */
async function dataOf(
  { data }: TrainedModel,
  options: GenerateArguments,
): Promise<OpenedTask | undefined> {
  if (options.data !== undefined) return openTask(options.data, dataOptionsOf(options));
  if (!datasetNames.includes(data)) return undefined;
  try {
    return await openTask(data);
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
  const { steps = 64, seed, temperature, beatsPerMinute, primer: heard } = options;
  const primer =
    dataset?.kind === "music" && heard > 0 ? beginning(dataset.test, heard, seed) : undefined;
  const roll = await sampleMusic(
    { ...trained, units },
    { steps, seed, temperature, ...(primer ? { primer } : {}) },
  );
  const { stepsPerQuarter } = units;
  const sampleRateHz = 22_050;
  reportGenerated(
    trained,
    primer ? `${primer.length} steps of ${primer.name ?? "a test piece"}` : "silence",
    options,
  );
  if (wants(name, ".mid"))
    writeGenerated(
      name,
      ".mid",
      midiBytes(roll, { stepsPerQuarter, beatsPerMinute }),
      `${steps} steps`,
    );
  if (wants(name, ".wav")) {
    const sound = soundOfMusic(roll, { stepsPerQuarter, beatsPerMinute, sampleRateHz });
    writeGenerated(
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
  reportGenerated(trained, waveform ? `${heard} steps of ${waveform.name}` : "silence", options);
  writeGenerated(
    name,
    ".wav",
    wavBytes([soundOf(made, units)], sampleRateHz),
    `${seconds} s at ${sampleRateHz} Hz`,
  );
}
