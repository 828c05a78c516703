/** A-law and µ-law, ITU-T G.711: a sign, an exponent of three bits and a mantissa of four, widened to 16 bits. */

const aLaw = Int16Array.from({ length: 256 }, (_, code) => {
  const bits = code ^ 0x55;
  const exponent = (bits >> 4) & 7;
  const mantissa = ((bits & 15) << 4) + 8; // half a step up: the middle of the interval
  const magnitude = exponent === 0 ? mantissa : (mantissa + 256) << (exponent - 1);
  return bits & 0x80 ? magnitude : -magnitude;
});

const MU_LAW_BIAS = 132;

const muLaw = Int16Array.from({ length: 256 }, (_, code) => {
  const bits = ~code;
  const magnitude = ((((bits & 15) << 3) + MU_LAW_BIAS) << ((bits >> 4) & 7)) - MU_LAW_BIAS;
  return bits & 0x80 ? -magnitude : magnitude;
});

export function expandALaw(codes: Uint8Array, samples: Int16Array): void {
  for (let i = 0; i < codes.length; i++) samples[i] = aLaw[codes[i]];
}

export function expandMuLaw(codes: Uint8Array, samples: Int16Array): void {
  for (let i = 0; i < codes.length; i++) samples[i] = muLaw[codes[i]];
}
