// Opens the page that trains in the browser from disk, in headless Chromium, and does with it what a visitor does: trains, listens,
// drops a MIDI file, writes a unit, shares an address. Its runs must have the bits of the same runs in Node.
// npm run live-check; leaves build/live-check/*.png. Needs chromium (CHROMIUM=path of another one).
import assert from "node:assert/strict";
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import {
  beginningOf,
  cellNamed,
  highestNotes,
  midiBytes,
  musicTask,
  nativeWasmFrom,
  notesAt,
  pianoRollsFromMidi,
  type RunRecord,
  readMidi,
  syntheticChorales,
  train,
  weightsFrom,
} from "gated-rnn/browser";
import { type Browser, chromium, type Page } from "playwright-core";
import { browserFlags } from "../browser.mts";
import { root } from "../jupyter.mts";
import { writeLive } from "./live.mts";

const folder = join(root, "build", "live-check");
mkdirSync(folder, { recursive: true });
const file = pathToFileURL(await writeLive(folder)).href;

/** A page at an address of the experiment; it fails at anything that it asks of a host, or complains of. */
async function open(browser: Browser, hash: string): Promise<Page> {
  const page = await browser.newPage({ viewport: { width: 1280, height: 1000 } });
  const fail = (problem: string) => {
    throw new Error(`live page: ${problem}`);
  };
  page.on("request", (request) => {
    if (!/^(file|data|blob):/.test(request.url())) fail(`asked for ${request.url()}`);
  });
  page.on("pageerror", (error) => fail(error.message));
  await page.goto(`${file}#${hash}`);
  return page;
}

/** Waits until a unit has trained all its epochs. */
const isDone = (page: Page, unit: string) =>
  page.locator(`#card-${unit} .facts`, { hasText: "finished" }).waitFor({ timeout: 120_000 });

/** What a button gives to be kept, as bytes. */
async function saved(page: Page, button: string): Promise<Buffer> {
  const [download] = await Promise.all([page.waitForEvent("download"), page.click(button)]);
  return readFileSync(await download.path());
}

async function recordOf(page: Page, unit: string): Promise<RunRecord> {
  await page.selectOption("#export-unit", unit);
  return JSON.parse((await saved(page, "#save-record")).toString("utf8"));
}

/** What of a record is the same wherever the run was: all but clocks and machines. */
function comparable({ curve, machine: _, started: __, seconds: ___, code, ...rest }: RunRecord) {
  const points = curve.map(({ seconds: _, cpuSeconds: __, ...point }) => point);
  return { ...rest, version: code.version, curve: points };
}

/** The build of WebAssembly that Chromium takes, in Node. */
function nodeEngine() {
  const build = join(root, "lib", "engines", "native", "wasm", "relaxed-simd.wasm");
  return nativeWasmFrom(new Uint8Array(readFileSync(build)));
}

/** Three runs of the page's, one of them paused and one saved in its middle, have Node's bits. */
async function bits(browser: Browser): Promise<void> {
  const page = await open(browser, "epochs=40&units=tanh,gru,lstm&seed=7&batchSize=16");
  await page.locator("#curves path.curve").first().waitFor();
  await page.click("#run"); // pause
  const middle = await recordOf(page, "gru");
  assert.equal(middle.status, "stopped");
  await page.click("#run");
  for (const unit of ["tanh", "gru", "lstm"]) await isDone(page, unit);
  const engine = await nodeEngine();
  const task = musicTask(syntheticChorales(1));
  for (const name of ["tanh", "gru", "lstm"]) {
    const there = await recordOf(page, name);
    const settings = { epochs: 40, patience: 40, seed: 7, batchSize: 16, weightNoise: 0.075 };
    const cell = cellNamed(name);
    const here = await train({ task, cell, engine, learningRate: 1e-3, ...settings });
    assert.deepEqual(comparable(there), comparable(JSON.parse(JSON.stringify(here.record))));
    const weights = weightsFrom(await saved(page, "#save-weights"), `${name}.safetensors`);
    assert.deepEqual([...weights.parameters], [...here.parameters]);
    const nll = there.results.test.nllPerStep;
    console.log(`ok ${name}: run ${there.id}, ${nll} nats in the page and in Node, the same bits`);
  }
  await page.close();
}

/** Chords drawn jointly have Node's bits, too; a unit of theirs is looked into, and puts voices below a melody. */
async function joint(browser: Browser): Promise<void> {
  const page = await open(browser, "epochs=3&units=gru&batchSize=16&output=nade");
  await isDone(page, "gru");
  const there = await recordOf(page, "gru");
  assert.equal(there.configuration.output, "nade(64,high-to-low)");
  const here = await train({
    task: musicTask(syntheticChorales(1)),
    cell: cellNamed("gru"),
    engine: await nodeEngine(),
    ...{ output: "nade(64,high-to-low)", learningRate: 1e-3, weightNoise: 0.075 },
    ...{ epochs: 3, patience: 3, batchSize: 16, seed: 1 },
  });
  assert.deepEqual(comparable(there), comparable(JSON.parse(JSON.stringify(here.record))));
  await page.locator("#see-scroll").scrollIntoViewIfNeeded();
  await page.locator("#see-text", { hasText: "after 3 epochs. Point at a step" }).waitFor();
  await page.locator("#see-scroll").press("ArrowRight");
  await page.locator("#see-scroll").press("ArrowRight");
  const told = page.locator("#see-text", { hasText: /each key given those above it, .* nats/ });
  await told.waitFor();
  console.log(`ok joint: ${await told.textContent()}`);
  assert.equal(await page.textContent("#sample-gru h3"), "GRU");
  assert.match((await page.textContent("#blind")) ?? "", /GRU/);
  await page.click("#harmonise-all");
  const text = page.locator("#sample-gru p", { hasText: "below the upper voice of" });
  await text.waitFor();
  assert.match((await text.textContent()) ?? "", /voices in \d+ % of steps \(the real music: /);
  const midi = await saved(page, "#sample-gru button:text-is('MIDI')");
  const [roll] = pianoRollsFromMidi(readMidi(midi, "below.mid"), "below", { stepsPerQuarter: 1 });
  const melody = highestNotes(beginningOf(syntheticChorales(1).test[0], 48));
  const upper = highestNotes(roll);
  for (let t = 0; t < melody.length; t++)
    if (notesAt(melody, t).length > 0) assert.deepEqual(notesAt(upper, t), notesAt(melody, t));
  assert.ok(roll.notes.length > 2 * melody.notes.length);
  console.log(`ok joint: ${await text.textContent()}`);
  await page.screenshot({ path: join(folder, "joint.png"), fullPage: true });
  await page.close();
}

/** In the page a GPU, here a program that plays one, has the losses of WebAssembly in Node within a thousandth. */
async function gpu(browser: Browser): Promise<void> {
  const page = await open(browser, "epochs=2&units=gru&batchSize=16&engine=software");
  await isDone(page, "gru");
  const there = await recordOf(page, "gru");
  const engine = await nodeEngine();
  const task = musicTask(syntheticChorales(1));
  const settings = { epochs: 2, patience: 2, seed: 1, batchSize: 16, weightNoise: 0.075 };
  const here = await train({
    task,
    cell: cellNamed("gru"),
    engine,
    learningRate: 1e-3,
    ...settings,
  });
  assert.match(there.engine.build, /webgpu/);
  for (const [i, { valid }] of here.record.curve.entries()) {
    const ratio = there.curve[i].valid.nllPerStep / valid.nllPerStep;
    assert.ok(Math.abs(ratio - 1) < 1e-3, `epoch ${i + 1}: ${ratio} of Node's NLL`);
  }
  assert.equal(there.id, here.record.id);
  console.log(`ok gpu: ${there.engine.build}, ${there.results.test.nllPerStep} nats`);
  await page.close();
}

/** A unit composes; its sound is not silent, and its files are what was heard. */
async function hears(browser: Browser): Promise<void> {
  const page = await open(browser, "epochs=2&units=gru&batchSize=8");
  await isDone(page, "gru");
  for (const note of [60, 64, 67]) await page.click(`#piano [data-note="${note}"]`);
  await page.click("#sample-all");
  const card = page.locator("#sample-gru");
  await card.locator("button:not([disabled]):text-is('MIDI')").waitFor();
  const loudest = Number(await card.getAttribute("data-loudest"));
  assert.ok(loudest > 0.5 && loudest <= 1, `loudest sample ${loudest}`);
  await card.locator("button", { hasText: "Play" }).click();
  await card.locator("button:text-is('Stop')").waitFor();
  await card.locator("button:text-is('Stop')").click();
  const midi = await saved(page, "#sample-gru button:text-is('MIDI')");
  const [roll] = pianoRollsFromMidi(readMidi(midi, "sample.mid"), "sample", { stepsPerQuarter: 1 });
  assert.ok(roll.notes.length > 20, `${roll.notes.length} notes`);
  const wav = await saved(page, "#sample-gru button:text-is('WAV')");
  assert.equal(wav.subarray(0, 4).toString("latin1"), "RIFF");
  await page.click("#blind-play");
  await page.locator("#blind .guess:not([disabled])").first().click();
  assert.match(
    (await page.textContent("#blind-answer")) ?? "",
    /^(Right|No): it was .* of 1 right/,
  );
  console.log(`ok hears: ${roll.notes.length} notes, ${wav.length} bytes of sound`);
  await page.close();
}

/** MIDI files that are dropped are what is trained on; a file that is none is told. */
async function drops(browser: Browser): Promise<void> {
  const page = await open(browser, "epochs=2&units=gru&batchSize=8");
  const rolls = syntheticChorales(3).train.slice(0, 12);
  const files = rolls.map((roll) => [...midiBytes(roll)]);
  const drop = (contents: number[][], ending: string) =>
    page.evaluate(
      ({ contents, ending }) => {
        const dataTransfer = new DataTransfer();
        contents.forEach((bytes, i) => {
          dataTransfer.items.add(new File([Uint8Array.from(bytes)], `piece-${i}${ending}`));
        });
        document.body.dispatchEvent(new DragEvent("drop", { dataTransfer, bubbles: true }));
      },
      { contents, ending },
    );
  await drop([[1, 2, 3]], ".mid");
  await page.locator("#status", { hasText: "piece-0.mid" }).waitFor();
  await drop(files, ".mid");
  await page
    .locator("#chart-note", { hasText: "12 dropped files: 10 pieces to learn from" })
    .waitFor();
  await isDone(page, "gru");
  const { data } = await recordOf(page, "gru");
  assert.equal(data.name, "own");
  await page.locator("#see-piece option").first().waitFor({ state: "attached" });
  await drop(files.slice(0, 1), ".mid");
  await page.locator("#status", { hasText: "one piece is cut into" }).waitFor();
  console.log(`ok drops: ${data.title}, checksum ${data.checksum.slice(0, 8)}`);
  await page.close();
}

/** A mistake in the equations is told at its line; equations that are right race. */
async function writes(browser: Browser): Promise<void> {
  const page = await open(browser, "epochs=1&units=gru&batchSize=8");
  const told = page.locator("#source-problem");
  await told.filter({ hasText: "is a unit" }).waitFor();
  const right = await page.inputValue("#source");
  for (const [wrong, problem] of [
    [right.replace("sigmoid(affine", "sigmoid(affine)("), /^Line 4: /],
    [right.replace("times(f, h))); ", "times(g, h)));"), /^Line 5: g is not defined/],
    [right.replace("{ h: plus", "{ k: plus"), /^Line [1-7]?:? ?.*expected/],
    ["for (;;) {}", /^Line 1: /],
    ["(() => { for (;;); })()", /does not end/],
  ] as const) {
    await page.fill("#source", wrong);
    await page.waitForFunction(
      ({ source, flags }) =>
        new RegExp(source, flags).test(
          document.getElementById("source-problem")?.textContent ?? "",
        ),
      { source: problem.source, flags: problem.flags },
      { timeout: 20_000 },
    );
    console.log(`ok writes: ${await told.textContent()}`);
  }
  await page.fill("#source", right.replaceAll("mine", "my-gate"));
  await page.click("#mine-race");
  await isDone(page, "mine");
  const record = await recordOf(page, "mine");
  assert.equal(record.configuration.cell, "my-gate");
  const address = page.url();
  await page.close();
  const again = await open(browser, address.slice(address.indexOf("#") + 1));
  await isDone(again, "mine");
  assert.deepEqual(comparable(await recordOf(again, "mine")), comparable(record));
  console.log(`ok shares: ${address.length} letters give the same curve again`);
  await again.close();
}

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: [
    ...browserFlags,
    "--autoplay-policy=no-user-gesture-required",
    ...["--enable-unsafe-webgpu", "--use-webgpu-adapter=swiftshader"],
  ],
  chromiumSandbox: false,
});
try {
  const wanted = process.argv.slice(2);
  for (const part of [bits, joint, gpu, hears, drops, writes])
    if (wanted.length === 0 || wanted.includes(part.name)) await part(browser);
} finally {
  await browser.close();
}
