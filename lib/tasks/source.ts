import type { MusicDataset } from "../data/dataset.js";
import type { RowsData } from "./rows-data.js";

/** Plain data from which another process makes a task again. */
export type TaskSource =
  | { readonly kind: "music"; readonly dataset: MusicDataset }
  | { readonly kind: "rows"; readonly data: RowsData };
