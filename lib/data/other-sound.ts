import { latin1 } from "./byte-reader.js";

/** How files begin that are sent here for WAV files: the place, the bytes there (one character each), the name. */
const beginnings: readonly (readonly [number, string, string])[] = [
  [8, "AIFF", "an AIFF file"],
  [8, "AIFC", "an AIFF file"],
  [0, "FORM", "an IFF file"],
  [0, "fLaC", "a FLAC file"],
  [0, "OggS", "an Ogg file (Vorbis, Opus)"],
  [0, "ID3", "an MP3 file"],
  [0, "caff", "a Core Audio file (CAF)"],
  [0, ".snd", "a Sun audio file (AU)"],
  [0, "dns.", "a Sun audio file (AU)"],
  [0, "riff\x2e\x91\xcf\x11", "a Wave64 file"],
  [0, "NIST_1A", "a NIST SPHERE file"],
  [0, "wvpk", "a WavPack file"],
  [0, "MAC ", "a Monkey's Audio file"],
  [0, "TTA1", "a True Audio file"],
  [4, "ftyp", "an MP4 file (AAC, ALAC)"],
  [0, "\x1a\x45\xdf\xa3", "a Matroska or WebM file"],
  [0, "\x30\x26\xb2\x75", "a Windows Media file"],
  [0, "#!AMR", "an AMR file"],
  [0, "Creative Voice File", "a Creative voice file (VOC)"],
  [0, "MThd", "a MIDI file"],
  [0, "PK\x03\x04", "a zip archive"],
  [0, "\x1f\x8b", "a gzip archive"],
];

/** What a file that is no WAV file is, by its first bytes; undefined when it is none of the kinds known. */
export function otherSound(bytes: Uint8Array): string | undefined {
  const start = latin1(bytes.subarray(0, 32));
  const known = beginnings.find(([at, text]) => start.startsWith(text, at));
  if (known) return known[2];
  const [first, second = 0] = bytes; // a frame of MPEG audio: eleven bits set, then version and layer
  if (first !== 0xff || second < 0xe0) return undefined;
  const layer = (second >> 1) & 3;
  return layer === 0 ? (second >= 0xf0 ? "an AAC file" : undefined) : "an MP3 file";
}
