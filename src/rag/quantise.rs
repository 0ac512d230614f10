//! Small forms of a vector for fast scanning, and the bytes vectors are stored in.
//!
//! Three forms, each a fixed number of bytes so that a block is its vectors end to end:
//! 32-bit floats (little-endian); *codes*, a scale (32-bit float) and one signed byte per
//! component, `component ≈ scale · code`; *sign bits*, one bit per component.

/// Bytes of the scale before the codes.
pub(super) const SCALE_BYTES: usize = 4;

/// Greatest code; -128 is not used, so that negation stays in range.
const GREATEST: f32 = 127.0;

/// Bytes of one vector of `dimensions` as codes.
pub fn code_bytes(dimensions: usize) -> usize {
    SCALE_BYTES + dimensions
}

/// Bytes of one vector of `dimensions` as sign bits.
pub fn sign_bytes(dimensions: usize) -> usize {
    dimensions.div_ceil(8)
}

/// Appends `vector` as floats.
pub fn push_floats(vector: &[f32], to: &mut Vec<u8>) {
    to.extend(vector.iter().flat_map(|x| x.to_le_bytes()));
}

/// Appends `vector` as codes. Components that are not numbers count as 0.
pub fn push_codes(vector: &[f32], to: &mut Vec<u8>) {
    let most = vector.iter().map(|x| x.abs()).fold(0.0, f32::max);
    let scale = if most.is_finite() { most / GREATEST } else { 0.0 };
    to.extend(scale.to_le_bytes());
    let inverse = if scale > 0.0 { 1.0 / scale } else { 0.0 };
    to.extend(vector.iter().map(|x| code(x * inverse).to_le_bytes()[0]));
}

/// Appends `vector` as sign bits: 1 for components above 0, lowest bit first.
pub fn push_signs(vector: &[f32], to: &mut Vec<u8>) {
    to.extend(vector.chunks(8).map(|chunk| {
        let bits = chunk.iter().enumerate();
        bits.fold(0, |byte, (at, &x)| byte | (u8::from(x > 0.0) << at))
    }));
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "clamped to the type's range; a cast turns what is not a number into 0"
)]
fn code(scaled: f32) -> i8 {
    scaled.round().clamp(-GREATEST, GREATEST) as i8
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn forms_have_their_sizes() {
        let (mut floats, mut codes, mut signs) = (Vec::new(), Vec::new(), Vec::new());
        let vector = [0.5, -1.0, 0.0, 0.25, -0.1, 0.0, 0.0, 0.0, 1e-9];
        push_floats(&vector, &mut floats);
        push_codes(&vector, &mut codes);
        push_signs(&vector, &mut signs);
        assert_eq!(floats.len(), 36);
        assert_eq!(codes.len(), code_bytes(9));
        assert_eq!(signs, [0b0000_1001, 1]);
        assert_eq!(signs.len(), sign_bytes(9));
        assert_eq!(
            codes[4..8].iter().map(|b| b.cast_signed()).collect::<Vec<_>>(),
            [64, -127, 0, 32]
        );
    }

    #[test]
    fn odd_vectors_do_no_harm() {
        for vector in [
            [0.0; 3],
            [f32::NAN, 1.0, -1.0],
            [f32::INFINITY, 1.0, 0.0],
            [1e-45, 0.0, 0.0],
        ] {
            let mut codes = Vec::new();
            push_codes(&vector, &mut codes);
            assert_eq!(codes.len(), 7);
        }
    }

    proptest! {
        #[test]
        fn codes_come_back_to_within_half_a_step(vector in proptest::collection::vec(-3.0_f32..3.0, 1..50)) {
            let mut bytes = Vec::new();
            push_codes(&vector, &mut bytes);
            let (scale, codes) = bytes.split_first_chunk::<4>().unwrap();
            let scale = f32::from_le_bytes(*scale);
            for (x, &code) in vector.iter().zip(codes) {
                let back = scale * f32::from(code.cast_signed());
                prop_assert!((x - back).abs() <= scale * 0.501);
            }
        }
    }
}
