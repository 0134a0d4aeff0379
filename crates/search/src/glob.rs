//! `*` any run, `?` any one character, over a whole text, ignoring case. `\` before `*`, `?` or `\` makes that itself; any other
//! `\` is itself.
use crate::terms::fold;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Token {
    Char(char),
    Any,
    One,
}

/// The pattern's tokens, in its own case.
pub fn tokens(pattern: &str) -> Vec<Token> {
    let mut out = Vec::new();
    let mut chars = pattern.chars().peekable();
    while let Some(c) = chars.next() {
        out.push(match c {
            '*' if out.last() == Some(&Token::Any) => continue,
            '*' => Token::Any,
            '?' => Token::One,
            '\\' => match chars.next_if(|n| matches!(n, '*' | '?' | '\\')) {
                Some(n) => Token::Char(n),
                None => Token::Char('\\'),
            },
            c => Token::Char(c),
        });
    }
    out
}

/// A text that a glob takes as itself.
pub fn escape(text: &str) -> String {
    text.chars()
        .flat_map(|c| matches!(c, '*' | '?' | '\\').then_some('\\').into_iter().chain([c]))
        .collect()
}

/// A pattern made ready: its literal runs are lower-cased.
#[derive(Clone, Debug)]
pub struct Glob {
    tokens: Vec<Token>,
    /// Everything up to the first wildcard.
    prefix: String,
    /// `Some` when the pattern is a prefix, a run of characters in the middle, or a suffix and nothing else.
    simple: Option<Simple>,
}

#[derive(Clone, Debug)]
enum Simple {
    Whole,
    Prefix,
    Suffix(String),
    Inside(String),
}

impl Glob {
    pub fn new(pattern: &str) -> Self {
        let tokens: Vec<Token> = tokens(pattern)
            .into_iter()
            .flat_map(|t| match t {
                Token::Char(c) => c.to_lowercase().map(Token::Char).collect::<Vec<_>>(),
                other => vec![other],
            })
            .collect();
        let literal = |part: &[Token]| -> Option<String> {
            part.iter().map(|t| if let Token::Char(c) = t { Some(*c) } else { None }).collect()
        };
        let prefix: String = tokens
            .iter()
            .map_while(|t| if let Token::Char(c) = t { Some(*c) } else { None })
            .collect();
        let simple = match tokens.as_slice() {
            all if literal(all).is_some() => Some(Simple::Whole),
            [head @ .., Token::Any] if literal(head).is_some() => Some(Simple::Prefix),
            [Token::Any, mid @ .., Token::Any] => literal(mid).map(Simple::Inside),
            [Token::Any, tail @ ..] => literal(tail).map(Simple::Suffix),
            _ => None,
        };
        Self { tokens, prefix, simple }
    }

    /// What every match begins with, lower-cased.
    pub fn prefix(&self) -> &str {
        &self.prefix
    }

    /// The tokens, lower-cased.
    pub fn lowered(&self) -> &[Token] {
        &self.tokens
    }

    /// `text` in any case.
    pub fn matches(&self, text: &str) -> bool {
        if text.is_ascii() {
            self.matches_ascii(text.as_bytes())
        } else {
            self.matches_folded(&fold(text))
        }
    }

    fn matches_ascii(&self, text: &[u8]) -> bool {
        let same = |a: &[u8], b: &str| a.eq_ignore_ascii_case(b.as_bytes());
        match &self.simple {
            Some(Simple::Whole) => same(text, &self.prefix),
            Some(Simple::Prefix) => {
                text.get(..self.prefix.len()).is_some_and(|t| same(t, &self.prefix))
            }
            Some(Simple::Suffix(s)) => {
                text.len().checked_sub(s.len()).is_some_and(|at| same(&text[at..], s))
            }
            Some(Simple::Inside(s)) => find_ascii(text, s.as_bytes()).is_some(),
            None => {
                text.get(..self.prefix.len()).is_some_and(|t| same(t, &self.prefix))
                    && walk(&self.tokens, text.len(), |i| char::from(text[i].to_ascii_lowercase()))
            }
        }
    }

    /// `text` already lower-cased by `terms::fold`.
    pub fn matches_folded(&self, text: &str) -> bool {
        if !text.starts_with(&self.prefix) {
            return false;
        }
        match &self.simple {
            Some(Simple::Whole) => text.len() == self.prefix.len(),
            Some(Simple::Prefix) => true,
            Some(Simple::Suffix(s)) => text.ends_with(s.as_str()),
            Some(Simple::Inside(s)) => text.contains(s.as_str()),
            None => {
                let chars: Vec<char> = text.chars().collect();
                walk(&self.tokens, chars.len(), |i| chars[i])
            }
        }
    }
}

/// Greedy with one point to go back to: at most `tokens × text` steps, never more.
fn walk(tokens: &[Token], len: usize, at: impl Fn(usize) -> char) -> bool {
    let (mut t, mut i) = (0, 0);
    let mut back: Option<(usize, usize)> = None;
    while i < len {
        match tokens.get(t) {
            Some(Token::Any) => {
                back = Some((t + 1, i));
                t += 1;
                continue;
            }
            Some(Token::One) => {
                t += 1;
                i += 1;
                continue;
            }
            Some(Token::Char(c)) if *c == at(i) => {
                t += 1;
                i += 1;
                continue;
            }
            _ => {}
        }
        let Some((token, from)) = back else { return false };
        back = Some((token, from + 1));
        t = token;
        i = from + 1;
    }
    tokens[t..].iter().all(|t| *t == Token::Any)
}

/// Position of a lower-cased ASCII needle in ASCII text of any case.
pub fn find_ascii(text: &[u8], needle: &[u8]) -> Option<usize> {
    if needle.is_empty() {
        return Some(0);
    }
    let last = text.len().checked_sub(needle.len())?;
    // the rarest byte of the needle is looked for, then the rest is compared
    let (offset, byte) = needle.iter().copied().enumerate().max_by_key(|(_, b)| rarity(*b))?;
    let window = &text[offset..=last + offset];
    memchr::memchr2_iter(byte, byte.to_ascii_uppercase(), window)
        .find(|at| text[*at..*at + needle.len()].eq_ignore_ascii_case(needle))
}

/// How rare a byte is in logs, roughly.
pub fn rarity(byte: u8) -> u8 {
    const COMMON: &[u8] = b" etaoinsrcdlmup.-0_:\\1hgfb2345w/6789vyk,\"jxqz";
    COMMON.iter().position(|c| *c == byte).map_or(u8::MAX, |p| p as u8)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The meaning, by trying everything.
    fn slow(tokens: &[Token], text: &[char]) -> bool {
        match tokens.split_first() {
            None => text.is_empty(),
            Some((Token::Any, rest)) => (0..=text.len()).any(|i| slow(rest, &text[i..])),
            Some((Token::One, rest)) => !text.is_empty() && slow(rest, &text[1..]),
            Some((Token::Char(c), rest)) => text.first() == Some(c) && slow(rest, &text[1..]),
        }
    }

    #[test]
    fn every_short_pattern_means_what_it_says() {
        let alphabet = ['a', 'b', '*', '?', 'Ä'];
        let words = |n: usize| {
            (0..5usize.pow(n as u32)).map(move |mut i| {
                (0..n)
                    .map(|_| {
                        let c = alphabet[i % 5];
                        i /= 5;
                        c
                    })
                    .collect::<String>()
            })
        };
        let texts: Vec<String> =
            (0..=4).flat_map(words).map(|w| w.replace('*', "B").replace('?', "x")).collect();
        for pattern in (0..=4).flat_map(words) {
            let glob = Glob::new(&pattern);
            for text in &texts {
                let folded: Vec<char> = fold(text).chars().collect();
                assert_eq!(glob.matches(text), slow(&glob.tokens, &folded), "{pattern} on {text}");
            }
        }
    }

    #[test]
    fn escapes_stand_for_themselves() {
        assert!(Glob::new(r"C:\\Win*").matches(r"c:\windows"));
        assert!(Glob::new(r"a\*b").matches("a*b"));
        assert!(!Glob::new(r"a\*b").matches("axb"));
        let odd = r"50% \* of C:\x?";
        assert!(Glob::new(&escape(odd)).matches(odd));
    }

    #[test]
    fn a_bomb_ends() {
        assert!(!Glob::new(&"*a".repeat(200)).matches(&format!("{}b", "a".repeat(20_000))));
    }
}
