import { lstmBeginning } from "../lstm.js";

/**
 * The LSTM with the forget gate's bias at 1 before training, so that it begins by keeping its memory (Gers et al. 2000,
 * Jozefowicz et al. 2015). Differs from the paper, whose authors' code begins at 0.
 */
export const lstmForget1 = lstmBeginning(
  "lstm-forget-1",
  { forgetBias: 1 },
  {
    of: "lstm",
    short: "FB1",
    differs: "b_f begins at 1",
    source: "Gers et al. 2000; Jozefowicz et al. 2015",
  },
);
