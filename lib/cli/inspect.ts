import { statSync } from "node:fs";
import type { Command } from "commander";
import { bytesOfFile } from "../data/byte-source.js";
import { splits } from "../data/dataset.js";
import {
  checkFileSize,
  type FileContents,
  fileContents,
  fileKindTitle,
  type MusicContents,
} from "../data/file-contents.js";
import type { MidiContents } from "../data/midi-contents.js";
import { openWav } from "../data/wav.js";
import { isWav } from "../data/wav-container.js";
import { type WavContents, wavContents } from "../data/wav-contents.js";
import type { ZipContents } from "../data/zip-contents.js";
import { GatedRnnError } from "../errors.js";
import { plain } from "../files/plain.js";
import { kindOf } from "../files/regular-file.js";
import { thousands } from "../files/thousands.js";
import { openTask } from "../tasks/open.js";
import { addDataOptions, type DataArguments, dataOptionsOf } from "./data-options.js";
import { printWeights, type WeightsContents, weightsContents } from "./inspect-weights.js";
import { jsonOption, printJson } from "./options.js";
import { printTask, taskReport } from "./task-report.js";

export function addInspect(program: Command): void {
  addDataOptions(program.command("inspect"))
    .description(
      "what is in a data file (MIDI, WAV, MATLAB 5, pickle, zip, prepared set) or a file of weights, and how own data (a folder, CSV, text) would be read and split",
    )
    .argument(
      "<file>",
      "a .mid, .wav, .mat, .pickle, .pkl, .zip, prepared .json.gz or .safetensors file; a .csv, .tsv or .txt file; a folder of MIDI, WAV, CSV or text files",
    )
    .addOption(jsonOption())
    .action(async (file: string, { json, ...given }: DataArguments & { json?: boolean }) => {
      try {
        if (isOwn(file)) {
          const report = taskReport(await openTask(file, dataOptionsOf(given)));
          if (json) printJson({ file, ...report });
          else printTask(file, report);
          return;
        }
        const contents = await contentsOf(file);
        if (json) writeJson(file, contents);
        else print(file, contents);
      } catch (error) {
        if (!(error instanceof GatedRnnError)) throw error;
        if (json) printJson({ error: { code: error.code, message: error.message } });
        else process.stderr.write(`gated-rnn: ${plain(error.message)}\n`);
        process.exitCode = error.code === "usage" ? 2 : 1;
      }
    });
}

/** A folder, or a file that means something as a task only. */
const isOwn = (path: string) =>
  /\.(csv|tsv|txt)$/i.test(path) ||
  (statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false);

async function contentsOf(file: string): Promise<FileContents | WeightsContents> {
  try {
    const found = statSync(file);
    if (!found.isFile())
      throw new GatedRnnError("usage", `${file}: expected a file to read, got ${kindOf(found)}`);
    const source = bytesOfFile(file);
    try {
      if (isWav(source.read(0, 12))) return wavOf(file); // never whole in memory
      checkFileSize(file, source.size);
      const bytes = source.read(0, source.size);
      if (/\.safetensors$/i.test(file)) return weightsContents(bytes, file);
      return await fileContents(bytes, file);
    } finally {
      source.close();
    }
  } catch (error) {
    const { code, syscall } = error as NodeJS.ErrnoException;
    if (error instanceof GatedRnnError || !syscall) throw error;
    throw new GatedRnnError("usage", `${file}: expected a file to read, got ${code}`, {
      cause: error,
    });
  }
}

function wavOf(file: string): WavContents {
  const reader = openWav(file);
  try {
    return wavContents(reader);
  } finally {
    reader.close();
  }
}

/** One JSON object; the notes of a MIDI file, which may be millions, are written portion by portion. */
function writeJson(file: string, contents: FileContents | WeightsContents): void {
  if (contents.kind !== "midi") {
    printJson({ file, ...contents });
    return;
  }
  const { notes, noteCount: _, ...about } = contents;
  const whole = JSON.stringify({ file, ...about });
  process.stdout.write(`${whole.slice(0, -1)},"notes":[`);
  let portion: string[] = [];
  let separator = "";
  for (const note of notes()) {
    portion.push(`[${note}]`);
    if (portion.length < 4096) continue;
    process.stdout.write(separator + portion.join(","));
    separator = ",";
    portion = [];
  }
  process.stdout.write(`${portion.length > 0 ? separator : ""}${portion.join(",")}]}\n`);
}

function print(file: string, contents: FileContents | WeightsContents): void {
  const name = plain(file);
  if (contents.kind === "midi") printMidi(name, contents);
  else if (contents.kind === "wav") printWav(name, contents);
  else if (contents.kind === "zip") printZip(name, contents);
  else if (contents.kind === "safetensors") printWeights(name, contents);
  else printMusic(name, contents);
}

function printMidi(
  file: string,
  { format, tracks, division, noteCount, notes, warnings }: MidiContents,
): void {
  const time = division < 0x8000 ? `${division} ticks a quarter note` : "time code";
  console.log(
    `${file}: MIDI file of format ${format}, ${tracks} tracks, ${time}, ${thousands(noteCount)} notes`,
  );
  let shown = 0;
  for (const [pitch, on, off] of notes()) {
    if (shown++ === 8) break;
    console.log(`  note ${pitch} from tick ${on} to ${off}`);
  }
  if (noteCount > 8) console.log(`  … ${thousands(noteCount - 8)} more (--json has them all)`);
  printWarnings(warnings);
}

function printWav(
  file: string,
  { format, channels, sampleRateHz, bits, frames, warnings }: WavContents,
): void {
  console.log(
    `${file}: WAV file, ${format} of ${bits} bits, ${channels} channels, ${thousands(sampleRateHz)} Hz, ${thousands(frames)} frames (${(frames / sampleRateHz).toFixed(2)} s)`,
  );
  printWarnings(warnings);
}

function printZip(file: string, { entries, warnings }: ZipContents): void {
  const bytes = entries.reduce((sum, entry) => sum + entry.bytes, 0);
  console.log(
    `${file}: zip archive of ${thousands(entries.length)} files, ${thousands(bytes)} bytes unpacked`,
  );
  for (const entry of entries.slice(0, 20))
    console.log(`  ${thousands(entry.bytes).padStart(12)}  ${plain(entry.name)}`);
  if (entries.length > 20) console.log(`  … ${thousands(entries.length - 20)} more`);
  printWarnings(warnings);
}

function printWarnings(warnings: readonly string[]): void {
  for (const warning of warnings) console.log(`  untidy: ${plain(warning)}`);
}

function printMusic(
  file: string,
  { kind, bytes, variables, splits: counts, checksum, warnings = [] }: MusicContents,
): void {
  console.log(`${file}: ${fileKindTitle(kind)}, ${thousands(bytes)} bytes`);
  for (const variable of variables ?? [])
    console.log(`  ${plain(variable.name)}: ${variable.dimensions.join(" × ")} ${variable.kind}`);
  if (!counts) {
    console.log("  no music set (traindata, validdata, testdata)");
    return;
  }
  for (const split of splits) {
    const [sequences, steps, notes] = [
      counts[split].sequences,
      counts[split].steps,
      counts[split].notes,
    ].map(thousands);
    console.log(
      `  ${split.padEnd(5)} ${sequences.padStart(5)} sequences ${steps.padStart(9)} steps ${notes.padStart(9)} notes`,
    );
  }
  console.log(`  checksum ${checksum}`);
  printWarnings(warnings);
}
