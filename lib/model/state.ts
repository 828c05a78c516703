/** All that training needs to go on bit for bit. Arrays are by parameter name, in the parameter's own shape, row-major. */
export interface TrainingState {
  readonly parameters: ReadonlyMap<string, Float32Array>;
  readonly meanSquares: ReadonlyMap<string, Float32Array>;
  readonly momenta: ReadonlyMap<string, Float32Array>;
  /** Updates made so far. */
  readonly updates: number;
}
