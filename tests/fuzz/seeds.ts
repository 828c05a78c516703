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
import { streamedZip, zip, zip64 } from "../data/zip-bytes.js";

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
    ...untidyMidis(melody),
  ];
}

/** Lengths that cannot be, system exclusive as on the wire, ports, bytes and a second file behind the last track. */
function untidyMidis(melody: readonly number[]): Uint8Array[] {
  const track = [...melody, ...END];
  const port = (number: number) => [0, 0xff, 0x21, 1, number];
  const wire = [0, 0xf0, 0x43, 0x12, 0, 7, 0xf7];
  const tracks = [midiChunk("MTrk", track, track.length * 2 ** 24), midiChunk("MTrk", track, 3)];
  return [
    Uint8Array.from([...header({ format: 1, tracks: 2 }), ...tracks.flat()]),
    midi([[...wire, ...port(0), ...melody, ...port(1), ...melody, 0, 0xf0, 1, 2, 0xf7]]),
    Uint8Array.from([...midi([melody]), 0, 1, 2, 3, 4, 5, 6, 7, 8, ...midi([melody])]),
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
    ...containers(samples),
  ];
}

/** RIFX of several formats, RF64 and BW64. */
function containers(samples: readonly number[]): Uint8Array[] {
  const big = (id: string, content: readonly number[]) => [
    ...Buffer.from(id),
    ...u32(content.length).reverse(),
    ...content,
  ];
  const rifx = (tag: number, bits: number) => {
    const format = [[0, tag], [0, 1], u32(8000).reverse(), u32(1000 * bits).reverse()].flat();
    const about = big("fmt ", [...format, 0, bits / 8, 0, bits]);
    return Uint8Array.from(
      big("RIFX", [...Buffer.from("WAVE"), ...about, ...big("data", samples)]),
    );
  };
  const sizes = [...u32(0), ...u32(0), ...u32(samples.length), ...u32(0), ...u32(24), ...u32(0)];
  const table = [...u32(1), ...Buffer.from("axml"), ...u32(4), ...u32(0)];
  const large = (name: string, ...chunks: number[][]) =>
    Uint8Array.from([
      ...Buffer.from(name),
      ...u32(0xffffffff),
      ...Buffer.from("WAVE"),
      ...chunks.flat(),
    ]);
  const data = chunk("data", samples, 0xffffffff);
  return [
    ...[rifx(1, 16), rifx(1, 24), rifx(3, 32), rifx(3, 64), rifx(6, 8)],
    large("RF64", chunk("ds64", [...sizes, ...u32(0)]), fmt(), data),
    large(
      "BW64",
      chunk("ds64", [...sizes, ...table]),
      fmt(),
      data,
      chunk("axml", [1, 2, 3, 4], 0xffffffff),
    ),
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
  const text = (content: string) => writer.element(1, Buffer.from(content));
  const fields = [
    writer.small(5, writer.bytes32(4)),
    text("abc\0"),
    writer.bytesMatrix("", 1, [1]),
  ];
  const struct = writer.matrix("meta", 2, [1, 1], ...fields);
  const opaque = writer.element(
    14,
    Buffer.concat([writer.element(6, writer.bytes32(17, 0)), ...["o", "MCOS", "table"].map(text)]),
  );
  return [
    ...files.map((f) => f.plain),
    Buffer.concat([writer.header(), ...compressed]),
    Buffer.concat([writer.header(), struct, writer.element(15, deflateSync(opaque)), ...sets]),
  ];
}

/** What Python writes in protocols 0, 2 and 4 for a small music set, and a beginning as the original files have it. */
function pickles(): Uint8Array[] {
  const hex = [
    "286470300a56747261696e0a70310a286c70320a286c70330a284936300a4936340a4936370a7470340a61284936300a7470350a6161286c70360a28746161735676616c69640a70370a286c70380a7356746573740a70390a286c7031300a286c7031310a286c7031320a4932310a61493130380a616161732e",
    "80027d7100285805000000747261696e71015d7102285d7103284b3c4b404b438771044b3c857105655d7106296165580500000076616c696471075d710858040000007465737471095d710a5d710b5d710c284b154b6c656161752e",
    "80049544000000000000007d94288c05747261696e945d94285d94284b3c4b404b4387944b3c8594655d942961658c0576616c6964945d948c0474657374945d945d945d94284b154b6c656161752e",
    // sets, frozen sets, bytes and bytearrays as steps: protocols 5 and 2
    "8005955a000000000000007d94288c05747261696e945d945d94285d94284b3c4b40655d944b3c6165618c0576616c6964945d945d9428284b3c91948f94284b404b3c9065618c0474657374945d945d94289601000000000000003c9443013d946561752e",
    "80027d7100285805000000747261696e71015d71025d7103285d7104284b3c4b40655d71054b3c616561580500000076616c696471065d71075d710828635f5f6275696c74696e5f5f0a66726f7a656e7365740a71095d710a4b3c6185710b52710c635f5f6275696c74696e5f5f0a7365740a710d5d710e284b404b3c6585710f527110656158040000007465737471115d71125d711328635f5f6275696c74696e5f5f0a6279746561727261790a7114635f636f646563730a656e636f64650a711558010000003c711658060000006c6174696e31711786711852711985711a52711b681558010000003d711c681786711d52711e6561752e",
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
    zip([
      { name: "a\\b.mid", content: text, claims: { method: 0 } },
      { name: Uint8Array.of(0x83, 0x5c, 0x2f, 0x82), content: text },
      { name: "link", content: text, claims: { system: 3, mode: 0o120777 } },
    ]),
    streamedZip,
    zip64,
  ];
}
