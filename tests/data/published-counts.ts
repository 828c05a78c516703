/**
 * Sequences and steps per split of the four sets, and the notes over all steps, counted with Python from the JSON copies of the
 * piano-rolls, apart from this package. `mat` and `pickle` are the names of the files.
 */
export const publishedCounts = [
  {
    title: "JSB Chorales",
    mat: "JSB_Chorales.mat",
    pickle: "JSB Chorales.pickle",
    counts: counts([229, 13_807, 53_824], [76, 4_602, 17_811], [77, 4_725, 18_367]),
  },
  {
    title: "Nottingham",
    mat: "Nottingham.mat",
    pickle: "Nottingham.pickle",
    counts: counts([694, 176_561, 699_403], [173, 45_513, 180_192], [170, 44_463, 177_421]),
  },
  {
    title: "MuseData",
    mat: "MuseData.mat",
    pickle: "MuseData.pickle",
    counts: counts([524, 245_202, 856_543], [135, 82_755, 287_893], [124, 64_339, 211_857]),
  },
  {
    title: "Piano-midi.de",
    mat: "Piano_midi.mat",
    pickle: "Piano-midi.de.pickle",
    counts: counts([87, 75_911, 231_089], [12, 8_540, 27_623], [25, 19_036, 56_067]),
  },
];

type Counts = readonly [sequences: number, steps: number, notes: number];

function counts(...sets: readonly [train: Counts, valid: Counts, test: Counts]) {
  const [train, valid, test] = sets.map(([sequences, steps, notes]) => ({
    sequences,
    steps,
    notes,
  }));
  return { train, valid, test };
}
