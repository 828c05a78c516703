import * as tf from "@tensorflow/tfjs";
import { expect, it } from "vitest";
import { lstm } from "../../../lib/cells/lstm.js";
import { reference } from "../../../lib/engines/reference/index.js";
import { randomBatch, randomModel, stateOf } from "../../oracle/examples.js";

it("keeps the number of tensors constant over a long training, and none after it is closed", async () => {
  const engine = await reference("cpu");
  const { model, weights } = randomModel(lstm, 6, 3, 1);
  const before = tf.memory().numTensors;
  const session = await engine.open(model, stateOf(model, weights));
  const settings = {
    learningRate: 1e-3,
    weightNoise: 0.075,
    noiseSeed: 1,
    maxGradientNorm: 1,
    update: { decay: 0.95, momentum: 0.9, epsilon: 1e-6 },
  };
  const opened = tf.memory().numTensors;
  expect(opened - before).toBe(3 * model.parameters.length);
  for (let update = 0; update < 100; update++) {
    const batch = randomBatch(update, 6, [4, 2]);
    await session.trainStep(batch, settings);
    await session.evaluate(batch);
    await session.gradient(batch);
    await session.trace(batch);
    await session.read();
    expect(tf.memory().numTensors).toBe(opened);
  }
  await session.write(await session.read());
  expect(tf.memory().numTensors).toBe(opened);
  await session.close();
  expect(tf.memory().numTensors).toBe(before);
});
