import { deflateSync } from "node:zlib";
import { MatWriter } from "../data/mat-writer.js";
import {
  delay,
  END,
  header,
  midi,
  chunk as midiChunk,
  off,
  on,
  tempo,
} from "../data/midi-bytes.js";
import { chunk, fmt, riff, u16, u32, wav } from "../data/wav-file.js";
import { zip } from "../data/zip-bytes.js";

/** Sound files of each kind, small, from which damaged ones are made. */
export const seeds = { midi: midis(), wav: wavs(), mat: mats(), pickle: pickles(), zip: zips() };

function midis(): Uint8Array[] {
  const melody = [
    ...on(0, 60),
    ...off(96, 60),
    ...on(0, 64),
    96,
    64,
    0,
    ...on(0, 67),
    ...delay(300),
    0xb0,
    7,
    100,
    ...delay(0),
    0xe0,
    0,
    64,
  ];
  const metas = [
    0,
    0xff,
    3,
    3,
    65,
    66,
    67,
    ...tempo(0, 400_000),
    0,
    0xff,
    0x58,
    4,
    4,
    2,
    24,
    8,
    0,
    0xf0,
    3,
    1,
    2,
    0xf7,
    0,
    0xc0,
    19,
  ];
  const plain = midi([melody]);
  const size = (n: number) => [n & 0xff, n >>> 8, 0, 0];
  const rmid = [...Buffer.from("RMIDdata"), ...size(plain.length), ...plain];
  return [
    plain,
    midi([metas, melody, [...on(0, 36, { channel: 9 }), ...off(24, 36, { channel: 9 })]]),
    midi([melody, melody], { format: 2, division: ((256 - 25) << 8) | 40 }),
    Uint8Array.from([
      ...header(),
      ...midiChunk("XFIH", [1, 2, 3]),
      ...midiChunk("MTrk", [...melody, ...END]),
    ]),
    Uint8Array.from([...Buffer.from("RIFF"), ...size(rmid.length), ...rmid]),
  ];
}

function wavs(): Uint8Array[] {
  const samples = Array.from({ length: 48 }, (_, i) => (i * 37) & 0xff);
  const extension = [
    ...u16(22),
    ...u16(16),
    ...u32(4),
    ...u16(1),
    ...Buffer.from("000000001000800000aa00389b71", "hex"),
  ];
  return [
    wav(samples),
    wav(samples, { bits: 8, channels: 3 }),
    wav(samples, { bits: 24, channels: 2 }),
    wav(samples, { tag: 3, bits: 32 }),
    wav(samples, { tag: 3, bits: 64 }),
    wav(samples, { tag: 6, bits: 8 }),
    wav(samples, { tag: 7, bits: 8, channels: 2 }),
    riff(
      chunk("LIST", [1, 2, 3]),
      fmt({ tag: 0xfffe }, extension),
      chunk("fact", u32(24)),
      chunk("data", samples),
    ),
    riff(fmt(), chunk("data", samples, 0xffffffff)),
  ];
}

function mats(): Uint8Array[] {
  const files = [true, false].map((littleEndian) => {
    const writer = new MatWriter(littleEndian);
    const roll = writer.roll([[60, 64], [], [21, 108]]);
    const sparse = writer.matrix(
      "",
      5,
      [2, 88],
      writer.element(5, writer.bytes32(0, 1)),
      writer.element(5, writer.bytes32(0, 1, ...Array<number>(87).fill(2))),
      writer.element(2, Uint8Array.of(1, 1)),
    );
    const sets = [
      writer.cells("traindata", roll, roll),
      writer.cells("validdata", sparse),
      writer.cells("testdata", roll),
    ];
    return { writer, plain: Buffer.concat([writer.header(), ...sets]), sets };
  });
  const { writer, sets } = files[0];
  const compressed = sets.map((set) => writer.element(15, deflateSync(set)));
  return [...files.map((f) => f.plain), Buffer.concat([writer.header(), ...compressed])];
}

/** What Python writes in protocols 0, 2 and 4 for a small music set, and a beginning as the original files have it. */
function pickles(): Uint8Array[] {
  const hex = [
    "286470300a56747261696e0a70310a286c70320a286c70330a284936300a4936340a4936370a7470340a61284936300a7470350a6161286c70360a28746161735676616c69640a70370a286c70380a7356746573740a70390a286c7031300a286c7031310a286c7031320a4932310a61493130380a616161732e",
    "80027d7100285805000000747261696e71015d7102285d7103284b3c4b404b438771044b3c857105655d7106296165580500000076616c696471075d710858040000007465737471095d710a5d710b5d710c284b154b6c656161752e",
    "80049544000000000000007d94288c05747261696e945d94285d94284b3c4b404b4387944b3c8594655d942961658c0576616c6964945d948c0474657374945d945d945d94284b154b6c656161752e",
  ];
  const scalar =
    "\x80\x02}q\x01(U\x05trainq\x02]q\x03]q\x04]q\x05(cnumpy.core.multiarray\nscalar\nq\x06cnumpy\ndtype\nq\x07U\x02i8K\x00K\x01\x87Rq\x08" +
    "(K\x03U\x01<NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tbU\x08<\x00\x00\x00\x00\x00\x00\x00\x86Rq\x09h\x06h\x08U\x08@\x00\x00\x00\x00\x00\x00\x00\x86Rq\x0aeaaU\x05validq\x0b]q\x0cU\x04testq\x0d]q\x0eu.";
  return [...hex.map((text) => Buffer.from(text, "hex")), Buffer.from(scalar, "latin1")];
}

function zips(): Uint8Array[] {
  const text = Buffer.from("To be, or not to be.");
  return [
    zip([{ name: "a/b.mid", content: text }]),
    zip([
      { name: "a", content: text },
      { name: "b/", content: Buffer.alloc(0) },
      { name: "c", content: Buffer.alloc(5000) },
    ]),
  ];
}
