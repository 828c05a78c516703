// What people's programs hand an engine by mistake, made from what is right by one change at a time. Nothing of the library is
// needed here: the child process that makes the calls and the test that judges them make the same things of the same names.
import fc from "fast-check";

/** Something that is right but for one change, and the change in words. */
export interface Broken<T> {
  readonly what: string;
  readonly value: T;
}

type Path = readonly string[];
type Tree = Readonly<Record<string, unknown>>;

/** A wrong value for a place, given what stands there rightly. */
type Change = readonly [name: string, (right: unknown) => unknown];

const fixed: readonly Change[] = [
  undefined,
  null,
  0,
  -1,
  -3,
  2.5,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
  2 ** 31,
  2 ** 32,
  1e39,
  "3",
  "__proto__",
  true,
  {},
  [],
].map((value) => [typeof value === "object" ? JSON.stringify(value) : String(value), () => value]);

const scalarChanges: readonly Change[] = [
  ...fixed,
  ["one more", (right) => Number(right) + 1],
  ["one less", (right) => Number(right) - 1],
];

type Numbers = Int32Array | Float32Array;

/** Such an array with one entry changed. */
function withEntry(right: unknown, at: (length: number) => number, entry: number): Numbers {
  const array = (right as Numbers).slice();
  array[at(array.length)] = entry;
  return array;
}
const first = () => 0;
const middle = (length: number) => length >> 1;
const last = (length: number) => length - 1;

const arrayChanges: readonly Change[] = [
  ...fixed,
  ["a plain array", (right) => [...(right as Numbers)]],
  ["of float64", (right) => Float64Array.from(right as Numbers)],
  ["of int16", (right) => Int16Array.from(right as Numbers)],
  ["of the other kind", (right) => otherKind(right as Numbers)],
  ["empty", (right) => (right as Numbers).slice(0, 0)],
  ["one short", (right) => (right as Numbers).slice(0, -1)],
  ["one long", (right) => longer(right as Numbers)],
  ["a view elsewhere", (right) => longer(right as Numbers).subarray(1)],
  ["detached", (right) => detached(right as Numbers)],
  ["zeros", (right) => (right as Numbers).map(() => 0)],
  ["reversed", (right) => (right as Numbers).slice().reverse()],
  ...([-1, 1, 88, 5000, -(2 ** 31), 2 ** 31 - 1, Number.NaN, 3e38] as const).flatMap(
    (entry): Change[] => [
      [`${entry} first`, (right) => withEntry(right, first, entry)],
      [`${entry} in the middle`, (right) => withEntry(right, middle, entry)],
      [`${entry} last`, (right) => withEntry(right, last, entry)],
    ],
  ),
];

function otherKind(right: Numbers): Numbers {
  return right instanceof Int32Array ? Float32Array.from(right) : Int32Array.from(right);
}

function longer(right: Numbers): Numbers {
  const array =
    right instanceof Int32Array
      ? new Int32Array(right.length + 1)
      : new Float32Array(right.length + 1);
  array.set(right);
  return array;
}

function detached(right: Numbers): Numbers {
  const array = right.slice();
  structuredClone(array.buffer, { transfer: [array.buffer] });
  return array;
}

/** A copy of a tree with another value at a path. */
function replaced(tree: unknown, [key, ...rest]: Path, value: unknown): Tree {
  const { [key]: inner, ...others } = tree as Tree;
  return { ...others, [key]: rest.length === 0 ? value : replaced(inner, rest, value) };
}

const at = (tree: unknown, path: Path): unknown =>
  path.reduce((inner, key) => (inner as Tree)[key], tree);

/** Every place of a tree: its leaves, and the branches themselves. */
function places(tree: unknown): Path[] {
  if (typeof tree !== "object" || tree === null || ArrayBuffer.isView(tree)) return [[]];
  return Object.keys(tree).flatMap((key) => {
    const inner = (tree as Tree)[key];
    const below = places(inner).map((path): Path => [key, ...path]);
    return ArrayBuffer.isView(inner) || typeof inner !== "object" ? below : [[key], ...below];
  });
}

/** Every single change of a tree of numbers and arrays: each place by each kind of wrong value. */
export function broken<T>(right: T): Broken<T>[] {
  return places(right).flatMap((path) => {
    const there = at(right, path);
    const changes = ArrayBuffer.isView(there)
      ? arrayChanges
      : typeof there === "object"
        ? fixed
        : scalarChanges;
    return changes.map(([name, change]) => ({
      what: `${path.join(".")} ${name}`,
      value: replaced(right, path, change(there)) as T,
    }));
  });
}

/** Trees whose arrays have a few entries changed by chance, the same for the same seed. */
export function random<T>(right: T, seed: number, count: number): Broken<T>[] {
  const arrays = places(right).filter((path) => ArrayBuffer.isView(at(right, path)));
  const entry = fc.oneof(fc.integer({ min: -3, max: 12 }), fc.integer());
  const change = fc.tuple(fc.constantFrom(...arrays), fc.nat(), entry);
  return fc
    .sample(fc.array(change, { minLength: 1, maxLength: 4 }), { seed, numRuns: count })
    .map((changes) => ({
      what: `by chance ${JSON.stringify(changes)}`,
      value: changes.reduce<T>(
        (tree, [path, where, number]) =>
          replaced(
            tree,
            path,
            withEntry(at(tree, path), (length) => where % length, number),
          ) as T,
        right,
      ),
    }));
}

/** A map with one array changed, and with one too many and one too few. */
export function brokenMaps(right: ReadonlyMap<string, Float32Array>): Broken<unknown>[] {
  const [name, array] = [...right][0];
  return [
    ...fixed.map(([what, change]) => ({ what, value: change(right) })),
    { what: "a plain object", value: Object.fromEntries(right) },
    { what: "without one", value: new Map([...right].slice(1)) },
    { what: "with one more", value: new Map(right).set("__proto__", array) },
    { what: "empty", value: new Map() },
    ...arrayChanges.map(([what, change]) => ({
      what: `${name} ${what}`,
      value: new Map<string, unknown>(right).set(name, change(array)),
    })),
  ];
}
