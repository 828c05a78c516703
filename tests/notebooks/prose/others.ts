import { keptRows } from "../../bench/kept.js";

/**
 * Phrases with decimal numbers that are no results in our records: others' results, constants,
 * examples, and what a bench measured.
 */
export const notOurResults: Readonly<Record<string, readonly string[]>> = {
  "01-start": [
    "The paper's GRU reaches 6.94 on the pieces that it was trained on and 8.54 on new ones.",
    "the paper's best unit and the next are 0.13 nats apart",
  ],
  "02-figure-1": ["ten units that keep 0.99", "forty that keep 0.25"],
  "03-table-1": [
    "≈ 19.8 thousand parameters",
    "≈ 169.1 thousand",
    "≈ 20.2 thousand",
    "≈ 168.9 thousand",
    "≈ 20.1 thousand",
    "≈ 168.4 thousand",
    "the paper's 168.4, 168.9 and 169.1 thousand",
    "the printed 20.1, 20.2 and 19.8 thousand",
  ],
  "04-figure-2": ["fall below 3.7 nats"],
  "05-figure-3": [
    "500 (0.06 s)",
    "with probability 0.3 the samples go like this, give or take so much; with 0.2 like that",
    "standard deviation 0.075",
    "Its test score on speech A is −6.39", // gated-rnn baselines --data speech-a
    "the mixture without memory (−6.39)",
    "LSTM 2.70, GRU 3.59, tanh 6.44",
    "spectral radius of 1.5",
    "gets 1.1, the LSTM 1.05", // 0.075 √227 and 0.075 √195
  ],
  "06-table-2": [
    "be within 0.1 nats of the paper's",
    "Krishnan et al. 2017 have 6.99 per step and 6.20 per piece on MuseData, 7.98 and 8.25 on Piano-midi.de",
    "**Nottingham: worse by 0.4.**",
    "reports 3.46 for a GRU and 3.29 for an LSTM",
    "a p-value of 0.1",
  ],
  "07-claims": [
    "every unit at 0.001, the rate of their files", // the authors' published files
    "files have a single one, 0.001, whatever the unit",
    "Who tries one rate near 0.001",
    "all at 0.001: the GRU on four of four, the LSTM clearly on two", // the claim above
    "a difference below 0.05 nats too small",
    "the best test score on Nottingham (3.13)",
    "The paper has the LSTM ahead on Nottingham, by 0.03.",
    "under RMSProp's root or a floor of 0.01 for it",
  ],
  "08-why-it-works": ["is about 0.02, and "],
  "12-five-ways": ["is about 3.6 nats per step"],
  "09-listen": ["at a temperature between 0.6 and 0.9"],
  "README.md": [
    "[arXiv 1412.3555]",
    "Node 22.12 or later",
    "the one rate of the authors' files, 0.001, the paper's claim comes out",
  ],
  "docs/how-it-works.md": ["TensorFlow 2.9 and CUDA 11.2", "the TensorFlow 2.21 that PyPI brings"],
  "docs/installing.md": [
    "Node 22.12 or later, as `pg-boss` does",
    "build takes about 1.1 times as long", // npm run bench
    "three scripts that draw (0.8 MB)",
  ],
  "docs/reproduction.md": [
    "have one learning rate for every unit, 0.001.", // the authors' published files
    "standard deviation 0.075",
    "decay 0.95 and momentum 0.9",
    "with weight noise 1.4 processor hours", // gated-rnn records notebooks/results/speech --csv: seconds
    "floored at 0.01 instead of an ε, momentum 0.9",
    "where the paper has 3.23 and later, larger models 3.46",
    "(12.6 and 13.3 µs for the GRU)", // npm run bench -- --speech
  ],
  "docs/speed.md": [
    "which takes them past 1.6 on a Zen 4", // docs/bench/threads.json
    "0.97 to 1.02 times as fast, with and without noise",
    "1.3 was asked for",
    "take 0.95 to 0.98 of the time by the fastest turns",
    "at batch 1 the LSTM 0.93",
    "58 µs of JSB's 1367, GRU), to 0.5 % of rows evenly", // 150 + 989 + 70 + 100 + 58, by clock readings
    ...keptRows(), // and so every row of docs/bench stands there
    "PyTorch 2.13",
    "two threads on music 1.6 ×",
    "| from opening to the first curve | 1.8 s | 2 s |", // npm run bench:live
    "| to the first music | 2.0 s |",
    "side by side | 13.8 s |",
  ],
};
