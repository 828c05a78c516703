import { type Command, Option } from "commander";
import { tryFiles } from "../files/place.js";
import { writeWholeFile } from "../files/whole-file.js";
import { plain } from "../show/plain.js";
import { pytorchWeights } from "../train/pytorch.js";
import { encodeSafetensors } from "../train/safetensors.js";
import { readWeights } from "../train/weights.js";

interface WeightsArguments {
  readonly format?: "pytorch";
  readonly to?: string;
}

export function addWeights(program: Command): void {
  program
    .command("weights")
    .description("what is in a file of weights, and its export for PyTorch")
    .argument("<file>", "a .safetensors file that a run has written")
    .addOption(
      new Option(
        "--format <convention>",
        "names, axes and biases as torch.nn.RNN and torch.nn.Linear have them",
      ).choices(["pytorch"]),
    )
    .option("--to <file>", "where the export goes (default: FILE.pytorch.safetensors)")
    .action((file: string, { format, to }: WeightsArguments) => {
      const trained = readWeights(file);
      const { model, parameters, data, run } = trained;
      if (format === "pytorch") {
        const exported = to ?? file.replace(/(\.safetensors)?$/, ".pytorch.safetensors");
        tryFiles([exported]);
        const weights = pytorchWeights(trained);
        writeWholeFile(exported, encodeSafetensors(weights));
        for (const [name, { shape }] of weights.tensors)
          console.log(`${name.padEnd(18)} [${shape.join(", ")}]`);
        return console.log(`written: ${exported}`);
      }
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
    });
}
