/** Arrays by parameter name, in the parameter's own shape, row-major. */
export type ByParameter = ReadonlyMap<string, Float32Array>;

/** All that training needs to go on bit for bit. */
export interface TrainingState {
  readonly parameters: ByParameter;
  /** The update rule's memory by slot; at rest, before the first update, a slot may be missing: it is 0. */
  readonly optimiser: ReadonlyMap<string, ByParameter>;
  /** Updates made so far. */
  readonly updates: number;
}
