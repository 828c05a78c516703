// A trained model for other runtimes: ONNX, PyTorch and Keras; and weights of theirs brought back.
//
//   node lib/examples/export.mts
import { writeFileSync } from "node:fs";
import {
  encodeSafetensors,
  gruAfter,
  importPytorch,
  kerasWeights,
  onnxModel,
  openMusic,
  pytorchWeights,
  train,
} from "gated-rnn";

// gru-after is the GRU of PyTorch and Keras; the paper's gru goes to ONNX and to Keras (reset_after=False)
const dataset = await openMusic("synthetic");
const result = await train({ dataset, cell: gruAfter, epochs: 1, batchSize: 16 });
const trained = { ...result, data: dataset.name, run: result.record.id };

writeFileSync("model.onnx", onnxModel(trained)); // input [time, batch, 88] → readout [time, batch, 88]
const weights = pytorchWeights(trained);
writeFileSync("pytorch.safetensors", encodeSafetensors(weights)); // module.load_state_dict(load_file(…))
writeFileSync("keras.safetensors", encodeSafetensors(kerasWeights(trained)));
for (const [name, { shape }] of weights.tensors) console.log(`${name} [${shape}]`);

const back = importPytorch(weights, { cell: gruAfter });
const same = [...trained.parameters].every(([name, values]) =>
  values.every((value, i) => value === back.parameters.get(name)?.[i]),
);
console.log(`back from PyTorch's names: ${same ? "the same numbers" : "other numbers"}`);
