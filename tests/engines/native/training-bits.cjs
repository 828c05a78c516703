// Trains a little with the built package and prints a hash of the state: node training-bits.cjs ENGINE THREADS SEED
const { createHash } = require("node:crypto");
const { join } = require("node:path");

const dist = join(__dirname, "..", "..", "..", "lib", "build", "modules", "lib");
const load = (path) => require(join(dist, path));
const [engineName, threads, seed] = process.argv.slice(2);

const { openEngine } = load("engines/index.js");
const { gru } = load("cells/gru.js");
const { model } = load("model/model.js");
const { initialState } = load("model/initialise.js");
const { bernoulli } = load("outputs/bernoulli.js");
const { generator } = load("random/generator.js");

const lengths = Int32Array.of(40, 33, 33, 20, 7, 1);
const width = 88;

/** Ragged sequences of random chords. */
function batch(purpose) {
  const random = generator(Number(seed), purpose);
  const stepOffsets = [0];
  for (let t = 0; t < lengths[0]; t++)
    stepOffsets.push(stepOffsets[t] + lengths.filter((length) => length > t).length);
  const chords = () => {
    const offsets = [0];
    const columns = [];
    for (let row = 0; row < stepOffsets[lengths[0]]; row++) {
      for (let key = 0; key < width; key++) if (random.uniform() < 0.05) columns.push(key);
      offsets.push(columns.length);
    }
    return {
      kind: "sparse",
      width,
      offsets: Int32Array.from(offsets),
      columns: Int32Array.from(columns),
    };
  };
  const rows = { input: chords(), target: chords() };
  return {
    size: lengths.length,
    time: lengths[0],
    lengths,
    stepOffsets: Int32Array.from(stepOffsets),
    sources: lengths,
    ...rows,
  };
}

async function train() {
  const engine = await openEngine(engineName);
  const m = model(gru, width, 46, bernoulli(width));
  const session = await engine.open(m, initialState(m, Number(seed)), { threads: Number(threads) });
  const batches = ["one", "two", "three"].map(batch);
  const settings = {
    learningRate: 1e-3,
    weightNoise: 0.075,
    noiseSeed: Number(seed),
    maxGradientNorm: 1,
  };
  let nll = 0;
  for (let step = 0; step < 30; step++)
    nll = (
      await session.trainStep(batches[step % 3], {
        ...settings,
        update: { decay: 0.95, momentum: 0.9, epsilon: 1e-4 },
      })
    ).nllPerStep;
  const { parameters, optimiser } = await session.read();
  const hash = createHash("sha256");
  for (const part of [parameters, ...optimiser.values()])
    for (const values of part.values()) hash.update(values);
  console.log(JSON.stringify({ hash: hash.digest("hex"), nll }));
}

void train();
