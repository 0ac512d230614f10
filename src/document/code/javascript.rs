//! JavaScript and TypeScript, with JSX and without.

use std::cell::RefCell;

use oxc_allocator::Allocator;
use oxc_parser::{ParseOptions, Parser};
use oxc_span::SourceType;

use super::nesting::{is_deep, parts};
use super::placeholder::soften;
use super::{Fault, Language};

/// What a snippet may be the inside of: what stands before and after it there.
const FRAMES: [(&str, &str); 10] = [
    ("async function* _() {", "\n}"),
    ("abstract class _ extends _ {", "\n}"),
    ("({", "\n})"),
    ("_(", "\n)"),
    ("[", "\n]"),
    ("_", "\n"),
    ("interface _ {", "\n}"),
    ("type _ = ", "\n"),
    ("function _(", "\n) {}"),
    ("<_ ", "\n/>"),
];

const ENTITY: &str = "&lt;";
const FENCE: &str = "```";

/// Why `text` is not JavaScript or TypeScript.
pub(super) fn read(text: &str, language: Language) -> Option<Fault> {
    let plain = SourceType::ts();
    let with_tags = SourceType::tsx();
    let (first, second) = match language {
        Language::Tsx => (with_tags, plain),
        Language::TypeScript => (plain, with_tags),
        _ => (SourceType::jsx(), with_tags),
    };
    if is_deep(text) {
        return None;
    }
    parse(text, first)?;
    parse(text, second)?;
    if is_foreign(text) {
        return None;
    }
    let mut start = 0;
    for end in parts(text) {
        let part = &text[start..end];
        let softened = soften(part, language);
        if !part.trim().is_empty()
            && !is_any(part, plain, with_tags)
            && !is_any(&softened, plain, with_tags)
            && let Some(fault) = parse(part, first).filter(|fault| is_slip(part, &softened, fault))
        {
            let rest = &part[fault.at.min(part.len())..];
            let message = if rest.starts_with(ENTITY) {
                "`&lt;` is how HTML writes `<`; code is shown as it is".to_owned()
            } else if rest.starts_with(FENCE) {
                "a fence inside of the code".to_owned()
            } else {
                fault.message
            };
            return Some(Fault::new(start + fault.at, message));
        }
        start = end;
    }
    None
}

/// Whether the code is JavaScript with a slip, rather than another language, a notation, or the head or tail of something longer.
fn is_slip(part: &str, softened: &str, fault: &Fault) -> bool {
    let at = part.floor_char_boundary(fault.at.min(part.len()));
    let line_start = part[..at].rfind('\n').map_or(0, |before| before + 1);
    let line = part[line_start..].lines().next().unwrap_or_default();
    if line.contains(ENTITY) || part[at..].starts_with(FENCE) {
        return true;
    }
    let has_placeholder = softened.get(line_start..line_start + line.len()) != Some(line);
    let is_tail = part.trim_start().starts_with(['}', ')', ']', '<']);
    let word = line
        .trim()
        .split(|next: char| !(next.is_alphanumeric() || next == '_'))
        .next();
    let declares = matches!(word, Some("const" | "let" | "var" | "import" | "export"));
    let message = fault.message.as_str();
    // Words side by side are prose, or another language.
    let before = part[line_start..at].trim_end();
    let is_juxtaposition = (message.contains("semicolon") && !declares)
        || (message.ends_with("but found `Identifier`") && before.ends_with(char::is_alphanumeric));
    // Tags are shown without what is between them, and from HTML.
    let is_tag = message.contains("JSX") || message.contains("Did you mean `{");
    // The head of something longer, or a signature where a call would stand.
    let is_head = message.contains("`}` but found `EOF`")
        || (message == "unexpected token" && at >= part.trim_end().len())
        || message.ends_with("but found `:`")
        || message == "expected function body"
        || message == "empty parenthesized expression";
    !(has_placeholder || is_tail || is_juxtaposition || is_tag || is_head)
}

/// Whether a line of the text is of another language.
fn is_foreign(text: &str) -> bool {
    const HEADS: [&str; 18] = [
        "# ",
        "#include",
        "@media",
        "@import",
        "@keyframes",
        "@layer",
        "@theme",
        "@use",
        "@tailwind",
        "@apply",
        ":root",
        "def ",
        "async def ",
        "op ",
        "model ",
        "using ",
        "<script",
        "<?",
    ];
    text.lines().map(str::trim).any(|line| {
        HEADS.iter().any(|head| line.starts_with(head))
            || (line.starts_with("from ") && line.contains(" import "))
            || (line.starts_with('.') && line.ends_with('{') && !line.contains('('))
            || (line.starts_with('@') && line.contains(" op "))
            || line.ends_with(".*")
            || line.contains("#{")
            || line.contains("\"\"\"")
    })
}

/// Whether `text` is a program or the inside of something.
fn is_any(text: &str, plain: SourceType, with_tags: SourceType) -> bool {
    let code = text
        .lines()
        .map(str::trim)
        .find(|line| !line.is_empty() && !line.starts_with("//"));
    // Between tags every word is right, so that only what begins with one may stand there.
    let tags = code
        .filter(|line| line.starts_with(['<', '{']))
        .map(|_| &("<>", "\n</>"));
    parse(text, with_tags).is_none()
        || parse(text, plain).is_none()
        || FRAMES.iter().chain(tags).any(|(before, after)| {
            let framed = format!("{before}{text}{after}");
            parse(&framed, with_tags).is_none() || (text.contains('<') && parse(&framed, plain).is_none())
        })
}

thread_local! {
    /// Where trees are built. Most snippets are short, and getting memory for each from the system costs as much as reading it.
    static ARENA: RefCell<Allocator> = RefCell::default();
}

/// The first syntax error. What a parser goes on after (an `await` in the wrong place, a modifier too many) is none.
fn parse(text: &str, source: SourceType) -> Option<Fault> {
    ARENA.with_borrow_mut(|arena| {
        let fault = parse_in(arena, text, source);
        arena.reset();
        fault
    })
}

fn parse_in(allocator: &Allocator, text: &str, source: SourceType) -> Option<Fault> {
    let options = ParseOptions {
        allow_return_outside_function: true,
        ..ParseOptions::default()
    };
    let parsed = Parser::new(allocator, text, source).with_options(options).parse();
    if !parsed.panicked {
        return None;
    }
    let error = parsed.diagnostics.first()?;
    let at = error
        .labels
        .first()
        .map_or(text.len(), |label| label.offset() as usize);
    let mut message = error.message.to_string();
    if let Some(first) = message.get_mut(..1) {
        first.make_ascii_lowercase();
    }
    Some(Fault::new(text.floor_char_boundary(at.min(text.len())), message))
}

#[cfg(test)]
mod tests {
    use super::super::Language::{JavaScript, Tsx, TypeScript};
    use super::super::tests::{accepts, refuses};

    #[test]
    fn programs_and_fragments_are_read() {
        accepts(
            TypeScript,
            &[
                "import { a, type B } from './b';\nexport const c = await a<B>();\n",
                "const App = () => <div className=\"a\">{x}</div>;\n",
                "for await (const x of y) {\n  if (x) return x;\n}\n",
                "async *stream(path: string): AsyncGenerator<any> {\n  yield* this.get(path);\n}\n",
                "@Input() name: string;\nconstructor(private readonly a: A) {}\n",
                "name: string;\nage?: number;\n",
                "{ a: 1, b: 2 },\n{ a: 3, b: 4 }\n",
                "headers: {\n  'X-A': `b`,\n},\n",
                "{ a: 1 }\n// becomes\n{ 'b.c': 2, d: [] }\n",
                "const x = { ... };\nf(...);\nlet y: T[] = [...];\nfunction f() { ... }\n",
                "export const {Name}Service = create{Name}(<options>);\n",
                "npm install x\n\nimport x from 'x';\n",
                "interface A { b(): void; c: string }\ntype D = A | { e: 1 };\n",
                "client.get(id: string): Promise<Item>\n",
                "model Item {\n  id: string;\n}\n@actions(#{ a: 1 })\n",
                "function f(a, b) {\n  g(a);\n",
                ".limit(10)\n.order('a')\n",
                "}).catch(e => {\n  log(e);\n});\n",
                "(a.b and c.d eq \"e\")\n",
                "GET /api/items?x=1\n",
                "// ❌ Wrong\nconst = 1;\n",
                "- const a = 1\n+ const a 1\n",
            ],
        );
        accepts(
            Tsx,
            &[
                "// Before\n<A b={1} />\n\n// After\n<A b={2}>\n  <C />\n</A>\n",
                "<A {...props} b=\"c\">text</A>\n<B />\n",
                "return (\n  <A />\n)\n",
            ],
        );
        accepts(
            JavaScript,
            &[
                "{\n  \"scripts\": { \"a\": \"b\" }\n}\n",
                "db.a.find({ b: { $gt: 1 } })\n",
            ],
        );
    }

    #[test]
    fn slips_are_found() {
        refuses(
            TypeScript,
            &[
                ("const a = {\n  b: \"c\"\n  d: 1,\n};\n", "d: 1"),
                ("const a = f(1, 2;\n", ";"),
                ("import a from 'a;\n", "'a;"),
                ("const a = = 1;\n", "= 1"),
                ("type A = z.infer<typeof z.array(b)>;\n", "(b)"),
            ],
        );
        refuses(Tsx, &[("return &lt;A />\n", "&lt;")]);
        refuses(JavaScript, &[("const a = [1, 2;\n", ";")]);
    }
}
