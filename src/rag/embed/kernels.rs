//! Row-wise arithmetic of a transformer, written so that the compiler vectorises it.
//!
//! Each public function is compiled for AVX-512, AVX2 and the baseline and chosen
//! at run time by `pulp`. The error function and the exponential are polynomials:
//! no calls, no branches.
#![expect(
    clippy::inline_always,
    reason = "a loop is only compiled for wide registers when it is inlined into the dispatched function"
)]

use std::f32::consts::{FRAC_1_SQRT_2, LOG2_E};

use gemm_common::pulp::{Arch, Simd, WithSimd};

/// Partial sums kept apart, so that a sum can use whole vector registers.
const LANES: usize = 16;

/// Rows that share one pass over a weight.
const BLOCK: usize = 4;

/// Wraps a function's body for `pulp`, which compiles it once per instruction set.
macro_rules! dispatched {
    ($($(#[$doc:meta])* fn $name:ident<$life:lifetime>($($argument:ident: $type:ty),*) $body:block)*) => {$(
        $(#[$doc])*
        pub(super) fn $name<$life>($($argument: $type),*) {
            struct Operation<$life> {
                $($argument: $type),*
            }
            impl WithSimd for Operation<'_> {
                type Output = ();
                #[inline(always)]
                fn with_simd<S: Simd>(self, _: S) {
                    let Self { $($argument),* } = self;
                    $body
                }
            }
            Arch::new().dispatch(Operation { $($argument),* });
        }
    )*};
}

dispatched! {
    /// Adds `bias` to each row of `rows`.
    fn add_bias<'a>(rows: &'a mut [f32], bias: &'a [f32]) {
        for row in rows.chunks_exact_mut(bias.len()) {
            for (x, b) in row.iter_mut().zip(bias) {
                *x += b;
            }
        }
    }

    /// Adds `bias` to each row, then applies GELU in its exact form, `x/2 · (1 + erf(x/√2))`
    /// (Hendrycks and Gimpel 2016), to within 1e-6.
    fn add_bias_gelu<'a>(rows: &'a mut [f32], bias: &'a [f32]) {
        for row in rows.chunks_exact_mut(bias.len()) {
            for (x, b) in row.iter_mut().zip(bias) {
                let z = *x + b;
                *x = 0.5 * z * (1.0 + erf(z * FRAC_1_SQRT_2));
            }
        }
    }

    /// `to = layer_norm(to + more + bias)` row by row.
    fn add_normalise<'a>(to: &'a mut [f32], more: &'a [f32], bias: &'a [f32], norm: Norm<'a>) {
        let width = bias.len();
        for (row, more) in to.chunks_exact_mut(width).zip(more.chunks_exact(width)) {
            for ((x, m), b) in row.iter_mut().zip(more).zip(bias) {
                *x += m + b;
            }
            normalise_row(row, norm);
        }
    }

    /// Layer normalisation of each row.
    fn normalise<'a>(to: &'a mut [f32], norm: Norm<'a>) {
        for row in to.chunks_exact_mut(norm.weight.len()) {
            normalise_row(row, norm);
        }
    }

    /// Products of few rows with a large matrix, read once and not rearranged: `to` gets, for each
    /// row of `weights` in turn, its dot product with each row of `from`; all rows are `width` long.
    fn few_rows<'a>(to: &'a mut [f32], from: &'a [f32], weights: &'a [f32], width: usize) {
        let rows = from.len() / width;
        for (out, weight) in to.chunks_exact_mut(rows).zip(weights.chunks_exact(width)) {
            let blocks = out.chunks_mut(BLOCK).zip(from.chunks(BLOCK * width));
            for (out, block) in blocks {
                if let Some(four) = out.first_chunk_mut::<BLOCK>() {
                    *four = dots(block, weight);
                } else {
                    for (out, row) in out.iter_mut().zip(block.chunks_exact(width)) {
                        *out = dot(row, weight);
                    }
                }
            }
        }
    }

    /// The exponentials of each row of `width`, divided by their sum.
    fn softmax<'a>(rows: &'a mut [f32], width: usize) {
        for row in rows.chunks_exact_mut(width) {
            let top = maximum(row);
            for x in row.iter_mut() {
                *x = exp(*x - top);
            }
            let scale = 1.0 / sum(row);
            for x in row.iter_mut() {
                *x *= scale;
            }
        }
    }

    /// The mean of the rows, scaled to length 1; zeros if there is no row or no direction.
    fn mean_unit<'a>(rows: &'a [f32], to: &'a mut [f32]) {
        to.fill(0.0);
        for row in rows.chunks_exact(to.len()) {
            for (to, x) in to.iter_mut().zip(row) {
                *to += x;
            }
        }
        let norm = dot(to, to).sqrt();
        if norm > 0.0 {
            let scale = 1.0 / norm;
            for x in to.iter_mut() {
                *x *= scale;
            }
        }
    }
}

/// Parameters of a layer normalisation (Ba et al. 2016): rows are shifted and scaled to mean 0
/// and variance 1, then scaled by `weight` and moved by `shift`.
#[derive(Clone, Copy)]
pub(super) struct Norm<'a> {
    pub weight: &'a [f32],
    pub shift: &'a [f32],
    pub epsilon: f32,
}

#[inline(always)]
fn normalise_row(row: &mut [f32], norm: Norm) {
    let mean = sum(row) / count(row);
    for x in row.iter_mut() {
        *x -= mean;
    }
    let scale = 1.0 / (dot(row, row) / count(row) + norm.epsilon).sqrt();
    for ((x, w), s) in row.iter_mut().zip(norm.weight).zip(norm.shift) {
        *x = *x * scale * w + s;
    }
}

#[inline(always)]
#[expect(clippy::cast_precision_loss, reason = "rows are far shorter than 2^24")]
fn count(row: &[f32]) -> f32 {
    row.len() as f32
}

#[inline(always)]
fn sum(row: &[f32]) -> f32 {
    let mut lanes = [0.0; LANES];
    let chunks = row.chunks_exact(LANES);
    let rest: f32 = chunks.remainder().iter().sum();
    for chunk in chunks {
        for (lane, x) in lanes.iter_mut().zip(chunk) {
            *lane += x;
        }
    }
    lanes.iter().sum::<f32>() + rest
}

#[inline(always)]
fn dot(a: &[f32], b: &[f32]) -> f32 {
    let mut lanes = [0.0; LANES];
    let (left, right) = (a.chunks_exact(LANES), b.chunks_exact(LANES));
    let rest: f32 = left
        .remainder()
        .iter()
        .zip(right.remainder())
        .map(|(a, b)| a * b)
        .sum();
    for (a, b) in left.zip(right) {
        for ((lane, a), b) in lanes.iter_mut().zip(a).zip(b) {
            *lane += a * b;
        }
    }
    lanes.iter().sum::<f32>() + rest
}

/// Dot products of the rows of a block with one vector of their length.
#[inline(always)]
fn dots(block: &[f32], with: &[f32]) -> [f32; BLOCK] {
    let width = with.len();
    let (first, rest) = block.split_at(width);
    let (second, rest) = rest.split_at(width);
    let (third, fourth) = rest.split_at(width);
    let rows = first
        .chunks_exact(LANES)
        .zip(second.chunks_exact(LANES))
        .zip(third.chunks_exact(LANES).zip(fourth.chunks_exact(LANES)));
    let (mut one, mut two) = ([0.0; LANES], [0.0; LANES]);
    let (mut three, mut four) = ([0.0; LANES], [0.0; LANES]);
    for (((a, b), (c, d)), with) in rows.zip(with.chunks_exact(LANES)) {
        for lane in 0..LANES {
            one[lane] += a[lane] * with[lane];
            two[lane] += b[lane] * with[lane];
            three[lane] += c[lane] * with[lane];
            four[lane] += d[lane] * with[lane];
        }
    }
    let done = width / LANES * LANES;
    let total = |lanes: [f32; LANES], row: &[f32]| {
        let tail = row[done..width].iter().zip(&with[done..]);
        lanes.iter().sum::<f32>() + tail.map(|(a, b)| a * b).sum::<f32>()
    };
    [
        total(one, first),
        total(two, second),
        total(three, third),
        total(four, fourth),
    ]
}

#[inline(always)]
fn maximum(row: &[f32]) -> f32 {
    let mut lanes = [f32::MIN; LANES];
    let chunks = row.chunks_exact(LANES);
    let rest = chunks.remainder().iter().fold(f32::MIN, |a, &b| a.max(b));
    for chunk in chunks {
        for (lane, &x) in lanes.iter_mut().zip(chunk) {
            *lane = if x > *lane { x } else { *lane };
        }
    }
    lanes.iter().fold(rest, |a, &b| a.max(b))
}

/// The exponential for arguments up to 88, 0 far below: 2 to the nearest whole power, times a
/// polynomial (Taylor's to the sixth power) on the rest, |rest| ≤ ln 2 / 2. Relative error below 3e-7.
#[inline(always)]
fn exp(x: f32) -> f32 {
    // Adding 1.5·2^23 rounds to a whole number and leaves it in the low bits.
    const ROUND: f32 = 12_582_912.0;
    const LN_2_HIGH: f32 = 0.693_359_4;
    const LN_2_LOW: f32 = -2.121_944_4e-4;
    let x = if x > -87.0 { x } else { -87.0 };
    let shifted = x * LOG2_E + ROUND;
    let power = shifted - ROUND;
    let r = (x - power * LN_2_HIGH) - power * LN_2_LOW;
    let tail = 1.0 / 6.0 + r * (1.0 / 24.0 + r * (1.0 / 120.0 + r * (1.0 / 720.0)));
    let polynomial = 1.0 + r * (1.0 + r * (0.5 + r * tail));
    let scale = f32::from_bits((shifted.to_bits() << 23).wrapping_add(127 << 23));
    polynomial * scale
}

/// The error function to within 2e-7: Abramowitz and Stegun, formula 7.1.26.
#[inline(always)]
fn erf(x: f32) -> f32 {
    let size = x.abs();
    let t = 1.0 / (1.0 + 0.327_591_1 * size);
    let polynomial =
        t * (0.254_829_6 + t * (-0.284_496_72 + t * (1.421_413_8 + t * (-1.453_152_1 + t * 1.061_405_4))));
    (1.0 - polynomial * exp(-size * size)).copysign(x)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(a: f32, b: f64, tolerance: f64) {
        assert!((f64::from(a) - b).abs() <= tolerance, "{a} is not {b}");
    }

    #[test]
    fn exponential_is_exact_to_seven_digits() {
        for i in -8_700_i16..=0 {
            let x = f32::from(i) / 100.0;
            close(exp(x), f64::from(x).exp(), 3e-7 * f64::from(x).exp());
        }
        assert!(exp(-1e30) < 2e-38 && exp(f32::NEG_INFINITY) < 2e-38);
    }

    #[test]
    fn error_function_matches_known_values() {
        // Abramowitz and Stegun, table 7.1.
        for (x, y) in [
            (0.0, 0.0),
            (0.1, 0.112_462_916_0),
            (0.5, 0.520_499_877_8),
            (1.0, 0.842_700_792_9),
            (1.5, 0.966_105_146_5),
            (2.0, 0.995_322_265_0),
            (6.0, 1.0),
        ] {
            close(erf(x), y, 2.5e-7);
            close(erf(-x), -y, 2.5e-7);
        }
    }

    #[test]
    fn softmax_rows_sum_to_one_and_keep_ratios() {
        let mut rows: Vec<f32> = (0..40_u8).map(f32::from).collect();
        softmax(&mut rows, 20);
        for row in rows.chunks(20) {
            close(row.iter().sum(), 1.0, 1e-6);
            close(row[19] / row[18], std::f64::consts::E, 1e-5);
        }
    }

    #[test]
    fn normalised_rows_have_mean_zero_and_variance_one() {
        let width = 37;
        let mut rows: Vec<f32> = (0..74_u16).map(|i| f32::from(i * i % 101)).collect();
        let norm = Norm {
            weight: &vec![1.0; width],
            shift: &vec![0.0; width],
            epsilon: 1e-12,
        };
        normalise(&mut rows, norm);
        for row in rows.chunks(width) {
            close(sum(row) / 37.0, 0.0, 1e-6);
            close(dot(row, row) / 37.0, 1.0, 1e-5);
        }
    }

    #[test]
    fn gelu_matches_known_values() {
        let mut row = [-3.0, -1.0, 0.0, 0.5, 1.5];
        add_bias_gelu(&mut row, &[0.0, 0.0, 0.0, 0.5, 0.5]);
        let want = [-0.004_049_694, -0.158_655_25, 0.0, 0.841_344_7, 1.954_499_7];
        for (x, y) in row.iter().zip(want) {
            close(*x, y, 1e-6);
        }
    }

    #[test]
    fn few_rows_gives_every_dot_product() {
        for width in [16, 21, 3] {
            for rows in [1, 4, 7] {
                let from: Vec<f32> = (0_u16..)
                    .map(|i| f32::from(i * 7 % 11))
                    .take(rows * width)
                    .collect();
                let weights: Vec<f32> = (0_u16..).map(|i| f32::from(i * 5 % 13)).take(5 * width).collect();
                let mut to = vec![0.0; 5 * rows];
                few_rows(&mut to, &from, &weights, width);
                for (at, x) in to.iter().enumerate() {
                    let (weight, row) = (at / rows * width, at % rows * width);
                    let wanted: f32 = (0..width).map(|i| from[row + i] * weights[weight + i]).sum();
                    close(*x, f64::from(wanted), 1e-2);
                }
            }
        }
    }

    #[test]
    fn mean_unit_has_length_one_or_is_zero() {
        let mut to = [0.0; 2];
        mean_unit(&[3.0, 0.0, 0.0, 4.0], &mut to);
        close(to[0], 0.6, 1e-6);
        close(to[1], 0.8, 1e-6);
        mean_unit(&[], &mut to);
        assert!(to.iter().all(|x| x.abs() < f32::MIN_POSITIVE));
    }
}
