import { zoo } from "gated-rnn/browser";
import { byId, make } from "./dom.ts";
import { type Experiment, mostUnits, offered, ranges } from "./experiment.ts";

/** What a control shows and sets. */
interface Control {
  readonly label: string;
  readonly element: HTMLElement;
  show(experiment: Experiment): void;
}

type Change = (part: Partial<Experiment>) => void;

/** A slider over steps of its own, with its value beside it. */
function slider(
  name: keyof typeof ranges,
  label: string,
  values: readonly number[],
  shown: (value: number) => string,
  change: Change,
): Control {
  const input = make("input", {
    type: "range",
    id: `set-${name}`,
    min: "0",
    max: String(values.length - 1),
    step: "1",
  });
  const output = make("output");
  const nearest = (value: number) =>
    values.reduce(
      (best, v, i) => (Math.abs(v - value) < Math.abs(values[best] - value) ? i : best),
      0,
    );
  const tell = (value: number) => {
    output.textContent = shown(value);
    input.setAttribute("aria-valuetext", shown(value));
  };
  input.addEventListener("input", () => tell(values[Number(input.value)]));
  input.addEventListener("change", () => change({ [name]: values[Number(input.value)] }));
  return {
    label,
    element: make("span", { className: "slider" }, input, output),
    show: (experiment) => {
      input.value = String(nearest(experiment[name]));
      tell(experiment[name]);
    },
  };
}

function choice<N extends "data" | "protocol" | "output" | "engine">(
  name: N,
  label: string,
  options: readonly (readonly [Experiment[N], string])[],
  change: Change,
): Control {
  const select = make(
    "select",
    { id: `set-${name}` },
    ...options.map(([value, text]) => make("option", { value, textContent: text })),
  );
  select.addEventListener("change", () => change({ [name]: select.value }));
  return {
    label,
    element: select,
    show: (experiment) => {
      select.value = experiment[name];
    },
  };
}

function number(name: "seed" | "dataSeed" | "epochs", label: string, change: Change): Control {
  const [least, most] = ranges[name];
  const input = make("input", {
    type: "number",
    id: `set-${name}`,
    min: String(least),
    max: String(most),
    step: "1",
  });
  input.addEventListener("change", () => {
    const value = Math.round(Math.min(most, Math.max(least, Number(input.value) || least)));
    input.value = String(value);
    change({ [name]: value });
  });
  return {
    label,
    element: input,
    show: (experiment) => {
      input.value = String(experiment[name]);
    },
  };
}

const rates = [1, 2, 3, 5, 7].flatMap((digit) =>
  [1e-4, 1e-3, 1e-2].map((power) => Number((digit * power).toPrecision(2))),
);
const learningRates = [...rates, 0.1, 0.2, 0.5, 1].sort((a, b) => a - b);
const noises = Array.from({ length: 13 }, (_, i) => 0.025 * i).map((v) => Number(v.toFixed(3)));
const biases = Array.from({ length: 17 }, (_, i) => i / 2 - 3);
const sizes = [0, 8, 16, 24, 32, 48, 64, 96, 128];
const batches = [1, 2, 4, 8, 16, 32];

/** The card of controls; returns what shows an experiment in it. */
export function makeControls(change: Change): (experiment: Experiment) => void {
  const units = makeUnits(change);
  const controls: readonly Control[] = [
    choice(
      "data",
      "music",
      [
        ["synthetic", "synthetic chorales"],
        ["jsb", "JSB Chorales"],
        ["own", "your MIDI files"],
      ],
      change,
    ),
    units,
    slider("learningRate", "learning rate", learningRates, (v) => String(v), change),
    slider("weightNoise", "weight noise", noises, (v) => v.toFixed(3), change),
    slider("hiddenSize", "hidden units", sizes, (v) => (v === 0 ? "as in paper" : `${v}`), change),
    slider("forgetBias", "forget bias", biases, (v) => v.toFixed(1), change),
    slider("batchSize", "batch", batches, (v) => `${v}`, change),
    choice(
      "protocol",
      "protocol",
      [
        ["ours", "ours"],
        ["authors", "the authors’"],
      ],
      change,
    ),
    choice(
      "output",
      "chords",
      [
        ["bernoulli", "each key by itself"],
        ["nade", "all keys jointly (NADE)"],
      ],
      change,
    ),
    number("epochs", "epochs", change),
    number("seed", "seed", change),
    choice("engine", "computed by", [["wasm", "WebAssembly SIMD"]], change),
  ];
  byId("controls").append(
    ...controls.map(({ label, element }) => {
      const id = element.id || element.querySelector("[id]")?.id;
      if (element.getAttribute("role") === "group") return element;
      return make(
        "div",
        { className: "control" },
        make("label", { htmlFor: id ?? "" }, label),
        element,
      );
    }),
  );
  const file = make("input", {
    type: "file",
    id: "files",
    multiple: true,
    accept: ".mid,.midi,.kar,.pickle",
  });
  byId("controls").append(
    make(
      "div",
      { className: "control files" },
      make("label", { htmlFor: "files" }, "or drop files"),
      file,
    ),
  );
  byId("controls").addEventListener("submit", (event) => event.preventDefault());
  return (experiment) => {
    for (const control of controls) control.show(experiment);
  };
}

const titles = { tanh: "tanh", gru: "GRU", lstm: "LSTM", mine: "yours" } as const;

/** Boxes for the paper's units and the visitor's own, and one choice of the zoo. */
function makeUnits(change: Change): Control {
  const boxes = offered.map((name) => {
    const box = make("input", { type: "checkbox", id: `unit-${name}`, value: name });
    box.addEventListener("change", () => tell(box));
    return { name, box };
  });
  const others = make(
    "select",
    { id: "unit-other", "aria-label": "another unit, of the literature" },
    make("option", { value: "", textContent: "and one of the literature …" }),
    ...zoo.map(({ name, variant }) =>
      make("option", { value: name, textContent: variant ? `${name}: ${variant.short}` : name }),
    ),
  );
  const about = make("p", { className: "quiet" });
  others.addEventListener("change", () => tell());
  const tell = (changed?: HTMLInputElement) => {
    const chosen: string[] = boxes.filter(({ box }) => box.checked).map(({ name }) => name);
    if (others.value !== "") chosen.push(others.value);
    if (chosen.length > 0 && chosen.length <= mostUnits) change({ units: chosen });
    else if (changed) changed.checked = !changed.checked;
    else change({ units: chosen.filter((name) => name !== "tanh").slice(0, mostUnits) });
  };
  return {
    label: "units",
    element: make(
      "div",
      { className: "choices", role: "group", "aria-label": `units, at most ${mostUnits}` },
      ...boxes.map(({ name, box }) =>
        make("label", { className: `chip ${name}` }, box, titles[name]),
      ),
      others,
      about,
    ),
    show: ({ units }) => {
      for (const { name, box } of boxes) box.checked = units.includes(name);
      const other = zoo.find(({ name }) => units.includes(name));
      others.value = other?.name ?? "";
      about.textContent = other?.variant
        ? `${other.variant.differs} (${other.variant.source})`
        : "";
    },
  };
}

/** Looks for a GPU once somebody wants to choose, and says plainly where there is none. */
export function offerGpu(): void {
  const select = byId<HTMLSelectElement>("set-engine");
  const option = make("option", { value: "webgpu", textContent: "WebGPU" });
  select.append(option);
  const look = async () => {
    const name = await gpuName();
    option.textContent = name === undefined ? "WebGPU: no GPU for pages here" : `WebGPU: ${name}`;
    option.disabled = name === undefined;
  };
  select.addEventListener("focus", () => void look(), { once: true });
  if (!("gpu" in navigator)) void look();
}

/** Undefined where pages have none, or a program that plays one. */
async function gpuName(): Promise<string | undefined> {
  const { gpu } = navigator as { gpu?: GPU };
  const adapter = await gpu?.requestAdapter().catch(() => null);
  if (!adapter) return undefined;
  const { vendor, architecture, description } = adapter.info;
  const isSoftware = /swiftshader|llvmpipe|lavapipe|software/i;
  if (isSoftware.test(`${vendor} ${architecture} ${description}`)) return undefined;
  return description || `${vendor} ${architecture}`.trim() || "this machine's";
}
