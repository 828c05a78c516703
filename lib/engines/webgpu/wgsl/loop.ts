import type { Operand, Program } from "../../../compile/program.js";
import { type Kernel, kernel } from "./kernel.js";
import { loopOf, nameOf } from "./steps.js";
import { byComponent, expression, number, ofFour, ofOne } from "./values.js";
import type { WeightLayout } from "./weights.js";

/** What a device offers to one workgroup. */
interface WorkgroupLimits {
  readonly invocations: number;
  /** Of workgroup memory. */
  readonly bytes: number;
  /** Whether a loop's weights may take of it. */
  readonly keepsWeights: boolean;
}

const inSequence = (index: number): Operand => ({ kind: "sequence", index });

/** A sequence loop, and how many sequences one of its workgroups carries. */
interface SequenceLoop extends Kernel {
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
  const { steps, states, reads, stores } = loopOf(program, direction);
  const workgroupSize = Math.max(1, Math.min(limits.invocations, 32 * Math.ceil(hiddenSize / 32)));
  const units = Array.from({ length: Math.ceil(hiddenSize / workgroupSize) }, (_, u) => u);

  const groups = steps.filter((s) => s.kind === "products");
  const staged = (group: number, source: string) => `staged${group}_${source}`;
  const stagedNames = [
    ...new Set(
      groups.flatMap(({ products }, g) => products.map(({ source }) => staged(g, nameOf(source)))),
    ),
  ];
  const packs = [...new Set(groups.flatMap(({ products }) => products.map(({ pack }) => pack)))];
  const stagedFloats = stagedNames.length * hiddenSize;
  const kept =
    limits.keepsWeights && 4 * (stagedFloats + packs.length * hiddenSize ** 2) <= limits.bytes;
  const values = kept || 16 * stagedFloats > limits.bytes ? ofOne : ofFour;
  const { sequences, type } = values;
  const arrays = (names: readonly string[], length: number) =>
    Object.fromEntries(names.map((name) => [name, length]));
  const keptNames = kept ? packs.map((pack) => `kept${pack}`) : [];
  const kernelArrays = {
    shared: {
      ...arrays(sequences === 1 ? stagedNames : [], hiddenSize),
      ...arrays(keptNames, hiddenSize ** 2),
    },
    vectors: arrays(sequences === 1 ? [] : stagedNames, hiddenSize),
  };

  const names = new Set<string>();
  const named = (operand: string, unit: number) => {
    const name = `${operand}_${unit}`;
    names.add(name);
    return name;
  };
  const use = (operand: Operand, unit: number) => named(nameOf(operand), unit);
  const rows = Array.from({ length: sequences }, (_, s) => s);
  const memory = (slot: number, unit: number, s: number) =>
    `work[at + ${slot}u * stride_ + ${s * hiddenSize}u + j${unit}]`;
  const loaded = (slot: number, unit: number) =>
    `${type}(${rows.map((s) => memory(slot, unit, s)).join(", ")})`;
  const stored = (slot: number, unit: number) => {
    const value = use(inSequence(slot), unit);
    return sequences === 1
      ? `${memory(slot, unit, 0)} = ${value};`
      : rows.map((s) => `if (goes[${s}]) { ${memory(slot, unit, s)} = ${value}[${s}]; }`).join(" ");
  };
  const constants = new Map<string, string>();
  const emitted: string[] = [];
  let group = 0;
  for (const step of steps) {
    if (step.kind === "phase") {
      for (const unit of units)
        for (const { op, out, inputs, constant = 0, weight: offset } of step.ops) {
          const read = inputs.map((input) => use(input, unit));
          let value: string;
          if (op === "peephole") {
            const weight = `v${offset}_${unit}`;
            constants.set(weight, `weights[w + ${offset}u + j${unit}]`);
            value = `${read[0]} * ${weight}`;
          } else value = expression(op, values, read, number(constant));
          emitted.push(`${use(out, unit)} = ${value};`);
        }
      continue;
    }
    const g = group++;
    const sources = [...new Set(step.products.map(({ source }) => nameOf(source)))];
    if (groups.length === 1) emitted.push("workgroupBarrier();"); // the step before may still be read
    for (const unit of units)
      emitted.push(
        `if (lives${unit}) { ${sources.map((s) => `${staged(g, s)}[j${unit}] = ${named(s, unit)};`).join(" ")} }`,
      );
    emitted.push("workgroupBarrier();");
    for (const unit of units) {
      const fresh = new Set<string>();
      for (const { target, accumulate } of step.products)
        if (!accumulate && !fresh.has(nameOf(target))) {
          fresh.add(nameOf(target));
          emitted.push(`${use(target, unit)} = ${type}();`);
        }
      const terms = step.products.map(({ source, pack, target }) => {
        const { offset, stride } = weights.packs[pack];
        const weight = kept
          ? `kept${pack}[k * ${hiddenSize}u + j${unit}]`
          : `weights[w + ${offset}u + k * ${stride}u + j${unit}]`;
        return `${use(target, unit)} += ${staged(g, nameOf(source))}[k] * ${weight};`;
      });
      emitted.push(`for (var k = 0u; k < ${hiddenSize}u; k++) { ${terms.join(" ")} }`);
    }
  }

  const before: string[] = [];
  const after: string[] = [];
  for (const unit of units) {
    for (const slot of reads)
      before.push(`${use(inSequence(slot), unit)} = ${loaded(slot, unit)};`);
    states.forEach(({ value, previous, gradient, previousGradient }, k) => {
      names.add(`carried${k}_${unit}`);
      if (isForward) {
        if (previous) before.push(`${use(previous, unit)} = carried${k}_${unit};`);
        after.push(`carried${k}_${unit} = ${use(value, unit)};`);
      } else {
        before.push(`${use(gradient, unit)} ${k === 0 ? "+=" : "="} carried${k}_${unit};`);
        const earlier = previousGradient ? use(previousGradient, unit) : "";
        // a sequence that has not begun yet, from its end, brings nothing
        if (earlier)
          after.push(
            `carried${k}_${unit} = ${sequences === 1 ? earlier : `select(${type}(), ${earlier}, goes)`};`,
          );
      }
    });
    if (stores.length > 0)
      after.push(`if (lives${unit}) { ${stores.map((slot) => stored(slot, unit)).join(" ")} }`);
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
