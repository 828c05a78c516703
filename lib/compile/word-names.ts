// The names of the operations, and no more: the doors' types are made of them, for people who have no TensorFlow.js, too.

/** Words of one value, of two, and those with a constant k. */
export type UnaryWord =
  | "sigmoid"
  | "tanh"
  | "relu"
  | "exp"
  | "log"
  | "softplus"
  | "sqrt"
  | "square"
  | "absolute"
  | "negate"
  | "oneMinus"
  | "logGamma";
export type BinaryWord = "plus" | "minus" | "times" | "divide" | "maximum" | "minimum";
export type ConstantWord = "constant" | "scale" | "shift";
/** Any operation that equations can hold. */
export type WordName = UnaryWord | BinaryWord | ConstantWord;
/** What only derivatives and compiled steps use. */
export type InnerOp =
  | "sigmoidGradient"
  | "tanhGradient"
  | "reluGradient"
  | "timesPlus"
  | "withSignOf"
  | "whereLess"
  | "whereNotLess"
  | "digamma"
  | "copy";
export type ElementwiseOp = WordName | InnerOp;

/** Rows and columns of a value of one step, row by row: [1, 1] is a number, [1, n] a list. */
export type Shape = readonly [rows: number, columns: number];

/** Words of outputs that look at a whole row: [R, C] are the shape of the first input. */
export type RowWord =
  | "part"
  | "over"
  | "sum"
  | "sumRows"
  | "before"
  | "after"
  | "logSumExp"
  | "softmax"
  | "at";
/** What only derivatives use. */
export type InnerRowOp = "insert" | "spread";
export type RowOp = RowWord | InnerRowOp;
