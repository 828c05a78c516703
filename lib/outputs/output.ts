import type { RowWord, Shape } from "../compile/word-names.js";
import { elementwiseWords, type Words } from "../compile/words.js";
import { GatedRnnError } from "../errors.js";
import { type Draw, isChain, type RowGraph, type RowNode, sizeOf } from "./graph.js";

/** What a target row is: columns that are one (piano keys), exactly one of them (a class), or numbers. */
export const targetKinds = ["keys", "index", "values"] as const;
/** What targets are: keys that are on, one of some classes, or numbers. */
export type TargetKind = (typeof targetKinds)[number];

/** What an output predicts, and from how many numbers. */
export interface OutputSizes {
  readonly target: TargetKind;
  /** Width of a target row. */
  readonly targetSize: number;
  /** Numbers that the output layer gives for it. */
  readonly readoutSize: number;
}

/**
 * What a model predicts from its hidden state: an affine readout y = h · W_y + b_y of `readoutSize` numbers, and the negative
 * log-likelihood of a target row given y, as recorded equations. Plain data: files keep it as it is.
 */
export interface Output extends OutputSizes {
  readonly name: string;
  readonly graph: RowGraph;
}

/** How a batch holds an output's targets. */
export const rowKind = ({ target }: OutputSizes): "dense" | "sparse" =>
  target === "values" ? "dense" : "sparse";

/** A value in an output's equations. Made by the vocabulary only. */
export interface RowSymbol {
  /** Place in `RowGraph.nodes`. */
  readonly index: number;
}

/**
 * The words in which an output is written, beside the element-wise ones of `Words`. A value has rows and columns; a list is [1, n],
 * a number [1, 1]. Element-wise, a number meets any shape, a row [1, C] and a column [R, 1] every [R, C].
 */
export interface OutputVocabulary extends Words<RowSymbol> {
  /** y, [1, readout size]. */
  readonly readout: RowSymbol;
  /** The target as numbers, [1, target size]; keys and an index are ones among zeros. */
  readonly target: RowSymbol;
  /** `size` consecutive numbers of a value, from number `first` on: [1, size]. */
  part(value: RowSymbol, first: number, size: number): RowSymbol;
  /** The same numbers, row by row, as [rows, columns]. */
  matrix(value: RowSymbol, rows: number, columns: number): RowSymbol;
  /** A number, row or column repeated to [rows, columns]. */
  over(value: RowSymbol, rows: number, columns: number): RowSymbol;
  /** Adds the columns: [R, C] → [R, 1]; a list to a number. */
  sum(value: RowSymbol): RowSymbol;
  /** Adds the rows: [R, C] → [1, C]. */
  sumRows(value: RowSymbol): RowSymbol;
  /** In each row the sum of all rows before it, zeros in the first: [R, C] → [R, C]. */
  before(value: RowSymbol): RowSymbol;
  /** In each row the sum of all rows after it, zeros in the last: [R, C] → [R, C]. */
  after(value: RowSymbol): RowSymbol;
  /** ln Σ e^value over the columns, finite for any finite values: [R, C] → [R, 1]. */
  logSumExp(value: RowSymbol): RowSymbol;
  /** e^value / Σ e^value over the columns. */
  softmax(value: RowSymbol): RowSymbol;
  /** The numbers of a list that stand under the target's keys, added up; under an index: the one number. */
  at(value: RowSymbol, target: RowSymbol): RowSymbol;
  /** Numbers of the output itself that are learnt, the same at every step, beside W_y and b_y: [rows, columns]. */
  parameter(name: string, rows: number, columns: number): RowSymbol;
  /** Gives a value a name, under which LaTeX defines it. */
  named(name: string, value: RowSymbol): RowSymbol;
  /** For `sample`: ones with the chances σ(logits), zeros else. */
  chance(logits: RowSymbol): RowSymbol;
  /**
   * For `sample`: keys one after the other, from the first to the last, by the chances σ(logits) given those that were drawn before:
   * each key's logit may depend on the target at the keys below it only.
   */
  upward(logits: RowSymbol): RowSymbol;
  /** The same from the last key to the first: a logit may depend on the keys above it only. */
  downward(logits: RowSymbol): RowSymbol;
  /** For `sample`: a one among zeros, by the chances softmax(logits). */
  choice(logits: RowSymbol): RowSymbol;
  /** For `sample`: normal numbers. */
  normal(mean: RowSymbol, deviation: RowSymbol): RowSymbol;
  /** For `sample`: counts that are distributed as Poisson says. */
  counts(rate: RowSymbol): RowSymbol;
}

/**
 * An output's equations: from the readout and the target, as symbols, to the NLL of the target,
 * and a draw.
 */
export type OutputEquations = (vocabulary: OutputVocabulary) => {
  /** Of the target in nats, a number. */
  readonly nll: RowSymbol;
  /** A target drawn from the distribution: for making sequences up. */
  readonly sample?: RowSymbol;
};

/**
 * Records an output: runs its equations once on symbols. It then trains on every engine.
 *
 *   const laplace = output("laplace", { target: "values", targetSize: 1, readoutSize: 2 },
 *     ({ readout: y, target: x, part, softplus, plus, divide, absolute, minus, log, scale }) => {
 *       const width = plus(softplus(part(y, 1, 1)), 0.01);
 *       return { nll: plus(divide(absolute(minus(x, part(y, 0, 1))), width), log(scale(width, 2))) };
 *     });
 *
 * @throws GatedRnnError `graph` when a size is no whole number from 1 on, shapes do not meet, the NLL is no single number or does
 * not depend on the readout
 */
export function output(name: string, sizes: OutputSizes, equations: OutputEquations): Output {
  const recorder = new Recorder(name, sizes);
  const { target, targetSize, readoutSize } = sizes;
  const graph = recorder.graph(equations(recorder.vocabulary()));
  return { name, target, targetSize, readoutSize, graph };
}

const draws: readonly string[] = ["chance", "choice", "normal", "counts", "upward", "downward"];

/** What a parameter of an output may be called. */
export const parameterName = /^[A-Za-z][A-Za-z0-9_]*$/;

class Recorder {
  private readonly nodes: RowNode[] = [];
  private readonly names = new Map<number, string>();

  constructor(
    private readonly outputName: string,
    private readonly sizes: OutputSizes,
  ) {
    const { target, targetSize, readoutSize } = sizes;
    if (typeof outputName !== "string" || outputName === "")
      this.fail(`expected a name, got ${String(outputName)}`);
    if (!targetKinds.includes(target))
      this.fail(`expected a target of ${targetKinds.join(", ")}, got ${String(target)}`);
    this.whole("targetSize", targetSize, 1);
    this.whole("readoutSize", readoutSize, 1);
  }

  vocabulary(): OutputVocabulary {
    const { targetSize, readoutSize } = this.sizes;
    const target = this.add({ op: "target", inputs: [], shape: [1, targetSize] });
    const along = (op: RowWord, shape: (of: Shape) => Shape) => (value: RowSymbol) =>
      this.add({ op, inputs: [this.known(op, value)], shape: shape(this.shapeOf(value)) });
    return {
      ...elementwiseWords<RowSymbol>(
        (op, inputs, constant) => this.elementwise(op, inputs, constant),
        (problem) => this.fail(problem),
      ),
      target,
      readout: this.add({ op: "readout", inputs: [], shape: [1, readoutSize] }),
      part: (value, first, size) => this.part("part", value, first, [1, size]),
      matrix: (value, rows, columns) => this.part("matrix", value, 0, [rows, columns]),
      over: (value, rows, columns) => this.over("over", value, [rows, columns]),
      sum: along("sum", ([rows]) => [rows, 1]),
      sumRows: along("sumRows", ([, columns]) => [1, columns]),
      before: along("before", (shape) => shape),
      after: along("after", (shape) => shape),
      logSumExp: along("logSumExp", ([rows]) => [rows, 1]),
      softmax: along("softmax", (shape) => shape),
      at: (value, under) => {
        if (this.sizes.target === "values")
          this.fail("at: expected a target of keys or an index, got one of values");
        if (under?.index !== target.index) this.fail("at: expected the target, got another value");
        const [rows, columns] = this.shapeOf(value);
        if (rows !== 1 || columns !== targetSize)
          this.fail(`at: expected a list of ${targetSize}, got ${rows} × ${columns}`);
        return this.add({ op: "at", inputs: [value.index], shape: [1, 1] });
      },
      parameter: (name, rows, columns) => this.parameter(name, [rows, columns]),
      named: (label, value) => {
        this.known("named", value);
        if ([...this.names.values()].includes(label))
          this.fail(`expected every value to have its own name, got ${label} twice`);
        this.names.set(value.index, label);
        return value;
      },
      chance: (logits) => this.draw("chance", logits),
      upward: (logits) => this.draw("upward", logits),
      downward: (logits) => this.draw("downward", logits),
      choice: (logits) => this.draw("choice", logits),
      normal: (mean, deviation) => this.draw("normal", mean, deviation),
      counts: (rate) => this.draw("counts", rate),
    };
  }

  graph({ nll, sample }: ReturnType<OutputEquations>): RowGraph {
    if (nll === undefined) this.fail("expected the equations to return { nll: … }, got none");
    const [rows, columns] = this.shapeOf(nll);
    if (rows * columns !== 1)
      this.fail(`nll: expected a single number, got ${rows} × ${columns}; sum it`);
    const read = this.readBy(nll.index);
    if (![...read].some((i) => this.nodes[i].op === "readout"))
      this.fail("nll: expected it to depend on the readout, got one that does not");
    if ([...read].some((i) => this.isDraw(i)))
      this.fail("nll: expected no random numbers in it, got some; they belong in sample");
    if (sample !== undefined && sizeOf(this.shapeOf(sample)) !== this.sizes.targetSize)
      this.fail(
        `sample: expected ${this.sizes.targetSize} numbers, got ${sizeOf(this.shapeOf(sample))}`,
      );
    const named = [...this.names].map(([node, name]) => ({ node, name }));
    named.sort((a, b) => a.node - b.node);
    return {
      nodes: this.nodes,
      nll: nll.index,
      ...(sample === undefined ? {} : { sample: sample.index }),
      named,
    };
  }

  private elementwise(
    op: RowNode["op"],
    inputs: readonly RowSymbol[],
    constant?: number,
  ): RowSymbol {
    const shapes = inputs.map((input) => this.shapeOf(input, op));
    const shape: Shape = [
      Math.max(1, ...shapes.map(([rows]) => rows)),
      Math.max(1, ...shapes.map(([, columns]) => columns)),
    ];
    const stretched = inputs.map((input) => this.over(op, input, shape).index);
    return this.add({
      op,
      inputs: stretched,
      shape,
      ...(constant === undefined ? {} : { constant }),
    });
  }

  private over(where: string, value: RowSymbol, shape: Shape): RowSymbol {
    const [rows, columns] = this.shapeOf(value, where);
    this.whole(`${where}: rows`, shape[0], 1);
    this.whole(`${where}: columns`, shape[1], 1);
    if (rows === shape[0] && columns === shape[1]) return value;
    if ((rows !== 1 && rows !== shape[0]) || (columns !== 1 && columns !== shape[1]))
      this.fail(
        `${where}: expected values whose shapes meet, got ${rows} × ${columns} and ${shape[0]} × ${shape[1]}`,
      );
    return this.add({ op: "over", inputs: [value.index], shape });
  }

  private part(where: string, value: RowSymbol, first: number, shape: Shape): RowSymbol {
    const size = sizeOf(this.shapeOf(value, where));
    this.whole(`${where}: rows`, shape[0], 1);
    this.whole(`${where}: columns`, shape[1], 1);
    this.whole(`${where}: first`, first, 0);
    const end = first + sizeOf(shape);
    if (end > size || (where === "matrix" && end !== size))
      this.fail(`${where}: expected numbers within the ${size} there are, got ${first} to ${end}`);
    return this.add({ op: "part", inputs: [value.index], shape, first });
  }

  private parameter(name: string, shape: Shape): RowSymbol {
    if (typeof name !== "string" || !parameterName.test(name))
      this.fail(`parameter: expected a name of letters, digits and _, got ${String(name)}`);
    this.whole(`parameter ${name}: rows`, shape[0], 1);
    this.whole(`parameter ${name}: columns`, shape[1], 1);
    const index = this.nodes.findIndex((node) => node.op === "parameter" && node.name === name);
    if (index < 0) return this.add({ op: "parameter", inputs: [], shape, name });
    const [rows, columns] = this.nodes[index].shape;
    if (rows !== shape[0] || columns !== shape[1])
      this.fail(
        `parameter ${name}: expected ${rows} × ${columns} as before, got ${shape[0]} × ${shape[1]}`,
      );
    return { index };
  }

  private draw(op: Draw, ...inputs: RowSymbol[]): RowSymbol {
    const shape = this.shapeOf(inputs[0], op);
    if (isChain(op) && (this.sizes.target !== "keys" || sizeOf(shape) !== this.sizes.targetSize))
      this.fail(
        `${op}: expected logits of all keys of a target of keys, got ${sizeOf(shape)} for ${this.sizes.targetSize} ${this.sizes.target}`,
      );
    const alike = inputs.map((input) => this.over(op, input, shape).index);
    return this.add({ op, inputs: alike, shape });
  }

  private readBy(node: number, found = new Set<number>()): Set<number> {
    if (found.has(node)) return found;
    found.add(node);
    for (const input of this.nodes[node].inputs) this.readBy(input, found);
    return found;
  }

  private isDraw(i: number): boolean {
    return draws.includes(this.nodes[i].op);
  }

  private add(node: RowNode): RowSymbol {
    this.nodes.push(node);
    return { index: this.nodes.length - 1 };
  }

  private known(where: string, symbol: RowSymbol): number {
    if (!(symbol?.index >= 0 && symbol.index < this.nodes.length))
      this.fail(`${where}: expected a value of this output, got something else`);
    return symbol.index;
  }

  private shapeOf(symbol: RowSymbol, where = "equations"): Shape {
    return this.nodes[this.known(where, symbol)].shape;
  }

  private whole(what: string, size: number, least: number): void {
    if (!(Number.isSafeInteger(size) && size >= least))
      this.fail(`${what}: expected a whole number from ${least} on, got ${String(size)}`);
  }

  private fail(problem: string): never {
    throw new GatedRnnError("graph", `output ${this.outputName}: ${problem}`);
  }
}
