//! The forward pass of a BERT encoder (Devlin et al. 2019) with mean pooling.
//!
//! Texts of a batch are laid row after row without padding: linear layers run over
//! all rows at once, attention runs per text. Query, key and value are one product.
//! Weights stay where they lie in the file's bytes; only that fused matrix is a copy,
//! and of the word table only the rows in use are ever touched.

use std::ops::Range;

use serde::Deserialize;

use super::kernels;
use super::matmul::{Matrix, multiply};
use super::weights::{Header, floats};
use crate::failure::{Failure, Result};

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
            Err(
                Failure::user(format!("the model's {what} is not supported"))
                    .hint("use a BERT encoder such as all-MiniLM-L6-v2"),
            )
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
            || !config
                .hidden_size
                .is_multiple_of(config.num_attention_heads)
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
#[derive(Default)]
pub struct Scratch {
    hidden: Vec<f32>,
    fused: Vec<f32>,
    context: Vec<f32>,
    out: Vec<f32>,
    wide: Vec<f32>,
    scores: Vec<f32>,
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
        let words = header.floats(
            "embeddings.word_embeddings.weight",
            &[config.vocab_size, hidden],
        )?;
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
                    attention_out: linear(
                        &format!("{name}.attention.output.dense"),
                        hidden,
                        hidden,
                    )?,
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
        scratch.resize(
            rows,
            lengths.iter().copied().max().unwrap_or(0),
            &self.config,
        );
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
        multiply(
            to,
            outputs,
            (from.len() / inputs, outputs, inputs),
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

#[expect(
    clippy::cast_precision_loss,
    reason = "a head is far shorter than 2^24"
)]
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
