//! What a client shows a model of its skills before one is opened: names and descriptions, within a budget of characters.
//!
//! Both clients whose budget is documented are here. Claude Code has 1% of the context window, four characters to the token; it
//! shows at most 1,536 characters of each description, and when all do not fit it keeps every name and drops whole descriptions,
//! the least used skills first. Codex has 2% of the window, or 8,000 characters when it does not know the window, and hands out
//! what is there in turn, so that all long descriptions end at the same length. Read 2026-11.

use super::card::Card;

/// Characters that a token is counted as.
const CHARACTERS_PER_TOKEN: usize = 4;

/// How one client lists skills.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Budget {
    pub client: &'static str,
    /// Part of the window, in percent.
    percent: usize,
    /// Most characters of one description.
    pub most: usize,
    overflow: Overflow,
}

/// What happens when not all fits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Overflow {
    /// Whole descriptions go, the least used first.
    Drop,
    /// All descriptions are cut at the same length.
    Share,
}

/// In the order they are shown.
pub const BUDGETS: &[Budget] = &[
    Budget {
        client: "claude-code",
        percent: 1,
        most: 1536,
        overflow: Overflow::Drop,
    },
    Budget {
        client: "codex",
        percent: 2,
        most: 1024,
        overflow: Overflow::Share,
    },
];

/// What becomes of one skill in a listing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shown {
    Whole,
    /// Its description, after this many characters.
    Cut(usize),
    /// Its name without a description.
    NameOnly,
    /// Not at all.
    Left,
}

/// A listing as a client would make it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listing {
    /// Characters there are.
    pub budget: usize,
    /// Characters that all skills would take, each cut at the most one may have.
    pub wanted: usize,
    /// For each skill, in the order given: characters of its description, and what is shown.
    pub entries: Vec<(usize, Shown)>,
}

impl Listing {
    /// Whether everything is shown as it was written.
    pub fn is_whole(&self) -> bool {
        self.entries.iter().all(|(_, shown)| *shown == Shown::Whole)
    }
}

impl Budget {
    /// Characters for the listing in a window of that many tokens.
    pub fn characters(&self, window_tokens: usize) -> usize {
        window_tokens.saturating_mul(CHARACTERS_PER_TOKEN * self.percent) / 100
    }

    /// Lists the skills, the most used first; those that no model may choose are to be left out before.
    pub fn list(&self, skills: &[&Card], window_tokens: usize) -> Listing {
        let lengths: Vec<usize> = skills.iter().map(|card| self.length(card)).collect();
        let names: usize = skills.iter().map(|card| self.frame(card)).sum();
        let budget = self.characters(window_tokens);
        let most = lengths.iter().map(|length| *length.min(&self.most));
        let wanted = names + most.sum::<usize>();
        let room = budget.saturating_sub(names);
        let shown = match self.overflow {
            Overflow::Drop => self.dropped(&lengths, room),
            Overflow::Share => self.shared(&lengths, room),
        };
        Listing {
            budget,
            wanted,
            entries: lengths.into_iter().zip(shown).collect(),
        }
    }

    /// Characters of what is shown beside the description.
    fn frame(&self, card: &Card) -> usize {
        let name = card.name.chars().count();
        match self.overflow {
            // `- name: ` and the end of the line.
            Overflow::Drop => name + 5,
            // The path of the file is shown too.
            Overflow::Share => name + card.path.chars().count() + 12,
        }
    }

    fn length(&self, card: &Card) -> usize {
        let description = card.description.chars().count();
        match self.overflow {
            Overflow::Drop if !card.when_to_use.is_empty() => {
                description + 3 + card.when_to_use.chars().count()
            }
            _ => description,
        }
    }

    fn dropped(&self, lengths: &[usize], room: usize) -> Vec<Shown> {
        let mut left = room;
        let mut is_full = false;
        let each = lengths.iter().map(|length| {
            let taken = *length.min(&self.most);
            is_full |= taken > left;
            if is_full {
                return Shown::NameOnly;
            }
            left -= taken;
            if taken < *length {
                Shown::Cut(taken)
            } else {
                Shown::Whole
            }
        });
        each.collect()
    }

    /// The length at which all are cut is the largest for which everything fits.
    fn shared(&self, lengths: &[usize], room: usize) -> Vec<Shown> {
        let mut ordered: Vec<usize> = lengths.iter().map(|length| *length.min(&self.most)).collect();
        ordered.sort_unstable();
        let mut left = room;
        let mut limit = self.most;
        for (at, length) in ordered.iter().enumerate() {
            let share = left / (ordered.len() - at);
            if *length > share {
                limit = share;
                break;
            }
            left -= length;
        }
        let each = lengths.iter().map(|length| match limit {
            0 if *length > 0 => Shown::Left,
            limit if *length > limit => Shown::Cut(limit),
            _ => Shown::Whole,
        });
        each.collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::skill::Skill;
    use Shown::{Cut, Left, NameOnly, Whole};

    fn card(name: &str, description: usize) -> Card {
        let description = "x".repeat(description);
        let text = format!("---\nname: {name}\ndescription: {description}\n---\n\nDo.\n");
        Card::of_skill(&Skill::from_text(name, &text, &[])).unwrap()
    }

    fn shown(budget: &Budget, window: usize, lengths: &[usize]) -> Vec<Shown> {
        let cards: Vec<Card> = lengths.iter().map(|length| card("abcde", *length)).collect();
        let listing = budget.list(&cards.iter().collect::<Vec<_>>(), window);
        listing.entries.into_iter().map(|(_, shown)| shown).collect()
    }

    #[test]
    fn claude_code_drops_the_last_descriptions_and_cuts_long_ones() {
        let claude = &BUDGETS[0];
        assert_eq!(claude.characters(200_000), 8000);
        // 8,000 characters less ten for each name.
        assert_eq!(shown(claude, 200_000, &[1600, 100]), [Cut(1536), Whole]);
        let six = [1500; 6];
        assert_eq!(
            shown(claude, 200_000, &six),
            [Whole, Whole, Whole, Whole, Whole, NameOnly]
        );
        assert_eq!(shown(claude, 1_000_000, &six), [Whole; 6]);
    }

    #[test]
    fn codex_cuts_all_long_descriptions_at_the_same_length() {
        let codex = &BUDGETS[1];
        assert_eq!(codex.characters(200_000), 16_000);
        // 800 characters; a frame is the name, `abcde/SKILL.md` and twelve more.
        let room = 800 - 3 * (5 + 14 + 12);
        let share = (room - 100) / 2;
        assert_eq!(
            shown(codex, 10_000, &[100, 900, 1000]),
            [Whole, Cut(share), Cut(share)]
        );
        assert_eq!(shown(codex, 100, &[100]), [Left]);
    }
}
