import type { Program } from "../../../compile/program.js";
import { type Kernel, kernel } from "./kernel.js";
import type { WeightLayout } from "./weights.js";

/** What a device offers to one workgroup. */
export interface WorkgroupLimits {
  readonly invocations: number;
  /** Of workgroup memory. */
  readonly bytes: number;
  /** Whether a loop's weights may take of it. */
  readonly keepsWeights: boolean;
}

/** What an invocation computes with: one sequence's float, or those of four sequences. */
interface Values {
  readonly sequences: 1 | 4;
  readonly type: string;
  readonly suffix: string;
}
const ofOne: Values = { sequences: 1, type: "f32", suffix: "" };
const ofFour: Values = { sequences: 4, type: "vec4<f32>", suffix: "4" };

const byComponent = ["sigmoidOf", "tanhOf", "expOf", "logOf", "softplusOf"].map(
  (name) => `fn ${name}4(x: vec4<f32>) -> vec4<f32> { return vec4<f32>(${[0, 1, 2, 3].map((s) => `${name}(x[${s}])`).join(", ")}); }`,
);

const inSequence = 1;

/** A decoded operand: kinds register 0, sequence slot 1, step slot 2. */
const kindOf = (word: number) => word >> 28;
const indexOf = (word: number) => word & 0xfffffff;
const variable = (word: number, unit: number) => `${"rqs"[kindOf(word)]}${indexOf(word)}_${unit}`;

/** WGSL of the operations on values of a type: a float, or four sequences' floats. */
const expressionsOn = ({ type, suffix }: Values): readonly ((a: string, b: string, c: string, extra: string) => string)[] => [
  (a) => `sigmoidOf${suffix}(${a})`,
  (a) => `tanhOf${suffix}(${a})`,
  (a) => `select(${a}, ${type}(), ${a} < ${type}())`,
  (a) => `expOf${suffix}(${a})`,
  (a) => `logOf${suffix}(${a})`,
  (a) => `softplusOf${suffix}(${a})`,
  (a) => `${a} * ${a}`,
  (a) => `-${a}`,
  (a) => `1.0 - ${a}`,
  (a, b) => `${a} + ${b}`,
  (a, b) => `${a} - ${b}`,
  (a, b) => `${a} * ${b}`,
  (a, b) => `${a} / ${b}`,
  (a, b) => `${a} * (${b} - ${b} * ${b})`,
  (a, b) => `${a} - ${a} * (${b} * ${b})`,
  (a, b) => `select(${type}(), ${a}, ${b} > ${type}())`,
  (a, b, c) => `${a} * ${b} + ${c}`,
  (a, _b, _c, factor) => `${a} * ${factor}`,
  (a, _b, _c, weight) => `${a} * ${weight}`,
  (a) => a,
];
/** How many operands each operation reads, and the two whose last word says more. */
const operandCounts = [1, 1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 3, 1, 1, 1];
const scale = 17;
const peephole = 18;

type Step =
  | { readonly kind: "phase"; readonly ops: readonly { op: number; out: number; inputs: readonly number[]; extra: number }[] }
  /** Products that wait for nothing of one another. */
  | { readonly kind: "products"; readonly products: readonly { source: number; pack: number; target: number; accumulate: boolean }[] };

function stepsOf({ instructions, ops }: Program, from: number, count: number): Step[] {
  const steps: Step[] = [];
  for (let i = from; i < from + count; i++) {
    const [kind, length, at, source, pack, target, accumulate] = instructions.subarray(7 * i, 7 * i + 7);
    if (kind === 0) {
      const phase = Array.from({ length }, (_, k) => {
        const [op, out, a, b, c, extra] = ops.subarray(6 * (at + k), 6 * (at + k) + 6);
        return { op, out, inputs: [a, b, c].slice(0, operandCounts[op]), extra };
      });
      steps.push({ kind: "phase", ops: phase });
      continue;
    }
    const product = { source, pack, target, accumulate: accumulate === 1 };
    const last = steps.at(-1);
    const joins = last?.kind === "products" && !last.products.some((p) => p.target === source);
    if (joins) steps[steps.length - 1] = { kind: "products", products: [...last.products, product] };
    else steps.push({ kind: "products", products: [product] });
  }
  return steps;
}

/** What a step touches in memory: sequence slots that it reads before it writes them, and those that it writes. */
function slotsTouched(steps: readonly Step[], given: readonly number[]): { reads: Set<number>; writes: Set<number> } {
  const reads = new Set<number>();
  const writes = new Set<number>(given.filter((word) => kindOf(word) === inSequence));
  const read = (word: number) => {
    if (kindOf(word) === inSequence && !writes.has(word)) reads.add(word);
  };
  const write = (word: number) => {
    if (kindOf(word) === inSequence) writes.add(word);
  };
  for (const step of steps) {
    if (step.kind === "phase")
      for (const { inputs, out } of step.ops) {
        inputs.forEach(read);
        write(out);
      }
    else
      for (const { source, target, accumulate } of step.products) {
        read(source);
        if (accumulate) read(target);
        write(target);
      }
  }
  return { reads, writes };
}

interface State {
  readonly value: number;
  readonly previous: number;
  readonly gradient: number;
  readonly previousGradient: number;
}

const statesOf = ({ states }: Program): State[] =>
  Array.from({ length: states.length / 4 }, (_, k) => {
    const [value, previous, gradient, previousGradient] = states.subarray(4 * k, 4 * k + 4);
    return { value, previous, gradient, previousGradient };
  });

const sequenceSlots = (slots: readonly number[]) => new Set(slots.filter((s) => s >= 0).map((s) => (inSequence << 28) | s));

/** Sequence slots that the backward loop, the readout and the weight gradients read. */
function neededAfterForward(program: Program): Set<number> {
  const steps = stepsOf(program, program.forwardCount, program.backwardCount);
  const { reads } = slotsTouched(steps, []);
  const sources = [...program.matrices, ...program.peepholes].filter((_, i) => i % 3 === 1);
  return new Set([...reads, ...sequenceSlots([program.hiddenSlot, ...sources, ...program.named.values()])]);
}

/** Sequence slots that the weight gradients read from the backward loop. */
function neededAfterBackward(program: Program): Set<number> {
  const gradients = [...program.matrices, ...program.peepholes].filter((_, i) => i % 3 === 2);
  return sequenceSlots([...program.affines.filter((_, i) => i % 5 === 4), ...gradients]);
}

/** A sequence loop, and how many sequences one of its workgroups carries. */
export interface SequenceLoop extends Kernel {
  readonly sequences: number;
}

/**
 * The whole sequence loop as one kernel: a workgroup carries sequences from their first step to their last (or back), an invocation
 * every `workgroupSize`-th hidden unit. Element-wise phases stay in registers; what a product reads goes through workgroup memory, and
 * so do its weights when all of the loop's fit there. Where they do not, every step reads all weights from the GPU's memory: four
 * sequences, longest first, then share what is read.
 */
export function sequenceLoop(
  program: Program,
  weights: WeightLayout,
  direction: "forward" | "backward",
  limits: WorkgroupLimits,
): SequenceLoop {
  const { hiddenSize } = program.model;
  const isForward = direction === "forward";
  const steps = isForward ? stepsOf(program, 0, program.forwardCount) : stepsOf(program, program.forwardCount, program.backwardCount);
  const states = statesOf(program);
  const workgroupSize = Math.max(1, Math.min(limits.invocations, 32 * Math.ceil(hiddenSize / 32)));
  const units = Array.from({ length: Math.ceil(hiddenSize / workgroupSize) }, (_, u) => u);
  const given = isForward ? states.map((s) => s.previous).filter((w) => w >= 0) : states.slice(1).map((s) => s.gradient);
  const touched = slotsTouched(steps, given);
  if (!isForward) touched.reads.add(states[0].gradient); // from the readout, for all rows
  const needed = isForward ? neededAfterForward(program) : neededAfterBackward(program);
  const stores = [...touched.writes, ...(isForward ? [] : [states[0].gradient])].filter((word) => needed.has(word));

  const groups = steps.filter((s) => s.kind === "products");
  const staged = (group: number, source: number) => `staged${group}_${"rqs"[kindOf(source)]}${indexOf(source)}`;
  const stagedNames = [...new Set(groups.flatMap(({ products }, g) => products.map(({ source }) => staged(g, source))))];
  const packs = [...new Set(groups.flatMap(({ products }) => products.map(({ pack }) => pack)))];
  const stagedFloats = stagedNames.length * hiddenSize;
  const kept = limits.keepsWeights && 4 * (stagedFloats + packs.length * hiddenSize ** 2) <= limits.bytes;
  const values = kept || 16 * stagedFloats > limits.bytes ? ofOne : ofFour;
  const { sequences, type } = values;
  const arrays = (names: readonly string[], length: number) => Object.fromEntries(names.map((name) => [name, length]));
  const keptNames = kept ? packs.map((pack) => `kept${pack}`) : [];
  const kernelArrays = {
    shared: { ...arrays(sequences === 1 ? stagedNames : [], hiddenSize), ...arrays(keptNames, hiddenSize ** 2) },
    vectors: arrays(sequences === 1 ? [] : stagedNames, hiddenSize),
  };

  const names = new Set<string>();
  const use = (word: number, unit: number) => {
    const name = variable(word, unit);
    names.add(name);
    return name;
  };
  const rows = Array.from({ length: sequences }, (_, s) => s);
  const memory = (word: number, unit: number, s: number) => `work[at + ${indexOf(word)}u * stride_ + ${s * hiddenSize}u + j${unit}]`;
  const loaded = (word: number, unit: number) => `${type}(${rows.map((s) => memory(word, unit, s)).join(", ")})`;
  const stored = (word: number, unit: number) =>
    sequences === 1
      ? `${memory(word, unit, 0)} = ${use(word, unit)};`
      : rows.map((s) => `if (goes[${s}]) { ${memory(word, unit, s)} = ${use(word, unit)}[${s}]; }`).join(" ");
  const expressions = expressionsOn(values);
  const constants = new Map<string, string>();
  const emitted: string[] = [];
  let group = 0;
  for (const step of steps) {
    if (step.kind === "phase") {
      for (const unit of units)
        for (const { op, out, inputs, extra } of step.ops) {
          const [a, b, c] = inputs.map((word) => use(word, unit));
          let more = "";
          if (op === scale) more = `bitcast<f32>(${extra >>> 0}u)`;
          if (op === peephole) {
            more = `v${extra}_${unit}`;
            constants.set(more, `weights[w + ${extra}u + j${unit}]`);
          }
          emitted.push(`${use(out, unit)} = ${expressions[op](a, b, c, more)};`);
        }
      continue;
    }
    const g = group++;
    const sources = [...new Set(step.products.map(({ source }) => source))];
    if (groups.length === 1) emitted.push("workgroupBarrier();"); // the step before may still be read
    for (const unit of units)
      emitted.push(`if (lives${unit}) { ${sources.map((s) => `${staged(g, s)}[j${unit}] = ${use(s, unit)};`).join(" ")} }`);
    emitted.push("workgroupBarrier();");
    for (const unit of units) {
      const fresh = new Set<number>();
      for (const { target, accumulate } of step.products)
        if (!accumulate && !fresh.has(target)) {
          fresh.add(target);
          emitted.push(`${use(target, unit)} = ${type}();`);
        }
      const terms = step.products.map(({ source, pack, target }) => {
        const { offset, stride } = weights.packs[pack];
        const weight = kept ? `kept${pack}[k * ${hiddenSize}u + j${unit}]` : `weights[w + ${offset}u + k * ${stride}u + j${unit}]`;
        return `${use(target, unit)} += ${staged(g, source)}[k] * ${weight};`;
      });
      emitted.push(`for (var k = 0u; k < ${hiddenSize}u; k++) { ${terms.join(" ")} }`);
    }
  }

  const before: string[] = [];
  const after: string[] = [];
  for (const unit of units) {
    for (const word of touched.reads) before.push(`${use(word, unit)} = ${loaded(word, unit)};`);
    states.forEach(({ value, previous, gradient, previousGradient }, k) => {
      names.add(`carried${k}_${unit}`);
      if (isForward) {
        if (previous >= 0) before.push(`${use(previous, unit)} = carried${k}_${unit};`);
        after.push(`carried${k}_${unit} = ${use(value, unit)};`);
      } else {
        before.push(`${use(gradient, unit)} ${k === 0 ? "+=" : "="} carried${k}_${unit};`);
        const earlier = previousGradient >= 0 ? use(previousGradient, unit) : "";
        // a sequence that has not begun yet, from its end, brings nothing
        if (earlier) after.push(`carried${k}_${unit} = ${sequences === 1 ? earlier : `select(${type}(), ${earlier}, goes)`};`);
      }
    });
    if (stores.length > 0) after.push(`if (lives${unit}) { ${stores.map((word) => stored(word, unit)).join(" ")} }`);
  }

  const body = [
    `let sequence = group.x * ${sequences}u;`,
    "if (sequence >= size_) { return; }",
    "let time = batch[lengths_ + sequence];",
    ...(sequences === 1
      ? []
      : [
          `let times = vec4<u32>(time, ${[1, 2, 3].map((s) => `select(0u, batch[lengths_ + sequence + ${s}u], sequence + ${s}u < size_)`).join(", ")});`,
        ]),
    `let w = slot_ * ${weights.floats}u;`,
    ...units.flatMap((u) => [
      `let lives${u} = lid + ${u * workgroupSize}u < ${hiddenSize}u;`,
      `let j${u} = min(lid + ${u * workgroupSize}u, ${hiddenSize - 1}u);`,
    ]),
    ...[...names].map((name) => `var ${name} = ${type}();`),
    ...[...constants].map(([name, value]) => `let ${name} = ${value};`),
    ...(kept
      ? packs.map((pack) => {
          const { offset, stride } = weights.packs[pack];
          return `for (var i = lid; i < ${hiddenSize ** 2}u; i += ${workgroupSize}u) { kept${pack}[i] = weights[w + ${offset}u + (i / ${hiddenSize}u) * ${stride}u + i % ${hiddenSize}u]; }`;
        })
      : []),
    "workgroupBarrier();",
    `for (var count = 0u; count < time; count++) {`,
    `let t = ${isForward ? "count" : "time - 1u - count"};`,
    ...(sequences === 1 ? [] : ["let goes = vec4<u32>(t) < times;"]),
    `let at = work_ + (batch[steps_ + t] + sequence) * ${hiddenSize}u;`,
    ...before,
    ...emitted,
    ...after,
    "}",
  ].join("\n");
  const made = kernel({
    name: `${direction} loop of ${program.model.cell.name}`,
    buffers: { batch: "read", weights: "read", work: "read_write" },
    workgroupSize,
    ...(sequences === 1 ? {} : { functions: `${byComponent.join("\n")}\n` }),
    ...kernelArrays,
    body,
  });
  return { ...made, sequences };
}
