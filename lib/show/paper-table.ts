/** A mean NLL as the paper reports it, in nats per step, on the training and the test split. */
export interface PaperNll {
  /** Mean NLL of the training set, in nats per step. */
  readonly train: number;
  /** Mean NLL of the test set, in nats per step. */
  readonly test: number;
}

/** The paper's units, in the order of its tables. */
export const paperUnits = ["tanh", "gru", "lstm"] as const;

/** One row of table 2: a data set and its three units. */
export interface PaperRow {
  /** The data set's name here, on the command line and in records. */
  readonly data: string;
  readonly title: string;
  readonly kind: "music" | "speech";
  readonly tanh: PaperNll;
  readonly gru: PaperNll;
  readonly lstm: PaperNll;
}

/**
 * Table 2 of Chung et al. 2014. Music can be compared with ours; speech cannot, since the paper's recordings were never
 * published and the level of a density depends on how the samples are scaled.
 */
export const paperTable: readonly PaperRow[] = [
  music("nottingham", "Nottingham", [3.22, 3.13], [2.79, 3.23], [3.08, 3.2]),
  music("jsb", "JSB Chorales", [8.82, 9.1], [6.94, 8.54], [8.15, 8.67]),
  music("musedata", "MuseData", [5.64, 6.23], [5.06, 5.99], [5.18, 6.23]),
  music("piano-midi", "Piano-midi.de", [5.64, 9.03], [4.93, 8.82], [6.49, 9.03]),
  speech("speech-a", "Ubisoft data set A", [6.29, 6.44], [2.31, 3.59], [1.44, 2.7]),
  speech("speech-b", "Ubisoft data set B", [7.61, 7.62], [0.38, 0.88], [0.8, 1.26]),
];

/** The paper's numbers for a cell on a data set; undefined where it has none. */
export function paperNll(data: string, cell: string): PaperNll | undefined {
  const row = paperTable.find((r) => r.data === data);
  switch (cell) {
    case "tanh":
    case "gru":
    case "lstm":
      return row?.[cell];
    default:
      return undefined;
  }
}

type Pair = readonly [train: number, test: number];

function music(data: string, title: string, tanh: Pair, gru: Pair, lstm: Pair): PaperRow {
  return { data, title, kind: "music", tanh: nll(tanh), gru: nll(gru), lstm: nll(lstm) };
}

function speech(data: string, title: string, tanh: Pair, gru: Pair, lstm: Pair): PaperRow {
  return { data, title, kind: "speech", tanh: nll(tanh), gru: nll(gru), lstm: nll(lstm) };
}

function nll([train, test]: Pair): PaperNll {
  return { train, test };
}
