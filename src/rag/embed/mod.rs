//! Local embeddings: text in, unit vectors out, without a server or a Python runtime.
//!
//! [`LocalModel`] joins the tokeniser and the encoder. Reading the files is the
//! caller's business; the weights are best handed over as mapped memory.

mod kernels;
mod matmul;
mod unicode;
mod weights;

pub mod bert;
pub mod wordpiece;

use rayon::prelude::*;

use crate::failure::Result;
use bert::{Bert, Config, Scratch};
use wordpiece::WordPiece;

/// Tokens per batch at which throughput peaked among 256, 512, 1,024 and 2,048.
const BATCH_TOKENS: usize = 1_024;

/// The sentence configuration of the `MiniLM` family cuts texts here.
const MAX_TOKENS: usize = 256;

/// A sentence-embedding model on this machine: `WordPiece`, BERT, mean pooling, unit length.
pub struct LocalModel {
    tokenizer: WordPiece,
    bert: Bert,
    max_tokens: usize,
}

impl std::fmt::Debug for LocalModel {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("LocalModel").finish_non_exhaustive()
    }
}

impl LocalModel {
    /// From the contents of `config.json`, `vocab.txt` and `model.safetensors`.
    ///
    /// # Errors
    /// A file is broken, or the model is not a BERT stored in 32-bit floats.
    pub fn new(config: &str, vocab: &str, weights: impl AsRef<[u8]> + Send + Sync + 'static) -> Result<Self> {
        let config = Config::parse(config)?;
        let max_tokens = MAX_TOKENS.min(config.max_position_embeddings);
        let (tokenizer, bert) = rayon::join(
            || WordPiece::from_vocab(vocab),
            || Bert::new(config, Box::new(weights)),
        );
        Ok(Self {
            tokenizer: tokenizer?,
            bert: bert?,
            max_tokens,
        })
    }

    /// Length of a vector.
    pub fn dimensions(&self) -> usize {
        self.bert.config().hidden_size
    }

    /// Tokens the model sees of a text, `[CLS]` and `[SEP]` included; the rest is cut off.
    pub fn max_tokens(&self) -> usize {
        self.max_tokens
    }

    /// Tokens of `text`, without `[CLS]` and `[SEP]` and however many there are.
    pub fn count_tokens(&self, text: &str) -> usize {
        self.tokenizer.count(text)
    }

    /// The tokeniser, for chunking.
    pub fn tokenizer(&self) -> &WordPiece {
        &self.tokenizer
    }

    /// One unit vector per text, in order. Many texts are spread over the current rayon pool, one
    /// single-threaded worker each; a lone one (a query) has its products split instead.
    pub fn embed<T: AsRef<str> + Sync>(&self, texts: &[T]) -> Vec<Vec<f32>> {
        let inputs: Vec<Vec<u32>> = texts
            .par_iter()
            .with_min_len(16)
            .map(|text| self.tokenizer.model_input(text.as_ref(), self.max_tokens))
            .collect();
        let batches = batches(&inputs);
        let threads = if batches.len() == 1 {
            rayon::current_num_threads()
        } else {
            1
        };
        let vectors: Vec<Vec<Vec<f32>>> = batches
            .par_iter()
            .with_max_len(1)
            .map_init(Scratch::default, |scratch, batch| {
                self.bert
                    .embed(batch, threads, scratch)
                    .chunks_exact(self.dimensions())
                    .map(<[f32]>::to_vec)
                    .collect()
            })
            .collect();
        vectors.into_iter().flatten().collect()
    }
}

/// Neighbouring texts, about [`BATCH_TOKENS`] together.
fn batches(inputs: &[Vec<u32>]) -> Vec<&[Vec<u32>]> {
    let mut batches = Vec::new();
    let (mut start, mut tokens) = (0, 0);
    for (at, input) in inputs.iter().enumerate() {
        if at > start && tokens + input.len() > BATCH_TOKENS {
            batches.push(&inputs[start..at]);
            (start, tokens) = (at, 0);
        }
        tokens += input.len();
    }
    if start < inputs.len() {
        batches.push(&inputs[start..]);
    }
    batches
}
