import type { WordName } from "../compile/word-names.js";
import { elementwiseWords, type Words } from "../compile/words.js";
import { GatedRnnError } from "../errors.js";
import {
  type BiasBeginning,
  type CellParameter,
  type Graph,
  type GraphNode,
  inputsOf,
  type NodeIndex,
} from "./graph.js";

/** A value in a cell's equations. Made by the vocabulary only. */
export interface CellSymbol {
  /** Place in the nodes of its `Graph`. */
  readonly index: NodeIndex;
}

/**
 * The words in which a cell is written, beside the element-wise ones of `Words`. All values but x are [hidden]; ⊙ is the
 * element-wise product.
 */
export interface Vocabulary extends Words<CellSymbol> {
  /** x: the input of this step, [input]. */
  readonly input: CellSymbol;
  /** h₋: the hidden state of the step before. */
  readonly hidden: CellSymbol;
  /** Any state of the step before, by name. */
  previous(state: string): CellSymbol;
  /**
   * Σ weight · input + bias, with a full weight matrix per input: W_name for x, U_name for the first other input, then U_name_2, …
   * The bias begins at 0, or as `{ name, bias }` says.
   */
  affine(name: BiasName, ...inputs: CellSymbol[]): CellSymbol;
  /** Σ weight · input: an affine product without a bias. */
  product(name: string, ...inputs: CellSymbol[]): CellSymbol;
  /** b_name: a bias alone, a value for each unit that no input changes. */
  bias(name: BiasName): CellSymbol;
  /** V_name ⊙ input: a diagonal weight matrix, without bias. */
  peephole(name: string, input: CellSymbol): CellSymbol;
  /** Gives a value a name of its own, under which traces and equations show it. */
  named(name: string, value: CellSymbol): CellSymbol;
}

/** The name of an affine product, alone or with what its bias is before training. */
export type BiasName = string | { readonly name: string; readonly bias: BiasBeginning };

/**
 * A cell's equations: from symbols to the new value of each state, h among them; each is [hidden
 * size].
 */
export type CellEquations = (
  vocabulary: Vocabulary,
) => { readonly h: CellSymbol } & Readonly<Record<string, CellSymbol>>;

/** What a cell is a variant of, and in what it differs. */
export interface Variant {
  /** The name of the whole unit. */
  readonly of: string;
  /** What the literature calls it: CIFG, MUT1. */
  readonly short: string;
  /** In one line. */
  readonly differs: string;
  readonly source: string;
}

/** A recurrent cell: its name and its recorded equations. */
export interface Cell {
  readonly name: string;
  readonly graph: Graph;
  /** Cells of the zoo have it. */
  readonly variant?: Variant;
  /** The cells that a stack was made of, the one that reads x first; only stacks have them. */
  readonly layers?: readonly Cell[];
}

/**
 * Records a cell: runs its equations once on symbols.
 *
 * The equations return the new value of every state by name; `h` is the hidden state that the output layer reads.
 * An activation of an affine product is traced under the product's name (`sigmoid(affine("r", x, h))` is gate r; where a
 * state has that name too, the activation is its candidate: c~ beside c).
 *
 * @throws GatedRnnError `graph` when a name is taken twice, `h` is missing, a state is read but never set, or a
 * value other than h's width meets x element-wise; when there are more than 1,000 operations.
 */
export function cell(name: string, equations: CellEquations, variant?: Variant): Cell {
  const recorder = new Recorder(name);
  const graph = recorder.graph(equations(recorder.vocabulary()));
  return { name, graph, ...(variant ? { variant } : {}) };
}

const biased = (gate: BiasName) => (typeof gate === "string" ? { name: gate, bias: 0 } : gate);

/** A cell of more operations than this is refused: a mistake rather than a cell, and too deep for what walks over graphs. */
const mostOperations = 1000;

class Recorder {
  private readonly nodes: GraphNode[] = [];
  private readonly parameters: CellParameter[] = [];
  private readonly names = new Map<NodeIndex, string>();
  private readonly states = new Map<string, CellSymbol>();

  constructor(private readonly cellName: string) {}

  vocabulary(): Vocabulary {
    return {
      ...elementwiseWords<CellSymbol>(
        (op, inputs, constant) => this.word(op, inputs, constant),
        (problem) => this.fail(problem),
      ),
      input: this.add({ op: "input" }),
      hidden: this.previous("h"),
      previous: (state) => this.previous(state),
      affine: (gate, ...inputs) => {
        const { name, bias } = biased(gate);
        if (inputs.length === 0)
          this.fail(`affine ${name}: expected at least one input, got none; a bias alone is bias`);
        return this.affine(name, inputs, bias);
      },
      product: (name, ...inputs) => {
        if (inputs.length === 0)
          this.fail(`product ${name}: expected at least one input, got none`);
        return this.affine(name, inputs, undefined);
      },
      bias: (gate) => {
        const { name, bias } = biased(gate);
        return this.affine(name, [], bias);
      },
      peephole: (gate, input) => {
        const weight = this.parameter(`V_${gate}`, "peephole", ["hidden"]);
        return this.add({
          op: "peephole",
          name: gate,
          input: this.hiddenWide(input, "peephole"),
          weight,
        });
      },
      named: (label, value) => {
        this.name(label, value.index);
        return value;
      },
    };
  }

  graph(results: Readonly<Record<string, CellSymbol>>): Graph {
    const has = (state: string) => Object.hasOwn(results, state);
    if (!has("h"))
      this.fail("expected the equations to return a state h, got none; return { h: … }");
    for (const state of this.states.keys())
      if (!has(state))
        this.fail(
          `expected a new value for state ${state}, got none; return { h: …, ${state}: … }`,
        );
    const ordered = ["h", ...Object.keys(results).filter((s) => s !== "h")];
    const states = ordered.map((state) => {
      const { index } = results[state];
      if (this.nodes[index].op === "input")
        this.fail(`state ${state}: expected a value as wide as h, got x`);
      return { name: state, node: index };
    });
    for (const { name, node } of states) this.nameState(name, node);
    const named = [...this.names]
      .map(([node, name]) => ({ node, name }))
      .sort((a, b) => a.node - b.node);
    return { nodes: this.nodes, states, parameters: this.parameters, named };
  }

  private add(node: GraphNode): CellSymbol {
    for (const input of inputsOf(node))
      if (!(input >= 0 && input < this.nodes.length))
        this.fail(`${node.op}: expected a value of this cell, got something else`);
    if (this.nodes.length === mostOperations)
      this.fail(`expected at most ${mostOperations} operations, got more; compute less in a step`);
    this.nodes.push(node);
    return { index: this.nodes.length - 1 };
  }

  private previous(state: string): CellSymbol {
    const known = this.states.get(state);
    if (known) return known;
    const symbol = this.add({ op: "previous", state });
    this.states.set(state, symbol);
    return symbol;
  }

  /** @param begin undefined: no bias */
  private affine(
    gate: string,
    inputs: readonly CellSymbol[],
    begin: BiasBeginning | undefined,
  ): CellSymbol {
    if (begin !== undefined) this.checkBeginning(gate, begin);
    let states = 0;
    const weights = inputs.map(({ index }) => {
      if (this.nodes[index]?.op === "input")
        return this.parameter(`W_${gate}`, "input-weight", ["input", "hidden"]);
      states += 1;
      return this.parameter(
        states === 1 ? `U_${gate}` : `U_${gate}_${states}`,
        "recurrent-weight",
        ["hidden", "hidden"],
      );
    });
    return this.add({
      op: "affine",
      name: gate,
      inputs: inputs.map((s) => s.index),
      weights,
      ...(begin === undefined
        ? {}
        : { bias: this.parameter(`b_${gate}`, "bias", ["hidden"], begin) }),
    });
  }

  private checkBeginning(gate: string, begin: BiasBeginning): void {
    if (typeof begin === "number") {
      if (!Number.isFinite(begin))
        this.fail(
          `affine ${gate}: expected a finite number for its bias to begin at, got ${begin}`,
        );
      return;
    }
    const { least, most, factor } = begin;
    if (!(least > 0 && most > least && Number.isFinite(most) && Number.isFinite(factor)))
      this.fail(
        `affine ${gate}: expected its bias to begin at a finite factor · ln U(least, most), 0 < least < most, got ${factor} · ln U(${least}, ${most})`,
      );
  }

  /** An activation of one affine product, with or without peepholes added, is the gate of that name. */
  private word(op: WordName, inputs: readonly CellSymbol[], constant?: number): CellSymbol {
    const symbol = this.add({
      op,
      inputs: inputs.map((input) => this.hiddenWide(input, op)),
      ...(constant === undefined ? {} : { constant }),
    });
    const gate =
      inputs.length === 1 && constant === undefined ? this.gateUnder(inputs[0].index) : undefined;
    if (gate !== undefined && ![...this.names.values()].includes(gate))
      this.names.set(symbol.index, gate);
    return symbol;
  }

  private gateUnder(index: NodeIndex): string | undefined {
    const node = this.nodes[index];
    if (node.op === "affine") return node.name;
    if (node.op !== "plus") return undefined;
    const [left, right] = node.inputs;
    if (this.nodes[right].op === "peephole") return this.gateUnder(left);
    return this.nodes[left].op === "peephole" ? this.gateUnder(right) : undefined;
  }

  /** A state keeps its name; a gate that got the same one from its affine product is the state's candidate: c and c~. */
  private nameState(state: string, index: NodeIndex): void {
    const rival = [...this.names].find(([node, name]) => name === state && node !== index);
    if (rival) this.names.set(rival[0], `${state}~`);
    if (!this.names.has(index)) this.names.set(index, state);
  }

  private name(label: string, index: NodeIndex): void {
    if ([...this.names.values()].includes(label))
      this.fail(`expected every gate and state to have its own name, got ${label} twice`);
    this.names.set(index, label);
  }

  private parameter(
    name: string,
    role: CellParameter["role"],
    axes: CellParameter["axes"],
    begin: BiasBeginning = 0,
  ): string {
    if (this.parameters.some((p) => p.name === name))
      this.fail(`expected every parameter once, got ${name} twice; rename the affine or peephole`);
    this.parameters.push({ name, role, axes, ...(begin === 0 ? {} : { begin }) });
    return name;
  }

  private hiddenWide(symbol: CellSymbol, where: string): NodeIndex {
    if (this.nodes[symbol.index]?.op === "input")
      this.fail(`${where}: expected a value as wide as h, got x; read x through affine`);
    return symbol.index;
  }

  private fail(problem: string): never {
    throw new GatedRnnError("graph", `cell ${this.cellName}: ${problem}`);
  }
}
