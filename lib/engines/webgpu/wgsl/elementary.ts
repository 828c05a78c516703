/**
 * The elementary functions in WGSL, by the polynomials of the native engine (engines/native/c/vector.h): what a GPU's own exp and
 * tanh give is up to its vendor. NaN stays NaN.
 */
export const elementary = `
fn notANumber(x: f32) -> bool { return (bitcast<u32>(x) & 0x7fffffffu) > 0x7f800000u; }
fn finite(x: f32) -> bool { return (bitcast<u32>(x) & 0x7f800000u) != 0x7f800000u; }

fn expOf(x: f32) -> f32 {
  let y = clamp(x, -87.33654, 88.72283);
  let n = floor(y * 1.44269504 + 0.5);
  var f = y - n * 0.693359375;
  f = f + n * 2.12194440e-4;
  var p = f * 1.9875691500e-4 + 1.3981999507e-3;
  p = p * f + 8.3334519073e-3;
  p = p * f + 4.1665795894e-2;
  p = p * f + 1.6666665459e-1;
  p = p * f + 5.0000001201e-1;
  p = p * (f * f) + f + 1.0;
  let k = i32(n);
  let half = k >> 1u; // 2^n in two factors: n reaches 128
  var e = p * bitcast<f32>((half + 127) << 23u) * bitcast<f32>((k - half + 127) << 23u);
  e = select(e, 0.0, x < -87.33654);
  e = select(e, e * 3.0e38, x > 88.72283);
  return select(e, x, notANumber(x));
}

fn logOf(x: f32) -> f32 {
  if (!(x > 0.0) || !finite(x)) { return log(x); }
  let bits = bitcast<i32>(max(x, 1.17549435e-38));
  var exponent = (bits >> 23u) - 126;
  var m = bitcast<f32>((bits & 0x007fffff) | 0x3f000000);
  if (m < 0.70710678) { exponent -= 1; m = m + m; }
  m = m - 1.0;
  let z = m * m;
  var p = m * 7.0376836292e-2 - 1.1514610310e-1;
  p = p * m + 1.1676998740e-1;
  p = p * m - 1.2420140846e-1;
  p = p * m + 1.4249322787e-1;
  p = p * m - 1.6668057665e-1;
  p = p * m + 2.0000714765e-1;
  p = p * m - 2.4999993993e-1;
  p = p * m + 3.3333331174e-1;
  let e = f32(exponent);
  let r = p * m * z + e * -2.12194440e-4 - 0.5 * z;
  return m + r + e * 0.693359375;
}

fn sigmoidOf(x: f32) -> f32 { return 1.0 / (1.0 + expOf(-x)); }

fn tanhOf(x: f32) -> f32 {
  let a = abs(x);
  let z = x * x;
  var p = z * -5.70498872745e-3 + 2.06390887954e-2;
  p = p * z - 5.37397155531e-2;
  p = p * z + 1.33314422036e-1;
  p = p * z - 3.33332819422e-1;
  let small = p * z * x + x;
  let large = sign(x) * (1.0 - 2.0 / (expOf(min(a + a, 60.0)) + 1.0));
  return select(select(large, small, a < 0.625), x, notANumber(x));
}

// ln(1 + e) for 0 <= e <= 1
fn log1pOf(e: f32) -> f32 {
  var q = e * -3.1760570127516985e-3 + 1.9542526453733444e-2;
  q = q * e - 5.6373611092567444e-2;
  q = q * e + 1.0543623566627502e-1;
  q = q * e - 1.5269666910171509e-1;
  q = q * e + 1.9663274288177490e-1;
  q = q * e - 2.4951615929603577e-1;
  q = q * e + 3.3329710364341736e-1;
  q = q * e - 4.9999892711639404e-1;
  return q * (e * e) + e;
}

fn softplusOf(x: f32) -> f32 { return select(max(x, 0.0) + log1pOf(expOf(-abs(x))), x, notANumber(x)); }

// ln Gamma and its derivative, x > 0: as in c/vector.h
fn logGammaOf(x: f32) -> f32 {
  if (!(x > 0.0)) { return log(x) * log(x); }
  if (x >= 8.0) {
    let r = 1.0 / x;
    let s = r * r;
    return (x - 0.5) * logOf(x) - x + 0.918938533 + r * (8.3333333e-2 + s * (-2.7777778e-3 + s * 7.9365079e-4));
  }
  var y = x;
  var up = 1.0;
  var down = 1.0;
  for (var i = 0; i < 2; i++) { if (y < 1.5) { up = up * y; y = y + 1.0; } }
  for (var i = 0; i < 6; i++) { if (y >= 2.5) { y = y - 1.0; down = down * y; } }
  let u = y - 2.0;
  var q = u * 1.1500357e-4 - 2.5386184e-4;
  q = q * u + 5.0565741e-4;
  q = q * u - 1.1858377e-3;
  q = q * u + 2.8909562e-3;
  q = q * u - 7.3861776e-3;
  q = q * u + 2.0580788e-2;
  q = q * u - 6.7352281e-2;
  q = q * u + 3.2246703e-1;
  q = q * u + 4.2278434e-1;
  return q * u + logOf(down) - logOf(up);
}

fn digammaOf(x: f32) -> f32 {
  if (!(x > 0.0)) { return x - x + log(min(x, -1.0)); }
  var y = x;
  var sum = 0.0;
  for (var i = 0; i < 8; i++) { if (y < 8.0) { sum = sum + 1.0 / y; y = y + 1.0; } }
  let r = 1.0 / y;
  let s = r * r;
  return logOf(y) - 0.5 * r - s * (8.3333333e-2 - s * (8.3333333e-3 - s * 3.9682540e-3)) - sum;
}
`;
