import type { Experiment } from "./experiment.ts";

/** A prepared experiment: what to set, what to ask, and what to look at. */
export interface Lesson {
  readonly title: string;
  /** To be answered before Start. */
  readonly question: string;
  /** Where the answer is seen; it is not given away. */
  readonly look: string;
  readonly set: Partial<Experiment>;
}

export const lessons: readonly Lesson[] = [
  {
    title: "A gate that forgets",
    question:
      "An LSTM's forget gate begins half open, so that each step halves what it remembers. What will happen when it begins nearly closed (bias −3), and when it begins open (bias 3)?",
    look: "Race it, then turn “forget bias” to 3 and race again. In See, click a step: how many steps back does its gradient reach?",
    set: { units: ["gru", "lstm"], forgetBias: -3, epochs: 60, weightNoise: 0 },
  },
  {
    title: "Noise on tanh",
    question:
      "The paper adds noise to all weights, for every unit alike. Which unit suffers most from it, and which might need it?",
    look: "Race with noise 0.2, note the three numbers, and race with 0. Compare the distances, not the levels.",
    set: { weightNoise: 0.2, epochs: 60 },
  },
  {
    title: "Too high a rate",
    question:
      "The learning rate is fifty times the usual. Will the units fail in the same way? Which first?",
    look: "Watch the first ten epochs. Then halve the rate until all three learn: how far apart are the limits?",
    set: { learningRate: 0.05, epochs: 40 },
  },
  {
    title: "What a baseline knows",
    question:
      "Two dotted lines need no network: how often each key sounds, and whether it sounded just before. How many epochs until a network knows more than that?",
    look: "Find the epoch at which each unit crosses the line “one step of memory”. Who never comes near the green line, which nobody can beat?",
    set: { epochs: 100, learningRate: 5e-4 },
  },
  {
    title: "A GRU without reset",
    question:
      "The unit below is a GRU whose reset gate was taken out. It has fewer matrices, so it gets more units. Is the reset gate needed for chorales?",
    look: 'Race both. Then put the gate back, in the editor: const r = sigmoid(affine("r", x, h)), and times(r, h) in the candidate.',
    set: {
      units: ["gru", "mine"],
      epochs: 80,
      source: `// a GRU whose reset gate was taken out
cell("gru-no-reset", ({ input: x, hidden: h, affine, sigmoid, tanh,
                        times, oneMinus, plus }) => {
  const z = sigmoid(affine("z", x, h));  // update gate
  const c = tanh(affine("c", x, h));     // candidate: all of h
  return { h: plus(times(oneMinus(z), h), times(z, c)) };
})
`,
    },
  },
  {
    title: "Hear epochs 1, 10, 100",
    question:
      "The number falls fastest in the first epochs. Does the music get better fastest then, too? Could you tell epoch 10 from epoch 100 by ear?",
    look: "Pause at epoch 1, “Compose with all”, and listen; again at 10 and at 100. Then take the blind test.",
    set: { epochs: 100 },
  },
  {
    title: "Key by key, or chords",
    question:
      "A network that gives each key its own chance cannot know that two keys go together. Here a chord's keys are drawn one after the other, each knowing those above it. Does that help on these chorales, whose composer, a program, sounds every key independently, given the past? And on real ones?",
    look: "Race with “chords” at either choice, and compare with the green line. Then choose the JSB Chorales, or drop MIDI files of yours, and race both again: look at the numbers, and at how many voices the units compose.",
    set: { units: ["gru"], output: "nade", epochs: 60 },
  },
];
