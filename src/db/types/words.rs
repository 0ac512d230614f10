//! Names of the database made into names of a language: letters that the language takes, no keyword, none twice.

use std::collections::HashSet;

use unicode_normalization::UnicodeNormalization as _;

/// How a name is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Case {
    /// `created_at`
    Snake,
    /// `OrderLine`
    Pascal,
    /// `IN_PROGRESS`
    Upper,
}

/// The names of one scope. Each is given once.
#[derive(Debug)]
pub struct Scope {
    case: Case,
    taken: HashSet<String>,
    reserved: &'static [&'static str],
}

impl Scope {
    /// A scope in which `reserved` cannot be used as they are.
    pub fn new(case: Case, reserved: &'static [&'static str]) -> Self {
        Self {
            case,
            taken: HashSet::new(),
            reserved,
        }
    }

    /// A name for `raw` that was not given before: `user-id` is `user_id`, the second one `user_id_2`.
    pub fn name(&mut self, raw: &str) -> String {
        let wanted = convert(raw, self.case);
        let wanted = if self.reserved.contains(&wanted.as_str()) {
            format!("{wanted}_")
        } else {
            wanted
        };
        let mut name = wanted.clone();
        let mut count = 1;
        while !self.taken.insert(name.clone()) {
            count += 1;
            name = format!("{wanted}_{count}");
        }
        name
    }
}

/// An identifier of Rust and Python, save that it may be a keyword.
fn convert(raw: &str, case: Case) -> String {
    let words = words(raw);
    let written = match case {
        Case::Snake => words.join("_").to_lowercase(),
        Case::Upper => words.join("_").to_uppercase(),
        Case::Pascal => words.iter().map(|word| capital(word)).collect(),
    };
    let written = settled(written);
    let bare = written.trim_matches('_');
    let name = match bare.chars().next() {
        None => match case {
            Case::Snake => "unnamed".to_owned(),
            Case::Pascal => "Unnamed".to_owned(),
            Case::Upper => "UNNAMED".to_owned(),
        },
        Some(first) if unicode_ident::is_xid_start(first) => bare.to_owned(),
        Some(_) => match case {
            Case::Snake => format!("n{bare}"),
            Case::Pascal | Case::Upper => format!("N{bare}"),
        },
    };
    // An accent that stood alone now stands over that letter.
    settled(name)
}

/// The same name normalised and with nothing that no identifier may have. What is taken out can bring together what must be
/// normalised once more.
fn settled(mut name: String) -> String {
    loop {
        let next: String = name.nfkc().filter(|letter| is_part(*letter)).collect();
        if next == name {
            return name;
        }
        name = next;
    }
}

fn is_part(letter: char) -> bool {
    letter == '_' || unicode_ident::is_xid_continue(letter)
}

/// The words of a name: parted where no letter stands, and where a small letter is followed by a capital one.
fn words(raw: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    let mut last = ' ';
    for letter in raw.nfkc() {
        let is_letter = letter != '_' && unicode_ident::is_xid_continue(letter);
        let begins = letter.is_uppercase() && (last.is_lowercase() || last.is_numeric());
        if (!is_letter || begins) && !word.is_empty() {
            words.push(std::mem::take(&mut word));
        }
        if is_letter {
            word.push(letter);
        }
        last = letter;
    }
    if !word.is_empty() {
        words.push(word);
    }
    words
}

fn capital(word: &str) -> String {
    let mut letters = word.chars();
    let is_shouted = word.chars().count() > 1 && !word.chars().any(char::is_lowercase);
    let Some(first) = letters.next() else {
        return String::new();
    };
    let rest = letters.as_str();
    let rest = if is_shouted {
        rest.to_lowercase()
    } else {
        rest.to_owned()
    };
    first.to_uppercase().chain(rest.chars()).collect()
}

/// A comment of the database as lines that hold no control characters.
pub fn comment_lines(comment: &str) -> Vec<String> {
    let calm = |line: &str| {
        let shown = crate::text::printable(line).replace('\t', " ");
        shown.trim_end().to_owned()
    };
    let lines: Vec<String> = comment
        .split(['\n', '\r', '\u{2028}', '\u{2029}', '\u{b}', '\u{c}', '\u{85}'])
        .map(calm)
        .collect();
    lines.into_iter().filter(|line| !line.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn names_become_names() {
        for (raw, snake, pascal) in [
            ("order_lines", "order_lines", "OrderLines"),
            ("OrderLine", "order_line", "OrderLine"),
            ("userID", "user_id", "UserId"),
            ("HTTP status", "http_status", "HttpStatus"),
            ("2fa", "n2fa", "N2fa"),
            ("", "unnamed", "Unnamed"),
            ("!!", "unnamed", "Unnamed"),
            ("größe", "größe", "Größe"),
            ("<script>", "script", "Script"),
        ] {
            assert_eq!(convert(raw, Case::Snake), snake, "{raw}");
            assert_eq!(convert(raw, Case::Pascal), pascal, "{raw}");
        }
        let mut scope = Scope::new(Case::Snake, &["type"]);
        let names = ["type", "a b", "a-b", "a_b", "type_"].map(|raw| scope.name(raw));
        assert_eq!(names, ["type_", "a_b", "a_b_2", "a_b_3", "type__2"]);
    }

    proptest! {
        #[test]
        fn every_name_is_an_identifier(raw in "\\PC{0,12}", case in 0_usize..3) {
            let case = [Case::Snake, Case::Pascal, Case::Upper][case];
            let name = convert(&raw, case);
            let first = name.chars().next().unwrap();
            prop_assert!(unicode_ident::is_xid_start(first) && name.chars().all(is_part), "{name:?}");
            prop_assert_eq!(name.nfkc().collect::<String>(), name);
        }
    }
}
