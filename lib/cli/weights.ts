import { readFileSync } from "node:fs";
import { type Command, Option } from "commander";
import { cellNamed, cellNames } from "../cells/index.js";
import { GatedRnnError } from "../errors.js";
import { importKeras, kerasWeights } from "../exchange/keras.js";
import { onnxModel } from "../exchange/onnx.js";
import { importPytorch, pytorchWeights } from "../exchange/pytorch.js";
import { tryFiles } from "../files/place.js";
import { plain } from "../files/plain.js";
import { writeWholeFile } from "../files/whole-file.js";
import {
  bernoulli,
  categorical,
  gaussian,
  gaussianMixture,
  type Output,
  poisson,
} from "../outputs/index.js";
import { speechWindow } from "../tasks/speech.js";
import { decodeSafetensors, encodeSafetensors } from "../train/safetensors.js";
import { readWeights, writeWeights } from "../train/weights.js";
import type { TrainedModel } from "../train/weights-bytes.js";

interface WeightsArguments {
  readonly format?: "pytorch" | "keras" | "onnx";
  readonly out?: string;
  readonly from?: string;
  readonly cell?: string;
  readonly output?: string;
}

/** An output from the number of its readouts. */
const outputs: Readonly<Record<string, (readouts: number) => Output>> = {
  bernoulli,
  categorical,
  poisson,
  gaussian: (readouts) => gaussian(readouts / 2),
  "gaussian-mixture": (readouts) =>
    gaussianMixture(speechWindow.targetSamples, readouts / (1 + 2 * speechWindow.targetSamples)),
};

export function addWeights(program: Command): void {
  program
    .command("weights")
    .description(
      "what is in a file of weights; its export for PyTorch, Keras and ONNX, and the import of theirs (--from)",
    )
    .argument("[file]", "a .safetensors file that a run has written")
    .addOption(
      new Option(
        "--format <convention>",
        "pytorch: names, axes and biases of torch.nn.RNN, LSTM, GRU and Linear; keras: of SimpleRNN, LSTM, GRU and Dense; onnx: a whole model",
      ).choices(["pytorch", "keras", "onnx"]),
    )
    .option("--to, --out <file>", "where the export goes (default: beside FILE)")
    .option("--from <file>", "instead: a .safetensors file of PyTorch's or Keras' names to import")
    .option("--cell <name>", `what its layers are: ${cellNames.join(", ")}`)
    .addOption(
      new Option(
        "--output <name>",
        "what its readouts mean (default: bernoulli, where there are as many as inputs)",
      ).choices(Object.keys(outputs)),
    )
    .action((file: string | undefined, options: WeightsArguments) => {
      if (options.from !== undefined) return importWeights(options.from, options);
      if (file === undefined)
        throw new GatedRnnError("usage", "weights: expected a file, or --from with one, got none");
      const trained = readWeights(file);
      if (options.format !== undefined)
        return exportWeights(trained, file, options.format, options.out);
      tell(trained);
    });
}

function exportWeights(
  trained: TrainedModel,
  file: string,
  format: "pytorch" | "keras" | "onnx",
  to: string | undefined,
): void {
  const name = file.replace(/(\.safetensors)?$/, "");
  const exported = to ?? (format === "onnx" ? `${name}.onnx` : `${name}.${format}.safetensors`);
  tryFiles([exported]);
  if (format === "onnx") {
    writeWholeFile(exported, onnxModel(trained));
    const { inputSize, output } = trained.model;
    console.log(`input   [time, batch, ${inputSize}]`);
    console.log(`readout [time, batch, ${output.readoutSize}]: ${plain(output.name)}`);
  } else {
    const weights = format === "pytorch" ? pytorchWeights(trained) : kerasWeights(trained);
    writeWholeFile(exported, encodeSafetensors(weights));
    for (const [name, { shape }] of weights.tensors)
      console.log(`${name.padEnd(18)} [${shape.join(", ")}]`);
  }
  console.log(`written: ${exported}`);
}

function importWeights(
  from: string,
  { format = "pytorch", cell, output, out }: WeightsArguments,
): void {
  if (format === "onnx")
    throw new GatedRnnError("usage", "--from: expected weights of pytorch or keras, got onnx");
  if (cell === undefined)
    throw new GatedRnnError("usage", "--from: expected --cell, what its layers are, got none");
  const to = out ?? from.replace(/(\.safetensors)?$/, ".gated-rnn.safetensors");
  tryFiles([to]);
  const read = format === "pytorch" ? importPytorch : importKeras;
  const imported = read(decodeSafetensors(contents(from), from), {
    cell: cellNamed(cell),
    output: output === undefined ? undefined : outputs[output],
  });
  writeWeights(to, imported);
  tell(imported);
  console.log(`written: ${to}`);
}

function contents(file: string): Uint8Array {
  try {
    return readFileSync(file);
  } catch (error) {
    throw new GatedRnnError(
      "record",
      `${file}: expected a file of weights, got ${(error as Error).message}`,
      { cause: error },
    );
  }
}

function tell({ model, parameters, data, run }: TrainedModel): void {
  console.log(
    `${plain(model.cell.name)}, ${model.hiddenSize} hidden units, trained on ${plain(data)}; run ${plain(run)}`,
  );
  for (const { name, shape } of model.parameters) {
    const values = parameters.get(name) as Float32Array;
    const size = Math.sqrt(values.reduce((sum, v) => sum + v * v, 0) / values.length);
    console.log(
      `${plain(name).padEnd(6)} [${shape.join(", ")}]`.padEnd(20),
      `root mean square ${size.toPrecision(3)}`,
    );
  }
}
