import type { NodeIndex } from "../cells/graph.js";
import { isNoisy, type Model } from "../model/model.js";
import type { ValueIndex } from "./derivative.js";
import { elementwiseOps } from "./ops.js";
import { type RowOp, rowOps } from "./row-ops.js";
import { type RowProgram, rowProgram } from "./row-program.js";
import { type Instruction, type PhaseOp, schedule } from "./schedule.js";
import { type Slots, slots } from "./slots.js";

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

/**
 * A training program: what an engine needs to train a model, as tables of 32-bit words. It knows sizes and no batch: the
 * rows of a batch are laid out when it is run. Operands are words, kind << 28 | index, of the kinds register 0, sequence
 * slot 1, step slot 2. The tables' columns are those of engines/native/c/job.h.
 */
export interface Program {
  readonly model: Model;
  /** Floats of a vector: what rows are padded to. */
  readonly lanes: number;
  /** Padded hidden size and padded readout size. */
  readonly width: number;
  readonly readoutWidth: number;
  readonly parameters: readonly ParameterShape[];
  /** Floats of all parameters, padded. */
  readonly parameterFloats: number;
  readonly packs: readonly PackedMatrix[];
  readonly ops: Int32Array;
  readonly instructions: Int32Array;
  readonly forwardCount: number;
  readonly backwardCount: number;
  readonly states: Int32Array;
  readonly affines: Int32Array;
  readonly matrices: Int32Array;
  readonly peepholes: Int32Array;
  /** The output's NLL and gradient, from the readout of a row. */
  readonly outputRows: RowProgram;
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

/** What an operation is called in `ops`: its place in the table of operations, peepholes and those on rows behind them. */
export const opCodes: Readonly<Record<PhaseOp["op"] | RowOp, number>> = Object.fromEntries(
  [...elementwiseOps, "peephole" as const, ...rowOps].map((op, code) => [op, code]),
) as Record<PhaseOp["op"] | RowOp, number>;

const kinds = { register: 0, sequence: 1, step: 2 } as const;

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
  const { parameters, floats } = layOut(model, padded);
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

  const ops: number[] = [];
  let registers = 1; // operands that an operation does not have are register 0
  const encode = (instructions: readonly Instruction[], transposed: boolean) =>
    instructions.flatMap((instruction) => {
      if (instruction.kind === "product") {
        const { product, target, accumulate } = instruction;
        const operands = [
          operand(place, product.source),
          pack(product.weight, transposed),
          operand(place, target),
        ];
        return [1, 0, 0, ...operands, Number(accumulate)];
      }
      const at = ops.length / 6;
      const inRegisters = registerOf(instruction.ops, place);
      registers = Math.max(registers, ...[...inRegisters.values()].map((r) => r + 1));
      for (const op of instruction.ops) {
        const words = [op.value, ...op.inputs].map(
          (value) => inRegisters.get(value) ?? operand(place, value),
        );
        const extra =
          op.weight !== undefined ? shape(op.weight).offset : floatBits(op.constant ?? 0);
        ops.push(opCodes[op.op], ...words, ...new Array<number>(4 - words.length).fill(0), extra);
      }
      return [0, instruction.ops.length, at, 0, 0, 0, 0];
    });
  const forward = encode(plan.forward, false);
  const backward = encode(plan.backward, true);

  const { derivative, memory } = plan;
  const sequence = (value: ValueIndex | undefined) =>
    value === undefined ? -1 : (place.of.get(value)?.index ?? -1);
  const at = (value: ValueIndex | undefined) => (value === undefined ? -1 : operand(place, value));
  const gradientOf = (state: string) => {
    const k = derivative.values.findIndex((v) => v.op === "stateGradient" && v.state === state);
    return graph.nodes.length + k;
  };
  const states = graph.states.flatMap(({ name, node }) => {
    const previous = graph.nodes.findIndex((n) => n.op === "previous" && n.state === name);
    return [
      at(node),
      memory.has(previous) ? at(previous) : -1,
      at(gradientOf(name)),
      at(derivative.previous.get(name)),
    ];
  });
  const affines: number[] = [];
  const matrices: number[] = [];
  const peepholes: number[] = [];
  graph.nodes.forEach((node, i) => {
    if (node.op === "affine") {
      const x = node.inputs.findIndex((k) => graph.nodes[k].op === "input");
      const input = x < 0 ? undefined : node.weights[x];
      const gradient = sequence(derivative.affine.get(i));
      affines.push(
        sequence(i),
        input ? shape(input).offset : -1,
        input ? pack(input, false) : -1,
        shape(node.bias).offset,
        gradient,
      );
      node.inputs.forEach((k, n) => {
        if (graph.nodes[k].op !== "input" && gradient >= 0)
          matrices.push(shape(node.weights[n]).offset, sequence(k), gradient);
      });
    }
    if (node.op === "peephole" && derivative.peephole.has(i))
      peepholes.push(
        shape(node.weight).offset,
        sequence(node.input),
        sequence(derivative.peephole.get(i)),
      );
  });
  return {
    model,
    lanes,
    width,
    readoutWidth,
    parameters,
    parameterFloats: floats,
    ops: Int32Array.from(ops),
    instructions: Int32Array.from([...forward, ...backward]),
    forwardCount: plan.forward.length,
    backwardCount: plan.backward.length,
    states: Int32Array.from(states),
    affines: Int32Array.from(affines),
    matrices: Int32Array.from(matrices),
    peepholes: Int32Array.from(peepholes),
    outputRows: rowProgram(model.output),
    readoutPack: pack("W_y", false),
    readoutBackPack: pack("W_y", true),
    packs,
    hiddenSlot: sequence(graph.states[0].node),
    hiddenGradientSlot: sequence(gradientOf("h")),
    sequenceSlots: place.sequences,
    stepSlots: place.steps,
    registers,
    named: new Map(
      kept.length > 0 ? graph.named.map(({ name, node }) => [name, sequence(node)]) : [],
    ),
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

function operand(place: Slots, value: ValueIndex): number {
  const slot = place.of.get(value);
  if (!slot) throw new Error(`compile: value ${value} is read and never written`);
  return (kinds[slot.kind] << 28) | slot.index;
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

function floatBits(value: number): number {
  return new Int32Array(Float32Array.of(value).buffer)[0];
}
