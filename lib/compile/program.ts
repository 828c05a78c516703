import type { NodeIndex } from "../cells/graph.js";
import { isNoisy, type Model } from "../model/model.js";
import type { ValueIndex } from "./derivative.js";
import { type RowProgram, rowProgram } from "./row-program.js";
import { type Instruction, type PhaseOp, schedule } from "./schedule.js";
import { type Slot, type Slots, slots } from "./slots.js";

/** How a parameter lies in memory: rows of `width` floats of which the first `columns` count; `stream` −1: no weight noise. */
export interface ParameterShape {
  readonly name: string;
  readonly offset: number;
  readonly rows: number;
  readonly columns: number;
  readonly width: number;
  readonly stream: number;
}

/** A matrix that products read in panels: element (k, n) lies at offset + k · stepRow + n · stepColumn of the parameters. */
interface PackedMatrix {
  readonly offset: number;
  readonly rows: number;
  readonly columns: number;
  readonly width: number;
  readonly stepRow: number;
  readonly stepColumn: number;
}

/** Where a value lies: in a register of its phase, or in a slot (slots.ts). */
export interface Operand {
  readonly kind: "register" | Slot["kind"];
  readonly index: number;
}

/** An element-wise operation; a peephole's `weight` is an offset in the parameters. */
export interface ProgramOp {
  readonly op: PhaseOp["op"];
  readonly out: Operand;
  readonly inputs: readonly Operand[];
  readonly constant: number | undefined;
  readonly weight: number | undefined;
}

/** target (+)= source · matrix, an index of `packs`. */
export interface ProgramProduct {
  readonly source: Operand;
  readonly pack: number;
  readonly target: Operand;
  readonly accumulate: boolean;
}

export type ProgramInstruction =
  | { readonly kind: "phase"; readonly ops: readonly ProgramOp[] }
  | ({ readonly kind: "product" } & ProgramProduct);

/** A state's new value, the copy that the next step reads (if one does), and their gradients. */
export interface ProgramState {
  readonly value: Operand;
  readonly previous: Operand | undefined;
  readonly gradient: Operand;
  readonly previousGradient: Operand | undefined;
}

/** An affine product's result: the slot where b + x W is prepared for all rows, and its gradient's. */
interface ProgramAffine {
  readonly slot: number;
  /** W: its offset in the parameters, and its index in `packs`. */
  readonly input: { readonly weight: number; readonly pack: number } | undefined;
  /** Offset in the parameters; of zeros, where the product has no bias. */
  readonly bias: number;
  readonly gradient: number | undefined;
}

/** A gradient from two slots of all rows: sourceᵀ gradient of a matrix, Σ source ⊙ gradient else. */
interface ProgramWeightGradient {
  /** Offset in the parameters. */
  readonly weight: number;
  readonly source: number;
  readonly gradient: number;
}

/** A parameter of the output itself, where it lies among the parameters and among the numbers of a row; −1: no gradient. */
export interface ProgramOutputParameter extends ParameterShape {
  readonly value: number;
  readonly slope: number;
}

/**
 * A training program: what an engine needs to train a model. It knows sizes and no batch: the rows
 * of a batch are laid out when it is run.
 */
export interface Program {
  readonly model: Model;
  /** Floats of a vector: what rows are padded to. */
  readonly lanes: number;
  /** Padded hidden size and padded readout size. */
  readonly width: number;
  readonly readoutWidth: number;
  readonly parameters: readonly ParameterShape[];
  /**
   * Behind the parameters, where an affine product has no bias: a row whose first `lanes` floats nothing reads, and whose padding
   * are the zeros in the bias's place. Padding stays 0 on every engine, and its gradient is cleared.
   */
  readonly zeros: (ParameterShape & { readonly bias: number }) | undefined;
  /** Floats of all parameters, padded. */
  readonly parameterFloats: number;
  readonly packs: readonly PackedMatrix[];
  /** A time step, and its backward step. */
  readonly forward: readonly ProgramInstruction[];
  readonly backward: readonly ProgramInstruction[];
  /** h first. */
  readonly states: readonly ProgramState[];
  readonly affines: readonly ProgramAffine[];
  readonly matrices: readonly ProgramWeightGradient[];
  readonly peepholes: readonly ProgramWeightGradient[];
  /** The output's NLL and gradient, from the readout of a row. */
  readonly outputRows: RowProgram;
  readonly outputParameters: readonly ProgramOutputParameter[];
  readonly readoutPack: number;
  readonly readoutBackPack: number;
  readonly hiddenSlot: number;
  readonly hiddenGradientSlot: number;
  readonly sequenceSlots: number;
  readonly stepSlots: number;
  readonly registers: number;
  /** Sequence slots of the named gates and states; only in a program for traces do they survive the step. */
  readonly named: ReadonlyMap<string, number>;
}

/**
 * Compiles a model for an engine whose vectors have `lanes` floats.
 * @param purpose "trace" keeps every named gate and state of the forward step for all rows
 */
export function compile(
  model: Model,
  lanes: number,
  purpose: "training" | "trace" = "training",
): Program {
  const { graph } = model.cell;
  const kept: NodeIndex[] = purpose === "trace" ? graph.named.map(({ node }) => node) : [];
  const plan = schedule(graph, kept);
  const place = slots(plan, kept);
  const padded = (size: number) => Math.ceil(size / lanes) * lanes;
  const width = padded(model.hiddenSize);
  const readoutWidth = padded(model.output.readoutSize);
  const laidOut = layOut(model, padded);
  const { parameters } = laidOut;
  const needsZeros = graph.nodes.some((node) => node.op === "affine" && node.bias === undefined);
  const zeros = needsZeros ? zerosBehind(laidOut.floats, lanes, width) : undefined;
  const floats = laidOut.floats + (zeros?.width ?? 0);
  const shape = (name: string) => parameters.find((p) => p.name === name) as ParameterShape;

  const packs: PackedMatrix[] = [];
  const pack = (name: string, transposed: boolean): number => {
    const { offset, rows, columns, width: stride } = shape(name);
    const matrix = transposed
      ? {
          offset,
          rows: columns,
          columns: rows,
          width: padded(rows),
          stepRow: 1,
          stepColumn: stride,
        }
      : { offset, rows, columns, width: stride, stepRow: stride, stepColumn: 1 };
    const same = packs.findIndex((p) => p.offset === offset && p.stepRow === matrix.stepRow);
    return same >= 0 ? same : packs.push(matrix) - 1;
  };

  let registers = 1; // engines may read one for operands that an operation does not have
  const placed = (instruction: Instruction, transposed: boolean): ProgramInstruction => {
    if (instruction.kind === "product") {
      const { product, target, accumulate } = instruction;
      return {
        kind: "product",
        source: operand(place, product.source),
        pack: pack(product.weight, transposed),
        target: operand(place, target),
        accumulate,
      };
    }
    const inRegisters = registerOf(instruction.ops, place);
    registers = Math.max(registers, ...[...inRegisters.values()].map((r) => r + 1));
    const at = (value: ValueIndex): Operand => {
      const index = inRegisters.get(value);
      return index === undefined ? operand(place, value) : { kind: "register", index };
    };
    return {
      kind: "phase",
      ops: instruction.ops.map(({ op, value, inputs, constant, weight }) => ({
        op,
        out: at(value),
        inputs: inputs.map(at),
        constant,
        weight: weight === undefined ? undefined : shape(weight).offset,
      })),
    };
  };
  const forward = plan.forward.map((instruction) => placed(instruction, false));
  const backward = plan.backward.map((instruction) => placed(instruction, true));

  const outputRows = rowProgram(model.output);
  const { derivative, memory } = plan;
  const optional = (value: ValueIndex | undefined) =>
    value === undefined ? undefined : operand(place, value);
  const gradientOf = (state: string) =>
    graph.nodes.length +
    derivative.values.findIndex((v) => v.op === "stateGradient" && v.state === state);
  const states = graph.states.map(({ name, node }): ProgramState => {
    const previous = graph.nodes.findIndex((n) => n.op === "previous" && n.state === name);
    return {
      value: operand(place, node),
      previous: memory.has(previous) ? operand(place, previous) : undefined,
      gradient: operand(place, gradientOf(name)),
      previousGradient: optional(derivative.previous.get(name)),
    };
  });
  const slot = (value: ValueIndex) => operand(place, value).index;
  const affines: ProgramAffine[] = [];
  const matrices: ProgramWeightGradient[] = [];
  const peepholes: ProgramWeightGradient[] = [];
  graph.nodes.forEach((node, i) => {
    if (node.op === "affine") {
      const x = node.inputs.findIndex((k) => graph.nodes[k].op === "input");
      const reached = derivative.affine.get(i);
      const gradient = reached === undefined ? undefined : slot(reached);
      affines.push({
        slot: slot(i),
        input:
          x < 0
            ? undefined
            : { weight: shape(node.weights[x]).offset, pack: pack(node.weights[x], false) },
        bias: node.bias === undefined ? (zeros?.bias ?? 0) : shape(node.bias).offset,
        gradient,
      });
      node.inputs.forEach((k, n) => {
        if (graph.nodes[k].op !== "input" && gradient !== undefined)
          matrices.push({ weight: shape(node.weights[n]).offset, source: slot(k), gradient });
      });
    }
    const reached = derivative.peephole.get(i);
    if (node.op === "peephole" && reached !== undefined)
      peepholes.push({
        weight: shape(node.weight).offset,
        source: slot(node.input),
        gradient: slot(reached),
      });
  });
  return {
    model,
    lanes,
    width,
    readoutWidth,
    parameters,
    zeros,
    parameterFloats: floats,
    forward,
    backward,
    states,
    affines,
    matrices,
    peepholes,
    outputRows,
    outputParameters: outputRows.parameters.map(({ name, value, slope }) => ({
      ...shape(name),
      value: value.offset,
      slope: slope?.offset ?? -1,
    })),
    readoutPack: pack("W_y", false),
    readoutBackPack: pack("W_y", true),
    packs,
    hiddenSlot: slot(graph.states[0].node),
    hiddenGradientSlot: slot(gradientOf("h")),
    sequenceSlots: place.sequences,
    stepSlots: place.steps,
    registers,
    named: new Map(kept.length > 0 ? graph.named.map(({ name, node }) => [name, slot(node)]) : []),
  };
}

function layOut(
  model: Model,
  padded: (size: number) => number,
): { parameters: ParameterShape[]; floats: number } {
  let floats = 0;
  const parameters = model.parameters.map((parameter, index) => {
    const [rows, columns] =
      parameter.shape.length === 2 ? parameter.shape : [1, parameter.shape[0]];
    const offset = floats;
    floats += rows * padded(columns);
    return {
      name: parameter.name,
      offset,
      rows,
      columns,
      width: padded(columns),
      stream: isNoisy(parameter) ? index : -1,
    };
  });
  return { parameters, floats };
}

function zerosBehind(offset: number, lanes: number, width: number): Program["zeros"] {
  const row = { name: "", offset, rows: 1, columns: 1, width: lanes + width, stream: -1 };
  return { ...row, bias: offset + lanes };
}

function operand(place: Slots, value: ValueIndex): Slot {
  const slot = place.of.get(value);
  if (!slot) throw new Error(`compile: value ${value} is read and never written`);
  return slot;
}

/** Registers for the values of a phase that leave it nowhere: linear scan, an operation may write over what it reads last. */
function registerOf(ops: readonly PhaseOp[], place: Slots): Map<ValueIndex, number> {
  const lastUse = new Map<ValueIndex, number>();
  ops.forEach(({ inputs }, i) => {
    for (const input of inputs) lastUse.set(input, i);
  });
  const registers = new Map<ValueIndex, number>();
  const freeFrom: number[] = [];
  ops.forEach(({ value }, i) => {
    if (place.of.has(value) || registers.has(value)) return;
    const reusable = freeFrom.findIndex((from) => from <= i);
    const register = reusable >= 0 ? reusable : freeFrom.length;
    freeFrom[register] = lastUse.get(value) ?? i;
    registers.set(value, register);
  });
  return registers;
}
