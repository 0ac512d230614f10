//! The forward pass of a BERT encoder (Devlin et al. 2019) with mean pooling.
//!
//! Texts of a batch are laid row after row without padding: linear layers run over
//! all rows at once, attention runs per text. Query, key and value are one product.
//! Weights stay where they lie in the file's bytes; only that fused matrix is a copy,
//! and of the word table only the rows in use are ever touched.
//!
//! Long because the tests hold the whole computation a second time, in plain loops.

use std::ops::Range;

use rayon::prelude::*;
use serde::Deserialize;

use super::kernels;
use super::matmul::{Matrix, multiply};
use super::weights::{Header, floats};
use crate::failure::{Failure, Result};

/// Up to here a batch is computed weight by weight: reading the weights is then what takes the
/// time, and the general product would first copy them into another order.
const FEW_ROWS: usize = 32;

/// The part of a model's `config.json` that decides the computation.
#[derive(Debug, Clone, Deserialize)]
pub struct Config {
    /// Length of a token's vector, and of the embedding.
    pub hidden_size: usize,
    /// Length inside the feed-forward layers.
    pub intermediate_size: usize,
    /// Heads the vector is divided among.
    pub num_attention_heads: usize,
    /// Encoder layers.
    pub num_hidden_layers: usize,
    /// Rows of the word table.
    pub vocab_size: usize,
    /// Longest input in tokens.
    pub max_position_embeddings: usize,
    /// Rows of the segment table.
    #[serde(default = "two")]
    pub type_vocab_size: usize,
    /// Added to the variance in normalisation.
    #[serde(default = "tiny")]
    pub layer_norm_eps: f32,
    /// Activation of the feed-forward layers; only `gelu` is computed.
    #[serde(default = "gelu")]
    pub hidden_act: String,
    /// Only `bert` is computed.
    #[serde(default = "bert")]
    pub model_type: String,
}

fn two() -> usize {
    2
}

fn tiny() -> f32 {
    1e-12
}

fn gelu() -> String {
    "gelu".to_owned()
}

fn bert() -> String {
    "bert".to_owned()
}

impl Config {
    /// Reads `config.json`.
    ///
    /// # Errors
    /// Not JSON, a field is missing, or the model is not a BERT this code computes.
    pub fn parse(json: &str) -> Result<Self> {
        let config: Self = serde_json::from_str(json)
            .map_err(|error| Failure::user(format!("the model's configuration: {error}")))?;
        let refused = |what: String| {
            Err(Failure::user(format!("the model's {what} is not supported"))
                .hint("use a BERT encoder such as all-MiniLM-L6-v2"))
        };
        if config.model_type != "bert" {
            return refused(format!("kind `{}`", config.model_type));
        }
        if config.hidden_act != "gelu" {
            return refused(format!("activation `{}`", config.hidden_act));
        }
        let sizes = [
            config.hidden_size,
            config.intermediate_size,
            config.num_attention_heads,
            config.vocab_size,
            config.max_position_embeddings,
            config.type_vocab_size,
        ];
        // The bound keeps every product of two sizes far from overflow.
        if sizes.iter().any(|&size| size == 0 || size > 1 << 24)
            || config.num_hidden_layers > 1 << 10
            || !config.hidden_size.is_multiple_of(config.num_attention_heads)
        {
            return refused("shape".to_owned());
        }
        Ok(config)
    }
}

/// Where a parameter is: in the file's bytes, or in our own copy.
enum Tensor {
    Mapped(Range<usize>),
    Owned(Vec<f32>),
}

struct Linear {
    /// Row-major, outputs × inputs.
    weight: Tensor,
    bias: Tensor,
}

struct Norm {
    weight: Tensor,
    shift: Tensor,
}

struct Layer {
    /// Query, key and value above one another: 3·hidden × hidden.
    attention: Linear,
    attention_out: Linear,
    attention_norm: Norm,
    up: Linear,
    down: Linear,
    norm: Norm,
}

/// Whoever owns the bytes of a `model.safetensors`, best as mapped memory.
pub type Bytes = Box<dyn AsRef<[u8]> + Send + Sync>;

/// A model ready to run over the bytes of its `model.safetensors`.
pub struct Bert {
    config: Config,
    bytes: Bytes,
    words: Range<usize>,
    positions: Tensor,
    segments: Tensor,
    norm: Norm,
    layers: Vec<Layer>,
}

/// Working memory of one thread; grows to the largest batch seen.
#[derive(Debug, Default)]
pub struct Scratch {
    hidden: Vec<f32>,
    fused: Vec<f32>,
    context: Vec<f32>,
    out: Vec<f32>,
    wide: Vec<f32>,
    scores: Vec<f32>,
}

impl std::fmt::Debug for Bert {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Bert").finish_non_exhaustive()
    }
}

impl Bert {
    /// Finds the parameters in `bytes` (`model.safetensors`) and fuses those that need it.
    ///
    /// # Errors
    /// The file is broken, or lacks a 32-bit float tensor of the configured shape.
    pub fn new(config: Config, bytes: Bytes) -> Result<Self> {
        let all = (*bytes).as_ref();
        let header = Header::read(all)?;
        let tensor = |name: &str, shape: &[usize]| -> Result<Tensor> {
            let range = header.floats(name, shape)?;
            Ok(match floats(&all[range.clone()]) {
                std::borrow::Cow::Borrowed(_) => Tensor::Mapped(range),
                std::borrow::Cow::Owned(copy) => Tensor::Owned(copy),
            })
        };
        let (hidden, wide) = (config.hidden_size, config.intermediate_size);
        let linear = |name: &str, outputs: usize, inputs: usize| -> Result<Linear> {
            Ok(Linear {
                weight: tensor(&format!("{name}.weight"), &[outputs, inputs])?,
                bias: tensor(&format!("{name}.bias"), &[outputs])?,
            })
        };
        let norm = |name: &str| -> Result<Norm> {
            Ok(Norm {
                weight: tensor(&format!("{name}.LayerNorm.weight"), &[hidden])?,
                shift: tensor(&format!("{name}.LayerNorm.bias"), &[hidden])?,
            })
        };
        let fused = |name: &str| -> Result<Linear> {
            let (mut weight, mut bias) = (
                Vec::with_capacity(3 * hidden * hidden),
                Vec::with_capacity(3 * hidden),
            );
            for part in ["query", "key", "value"] {
                let part = format!("{name}.attention.self.{part}");
                let range = header.floats(&format!("{part}.weight"), &[hidden, hidden])?;
                weight.extend_from_slice(&floats(&all[range]));
                let range = header.floats(&format!("{part}.bias"), &[hidden])?;
                bias.extend_from_slice(&floats(&all[range]));
            }
            Ok(Linear {
                weight: Tensor::Owned(weight),
                bias: Tensor::Owned(bias),
            })
        };
        let words = header.floats("embeddings.word_embeddings.weight", &[config.vocab_size, hidden])?;
        let positions = tensor(
            "embeddings.position_embeddings.weight",
            &[config.max_position_embeddings, hidden],
        )?;
        let segments = tensor(
            "embeddings.token_type_embeddings.weight",
            &[config.type_vocab_size, hidden],
        )?;
        let first_norm = norm("embeddings")?;
        let layers = (0..config.num_hidden_layers)
            .map(|number| {
                let name = format!("encoder.layer.{number}");
                Ok(Layer {
                    attention: fused(&name)?,
                    attention_out: linear(&format!("{name}.attention.output.dense"), hidden, hidden)?,
                    attention_norm: norm(&format!("{name}.attention.output"))?,
                    up: linear(&format!("{name}.intermediate.dense"), wide, hidden)?,
                    down: linear(&format!("{name}.output.dense"), hidden, wide)?,
                    norm: norm(&format!("{name}.output"))?,
                })
            })
            .collect::<Result<_>>()?;
        Ok(Self {
            words,
            positions,
            segments,
            norm: first_norm,
            layers,
            config,
            bytes,
        })
    }

    /// The configuration it was made with.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// One unit vector of `hidden_size` floats per text, end to end. Each text is a row of token
    /// ids, `[CLS]` and `[SEP]` included; ids and lengths beyond the model's tables are cut to them.
    /// `threads` above 1 splits each product over the current rayon pool.
    pub fn embed(&self, texts: &[Vec<u32>], threads: usize, scratch: &mut Scratch) -> Vec<f32> {
        let width = self.config.hidden_size;
        let lengths: Vec<usize> = texts
            .iter()
            .map(|ids| ids.len().min(self.config.max_position_embeddings))
            .collect();
        let rows: usize = lengths.iter().sum();
        scratch.resize(rows, lengths.iter().copied().max().unwrap_or(0), &self.config);
        self.look_up(texts, &lengths, &mut scratch.hidden);
        for layer in &self.layers {
            self.run(layer, &lengths, threads, scratch);
        }
        let mut vectors = vec![0.0; texts.len() * width];
        let mut at = 0;
        for (vector, length) in vectors.chunks_exact_mut(width).zip(&lengths) {
            let end = at + length * width;
            kernels::mean_unit(&scratch.hidden[at..end], vector);
            at = end;
        }
        vectors
    }

    fn slice<'a>(&'a self, tensor: &'a Tensor) -> &'a [f32] {
        match tensor {
            Tensor::Owned(copy) => copy,
            // `new` saw this range cast, and the bytes have not moved: the branch for copies is idle.
            Tensor::Mapped(range) => {
                bytemuck::try_cast_slice(&(*self.bytes).as_ref()[range.clone()]).unwrap_or_default()
            }
        }
    }

    fn norm<'a>(&'a self, norm: &'a Norm) -> kernels::Norm<'a> {
        kernels::Norm {
            weight: self.slice(&norm.weight),
            shift: self.slice(&norm.shift),
            epsilon: self.config.layer_norm_eps,
        }
    }

    /// Word, position and segment vectors added and normalised.
    fn look_up(&self, texts: &[Vec<u32>], lengths: &[usize], to: &mut [f32]) {
        let width = self.config.hidden_size;
        let words = &(*self.bytes).as_ref()[self.words.clone()];
        let segment = &self.slice(&self.segments)[..width];
        let positions = self.slice(&self.positions);
        let mut rows = to.chunks_exact_mut(width);
        for (ids, &length) in texts.iter().zip(lengths) {
            let tokens = ids[..length].iter().zip(positions.chunks_exact(width));
            for ((&id, position), row) in tokens.zip(&mut rows) {
                let id = (id as usize).min(self.config.vocab_size - 1);
                let word = floats(&words[id * width * 4..][..width * 4]);
                for (((x, w), p), s) in row.iter_mut().zip(&*word).zip(position).zip(segment) {
                    *x = w + p + s;
                }
            }
        }
        kernels::normalise(to, self.norm(&self.norm));
    }

    fn run(&self, layer: &Layer, lengths: &[usize], threads: usize, scratch: &mut Scratch) {
        let Scratch {
            hidden,
            fused,
            context,
            out,
            wide,
            scores,
        } = scratch;
        let width = self.config.hidden_size;
        self.linear(&layer.attention, hidden, fused, threads);
        kernels::add_bias(fused, self.slice(&layer.attention.bias));
        self.attend(lengths, fused, context, scores, threads);
        self.linear(&layer.attention_out, context, out, threads);
        let bias = self.slice(&layer.attention_out.bias);
        kernels::add_normalise(hidden, out, bias, self.norm(&layer.attention_norm));
        self.linear(&layer.up, hidden, wide, threads);
        kernels::add_bias_gelu(wide, self.slice(&layer.up.bias));
        self.linear(&layer.down, wide, out, threads);
        let bias = self.slice(&layer.down.bias);
        kernels::add_normalise(hidden, out, bias, self.norm(&layer.norm));
        debug_assert_eq!(hidden.len() % width, 0);
    }

    /// `to = from · weightᵀ`, row by row; the bias is left to what follows.
    fn linear(&self, linear: &Linear, from: &[f32], to: &mut [f32], threads: usize) {
        let weight = self.slice(&linear.weight);
        let outputs = self.slice(&linear.bias).len();
        let inputs = weight.len() / outputs;
        let rows = from.len() / inputs;
        if rows > 0 && rows <= FEW_ROWS {
            let share = outputs.div_ceil(threads.max(1));
            let mut turned = vec![0.0; rows * outputs];
            turned
                .par_chunks_mut(share * rows)
                .zip(weight.par_chunks(share * inputs))
                .for_each(|(to, weight)| kernels::few_rows(to, from, weight, inputs));
            for (row, to) in to.chunks_exact_mut(outputs).enumerate() {
                for (to, column) in to.iter_mut().zip(turned.chunks_exact(rows)) {
                    *to = column[row];
                }
            }
            return;
        }
        multiply(
            to,
            outputs,
            (rows, outputs, inputs),
            1.0,
            Matrix::rows(from, inputs),
            Matrix::rows(weight, inputs).transposed(),
            threads,
        );
    }

    /// Softmax(q·kᵀ/√d)·v for each text and head, read from and written to strided columns.
    fn attend(
        &self,
        lengths: &[usize],
        fused: &[f32],
        context: &mut [f32],
        scores: &mut [f32],
        threads: usize,
    ) {
        let width = self.config.hidden_size;
        let part = width / self.config.num_attention_heads;
        let scale = 1.0 / dimension(part).sqrt();
        let mut first = 0;
        for &length in lengths.iter().filter(|&&length| length > 0) {
            for head in 0..self.config.num_attention_heads {
                let at = |which: usize| {
                    let start = first * 3 * width + which * width + head * part;
                    Matrix::rows(&fused[start..], 3 * width)
                };
                let scores = &mut scores[..length * length];
                multiply(
                    scores,
                    length,
                    (length, length, part),
                    scale,
                    at(0),
                    at(1).transposed(),
                    threads,
                );
                kernels::softmax(scores, length);
                multiply(
                    &mut context[first * width + head * part..],
                    width,
                    (length, part, length),
                    1.0,
                    Matrix::rows(scores, length),
                    at(2),
                    threads,
                );
            }
            first += length;
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "a head is far shorter than 2^24")]
fn dimension(part: usize) -> f32 {
    part as f32
}

impl Scratch {
    fn resize(&mut self, rows: usize, longest: usize, config: &Config) {
        let hidden = rows * config.hidden_size;
        self.hidden.resize(hidden, 0.0);
        self.fused.resize(3 * hidden, 0.0);
        self.context.resize(hidden, 0.0);
        self.out.resize(hidden, 0.0);
        self.wide.resize(rows * config.intermediate_size, 0.0);
        self.scores.resize(longest * longest, 0.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rag::embed::weights::tests::file;

    const CONFIG: &str = r#"{"hidden_size": 8, "intermediate_size": 12, "num_attention_heads": 2,
        "num_hidden_layers": 2, "vocab_size": 20, "max_position_embeddings": 16}"#;

    /// Every tensor of a model this small, filled with numbers that look random.
    fn bytes() -> Vec<u8> {
        let mut tensors = vec![
            ("embeddings.word_embeddings.weight".to_owned(), vec![20, 8]),
            ("embeddings.position_embeddings.weight".to_owned(), vec![16, 8]),
            ("embeddings.token_type_embeddings.weight".to_owned(), vec![2, 8]),
        ];
        let mut norms = vec!["embeddings".to_owned()];
        for layer in 0..2 {
            let name = format!("encoder.layer.{layer}");
            for (part, outputs, inputs) in [
                ("attention.self.query", 8, 8),
                ("attention.self.key", 8, 8),
                ("attention.self.value", 8, 8),
                ("attention.output.dense", 8, 8),
                ("intermediate.dense", 12, 8),
                ("output.dense", 8, 12),
            ] {
                tensors.push((format!("{name}.{part}.weight"), vec![outputs, inputs]));
                tensors.push((format!("{name}.{part}.bias"), vec![outputs]));
            }
            norms.push(format!("{name}.attention.output"));
            norms.push(format!("{name}.output"));
        }
        for norm in norms {
            tensors.push((format!("{norm}.LayerNorm.weight"), vec![8]));
            tensors.push((format!("{norm}.LayerNorm.bias"), vec![8]));
        }
        file(&tensors, |name, at| {
            let seed = name
                .bytes()
                .fold(7_u32, |hash, byte| hash.wrapping_mul(31) + u32::from(byte));
            let mixed =
                (seed ^ u32::try_from(at).unwrap().wrapping_mul(0x9E37_79B9)).wrapping_mul(0x85EB_CA6B);
            f32::from(u16::try_from(mixed >> 16).unwrap()) / 32_768.0 - 1.0
        })
    }

    /// The same computation once more, in double precision, text by text and without any sharing.
    mod plain {
        use super::*;

        type Rows = Vec<Vec<f64>>;

        pub(super) struct Plain<'a> {
            pub bytes: &'a [u8],
        }

        impl Plain<'_> {
            fn tensor(&self, name: &str, shape: &[usize]) -> Vec<f64> {
                let header = Header::read(self.bytes).unwrap();
                let range = header.floats(name, shape).unwrap();
                floats(&self.bytes[range]).iter().map(|&x| f64::from(x)).collect()
            }

            fn linear(&self, rows: &Rows, name: &str, outputs: usize) -> Rows {
                let inputs = rows[0].len();
                let weight = self.tensor(&format!("{name}.weight"), &[outputs, inputs]);
                let bias = self.tensor(&format!("{name}.bias"), &[outputs]);
                let out = |row: &Vec<f64>, o: usize| {
                    let weights = &weight[o * inputs..][..inputs];
                    bias[o] + row.iter().zip(weights).map(|(a, b)| a * b).sum::<f64>()
                };
                rows.iter()
                    .map(|row| (0..outputs).map(|o| out(row, o)).collect())
                    .collect()
            }

            fn norm(&self, rows: &Rows, name: &str) -> Rows {
                let weight = self.tensor(&format!("{name}.LayerNorm.weight"), &[8]);
                let shift = self.tensor(&format!("{name}.LayerNorm.bias"), &[8]);
                let one = |row: &Vec<f64>| {
                    let mean = row.iter().sum::<f64>() / 8.0;
                    let variance = row.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / 8.0;
                    (0..8)
                        .map(|at| (row[at] - mean) / (variance + 1e-12).sqrt() * weight[at] + shift[at])
                        .collect()
                };
                rows.iter().map(one).collect()
            }

            fn attention(q: &Rows, k: &Rows, v: &Rows) -> Rows {
                let mut out = vec![vec![0.0; 8]; q.len()];
                for head in [0..4, 4..8] {
                    for (query, out) in q.iter().zip(&mut out) {
                        let scores = k
                            .iter()
                            .map(|key| head.clone().map(|at| query[at] * key[at]).sum::<f64>() / 2.0);
                        let weights: Vec<f64> = scores.map(f64::exp).collect();
                        let total: f64 = weights.iter().sum();
                        for (weight, value) in weights.iter().zip(v) {
                            for at in head.clone() {
                                out[at] += weight / total * value[at];
                            }
                        }
                    }
                }
                out
            }

            pub(super) fn embed(&self, ids: &[u32]) -> Vec<f64> {
                let words = self.tensor("embeddings.word_embeddings.weight", &[20, 8]);
                let places = self.tensor("embeddings.position_embeddings.weight", &[16, 8]);
                let segments = self.tensor("embeddings.token_type_embeddings.weight", &[2, 8]);
                let row = |(place, &id): (usize, &u32)| -> Vec<f64> {
                    (0..8)
                        .map(|at| words[id as usize * 8 + at] + places[place * 8 + at] + segments[at])
                        .collect()
                };
                let add = |a: &Rows, b: &Rows| -> Rows {
                    let row = |(a, b): (&Vec<f64>, &Vec<f64>)| a.iter().zip(b).map(|(a, b)| a + b).collect();
                    a.iter().zip(b).map(row).collect()
                };
                let mut x = self.norm(&ids.iter().enumerate().map(row).collect(), "embeddings");
                for layer in 0..2 {
                    let name = format!("encoder.layer.{layer}");
                    let part = |part: &str| self.linear(&x, &format!("{name}.attention.self.{part}"), 8);
                    let context = Self::attention(&part("query"), &part("key"), &part("value"));
                    let out = self.linear(&context, &format!("{name}.attention.output.dense"), 8);
                    x = self.norm(&add(&x, &out), &format!("{name}.attention.output"));
                    let mut wide = self.linear(&x, &format!("{name}.intermediate.dense"), 12);
                    for z in wide.iter_mut().flatten() {
                        *z *= normal_below(*z);
                    }
                    let out = self.linear(&wide, &format!("{name}.output.dense"), 8);
                    x = self.norm(&add(&x, &out), &format!("{name}.output"));
                }
                let mean: Vec<f64> = (0..8).map(|at| x.iter().map(|row| row[at]).sum()).collect();
                let length = mean.iter().map(|x| x * x).sum::<f64>().sqrt();
                mean.iter().map(|x| x / length).collect()
            }
        }

        /// The share of the normal distribution below `z`, by Simpson's rule.
        fn normal_below(z: f64) -> f64 {
            let density = |t: f64| (-t * t / 2.0).exp() / (2.0 * std::f64::consts::PI).sqrt();
            let step = z / 200.0;
            let sum: f64 = (0..=200_u8)
                .map(|at| {
                    let weight = match at {
                        0 | 200 => 1.0,
                        _ if at % 2 == 1 => 4.0,
                        _ => 2.0,
                    };
                    weight * density(f64::from(at) * step)
                })
                .sum();
            0.5 + sum * step / 3.0
        }
    }

    #[test]
    fn equals_a_plain_computation_in_double_precision() {
        let bytes = bytes();
        let bert = Bert::new(Config::parse(CONFIG).unwrap(), Box::new(bytes.clone())).unwrap();
        let texts = vec![vec![2, 7, 3], vec![], vec![2, 9, 11, 19, 4, 9, 3], vec![5]];
        for threads in [1, 2] {
            let found = bert.embed(&texts, threads, &mut Scratch::default());
            for (ids, vector) in texts.iter().zip(found.chunks(8)) {
                if ids.is_empty() {
                    assert!(vector.iter().all(|x| x.abs() < f32::MIN_POSITIVE));
                    continue;
                }
                let wanted = plain::Plain { bytes: &bytes }.embed(ids);
                for (x, y) in vector.iter().zip(wanted) {
                    assert!((f64::from(*x) - y).abs() < 2e-5, "{x} {y}");
                }
            }
        }
    }

    #[test]
    fn ids_and_lengths_beyond_the_tables_are_cut() {
        let bert = Bert::new(Config::parse(CONFIG).unwrap(), Box::new(bytes())).unwrap();
        let mut scratch = Scratch::default();
        let long = bert.embed(&[vec![1; 99]], 1, &mut scratch);
        assert_eq!(long, bert.embed(&[vec![1; 16]], 1, &mut scratch));
        let wild = bert.embed(&[vec![1, 4_000_000_000]], 1, &mut scratch);
        assert_eq!(wild, bert.embed(&[vec![1, 19]], 1, &mut scratch));
        assert!(bert.embed(&[], 1, &mut scratch).is_empty());
    }

    #[test]
    fn unaligned_bytes_give_the_same_vectors() {
        struct Shifted(Vec<u8>);
        impl AsRef<[u8]> for Shifted {
            fn as_ref(&self) -> &[u8] {
                &self.0[1..]
            }
        }
        let plain = Bert::new(Config::parse(CONFIG).unwrap(), Box::new(bytes())).unwrap();
        let mut shifted = vec![0];
        shifted.extend(bytes());
        let shifted = Bert::new(Config::parse(CONFIG).unwrap(), Box::new(Shifted(shifted))).unwrap();
        let texts = [vec![2, 7, 3]];
        let mut scratch = Scratch::default();
        assert_eq!(
            plain.embed(&texts, 1, &mut scratch),
            shifted.embed(&texts, 1, &mut scratch)
        );
    }

    #[test]
    fn other_models_are_refused() {
        for (from, to) in [
            ("\"hidden_size\": 8", "\"hidden_size\": 9"),
            ("\"hidden_size\": 8", "\"hidden_size\": 0"),
            ("{", "{\"hidden_act\": \"relu\", "),
            ("{", "{\"model_type\": \"xlm-roberta\", "),
            ("\"vocab_size\": 20, ", ""),
        ] {
            assert!(Config::parse(&CONFIG.replace(from, to)).is_err(), "{to}");
        }
        let config = Config::parse(&CONFIG.replace("20", "21")).unwrap();
        assert!(Bert::new(config, Box::new(bytes())).is_err());
    }
}
