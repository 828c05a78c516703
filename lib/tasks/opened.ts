import type { Dataset } from "./index.js";
import type { Task } from "./task.js";

/** Data that were opened, and what is to be told of how they were understood. */
export interface OpenedTask {
  readonly task: Task;
  /** Where it is the paper's kind of data: what its own baselines and primers need. */
  readonly dataset?: Dataset;
  readonly notices: readonly string[];
}
