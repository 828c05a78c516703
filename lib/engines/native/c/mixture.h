// Negative log-likelihood of a mixture of Gaussians and its gradient, vectors running over the components.
#ifndef MIXTURE_H
#define MIXTURE_H
#include "vector.h"

#define HALF_LN_2PI 0.918938533204672742f

// The lanes that still belong to a row of which `left` floats are left.
INLINE vi lanes_inside(long left) {
  vi lane = {0};
  for (int i = 0; i < LANES; i++) lane[i] = i;
  return lane < (int32_t)(left < LANES ? left : LANES);
}

// Stores the lanes inside; what lies behind them is written back as it was.
INLINE void store_inside(float *to, vi inside, vf v) { store(to, choose(inside, v, load(to))); }

INLINE float largest(vf x) {
  float most = x[0];
  for (int i = 1; i < LANES; i++) most = x[i] > most ? x[i] : most;
  return most;
}

INLINE float log_of(float x) { return vlog(splat(x))[0]; }

// ln sum over k of e^x[k] = top + ln total. The parts are kept: e^(x[k] - top) / total is exact where both logarithms are large.
typedef struct {
  float top, total;
} LogSum;

// x is whole vectors, filled up with -infinity.
static LogSum log_sum_exp(const float *x, long n) {
  vf most = splat(-__builtin_inff()), total = splat(0);
  for (long k = 0; k < n; k += LANES) most = maximum(most, load(x + k));
  const float top = largest(most);
  for (long k = 0; k < n; k += LANES) total += vexp(load(x + k) - top);
  return (LogSum){top, sum(total)};
}

// NLL of samples x[D] given a readout y: K logits, D x K means, D x K raw deviations (outputs/output.ts).
//
//   a_k = ln w_k - sum over d of z^2 / 2 + ln sigma,  z = (x_d - mu_dk) / sigma_dk,  sigma = ln(1 + e^s) + floor
//   NLL = D / 2 ln 2 pi - ln sum over k of e^a_k
//
// Leaves `scale` times its gradient in place of y, with r_k = e^a_k / sum of e^a, component k's share in the samples:
//
//   w_k - r_k by the logits,  -r_k z / sigma by the means,  r_k (1 - z^2) / sigma * sigmoid(s) by the raw deviations
//
// Vectors reach up to LANES - 1 floats behind y, which the arena has.
static float mixture_nll(long components, long samples, float floor, const float *x, float *y, int backward, float scale) {
  const long padded = (components + LANES - 1) / LANES * LANES;
  float logits[padded], joint[padded];
  float *means = y + components, *raws = means + samples * components;
  for (long k = 0; k < components; k += LANES) store(logits + k, choose(lanes_inside(components - k), load(y + k), splat(-__builtin_inff())));
  const LogSum weights = log_sum_exp(logits, padded);
  const float logTotal = log_of(weights.total);
  for (long k = 0; k < components; k += LANES) {
    const vi inside = lanes_inside(components - k);
    vf energy = splat(0), product = splat(1); // of up to four deviations: their logarithm is taken at once
    for (long d = 0; d < samples; d++) {
      float *mean = means + d * components + k, *raw = raws + d * components + k;
      vf s = load(raw), e = vexp(-absolute(s));
      vf deviation = maximum(s, splat(0)) + vlog1p(e) + floor, inverse = reciprocal(deviation);
      vf z = (x[d] - load(mean)) * inverse;
      energy += 0.5f * (z * z);
      product *= deviation;
      if (d % 4 == 3 || d == samples - 1) {
        energy += vlog(product);
        product = splat(1);
      }
      if (backward) {
        vf small = reciprocal(1.0f + e);
        vf sigmoid = choose(s < 0.0f, e * small, small);
        store_inside(mean, inside, -z * inverse);
        store_inside(raw, inside, (1.0f - z * z) * inverse * sigmoid);
      }
    }
    store(joint + k, choose(inside, load(logits + k) - weights.top - logTotal - energy, splat(-__builtin_inff())));
  }
  const LogSum likelihood = log_sum_exp(joint, padded);
  if (backward) {
    const float weightScale = scale / weights.total, shareScale = scale / likelihood.total;
    for (long k = 0; k < components; k += LANES) {
      const vi inside = lanes_inside(components - k);
      vf factor = fading(vexp(load(joint + k) - likelihood.top) * shareScale);
      store_inside(y + k, inside, fading(vexp(load(logits + k) - weights.top) * weightScale - factor));
      for (long i = k; i < 2 * samples * components; i += components) {
        vf slope = load(means + i) * factor; // a component without a share may be infinitely far away
        store_inside(means + i, inside, choose(factor == 0.0f, splat(0), fading(slope)));
      }
    }
  }
  return (float)samples * HALF_LN_2PI - likelihood.top - log_of(likelihood.total);
}
#endif
