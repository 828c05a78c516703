// Negative log-likelihood of a chord by NADE (outputs/nade.ts) and its gradient, vectors running over the hidden units. Between two
// keys that sound nothing changes what the hidden units are: a chord of n keys has n + 1 stretches of keys that share one of it.
#ifndef NADE_H
#define NADE_H
#include "gemm.h"
#include "vector.h"

// K keys, H hidden units, rows of W and V padded to `width`; W, V and their gradients [K, width].
typedef struct {
  long keys, hidden, width;
  int downward;
  const float *W, *V;
  float *slopeW, *slopeV; // NULL: forward only
} Nade;

// Where a row's notes lie: σ(a) of every stretch [K + 1, width], a [width], its gradient [width], logits and their gradient [K], the
// keys that sound in their order [K] and with an end mark.
typedef struct {
  float *units, *sum, *slope, *logits;
  int32_t *sounding;
} NadeNotes;

// Floats of the notes: what arena.ts takes, at most.
INLINE int64_t nade_floats(int64_t keys, int64_t width) { return (keys + 3) * width + 2 * (keys + LANES) + keys + 1; }

static NadeNotes nade_notes(float *at, long keys, long width) {
  NadeNotes n = {.units = at};
  n.sum = n.units + (keys + 1) * width;
  n.slope = n.sum + width;
  n.logits = n.slope + width;
  n.sounding = (int32_t *)(n.logits + keys + LANES);
  return n;
}

// The keys that sound, in the order in which they are asked; whoever lists them may do so in any.
static long in_order(int32_t *to, const int32_t *keys, long count, int downward) {
  for (long i = 0; i < count; i++) {
    long j = i;
    for (; j > 0 && (downward ? to[j - 1] < keys[i] : to[j - 1] > keys[i]); j--) to[j] = to[j - 1];
    to[j] = keys[i];
  }
  return count;
}

// The keys of stretch m, [from, to): those after sounding key m - 1 up to sounding key m, which is the last that does not know of itself.
typedef struct {
  long from, to;
} KeyRange;

static KeyRange range_of(const Nade *n, const int32_t *sounding, long count, long m) {
  if (n->downward) return (KeyRange){m < count ? sounding[m] : 0, m > 0 ? sounding[m - 1] : n->keys};
  return (KeyRange){m > 0 ? sounding[m - 1] + 1 : 0, m < count ? sounding[m] + 1 : n->keys};
}

// logits[k] = bias[k] + V[k] . units for the keys of a stretch, four at a time.
static void nade_logits(const Nade *n, KeyRange s, const float *bias, const float *units, float *logits) {
  long k = s.from;
  for (; k + 4 <= s.to; k += 4) {
    const float *v = n->V + k * n->width;
    vf a = splat(0), b = splat(0), c = splat(0), d = splat(0);
    for (long i = 0; i < n->width; i += LANES) {
      const vf u = load(units + i);
      a += load(v + i) * u;
      b += load(v + n->width + i) * u;
      c += load(v + 2 * n->width + i) * u;
      d += load(v + 3 * n->width + i) * u;
    }
    logits[k] = bias[k] + sum(a), logits[k + 1] = bias[k + 1] + sum(b);
    logits[k + 2] = bias[k + 2] + sum(c), logits[k + 3] = bias[k + 3] + sum(d);
  }
  for (; k < s.to; k++) {
    const float *v = n->V + k * n->width;
    vf a = splat(0);
    for (long i = 0; i < n->width; i += LANES) a += load(v + i) * load(units + i);
    logits[k] = bias[k] + sum(a);
  }
}

// For the keys of a stretch with gradients d[k]: slopeV[k] += d[k] units, slope += (sum of d[k] V[k]) units (1 - units).
INLINE void nade_back(const int vectors, const Nade *n, KeyRange s, const float *d, const float *units, float *slope, long i) {
  vf u[4], total[4];
  UNROLL for (int v = 0; v < vectors; v++) u[v] = load(units + i + v * LANES), total[v] = splat(0);
  for (long k = s.from; k < s.to; k++) {
    const float *V = n->V + k * n->width + i;
    float *slopeV = n->slopeV + k * n->width + i;
    UNROLL for (int v = 0; v < vectors; v++) {
      total[v] += load(V + v * LANES) * d[k];
      store(slopeV + v * LANES, load(slopeV + v * LANES) + u[v] * d[k]);
    }
  }
  UNROLL for (int v = 0; v < vectors; v++) store(slope + i + v * LANES, load(slope + i + v * LANES) + total[v] * (u[v] - u[v] * u[v]));
}

// NLL of a row. `bias` [K] are the keys' biases b, `c` [H] the hidden units'; `at` the notes. Leaves `scale` times the gradient by b in
// place of b, and that by c in notes.slope; adds those by W and V to theirs.
static float nade_nll(const Nade *n, const int32_t *keys, long count, float *bias, const float *c, float *at, float scale) {
  const NadeNotes note = nade_notes(at, n->keys, n->width);
  in_order(note.sounding, keys, count, n->downward);
  for (long i = 0; i < n->width; i++) note.sum[i] = i < n->hidden ? c[i] : 0;
  for (long m = 0; m <= count; m++) {
    float *units = note.units + m * n->width;
    for (long i = 0; i < n->width; i += LANES) {
      if (m > 0) store(note.sum + i, load(note.sum + i) + load(n->W + note.sounding[m - 1] * n->width + i));
      store(units + i, vsigmoid(load(note.sum + i)));
    }
    nade_logits(n, range_of(n, note.sounding, count, m), bias, units, note.logits);
  }
  float sounding = 0;
  for (long m = 0; m < count; m++) sounding += note.logits[note.sounding[m]];
  vf loss = splat(0);
  for (long j = 0; j < n->keys; j += LANES) { // the last vector reaches into what follows the logits
    const long left = n->keys - j;
    vf v = load(note.logits + j), e = vexp(-absolute(v));
    vf some = maximum(v, splat(0)) + vlog1p(e), small = reciprocal(1.0f + e);
    vf sigmoid = choose(v < 0.0f, e * small, small) * scale;
    if (left < LANES)
      for (long i = left; i < LANES; i++) some[i] = 0;
    loss += some;
    if (!n->slopeV) continue;
    if (left >= LANES) store(bias + j, sigmoid);
    else
      for (long i = 0; i < left; i++) bias[j + i] = sigmoid[i];
  }
  if (!n->slopeV) return sum(loss) - sounding;
  for (long m = 0; m < count; m++) bias[note.sounding[m]] -= scale;
  for (long i = 0; i < n->width; i += LANES) store(note.slope + i, splat(0));
  for (long m = count; m >= 0; m--) {
    const KeyRange s = range_of(n, note.sounding, count, m);
    const float *units = note.units + m * n->width;
    long i = 0;
    for (; i + 4 * LANES <= n->width; i += 4 * LANES) nade_back(4, n, s, bias, units, note.slope, i);
    for (; i < n->width; i += LANES) nade_back(1, n, s, bias, units, note.slope, i);
    if (m == 0) break;
    float *slopeW = n->slopeW + note.sounding[m - 1] * n->width;
    for (i = 0; i < n->width; i += LANES) store(slopeW + i, load(slopeW + i) + load(note.slope + i));
  }
  return sum(loss) - sounding;
}
#endif
