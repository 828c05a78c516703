import { basename } from "node:path";
import { filesIn } from "./file-tree.js";
import { type MidiFolder, type MidiFolderOptions, musicFromMidiFiles } from "./midi-files.js";

/**
 * A data set of the MIDI files (.mid, .midi, .kar) in a folder or zip archive; see
 * `musicFromMidiFiles`.
 *
 * @throws GatedRnnError `usage` when nothing is found or a split stays empty; `bad-file` when every file is malformed
 */
export async function musicFromMidiFolder(
  path: string,
  options: MidiFolderOptions = {},
): Promise<MidiFolder> {
  const { name = basename(path).replace(/\.zip$/i, ""), ...rest } = options;
  return musicFromMidiFiles(filesIn(path, [".mid", ".midi", ".kar"]), path, { name, ...rest });
}
