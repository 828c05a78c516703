import { readFileSync } from "node:fs";
import { basename } from "node:path";
import type { Command } from "commander";
import { datasetNames } from "../../data-prep/open.js";
import { readMidi } from "../data/midi.js";
import { midiBytes } from "../data/midi-out.js";
import { pianoRollsFromMidi } from "../data/midi-roll.js";
import { beginningOf, highestNotes, type PianoRoll } from "../data/piano-roll.js";
import { wavBytes } from "../data/wav-out.js";
import { GatedRnnError } from "../errors.js";
import { tryFiles } from "../files/place.js";
import { plain } from "../files/plain.js";
import { harmonise, sampleMusic, sampleSpeech, soundOf, soundOfMusic } from "../generate/index.js";
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
  readonly melody?: string;
  readonly candidates?: number;
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
    .option(
      "--melody <file>",
      "music: a MIDI file, or the number of a test piece whose highest notes are taken; the model puts other voices below it",
    )
    .option(
      "--candidates <n>",
      "with --melody: chords to choose from where a step cannot be drawn exactly (default: 32)",
      wholeNumber(1, 10_000),
    )
    .option("--prompt <text>", "text: what the model reads first, instead of a primer")
    .option("--data <path>", "own data that the model was trained on, for a primer")
    .option("--beats-per-minute <x>", "music: quarter notes a minute", realNumber(4), 100)
    .addOption(seedOption())
    .action(async (weights: string, options: GenerateArguments) => {
      const trained = readWeights(weights);
      const opened =
        options.primer > 0 || options.melody !== undefined || !trained.units
          ? await dataOf(trained, options)
          : undefined;
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
  if (options.melody !== undefined) {
    const melody = melodyOf(options.melody, units, dataset);
    const { candidates } = options;
    const made = await harmonise(
      { ...trained, units },
      options.steps === undefined ? melody : beginningOf(melody, options.steps),
      { seed, temperature, ...(candidates === undefined ? {} : { candidates }) },
    );
    reportGenerated(trained, melody.name ?? "a melody", options);
    console.log(
      made.isExact
        ? "every chord is drawn exactly, given its melody note and the steps before"
        : `chords are chosen by importance: ${made.effectiveCandidates.toFixed(1)} candidates a step in effect`,
    );
    return writeMusic(made.roll, units, name, beatsPerMinute);
  }
  const primer =
    dataset?.kind === "music" && heard > 0 ? beginning(dataset.test, heard, seed) : undefined;
  const roll = await sampleMusic(
    { ...trained, units },
    { steps, seed, temperature, ...(primer ? { primer } : {}) },
  );
  reportGenerated(
    trained,
    primer ? `${primer.length} steps of ${primer.name ?? "a test piece"}` : "silence",
    options,
  );
  writeMusic(roll, units, name, beatsPerMinute);
}

function writeMusic(
  roll: PianoRoll,
  { stepsPerQuarter }: Units & { kind: "music" },
  name: string,
  beatsPerMinute: number,
): void {
  const sampleRateHz = 22_050;
  if (wants(name, ".mid"))
    writeGenerated(
      name,
      ".mid",
      midiBytes(roll, { stepsPerQuarter, beatsPerMinute }),
      `${roll.length} steps`,
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

/** The highest notes of a MIDI file, or of a test piece by its number. @throws GatedRnnError `usage` when there is none */
function melodyOf(
  from: string,
  { stepsPerQuarter }: Units & { kind: "music" },
  dataset: Dataset | undefined,
): PianoRoll {
  if (!/^\d+$/.test(from)) return highestNotes(midiPiece(from, stepsPerQuarter));
  const pieces = dataset?.kind === "music" ? dataset.test : [];
  const piece = pieces[Number(from)];
  if (!piece)
    throw new GatedRnnError(
      "usage",
      `--melody: expected a MIDI file or the number of a test piece, ${pieces.length === 0 ? "of which there are none here" : `0 to ${pieces.length - 1}`}, got ${from}`,
    );
  return highestNotes(piece);
}

function midiPiece(file: string, stepsPerQuarter: number): PianoRoll {
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(file);
  } catch (error) {
    throw new GatedRnnError(
      "usage",
      `--melody: expected a MIDI file or the number of a test piece, got ${plain(file)}: ${(error as Error).message}`,
      { cause: error },
    );
  }
  const options = { stepsPerQuarter, lowestNote: 0, highestNote: 127 };
  return pianoRollsFromMidi(readMidi(bytes, file), basename(file), options)[0];
}

/** The first steps of one of some pieces. */
function beginning(pieces: readonly PianoRoll[], steps: number, seed: number): PianoRoll {
  const piece = pieces[generator(seed, "choose a primer").integer(pieces.length)];
  return beginningOf(piece, steps);
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
