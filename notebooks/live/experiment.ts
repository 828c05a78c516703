import { cellNames } from "gated-rnn/browser";

/** What a visitor can set, and what an address keeps: with it the curves come again, to the bit. */
export interface Experiment {
  readonly data: "synthetic" | "jsb" | "own";
  /** Of the synthetic chorales. */
  readonly dataSeed: number;
  /** Names of units; `mine` is the one that is written in the page. */
  readonly units: readonly string[];
  readonly protocol: "ours" | "authors";
  /** How a chord is drawn: each key by itself, or all of them jointly, by NADE. */
  readonly output: "bernoulli" | "nade";
  readonly learningRate: number;
  readonly weightNoise: number;
  /** Of every unit; 0: the paper's sizes, about 20,000 parameters each. */
  readonly hiddenSize: number;
  /** Of the LSTM's forget gate, before training. */
  readonly forgetBias: number;
  readonly batchSize: number;
  readonly epochs: number;
  readonly seed: number;
  /** `software` plays a GPU: for checks, and only by address. */
  readonly engine: "wasm" | "webgpu" | "software";
  /** By what the curves are drawn. */
  readonly axis: "epoch" | "seconds";
  /** The equations of `mine`. */
  readonly source: string;
}

export const firstSource = `// one gate, which keeps and resets: the minimal gated unit
cell("mine", ({ input: x, hidden: h, affine, sigmoid, tanh,
                times, oneMinus, plus }) => {
  const f = sigmoid(affine("f", x, h));         // forget gate
  const c = tanh(affine("c", x, times(f, h)));  // candidate
  return { h: plus(times(oneMinus(f), h), times(f, c)) };
})
`;

export const usual: Experiment = {
  data: "synthetic",
  dataSeed: 1,
  units: ["tanh", "gru", "lstm"],
  protocol: "ours",
  output: "bernoulli",
  learningRate: 1e-3,
  weightNoise: 0.075,
  hiddenSize: 0,
  forgetBias: 0,
  batchSize: 2,
  epochs: 100,
  seed: 1,
  engine: "wasm",
  axis: "epoch",
  source: firstSource,
};

/** Units that race at once: more would be hard to tell apart, and share a laptop's cores. */
export const mostUnits = 4;

/** The paper's units and the one that is written; the zoo's are offered beside them. */
export const offered = ["tanh", "gru", "lstm", "mine"] as const;

/** Numbers with their least and most: what an address may say, and how far a slider goes. */
export const ranges = {
  dataSeed: [0, 9999],
  learningRate: [1e-5, 1],
  weightNoise: [0, 0.3],
  hiddenSize: [0, 128],
  forgetBias: [-3, 5],
  batchSize: [1, 64],
  epochs: [1, 500],
  seed: [0, 9999],
} as const satisfies Partial<Record<keyof Experiment, readonly [number, number]>>;

const whole: ReadonlySet<string> = new Set([
  "dataSeed",
  "hiddenSize",
  "batchSize",
  "epochs",
  "seed",
]);

const choices = {
  data: ["synthetic", "jsb", "own"],
  protocol: ["ours", "authors"],
  output: ["bernoulli", "nade"],
  engine: ["wasm", "webgpu", "software"],
  axis: ["epoch", "seconds"],
} as const;

/** An experiment as the part of an address behind #; what is as usual is left out. */
export function toAddress(experiment: Experiment): string {
  const parts = new URLSearchParams();
  for (const [name, value] of Object.entries(experiment)) {
    const standard = usual[name as keyof Experiment];
    if (String(value) === String(standard)) continue;
    parts.set(name, name === "source" ? encodeText(String(value)) : String(value));
  }
  return parts.toString();
}

/** The experiment of an address; what it does not say, or says wrongly, is as usual. */
export function fromAddress(hash: string): Experiment {
  const parts = new URLSearchParams(hash.replace(/^#/, ""));
  const found: Record<string, unknown> = { ...usual };
  for (const [name, [least, most]] of Object.entries(ranges)) {
    const text = parts.get(name);
    const value = Number(text);
    const fits = Number.isFinite(value) && value >= least && value <= most;
    if (text !== null && text !== "" && fits && (!whole.has(name) || Number.isInteger(value)))
      found[name] = value;
  }
  for (const [name, values] of Object.entries(choices)) {
    const value = parts.get(name);
    if (value !== null && (values as readonly string[]).includes(value)) found[name] = value;
  }
  const units = parts.get("units")?.split(",") ?? [];
  const known = [...new Set(units)].filter((unit) => unit === "mine" || cellNames.includes(unit));
  if (known.length > 0) found.units = known.slice(0, mostUnits);
  const source = decodeText(parts.get("source") ?? "");
  if (source !== undefined && source !== "") found.source = source;
  return found as unknown as Experiment;
}

/** Any text in the letters that an address passes on unchanged. */
function encodeText(text: string): string {
  const bytes = new TextEncoder().encode(text);
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replace(/=+$/, "");
}

function decodeText(coded: string): string | undefined {
  try {
    const letters = atob(coded.replaceAll("-", "+").replaceAll("_", "/"));
    return new TextDecoder().decode(Uint8Array.from(letters, (letter) => letter.charCodeAt(0)));
  } catch {
    return undefined; // an address that was cut while it was copied
  }
}

/**
 * The joint output: its hidden units, and keys from high to low, so that voices below a melody are drawn
 * exactly.
 */
const joint = "nade(64,high-to-low)";

/** What `train` is told of an experiment, in the page and in the notebook that goes on from it. */
export function trainSettings(experiment: Experiment) {
  const { protocol, learningRate, weightNoise, hiddenSize, batchSize, epochs, seed } = experiment;
  const chosen = { protocol, learningRate, weightNoise, batchSize, epochs, patience: epochs, seed };
  return {
    ...chosen,
    ...(hiddenSize === 0 ? {} : { hiddenSize }),
    ...(experiment.output === "nade" ? { output: joint } : {}),
  };
}
