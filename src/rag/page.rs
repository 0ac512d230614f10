//! One source file as it is stored: title, chunks, and what is embedded of each.

use sha2::{Digest as _, Sha256};

use crate::document::blocks::{BlockKind, Blocks, Markup};
use crate::document::front_matter;
use crate::text::Source;

use super::chunk::{Chunker, Limits, STRUCTURE};
use super::embed::LocalModel;
use super::embed::wordpiece::WordPiece;
use super::model::Embedder;
use super::store::{NewChunk, NewDocument};

/// A vocabulary without words: each word and each mark is one token. It counts where there is no model to count for.
const PLAIN_WORDS: &str = "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\n";

/// How texts are cut and for which model.
#[derive(Debug)]
pub struct Cutter {
    tokens: Tokens,
    limits: Limits,
}

#[derive(Debug)]
enum Tokens {
    Model(Embedder),
    Words(WordPiece),
}

impl Cutter {
    /// Chunks of at most `limits` for a model; without one they are measured in words, three of which make about four tokens.
    pub fn new(limits: Limits, embedder: Option<&Embedder>) -> crate::failure::Result<Self> {
        Ok(match embedder {
            Some(embedder) => Self {
                tokens: Tokens::Model(embedder.clone()),
                limits,
            },
            None => Self {
                tokens: Tokens::Words(WordPiece::from_vocab(PLAIN_WORDS)?),
                limits: Limits {
                    max_tokens: limits.max_tokens * 3 / 4,
                    overlap: limits.overlap * 3 / 4,
                    context: limits.context * 3 / 4,
                },
            },
        })
    }

    /// The model, where there is one.
    pub fn encoder(&self) -> Option<&LocalModel> {
        match &self.tokens {
            Tokens::Model(embedder) => Some(&embedder.encoder),
            Tokens::Words(_) => None,
        }
    }

    /// Chunker, version and settings, and the model: another recipe gives other chunks or vectors.
    pub fn recipe(&self) -> String {
        let tokens = match &self.tokens {
            Tokens::Model(embedder) => {
                format!(
                    "{}@{}",
                    embedder.model.source.name, embedder.model.source.revision
                )
            }
            Tokens::Words(_) => "words".to_owned(),
        };
        let Limits {
            max_tokens,
            overlap,
            context,
        } = self.limits;
        format!("{STRUCTURE} {max_tokens}+{overlap}+{context} {tokens}")
    }

    /// Cuts a file. `path` is how it is known in the collection; `text` is the text of `bytes`.
    pub fn document(&self, path: &str, text: &str, markup: Markup) -> NewDocument {
        let chunker = self.chunker();
        let source = Source::new(path, text);
        let cut = chunker.chunks(text, markup);
        let head = match markup {
            Markup::Markdown => Head::read(&source),
            Markup::Plain => Head::default(),
        };
        let heading = || {
            let blocks = Blocks::read(text, markup).blocks;
            blocks.into_iter().find_map(|block| match block.kind {
                BlockKind::Heading { text, .. } => Some(text),
                _ => None,
            })
        };
        let title = head
            .title
            .or_else(heading)
            .unwrap_or_else(|| stem(path).to_owned());
        let mut chunks = Vec::with_capacity(cut.len() + 1);
        chunks.extend(head.description.map(|(text, span, lines)| NewChunk {
            span,
            lines,
            headings: Vec::new(),
            tokens: self.tokenizer().count(&text),
            embedded: format!("{title}\n{text}"),
            text,
            vector: None,
        }));
        chunks.extend(cut.into_iter().map(|chunk| NewChunk {
            lines: chunk.lines,
            tokens: chunk.tokens,
            embedded: chunker.embedding_text(&chunk, text, &title),
            text: text[chunk.span.clone()].to_owned(),
            span: chunk.span,
            headings: chunk.headings,
            vector: None,
        }));
        NewDocument {
            path: path.to_owned(),
            content_hash: Sha256::digest(text).to_vec(),
            recipe: self.recipe(),
            title,
            bytes: text.len() as u64,
            chunks,
        }
    }

    /// Cuts a document whose title is known, such as one of a test collection.
    pub fn titled(&self, path: &str, title: &str, text: &str) -> NewDocument {
        let chunker = self.chunker();
        let cut = chunker.chunks(text, Markup::Plain);
        let mut chunks: Vec<NewChunk> = cut
            .into_iter()
            .map(|chunk| NewChunk {
                lines: chunk.lines,
                tokens: chunk.tokens,
                embedded: chunker.embedding_text(&chunk, text, title),
                text: text[chunk.span.clone()].to_owned(),
                span: chunk.span,
                headings: chunk.headings,
                vector: None,
            })
            .collect();
        // A title alone can be found too.
        if chunks.is_empty() && !title.trim().is_empty() {
            chunks.push(NewChunk {
                span: 0..0,
                lines: (1, 1),
                headings: Vec::new(),
                text: String::new(),
                tokens: self.tokenizer().count(title),
                embedded: title.to_owned(),
                vector: None,
            });
        }
        NewDocument {
            path: path.to_owned(),
            content_hash: Sha256::digest(text).to_vec(),
            recipe: self.recipe(),
            title: title.to_owned(),
            bytes: text.len() as u64,
            chunks,
        }
    }

    fn tokenizer(&self) -> &WordPiece {
        match &self.tokens {
            Tokens::Model(embedder) => embedder.encoder.tokenizer(),
            Tokens::Words(words) => words,
        }
    }

    fn chunker(&self) -> Chunker<'_> {
        Chunker::new(self.tokenizer(), self.limits)
    }
}

/// What the front matter says of the file.
#[derive(Default)]
struct Head {
    title: Option<String>,
    /// Text, bytes and lines of the description: it is what a skill is found by, so it is a chunk of its own.
    description: Option<(String, std::ops::Range<usize>, (usize, usize))>,
}

impl Head {
    fn read(source: &Source) -> Self {
        let parts = front_matter::split(source.text());
        let text = |name: &str| {
            let (_, value) = parts.field(name)?;
            let text = value.as_text()?.trim();
            (!text.is_empty()).then(|| (text.to_owned(), value.span))
        };
        Self {
            title: text("title").or_else(|| text("name")).map(|(title, _)| title),
            description: text("description").map(|(description, span)| {
                let last = span.end.saturating_sub(1).max(span.start);
                let lines = (source.locate(span.start).line, source.locate(last).line);
                (description, span.start..span.end, lines)
            }),
        }
    }
}

/// The file's name without folders and ending.
fn stem(path: &str) -> &str {
    let name = path.rsplit('/').next().unwrap_or(path);
    match name.rsplit_once('.') {
        Some((stem, _)) if !stem.is_empty() => stem,
        _ => name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cutter() -> Cutter {
        Cutter::new(Limits::default(), None).unwrap()
    }

    #[test]
    fn the_front_matter_gives_title_and_a_chunk_of_its_own() {
        let text = "---\nname: pdf\ndescription: >\n  Reads forms.\n  Use when there is a PDF.\n---\n\n# Forms\n\nText.\n";
        let document = cutter().document("skills/pdf/SKILL.md", text, Markup::Markdown);
        assert_eq!(document.title, "pdf");
        let shown: Vec<(&str, (usize, usize))> = document
            .chunks
            .iter()
            .map(|chunk| (chunk.text.as_str(), chunk.lines))
            .collect();
        assert_eq!(
            shown,
            [
                ("Reads forms. Use when there is a PDF.", (4, 5)),
                ("# Forms\n\nText.", (8, 10))
            ]
        );
        assert_eq!(
            document.chunks[0].embedded,
            "pdf\nReads forms. Use when there is a PDF."
        );
    }

    #[test]
    fn titles_come_from_front_matter_then_heading_then_file_name() {
        let title = |text: &str| cutter().document("docs/a.b.md", text, Markup::Markdown).title;
        assert_eq!(title("---\ntitle: T\nname: n\n---\n# H\n"), "T");
        assert_eq!(title("intro\n\n# H\n"), "H");
        assert_eq!(title("text"), "a.b");
        assert_eq!(title("---\ntitle: [\n---\n"), "a.b");
        assert_eq!(cutter().document(".env", "", Markup::Plain).title, ".env");
    }

    #[test]
    fn an_empty_file_is_a_document_without_chunks() {
        assert_eq!(cutter().document("a.md", " \n", Markup::Markdown).chunks.len(), 0);
        assert_eq!(cutter().titled("1", "Only a title", "").chunks.len(), 1);
    }

    #[test]
    fn long_texts_are_cut_by_words_without_a_model() {
        let text = "one two three four. ".repeat(200);
        let document = cutter().document("a.txt", &text, Markup::Plain);
        assert!(document.chunks.len() > 3);
        assert!(
            document
                .chunks
                .iter()
                .all(|chunk| chunk.tokens <= 192 && !chunk.text.is_empty())
        );
    }
}
