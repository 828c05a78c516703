/** The four sets of piano-rolls on which results are published. */
export type LedgerSet = "jsb" | "nottingham" | "musedata" | "piano-midi";

/** One published row: test NLL in nats, as its authors print it. */
export interface LedgerEntry {
  readonly model: string;
  /** Parameters or units, as far as the source tells. */
  readonly size?: string;
  /** Whether the notes of a chord are predicted each on its own, or together. */
  readonly output: "independent" | "joint";
  /** What the mean is taken over; "not said" where the source leaves it open. */
  readonly mean: "steps" | "pieces" | "not said";
  readonly source: string;
  /** Whether we have read the number in its source; if not, it is from memory: check before use. */
  readonly read: boolean;
  readonly test: Readonly<Partial<Record<LedgerSet, number>>>;
}

const boulanger = "Boulanger-Lewandowski et al. 2012, table 1";
const krishnan = "Krishnan et al. 2017";
const bai = "Bai et al. 2018";
const jozefowicz = "Jozefowicz et al. 2015";
const paper = "Chung et al. 2014, table 2";

const row = (
  model: string,
  source: string,
  [jsb, nottingham, musedata, pianoMidi]: readonly (number | null)[],
  rest: Partial<Pick<LedgerEntry, "size" | "output" | "mean" | "read">> = {},
): LedgerEntry => ({
  model,
  source,
  output: "independent",
  mean: "not said",
  read: true,
  ...rest,
  test: {
    ...(jsb === null ? {} : { jsb }),
    ...(nottingham === null ? {} : { nottingham }),
    ...(musedata === null ? {} : { musedata }),
    ...(pianoMidi === null ? {} : { "piano-midi": pianoMidi }),
  },
});

const small = { size: "20 k" } as const;
const joint = { output: "joint" } as const;
const unread = { read: false } as const;

/**
 * Published test NLLs on the piano-roll sets, in nats, by source. Krishnan et al. print both means,
 * over all steps and over pieces, which shows how far they lie apart.
 */
export const ledger: readonly LedgerEntry[] = [
  row("RNN", boulanger, [8.71, 4.46, 8.13, 8.37]),
  row("RNN, Hessian-free", boulanger, [8.58, 3.89, 7.19, 7.66]),
  row("RNN, clipped and regularised", "Pascanu et al. 2013", [null, 3.46, 6.99, 7.46]),
  row("fast-dropout RNN", "Bayer et al. 2013", [8.01, 3.09, 6.75, 7.39], unread),
  row("deep DOT(S)-RNN", "Pascanu et al. 2014", [7.92, 2.95, 6.59, null], unread),
  row("tanh", paper, [9.1, 3.13, 6.23, 9.03], small),
  row("GRU", paper, [8.54, 3.23, 5.99, 8.82], small),
  row("LSTM", paper, [8.67, 3.2, 6.23, 9.03], small),
  row("LSTM", jozefowicz, [null, 3.49, null, 6.87]),
  row("LSTM, forget bias 1", jozefowicz, [null, 3.42, null, 6.82]),
  row("MUT1", jozefowicz, [null, 3.25, null, 6.79]),
  row("LSTM", bai, [8.45, 3.29, null, null], { size: "0.3 M JSB, 1 M Nottingham" }),
  row("GRU", bai, [8.43, 3.46, null, null], { size: "0.3 M JSB, 1 M Nottingham" }),
  row("TCN", bai, [8.1, 3.07, null, null], { size: "0.3 M JSB, 1 M Nottingham" }),
  row("RNN-RBM", boulanger, [6.27, 2.39, 6.01, 7.09], joint),
  row("RNN-NADE, Hessian-free", boulanger, [5.56, 2.31, 5.6, 7.05], joint),
  row("STORN", `${krishnan}, table 3`, [6.91, 2.85, 6.16, 7.13], joint),
  row("DMM, over steps", krishnan, [6.926, 2.964, 6.989, 7.98], { ...joint, mean: "steps" }),
  row("DMM, over pieces", krishnan, [6.856, 2.954, 6.203, 8.246], { ...joint, mean: "pieces" }),
  row("DMM-Aug-NADE", `${krishnan}, table 4`, [5.12, 2.31, 6.05, 7.05], joint),
  row("TP-LSTM-NADE, best", "Johnson 2017", [5.88, 1.61, 4.32, 5.44], joint),
];
