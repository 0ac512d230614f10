//! A repository of skills that looks like those people publish, the same for the same seed.
//!
//! Sizes follow seven public collections with 718 skills, counted in November 2026: lines of a `SKILL.md` have a median of 168 and a
//! 90th percentile of 467, their other pages 241 and 713, descriptions 247 and 528 characters, five files to a skill, three of them
//! Markdown; half of all lines stand in fences, fifteen to a fence. All are drawn from log-normal distributions with these figures.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

/// A small generator of numbers (xorshift64*): enough for text, and the same everywhere.
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D)
    }

    fn below(&mut self, most: usize) -> usize {
        usize::try_from(self.next() >> 33).unwrap_or_default() % most
    }

    /// Between 0 and 1.
    #[expect(clippy::cast_precision_loss, reason = "53 bits fit")]
    fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// Log-normal with that median and 90th percentile.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "sizes")]
    fn size(&mut self, median: f64, ninetieth: f64) -> usize {
        // Irwin and Hall: twelve uniform numbers make a normal one.
        let normal: f64 = (0..12).map(|_| self.unit()).sum::<f64>() - 6.0;
        let sigma = (ninetieth / median).ln() / 1.2816;
        (median.ln() + sigma * normal).exp() as usize
    }

    fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from[self.below(from.len())]
    }
}

const WORDS: &[&str] = &[
    "the",
    "a",
    "report",
    "table",
    "query",
    "index",
    "when",
    "with",
    "column",
    "service",
    "deploy",
    "check",
    "each",
    "value",
    "before",
    "request",
    "schema",
    "build",
    "and",
    "for",
    "test",
    "record",
    "page",
    "customer",
    "order",
    "field",
    "migration",
    "release",
    "log",
    "alert",
    "of",
    "to",
    "in",
    "pipeline",
    "branch",
    "review",
    "chart",
    "budget",
    "export",
    "batch",
    "cluster",
    "node",
    "cache",
    "token",
    "window",
    "layer",
    "model",
    "prompt",
    "document",
    "section",
    "figure",
    "invoice",
    "contract",
    "ledger",
    "forecast",
    "metric",
    "trace",
];

/// Languages of fences and how often they stand in the same collections, of a hundred; of the others nothing is known here.
const LANGUAGES: &[(&str, usize)] = &[
    ("bash", 26),
    ("python", 18),
    ("", 18),
    ("yaml", 11),
    ("typescript", 12),
    ("sql", 5),
    ("javascript", 5),
    ("json", 4),
    ("rust", 1),
];

/// About `lines` lines of code that parse.
fn code(dice: &mut Dice, language: &str, lines: usize) -> String {
    let mut text = String::new();
    if language == "json" {
        text.push_str("[\n");
    }
    let mut done = 0;
    while done < lines {
        let (one, other, number) = (dice.pick(WORDS), dice.pick(WORDS), dice.below(900));
        let piece = match language {
            "bash" => format!(
                "# The {one}\nfor file in {one}/*.csv; do\n  wc -l \"$file\" | sort -n\ndone\ngit log --oneline -{number}\n"
            ),
            "python" => format!(
                "def {one}_{number}(path):\n    with open(path) as handle:\n        rows = json.load(handle)\n    return [row for row in rows if row[\"{other}\"] > {number}]\n\n"
            ),
            "yaml" => {
                format!("{one}-{done}:\n  name: {other}\n  steps:\n    - run: build\n    - limit: {number}\n")
            }
            "typescript" => format!(
                "export async function {one}{number}(id: string): Promise<Order> {{\n  const found = await db.{other}(id);\n  return found ?? empty;\n}}\n"
            ),
            "sql" => format!(
                "SELECT {one}_id, total\nFROM {other}_rows\nWHERE total > {number}\nORDER BY total DESC;\n"
            ),
            "javascript" => format!(
                "const {one}{done} = rows.map((row) => ({{ ...row, {other}: {number} }}));\nconsole.log({one}{done});\n"
            ),
            "json" => {
                format!("  {{ \"{one}\": \"{other}\", \"rows\": [1, 2, {number}], \"open\": true }},\n")
            }
            "rust" => format!(
                "fn {one}_{number}(rows: &[Row]) -> u64 {{\n    rows.iter().map(|row| row.total).sum()\n}}\n"
            ),
            _ => format!("{one}/\n  {other}-{number}.txt   what the {one} says\n"),
        };
        done += piece.lines().count();
        text.push_str(&piece);
    }
    if language == "json" {
        text.push_str("  {}\n]\n");
    }
    text
}

/// One of the languages.
fn language(dice: &mut Dice) -> &'static str {
    let mut at = dice.below(LANGUAGES.iter().map(|(_, share)| share).sum());
    for (language, share) in LANGUAGES {
        if at < *share {
            return language;
        }
        at -= share;
    }
    ""
}

const SYLLABLES: &[&str] = &[
    "ar", "ben", "cor", "den", "el", "fan", "gor", "hel", "in", "jun", "kal", "lor", "mer", "nol", "or",
    "pel", "ran", "sol", "ter", "vin",
];

/// A common word, or as often one of sixteen hundred that are not.
fn word(dice: &mut Dice, text: &mut String) {
    if dice.below(2) == 0 {
        text.push_str(dice.pick(WORDS));
    } else {
        text.push_str(dice.pick(SYLLABLES));
        text.push_str(dice.pick(SYLLABLES));
        text.push_str(dice.pick(&["", "ing", "er", "tion"]));
    }
}

fn sentence(dice: &mut Dice, text: &mut String) {
    let length = 2 + dice.below(8);
    text.push_str("The ");
    for at in 0..length {
        word(dice, text);
        text.push(if at + 1 == length { '.' } else { ' ' });
    }
}

/// A Markdown body of about `lines` lines.
fn body(dice: &mut Dice, lines: usize, links: &[String]) -> String {
    let mut text = String::new();
    let mut links = links.iter();
    let mut done = 0;
    while done < lines {
        match dice.below(10) {
            0 => {
                let _ = write!(
                    text,
                    "## The {} of the {} {done}\n\n",
                    dice.pick(WORDS),
                    dice.pick(WORDS)
                );
                done += 2;
            }
            1 | 2 => {
                let language = language(dice);
                let lines = dice.size(10.0, 33.0).clamp(2, 200);
                let _ = write!(text, "```{language}\n{}```\n\n", code(dice, language, lines));
                done += 3 + lines;
            }
            3 | 4 => {
                for _ in 0..3 + dice.below(4) {
                    text.push_str("- ");
                    sentence(dice, &mut text);
                    text.push('\n');
                    done += 1;
                }
                text.push('\n');
                done += 1;
            }
            5 => {
                text.push_str("| name | meaning | default |\n|------|---------|---------|\n");
                for _ in 0..3 + dice.below(4) {
                    let _ = writeln!(
                        text,
                        "| `{}` | {} {} | {} |",
                        dice.pick(WORDS),
                        dice.pick(WORDS),
                        dice.pick(WORDS),
                        dice.below(100)
                    );
                    done += 1;
                }
                text.push('\n');
                done += 3;
            }
            6 => {
                if let Some(link) = links.next() {
                    let _ = write!(
                        text,
                        "When the {} is open, read [{link}]({link}) first.\n\n",
                        dice.pick(WORDS)
                    );
                    done += 2;
                }
            }
            _ => {
                for _ in 0..=dice.below(3) {
                    sentence(dice, &mut text);
                    text.push(' ');
                }
                text.push_str("\n\n");
                done += 2;
            }
        }
    }
    for link in links {
        let _ = write!(text, "See [{link}]({link}) for the {}.\n\n", dice.pick(WORDS));
    }
    text
}

/// Writes `skills` skills below `root`, five files to a skill.
pub fn write(root: &Path, skills: usize) {
    let mut dice = Dice(0x5EED_0F5C_1115);
    for at in 0..skills {
        let name = format!("{}-{}-{at}", dice.pick(&WORDS[13..]), dice.pick(&WORDS[33..]));
        let folder = root.join(format!("pack-{}", at / 20)).join("skills").join(&name);
        let references: Vec<String> = (0..=dice.below(4))
            .map(|at| format!("references/part-{at}.md"))
            .collect();
        let scripts: Vec<String> = (0..dice.below(3))
            .map(|at| format!("scripts/run-{at}.py"))
            .collect();
        let mut links = references.clone();
        links.extend(scripts.iter().cloned());
        let wanted = dice.size(247.0, 528.0).clamp(40, 900);
        let mut description = String::new();
        while description.len() < wanted {
            sentence(&mut dice, &mut description);
            description.push(' ');
        }
        description.push_str("Use when a task mentions it.");
        let lines = dice.size(168.0, 467.0).clamp(10, 2738);
        let page = format!(
            "---\nname: {name}\ndescription: {description}\nlicense: MIT\n---\n\n# {name}\n\n{}",
            body(&mut dice, lines, &links)
        );
        put(&folder.join("SKILL.md"), &page);
        for path in &references {
            let lines = dice.size(241.0, 713.0).clamp(10, 2738);
            put(
                &folder.join(path),
                &format!("# Part\n\n{}", body(&mut dice, lines, &[])),
            );
        }
        for path in &scripts {
            let lines = dice.size(60.0, 200.0).clamp(5, 900);
            let mut text = "#!/usr/bin/env python3\nimport json\nimport sys\n\n".to_owned();
            for line in 0..lines / 3 {
                let _ = write!(
                    text,
                    "def step_{line}(rows):\n    # {}\n    return [row for row in rows if row]\n\n\n",
                    dice.pick(WORDS)
                );
            }
            put(&folder.join(path), &text);
        }
        if dice.below(3) == 0 {
            put(&folder.join("assets/defaults.json"), "{\"rows\": 10}\n");
            put(&folder.join("LICENSE.txt"), "MIT\n");
        }
    }
}

fn put(path: &Path, text: &str) {
    let folder = path.parent().expect("a file in a folder");
    fs::create_dir_all(folder).expect("a folder to write to");
    fs::write(path, text).expect("a file to write to");
}
