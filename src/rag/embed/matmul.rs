//! Matrix products: the one place that calls the `gemm` kernels.
//!
//! The kernels choose AVX-512, AVX2 or plain code at run time. They take raw
//! pointers; here every product is checked to stay inside its slices first.

use gemm_common::Parallelism;

/// A matrix laid over a slice: element (i, j) is `data[i * row + j * col]`.
#[derive(Clone, Copy)]
pub(super) struct Matrix<'a> {
    pub data: &'a [f32],
    pub row: usize,
    pub col: usize,
}

impl<'a> Matrix<'a> {
    /// Rows one after the other, `width` apart.
    pub(super) fn rows(data: &'a [f32], width: usize) -> Self {
        Self {
            data,
            row: width,
            col: 1,
        }
    }

    /// The transpose, without moving anything.
    pub(super) fn transposed(self) -> Self {
        Self {
            data: self.data,
            row: self.col,
            col: self.row,
        }
    }
}

/// `to = scale · left · right` for `size` (m, n, k): `left` is m × k, `right` is k × n and `to` holds m rows of n,
/// `width` apart.
///
/// # Panics
/// If a matrix does not fit its slice, or `width < n`.
pub(super) fn multiply(
    to: &mut [f32],
    width: usize,
    size: (usize, usize, usize),
    scale: f32,
    left: Matrix,
    right: Matrix,
    threads: usize,
) {
    let (m, n, k) = size;
    if m == 0 || n == 0 {
        return;
    }
    assert!(width >= n, "rows of the product overlap");
    assert!(
        fits(to.len(), (m, width), (n, 1)),
        "product too large for its slice"
    );
    assert!(
        fits(left.data.len(), (m, left.row), (k, left.col)),
        "left matrix too large for its slice"
    );
    assert!(
        fits(right.data.len(), (k, right.row), (n, right.col)),
        "right matrix too large for its slice"
    );
    let parallelism = if threads > 1 {
        Parallelism::Rayon(threads)
    } else {
        Parallelism::None
    };
    run(to, width, size, scale, left, right, parallelism);
}

/// Whether the last element of a matrix with these (count, stride) pairs lies below `len`.
fn fits(len: usize, (rows, row): (usize, usize), (cols, col): (usize, usize)) -> bool {
    if rows == 0 || cols == 0 {
        return true;
    }
    let last = (rows - 1)
        .checked_mul(row)
        .zip((cols - 1).checked_mul(col))
        .and_then(|(a, b)| a.checked_add(b));
    // Strides become signed in the kernel.
    last.is_some_and(|last| last < len) && row.max(col).max(len) <= isize::MAX.unsigned_abs()
}

#[expect(
    unsafe_code,
    reason = "the kernel takes raw pointers; `multiply` has checked every bound"
)]
fn run(
    to: &mut [f32],
    width: usize,
    size: (usize, usize, usize),
    scale: f32,
    left: Matrix,
    right: Matrix,
    parallelism: Parallelism,
) {
    // The kernel likes a column-major product, ours is row-major: ask for the transpose, rightᵀ·leftᵀ.
    let (rows, columns, inner) = size;
    let kernel = gemm_f32::gemm::f32::get_gemm_fn();
    // SAFETY: `multiply` asserted that every element (i, j) of the three matrices lies inside its
    // slice and that rows of `to` do not overlap; `to` is borrowed mutably, so nothing aliases it;
    // the function was chosen for this processor by the library; f32 has no invalid bit patterns.
    unsafe {
        kernel(
            columns,
            rows,
            inner,
            to.as_mut_ptr(),
            width.cast_signed(),
            1,
            false,
            right.data.as_ptr(),
            right.row.cast_signed(),
            right.col.cast_signed(),
            left.data.as_ptr(),
            left.row.cast_signed(),
            left.col.cast_signed(),
            0.0,
            scale,
            false,
            false,
            false,
            parallelism,
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The safe twin.
    fn plain(to: &mut [f32], width: usize, size: (usize, usize, usize), scale: f32, a: Matrix, b: Matrix) {
        for i in 0..size.0 {
            for j in 0..size.1 {
                let mut sum = 0.0;
                for l in 0..size.2 {
                    sum += a.data[i * a.row + l * a.col] * b.data[l * b.row + j * b.col];
                }
                to[i * width + j] = scale * sum;
            }
        }
    }

    fn numbers(count: usize, seed: u32) -> Vec<f32> {
        let mut state = seed;
        (0..count)
            .map(|_| {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                f32::from(u8::try_from(state >> 24).unwrap()) / 64.0 - 2.0
            })
            .collect()
    }

    #[test]
    fn equals_the_plain_loops() {
        for &(m, n, k) in &[
            (1, 1, 1),
            (3, 5, 7),
            (17, 33, 32),
            (64, 48, 100),
            (2, 384, 384),
            (40, 40, 0),
        ] {
            let a = numbers(m * k.max(1), 1);
            let b = numbers(n * k.max(1), 2);
            for threads in [1, 2] {
                let (mut got, mut want) = (vec![9.0; m * (n + 3)], vec![9.0; m * (n + 3)]);
                let left = Matrix::rows(&a, k);
                let right = Matrix::rows(&b, k).transposed();
                multiply(&mut got, n + 3, (m, n, k), 0.5, left, right, threads);
                plain(&mut want, n + 3, (m, n, k), 0.5, left, right);
                for (got, want) in got.iter().zip(&want) {
                    assert!((got - want).abs() < 1e-3, "{got} {want} at {m} {n} {k}");
                }
            }
        }
    }

    #[test]
    #[should_panic(expected = "left matrix too large")]
    fn a_matrix_that_does_not_fit_is_refused() {
        let (a, b) = (vec![0.0; 5], vec![0.0; 9]);
        let mut to = vec![0.0; 9];
        multiply(
            &mut to,
            3,
            (3, 3, 3),
            1.0,
            Matrix::rows(&a, 3),
            Matrix::rows(&b, 3),
            1,
        );
    }
}
