import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readPickle } from "../../lib/data/pickle.js";
import { pianoRollsFromPickle } from "../../lib/data/pickle-music.js";
import { outcome, survivesDamage } from "./damage.js";

const latin1 = (text: string) => Buffer.from(text, "latin1");

const dtype =
  "cnumpy\ndtype\nq\x01U\x02i8K\x00K\x01\x87R(K\x03U\x01<NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tbq\x02";
const scalar = "cnumpy.core.multiarray\nscalar\n";
const list = (...items: string[]) => `](${items.join("")}e`;
const binaryMusic = latin1(
  `\x80\x02}(U\x05train${list(
    list(
      list(
        `${scalar}q\x00${dtype}U\x08\x3c\0\0\0\0\0\0\0\x86R`,
        "h\x00h\x02U\x08\x3e\0\0\0\0\0\0\0\x86R",
        "K\x40",
      ),
    ),
  )}U\x05valid${list(list("]I60\na"))}U\x04test${list(list("\x8a\x01\x15F60.0\nK\x3c\x87", ")"))}u.`,
);
const textMusic = latin1(
  "(dp0\nS'train'\np1\n(lp2\nsVvalid\n(lsX\x04\x00\x00\x00test]]]F6e1\naaas.",
);

describe("a damaged pickle of protocol 2", () => survivesDamage(binaryMusic, pianoRollsFromPickle));
describe("a damaged pickle of protocol 0", () => survivesDamage(textMusic, pianoRollsFromPickle));

describe("a pickle", () => {
  it.each([
    ["the shell", "cos\nsystem\n(S'echo pwned'\ntR.", 0, 'the global "os system"'],
    [
      "the shell by its other name",
      "\x80\x02cposix\nsystem\nU\x02id\x85R.",
      2,
      'the global "posix system"',
    ],
    ["eval", "c__builtin__\neval\n(S'1'\ntR.", 0, 'the global "__builtin__ eval"'],
    [
      "the shell from the stack",
      "\x80\x04\x8c\x02os\x8c\x06system\x93\x8c\x02id\x85R.",
      14,
      'the global "os system"',
    ],
    [
      "a NumPy array",
      "cnumpy.core.multiarray\n_reconstruct\n.",
      0,
      'the global "numpy.core.multiarray _reconstruct"',
    ],
    [
      "NumPy's own way to run code",
      "cnumpy.testing._private.utils\nrunstring\n.",
      0,
      "numpy.testing._private.utils runstring",
    ],
    [
      "a name on the prototype of objects",
      "cnumpy\nconstructor\n.",
      0,
      'the global "numpy constructor"',
    ],
    ["an instance", "(S'id'\nios\nsystem\n.", 7, "got 0x69 (INST)"],
    ["an object", "(cnumpy\ndtype\no.", 14, "got 0x6f (OBJ)"],
    ["a new object", "cnumpy\ndtype\n)\x81.", 14, "got 0x81 (NEWOBJ)"],
    ["a new object with keywords", "cnumpy\ndtype\n)}\x92.", 15, "got 0x92 (NEWOBJ_EX)"],
    ["an extension", "\x82\x01.", 0, "got 0x82 (EXT1)"],
    ["something kept elsewhere", "Pid\n.", 0, "got 0x50 (PERSID)"],
    [
      "a buffer kept outside",
      "\x80\x05\x97.",
      2,
      "got 0x97 (NEXT_BUFFER), a buffer kept outside it; pickle without buffer_callback",
    ],
    ["one that is read only", "\x80\x05C\x00\x98.", 4, "got 0x98 (READONLY_BUFFER)"],
    ["a set's name that is none", "cbuiltins\nset_\n.", 0, 'the global "builtins set_"'],
    ["a set of lists", "cbuiltins\nset\n((]ltR.", 19, "expected numbers, texts or tuples in a set"],
    ["a set of a number", "cbuiltins\nset\nK\x01\x85R.", 17, "expected plain data for a set"],
    ["bytes in another encoding", "c_codecs\nencode\nU\x01aU\x04utf7\x86R.", 26, "for a encode"],
    ["an ordered dict of a list", "ccollections\nOrderedDict\n]\x85R.", 27, "for a OrderedDict"],
    ["an unknown opcode", "]\xff.", 1, "got 0xff; nothing in a pickle is executed"],
    ["a call of a text", "U\x02os)R.", 5, "a call of a text"],
    [
      "a state for a list",
      "]}b.",
      2,
      "expected the opcode BUILD to set the state of a numpy dtype, got a list",
    ],
    [
      "a dtype of objects",
      "cnumpy\ndtype\nU\x02O8K\x00K\x01\x87R.",
      22,
      "expected the dtype of a number",
    ],
  ])(
    "that asks for %s is refused with the opcode's name and place",
    (_what, text, offset, message) => {
      expect(() => readPickle(latin1(text), "x.pickle")).toThrow(message);
      expect(() => readPickle(latin1(text), "x.pickle")).toThrow(
        `x.pickle: at byte ${offset}: expected `,
      );
    },
  );

  it.each([
    ["nothing", "", "expected an opcode of 1 bytes, got 0"],
    ["no result", ".", "expected the result on the stack, got nothing"],
    ["two results", "NN.", "expected one result, got 1 more"],
    ["an open list", "(N.", "expected one result, got 1 more"],
    [
      "bytes after the end",
      "N.N",
      "expected the end of the file after the opcode STOP, got 1 more bytes",
    ],
    ["protocol 9", "\x80\x09N.", "expected protocol 0 to 5, got 9"],
    ["no mark", "Nt.", "expected a mark on the stack, got none"],
    ["too few values for a tuple", "N\x86.", "expected 2 values on the stack, got 1"],
    ["a tuple of values from before the mark", "NN(\x86.", "expected 2 values on the stack, got 0"],
    ["an item for a tuple", ")Na.", "expected a list on the stack, got a tuple"],
    ["an item for nothing", "Na.", "expected a list on the stack, got nothing"],
    ["items for a dict", "}(Ne.", "expected a list on the stack, got a dict"],
    ["a key for a list", "]NNs.", "expected a dict on the stack, got a list"],
    ["a key without a value", "(Nd.", "expected keys with values, got a key without one"],
    ["a list for a key", "(]Nd.", "expected numbers or texts as keys, got a list"],
    ["nothing to remember", "q\x00.", "expected a value to remember on the stack, got nothing"],
    ["a memory of nothing", "h\x07.", "got the memo number 7, which none has"],
    [
      "a memory at 4,294,967,295",
      "Nr\xff\xff\xff\xff.",
      "expected a memo number up to 2, got 4294967295",
    ],
    ["a memory below 0", "Np-1\n.", "expected a memo number up to 2, got -1"],
    [
      "a text longer than the file",
      "X\xff\xff\xff\xffab.",
      "expected a text of 4294967295 bytes, got 3",
    ],
    [
      "bytes longer than any file",
      "\x8e\xff\xff\xff\xff\xff\xff\xff\xff.",
      "got 1 bytes to the end",
    ],
    [
      "a frame longer than the file",
      "\x95\x00\x00\x00\x00\x01\x00\x00\x00N.",
      "expected a frame of 4294967296 bytes, got 2",
    ],
    [
      "a whole number of 2³² bytes",
      "\x8b\xff\xff\xff\xffab.",
      "expected a whole number of at most 16 bytes, got 4294967295",
    ],
    [
      "a whole number of a hundred digits",
      `L${"9".repeat(100)}L\n.`,
      "expected a whole number of at most 39 digits",
    ],
    ["no whole number", "I0x10\n.", 'expected a whole number of at most 39 digits, got "0x10"'],
    ["no number", "F1,5\n.", 'expected a number, got "1,5"'],
    [
      "a line without an end",
      "I12",
      "expected a whole number up to a newline, got the end of the file",
    ],
    ["a string without quotes", "Sid\n.", 'expected a string in quotes, got "id"'],
    ["a string that ends in half an escape", "S'a\\'\n.", "expected an escape after \\"],
    ["text that is not UTF-8", "X\x01\x00\x00\x00\xff.", "expected UTF-8 text, got other bytes"],
    [
      "a character past the last",
      "V\\Uffffffff\n.",
      "expected a Unicode character, got a number past them",
    ],
    ["a scalar without a type", `${scalar})R.`, "expected a dtype and its bytes in a numpy scalar"],
    [
      "a scalar of too few bytes",
      `${scalar}${dtype}U\x01a\x86R.`,
      "expected a dtype and its bytes in a numpy scalar",
    ],
  ])("is refused when it holds %s", (_what, text, message) => {
    expect(() => readPickle(latin1(text), "x.pickle")).toThrow(message);
    expect(outcome(readPickle, latin1(text))).toBe("bad file");
  });

  it("gives values or a typed error whatever the order of its opcodes", () => {
    const tokens = [
      "N",
      "(",
      ")",
      "]",
      "}",
      "a",
      "e",
      "t",
      "s",
      "u",
      "d",
      "l",
      "0",
      "1",
      "2",
      "R",
      "b",
      "\x85",
      "\x86",
      "\x87",
      "\x94",
      "\x93",
    ];
    const longer = [
      "K\x3c",
      "U\x01a",
      "q\x00",
      "h\x00",
      "h\x01",
      dtype,
      scalar,
      "X\x01\x00\x00\x00a",
      "I01\n",
    ];
    const program = fc.array(fc.constantFrom(...tokens, ...longer), { maxLength: 40 });
    fc.assert(
      fc.property(program, (opcodes) => void outcome(readPickle, latin1(`${opcodes.join("")}.`))),
      { seed: 3555, numRuns: 5000 },
    );
  });

  it("of protocol 0 gives music or a typed error whichever single byte is another", () => {
    expect(outcome(pianoRollsFromPickle, textMusic)).toBe("value");
    for (let at = 0; at < textMusic.length; at++)
      for (let byte = 0; byte < 256; byte++) {
        const changed = Uint8Array.from(textMusic);
        changed[at] = byte;
        outcome(pianoRollsFromPickle, changed);
      }
  });

  it("of lists nested 200,000 deep is read without running out of stack, and is no music", () => {
    const nested = latin1("]".repeat(200_000) + "a".repeat(199_999) + ".");
    expect(Array.isArray(readPickle(nested, "x"))).toBe(true);
    expect(() => pianoRollsFromPickle(nested, "x")).toThrow(
      "expected a dict of train, valid and test, got a list",
    );
  });

  it("of more values than any music has is refused while it is being read", () => {
    expect(() => readPickle(Buffer.alloc(2 ** 25, "N0"), "x")).toThrow(
      "x: at byte 25165824: expected at most 12582912 values, got more",
    );
    expect(() => readPickle(Buffer.alloc(2 ** 24, "N"), "x")).toThrow(
      "x: at byte 262144: expected at most 262144 values on the stack, got more",
    );
    expect(() => readPickle(Buffer.alloc(2 ** 22, "](]"), "x")).toThrow(
      /expected (at most 262144 values on the stack|values in proportion)/,
    );
  });
});
