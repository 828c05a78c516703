// A cell and an output of one's own, as equations: they train on every engine like those of the library.
//
//   node lib/examples/own-cell-and-output.mts [EPOCHS] [ENGINE]
//
// Here: a minimal gated unit (Zhou et al. 2016) predicts a series whose noise has heavy tails, once by normal
// distributions, and once by Laplace distributions, which expect such tails.
import {
  cell,
  defaultEngine,
  gaussian,
  generator,
  latex,
  openEngine,
  output,
  outputLatex,
  sequenceTask,
  train,
} from "gated-rnn";

const [epochs = "15", engineName] = process.argv.slice(2);

const mgu = cell("mgu", ({ input: x, hidden: h, affine, sigmoid, tanh, times, oneMinus, plus }) => {
  const f = sigmoid(affine("f", x, h));
  const c = tanh(affine("c", x, times(f, h)));
  return { h: plus(times(oneMinus(f), h), times(f, c)) };
});

const laplace = output(
  "laplace",
  { target: "values", targetSize: 1, readoutSize: 2 },
  ({ readout: y, target: x, part, named, softplus, absolute, minus, divide, log, plus, scale }) => {
    const middle = named("m", part(y, 0, 1));
    const width = named("b", plus(softplus(part(y, 1, 1)), 0.01));
    return { nll: plus(divide(absolute(minus(x, middle)), width), log(scale(width, 2))) };
  },
);

console.log(latex(mgu));
console.log(outputLatex(laplace));

const random = generator(1, "heavy tails");
const noise = () => 0.1 * random.normal() ** 3;
const sequences = Array.from({ length: 60 }, () => {
  const begun = 20 * random.uniform();
  return Array.from({ length: 60 }, (_, t) => [Math.sin((t + begun) / 3) + noise()]);
});

const engine = engineName ? await openEngine(engineName) : await defaultEngine();
for (const predicted of [gaussian(1), laplace]) {
  const task = sequenceTask({ name: "heavy-tails", sequences, synthetic: true, output: predicted });
  const options = { epochs: Number(epochs), learningRate: 3e-3, weightNoise: 0 };
  const { record } = await train({ task, cell: mgu, engine, ...options });
  console.log(`${predicted.name}, test NLL per step: ${record.results.test.nllPerStep.toFixed(3)}`);
}
