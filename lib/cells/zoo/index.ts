import type { Cell } from "../cell.js";
import { gru1 } from "./gru-1.js";
import { gru2 } from "./gru-2.js";
import { gru3 } from "./gru-3.js";
import { gruAfter } from "./gru-after.js";
import { gruCoupled } from "./gru-coupled.js";
import { gruNoReset } from "./gru-no-reset.js";
import { gruNoUpdate } from "./gru-no-update.js";
import { janet } from "./janet.js";
import { lstmChrono } from "./lstm-chrono.js";
import { lstmCifg } from "./lstm-cifg.js";
import { lstmFgr } from "./lstm-fgr.js";
import { lstmForget1 } from "./lstm-forget-1.js";
import { lstmNfg } from "./lstm-nfg.js";
import { lstmNiaf } from "./lstm-niaf.js";
import { lstmNig } from "./lstm-nig.js";
import { lstmNoPeepholes } from "./lstm-no-peepholes.js";
import { lstmNoaf } from "./lstm-noaf.js";
import { lstmNog } from "./lstm-nog.js";
import { mgu } from "./mgu.js";
import { mgu1 } from "./mgu-1.js";
import { mgu2 } from "./mgu-2.js";
import { mgu3 } from "./mgu-3.js";
import { minGru } from "./min-gru.js";
import { minLstm } from "./min-lstm.js";
import { mut1 } from "./mut-1.js";
import { mut2 } from "./mut-2.js";
import { mut3 } from "./mut-3.js";

/** The variants of the LSTM and the GRU that the literature has, those of one unit together; see `Cell.variant`. */
export const zoo: readonly Cell[] = [
  lstmNig,
  lstmNfg,
  lstmNog,
  lstmNiaf,
  lstmNoaf,
  lstmCifg,
  lstmNoPeepholes,
  lstmForget1,
  lstmChrono(),
  janet,
  lstmFgr,
  minLstm,
  gruNoReset,
  gruNoUpdate,
  gruCoupled,
  gruAfter,
  gru1,
  gru2,
  gru3,
  mgu,
  mgu1,
  mgu2,
  mgu3,
  mut1,
  mut2,
  mut3,
  minGru,
];
