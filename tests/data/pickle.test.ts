import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { rollCounts } from "../../lib/data/counts.js";
import { pianoRollsFromMat } from "../../lib/data/mat-music.js";
import { notesAt, type PianoRoll } from "../../lib/data/piano-roll.js";
import { readPickle } from "../../lib/data/pickle.js";
import { pianoRollsFromPickle } from "../../lib/data/pickle-music.js";
import { zipEntries } from "../../lib/data/zip.js";
import { mirror, withoutMirror } from "./mirror.js";
import { publishedCounts } from "./published-counts.js";

const hex = (text: string) => Buffer.from(text, "hex");
const bytes = (text: string) => Buffer.from(text, "latin1");
const lists = (rolls: readonly PianoRoll[]) =>
  rolls.map((roll) => Array.from({ length: roll.length }, (_, t) => [...notesAt(roll, t)]));

/** What Python 3.11 writes for [None, True, False, 0, 255, 65535, -1, 2**31, -2**40, 2**70, 1.5, -0.0, 'é', 'a\nb\\', {'a': 1}, (1,), (1, 2), (1, 2, 3), (1, 2, 3, 4)]. */
const plainData = [
  "286c70300a4e614930310a614930300a6149300a61493235350a614936353533350a61492d310a614c323134373438333634384c0a614c2d313039393531313632373737364c0a614c313138303539313632303731373431313330333432344c0a6146312e350a61462d302e300a6156e90a70310a6156615c7530303061625c75303035630a70320a61286470330a56610a70340a49310a73612849310a7470350a612849310a49320a7470360a612849310a49320a49330a7470370a612849310a49320a49330a49340a7470380a612e",
  "5d7100284e4930310a4930300a4b004bff4dffff4affffffff4c323134373438333634384c0a4c2d313039393531313632373737364c0a4c313138303539313632303731373431313330333432344c0a473ff80000000000004780000000000000005802000000c3a971015804000000610a625c71027d710358010000006171044b0173284b01747105284b014b02747106284b014b024b03747107284b014b024b034b04747108652e",
  "80025d7100284e88894b004bff4dffff4affffffff8a0500000080008a060000000000ff8a09000000000000000040473ff80000000000004780000000000000005802000000c3a971015804000000610a625c71027d710358010000006171044b01734b018571054b014b028671064b014b024b03877107284b014b024b034b04747108652e",
  "80035d7100284e88894b004bff4dffff4affffffff8a0500000080008a060000000000ff8a09000000000000000040473ff80000000000004780000000000000005802000000c3a971015804000000610a625c71027d710358010000006171044b01734b018571054b014b028671064b014b024b03877107284b014b024b034b04747108652e",
  "80049572000000000000005d94284e88894b004bff4dffff4affffffff8a0500000080008a060000000000ff8a09000000000000000040473ff80000000000004780000000000000008c02c3a9948c04610a625c947d948c0161944b01734b0185944b014b0286944b014b024b038794284b014b024b034b047494652e",
  "80059572000000000000005d94284e88894b004bff4dffff4affffffff8a0500000080008a060000000000ff8a09000000000000000040473ff80000000000004780000000000000008c02c3a9948c04610a625c947d948c0161944b01734b0185944b014b0286944b014b024b038794284b014b024b034b047494652e",
];

/** What Python 3.11 writes for {'train': [[(60, 64, 67), (60,)], [()]], 'valid': [], 'test': [[[21, 108]]]}. */
const music = [
  "286470300a56747261696e0a70310a286c70320a286c70330a284936300a4936340a4936370a7470340a61284936300a7470350a6161286c70360a28746161735676616c69640a70370a286c70380a7356746573740a70390a286c7031300a286c7031310a286c7031320a4932310a61493130380a616161732e",
  "7d7100285805000000747261696e71015d7102285d710328284b3c4b404b43747104284b3c747105655d7106296165580500000076616c696471075d710858040000007465737471095d710a5d710b5d710c284b154b6c656161752e",
  "80027d7100285805000000747261696e71015d7102285d7103284b3c4b404b438771044b3c857105655d7106296165580500000076616c696471075d710858040000007465737471095d710a5d710b5d710c284b154b6c656161752e",
  "80037d7100285805000000747261696e71015d7102285d7103284b3c4b404b438771044b3c857105655d7106296165580500000076616c696471075d710858040000007465737471095d710a5d710b5d710c284b154b6c656161752e",
  "80049544000000000000007d94288c05747261696e945d94285d94284b3c4b404b4387944b3c8594655d942961658c0576616c6964945d948c0474657374945d945d945d94284b154b6c656161752e",
  "80059544000000000000007d94288c05747261696e945d94285d94284b3c4b404b4387944b3c8594655d942961658c0576616c6964945d948c0474657374945d945d945d94284b154b6c656161752e",
];

/** What it writes for [{60, 64}, frozenset([1]), bytearray(b'\x01\xff'), b'\x02\x80', set(), bytearray(), b'', OrderedDict(a=[1])]. */
const setsAndBytes = [
  "286c70300a635f5f6275696c74696e5f5f0a7365740a70310a28286c70320a4936340a614936300a617470330a5270340a61635f5f6275696c74696e5f5f0a66726f7a656e7365740a70350a28286c70360a49310a617470370a5270380a61635f5f6275696c74696e5f5f0a6279746561727261790a70390a28635f636f646563730a656e636f64650a7031300a285601ff0a7031310a566c6174696e310a7031320a747031330a527031340a747031350a527031360a616731300a285602800a7031370a6731320a747031380a527031390a6167310a28286c7032300a747032310a527032320a6167390a2874527032330a61635f5f6275696c74696e5f5f0a62797465730a7032340a2874527032350a6163636f6c6c656374696f6e730a4f726465726564446963740a7032360a2874527032370a56610a7032380a286c7032390a49310a6173612e",
  "5d710028635f5f6275696c74696e5f5f0a7365740a7101285d7102284b404b3c65747103527104635f5f6275696c74696e5f5f0a66726f7a656e7365740a7105285d71064b0161747107527108635f5f6275696c74696e5f5f0a6279746561727261790a710928635f636f646563730a656e636f64650a710a28580300000001c3bf710b58060000006c6174696e31710c74710d52710e74710f527110680a28580300000002c2807111680c7471125271136801285d7114747115527116680929527117635f5f6275696c74696e5f5f0a62797465730a71182952711963636f6c6c656374696f6e730a4f726465726564446963740a711a2952711b580100000061711c5d711d4b016173652e",
  "80025d710028635f5f6275696c74696e5f5f0a7365740a71015d7102284b404b3c65857103527104635f5f6275696c74696e5f5f0a66726f7a656e7365740a71055d71064b0161857107527108635f5f6275696c74696e5f5f0a6279746561727261790a7109635f636f646563730a656e636f64650a710a580300000001c3bf710b58060000006c6174696e31710c86710d52710e85710f527110680a580300000002c2807111680c86711252711368015d7114857115527116680929527117635f5f6275696c74696e5f5f0a62797465730a71182952711963636f6c6c656374696f6e730a4f726465726564446963740a711a2952711b580100000061711c5d711d4b016173652e",
  "80035d710028636275696c74696e730a7365740a71015d7102284b404b3c65857103527104636275696c74696e730a66726f7a656e7365740a71055d71064b0161857107527108636275696c74696e730a6279746561727261790a7109430201ff710a85710b52710c43020280710d68015d710e85710f5271106809295271114300711263636f6c6c656374696f6e730a4f726465726564446963740a71132952711458010000006171155d71164b016173652e",
  "8004956e000000000000005d94288f94284b404b3c90284b0191948c086275696c74696e73948c09627974656172726179949394430201ff948594529443020280948f9468052952944300948c0b636f6c6c656374696f6e73948c0b4f726465726564446963749493942952948c0161945d944b016173652e",
  "8005955d000000000000005d94288f94284b404b3c90284b01919496020000000000000001ff9443020280948f94960000000000000000944300948c0b636f6c6c656374696f6e73948c0b4f726465726564446963749493942952948c0161945d944b016173652e",
];

describe("readPickle", () => {
  it.each(plainData.map((text, protocol) => [protocol, text]))(
    "reads plain data as Python writes it in protocol %i",
    (_protocol, text) => {
      expect(readPickle(hex(text as string), "x.pickle")).toEqual([
        null,
        true,
        false,
        0,
        255,
        65535,
        -1,
        2 ** 31,
        -(2 ** 40),
        2n ** 70n,
        1.5,
        -0,
        "é",
        "a\nb\\",
        new Map([["a", 1]]),
        [1],
        [1, 2],
        [1, 2, 3],
        [1, 2, 3, 4],
      ]);
    },
  );

  it.each(setsAndBytes.map((text, protocol) => [protocol, text]))(
    "reads sets, bytes and ordered dicts as Python writes them in protocol %i",
    (_protocol, text) => {
      const [set, frozen, ...rest] = readPickle(hex(text as string), "x.pickle") as unknown[];
      expect([...(set as Set<number>)].sort()).toEqual([60, 64]);
      expect(frozen).toEqual(new Set([1]));
      const [array, content, noSet, noArray, nothing, dict] = rest;
      const bytes = [array, content, noArray, nothing].map((b) => [...(b as Uint8Array)]);
      expect(bytes).toEqual([[1, 0xff], [2, 0x80], [], []]);
      expect([noSet, dict]).toEqual([new Set(), new Map([["a", [1]]])]);
    },
  );

  it("reads frames of protocol 4 and 5, also one that is empty and one in another's place", () => {
    const frame = (size: number) => `\x95${String.fromCharCode(size)}\0\0\0\0\0\0\0`;
    const file = `\x80\x05${frame(2)}]K${frame(0)}`;
    expect(readPickle(bytes(`\x80\x05${frame(4)}](K\x01${frame(0)}K\x02e.`), "x")).toEqual([1, 2]);
    expect(() => readPickle(bytes(file), "x")).toThrow("x: at byte");
  });

  it.each([
    ["0", "cnumpy.core.multiarray\n_reconstruct\n(cnumpy\nndarray\n(I0\ntV"],
    ["2", "\x80\x02cnumpy.core.multiarray\n_reconstruct\nq\x00cnumpy\nndarray\n"],
    ["4", "\x80\x04\x8c\x16numpy._core.multiarray\x8c\x0c_reconstruct\x93"],
    ["5", "\x80\x05\x8c\x13numpy._core.numeric\x94\x8c\x0b_frombuffer\x94\x93"],
  ])("refuses a NumPy array of protocol %s by its name, with the remedy", (_protocol, text) => {
    expect(() => readPickle(bytes(text), "x")).toThrow(
      /the global "numpy\..*"; .*write a numpy array as a list, by its tolist\(\)/,
    );
  });

  it("reads Python 2's strings with their escapes, long strings and bytes", () => {
    expect(readPickle(bytes(`S'a\\x00\\'\\n\\101'\np0\n.`), "x")).toBe("a\x00'\nA");
    expect(readPickle(bytes("T\x02\x00\x00\x00\xe9\x00."), "x")).toBe("é\x00");
    expect(readPickle(bytes("C\x02\xe9\x00."), "x")).toEqual(Uint8Array.of(0xe9, 0));
  });

  it("drops and doubles values, and forgets nothing that was remembered", () => {
    expect(readPickle(bytes("(K\x01q\x00K\x020h\x002t."), "x")).toEqual([1, 1, 1]);
    expect(readPickle(bytes("K\x07(K\x01K\x021."), "x")).toBe(7);
    expect(readPickle(bytes("(Nq\x00h\x00t."), "x")).toEqual([null, null]);
  });

  it("keeps what is shared one value, and lets a list contain itself", () => {
    const list = readPickle(bytes("]q\x00h\x00a."), "x") as unknown[];
    expect(list[0]).toBe(list);
  });

  it("makes a key named __proto__ a key like any other", () => {
    const dict = readPickle(bytes("}U\x09__proto__}U\x04evilK\x01ss."), "x") as Map<
      string,
      unknown
    >;
    expect([...dict.keys()]).toEqual(["__proto__"]);
    expect(({} as Record<string, unknown>).evil).toBeUndefined();
  });

  const scalar = (code: string, order: string, content: string) =>
    bytes(
      `cnumpy.core.multiarray\nscalar\ncnumpy\ndtype\n(U${String.fromCharCode(code.length)}${code}K\x00K\x01tR(K\x03U\x01${order}NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tbU${String.fromCharCode(content.length)}${content}\x86R.`,
    );
  it.each([
    ["i8", "<", "\xfe\xff\xff\xff\xff\xff\xff\xff", -2],
    ["i8", ">", "\x00\x00\x00\x00\x00\x00\x00\x3c", 60],
    ["u8", "<", "\xff\xff\xff\xff\xff\xff\xff\xff", 2n ** 64n - 1n],
    ["i4", "<", "\x3c\x00\x00\x00", 60],
    ["u4", ">", "\xff\xff\xff\xff", 2 ** 32 - 1],
    ["i2", ">", "\xff\xfe", -2],
    ["u2", "<", "\x00\x01", 256],
    ["i1", "|", "\xff", -1],
    ["u1", "|", "\xff", 255],
    ["b1", "|", "\x01", true],
    ["f8", ">", "\x3f\xf8\x00\x00\x00\x00\x00\x00", 1.5],
    ["f4", "<", "\x00\x00\xc0\x3f", 1.5],
  ])("reads NumPy's scalar %s in byte order %s", (code, order, content, value) => {
    expect(readPickle(scalar(code, order, content), "x")).toBe(value);
  });
});

describe("pianoRollsFromPickle", () => {
  it.each(music.map((text, protocol) => [protocol, text]))(
    "takes lists and tuples of notes as steps, protocol %i",
    (_protocol, text) => {
      const { train, valid, test } = pianoRollsFromPickle(hex(text as string), "x.pickle");
      expect(lists(train)).toEqual([[[60, 64, 67], [60]], [[]]]);
      expect(valid).toEqual([]);
      expect(lists(test)).toEqual([[[21, 108]]]);
      expect(train[1].name).toBe("x.pickle train 1");
    },
  );

  it("takes sets and bytes of notes as steps, but no sets of steps", () => {
    const steps = "](\x8f(K\x40K\x3c\x90C\x02\x3c\x15cbuiltins\nset\n](K\x01e\x85Re";
    const { train } = pianoRollsFromPickle(sets(`]${steps}a`), "x.pickle");
    expect(lists(train)).toEqual([[[60, 64], [21, 60], [1]]]);
    expect(() => pianoRollsFromPickle(sets("]\x8fa"), "x.pickle")).toThrow(
      "train 0: expected a list of steps, got a set",
    );
    expect(() => pianoRollsFromPickle(sets("]]C\x01\x80aa"), "x.pickle")).toThrow("got 128");
  });

  const sets = (train: string) => bytes(`(U\x05train${train}U\x05valid]U\x04test]d.`);
  it.each([
    [
      "something else than a dict",
      bytes("]."),
      "expected a dict of train, valid and test, got a list",
    ],
    ["a missing split", bytes("}."), "train: expected a list of sequences, got None"],
    ["a number for a sequence", sets("]K\x01a"), "train 0: expected a list of steps, got a number"],
    [
      "a text for a step",
      sets("]]U\x01<aa"),
      "train 0 step 0: expected a list of notes, got a text",
    ],
    [
      "note 128",
      sets("]]]K\x80aaa"),
      "train 0 step 0: expected MIDI note numbers 0 to 127, got 128",
    ],
    [
      "a row of zeros and ones, which would pass for the notes 0 and 1",
      sets("]](K\x00K\x01K\x00laa"),
      "train 0 step 0: expected the notes that sound, got a row of 3 zeros and ones",
    ],
    ["half a note", sets("]]]F60.5\naaa"), "expected MIDI note numbers 0 to 127, got 60.5"],
    [
      "a truth value for a note",
      sets("]]]\x88aaa"),
      "expected MIDI note numbers 0 to 127, got a truth value",
    ],
    [
      "129 notes in a step",
      sets(`]](${"K\x3c".repeat(129)}laa`),
      "expected at most 128 notes, got 129",
    ],
    [
      "a list that contains itself",
      sets("]q\x00h\x00a"),
      "train 0 step 0: expected MIDI note numbers 0 to 127, got a list",
    ],
  ])("refuses %s", (_what, file, message) => {
    expect(() => pianoRollsFromPickle(file, "x.pickle")).toThrow(message);
  });

  it("refuses a few kilobytes of references that stand for millions of steps", () => {
    const roll = `(${"]".repeat(1)}q\x00${"h\x00".repeat(20_000)}lq\x01`; // 20,001 steps, all the same empty list
    const file = sets(`(${roll}${"h\x01".repeat(20_000)}l`);
    expect(file.length).toBeLessThan(100_000);
    expect(() => pianoRollsFromPickle(file, "x.pickle")).toThrow(
      /expected piano-rolls in proportion to the file's size/,
    );
  });

  describe("on the published files", () => {
    const pickles = new Map<string, Uint8Array>();
    beforeAll(async () => {
      if (mirror)
        for await (const { name, read } of zipEntries(
          join(mirror, "music", "piano-roll-pickles.zip"),
        ))
          pickles.set(name, await read());
    });

    it.skipIf(!mirror).each(publishedCounts)(
      `gives $title with the published numbers, and the very music of the MATLAB file${withoutMirror}`,
      ({ pickle, mat, counts }) => {
        const fromPickle = pianoRollsFromPickle(pickles.get(pickle) as Uint8Array, "music");
        expect(rollCounts(fromPickle)).toEqual(counts);
        const fromMat = pianoRollsFromMat(
          readFileSync(join(mirror as string, "music", mat)),
          "music",
        );
        for (const split of ["train", "valid", "test"] as const)
          for (const [i, roll] of fromPickle[split].entries()) {
            const other = fromMat[split][i];
            const same =
              Buffer.compare(roll.notes, other.notes) === 0 &&
              `${roll.offsets}` === `${other.offsets}`;
            expect(same, `${split} ${i}`).toBe(true);
          }
      },
    );
  });
});
