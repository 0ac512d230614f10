//! A repository of skills that looks like those people publish, the same for the same seed.
//!
//! Sizes follow seven public collections with 718 skills, counted in November 2026: lines of a `SKILL.md` have a median of 168 and a
//! 90th percentile of 467, descriptions 247 and 528 characters, five files to a skill, three of them Markdown. Both are drawn
//! from log-normal distributions with these figures.

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

const CODE: &[(&str, &[&str])] = &[
    (
        "python",
        &[
            "import json\n\ndef load(path):\n    with open(path) as handle:\n        return json.load(handle)\n",
            "rows = [row for row in table if row[\"total\"] > 10]\nprint(len(rows))\n",
        ],
    ),
    (
        "bash",
        &[
            "git status --short\ngit log --oneline -5\n",
            "for file in *.csv; do\n  wc -l \"$file\"\ndone\n",
            "docker compose up -d\n",
        ],
    ),
    (
        "json",
        &["{\n  \"name\": \"report\",\n  \"rows\": [1, 2, 3],\n  \"open\": true\n}\n"],
    ),
    ("yaml", &["name: report\nsteps:\n  - run: build\n  - run: test\n"]),
    (
        "sql",
        &["SELECT id, total\nFROM orders\nWHERE total > 10\nORDER BY total DESC;\n"],
    ),
    (
        "typescript",
        &[
            "export async function load(id: string): Promise<Order> {\n  const found = await db.find(id);\n  return found ?? empty;\n}\n",
        ],
    ),
    (
        "rust",
        &["fn total(rows: &[Row]) -> u64 {\n    rows.iter().map(|row| row.total).sum()\n}\n"],
    ),
    ("text", &["src/\n  main.rs\n  report.rs\n"]),
];

fn sentence(dice: &mut Dice, text: &mut String) {
    let length = 6 + dice.below(12);
    for at in 0..length {
        let word = dice.pick(WORDS);
        if at == 0 {
            text.push_str(&word[..1].to_uppercase());
            text.push_str(&word[1..]);
        } else {
            text.push_str(word);
        }
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
                let (language, blocks) = CODE[dice.below(CODE.len())];
                let block = blocks[dice.below(blocks.len())];
                let _ = write!(text, "```{language}\n{block}```\n\n");
                done += 3 + block.lines().count();
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
            let lines = dice.size(168.0, 467.0).clamp(10, 2738);
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
