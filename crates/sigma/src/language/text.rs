//! Texts of rules: `*` and `?` stand for something, `\` takes that from them.

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Part {
    Text(String),
    /// Any characters, or none.
    Many,
    /// Exactly one character.
    One,
}

/// A text with wildcards; it speaks of the whole value. No two texts and no two [`Part::Many`] stand side by side.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Pattern(pub Vec<Part>);

impl Pattern {
    /// As Sigma spells it. A backslash is itself unless `*`, `?` or another backslash follows.
    pub fn parse(text: &str) -> Self {
        let mut pattern = Self::default();
        let mut rest = text.chars().peekable();
        while let Some(c) = rest.next() {
            match c {
                '*' => pattern.push(Part::Many),
                '?' => pattern.push(Part::One),
                '\\' if rest.peek().is_some_and(|next| matches!(next, '*' | '?' | '\\')) => {
                    pattern.letter(rest.next().unwrap_or(c));
                }
                c => pattern.letter(c),
            }
        }
        pattern
    }

    /// A text that has no wildcards, whatever its letters.
    pub fn literal(text: &str) -> Self {
        Self(if text.is_empty() { vec![] } else { vec![Part::Text(text.to_owned())] })
    }

    /// The text, when there is no wildcard in it.
    pub fn as_literal(&self) -> Option<&str> {
        match self.0.as_slice() {
            [] => Some(""),
            [Part::Text(text)] => Some(text),
            _ => None,
        }
    }

    /// The longest text between wildcards.
    pub(crate) fn longest(&self) -> Option<&str> {
        let texts = self.0.iter().filter_map(|part| match part {
            Part::Text(text) => Some(text.as_str()),
            _ => None,
        });
        texts.max_by_key(|text| text.len())
    }

    pub(crate) fn push(&mut self, part: Part) {
        match (self.0.last_mut(), part) {
            (Some(Part::Many), Part::Many) => {}
            (Some(Part::Text(text)), Part::Text(more)) => text.push_str(&more),
            (_, Part::Text(text)) if text.is_empty() => {}
            (_, part) => self.0.push(part),
        }
    }

    fn letter(&mut self, c: char) {
        match self.0.last_mut() {
            Some(Part::Text(text)) => text.push(c),
            _ => self.0.push(Part::Text(c.to_string())),
        }
    }

    /// With anything before it, and/or after it.
    pub(crate) fn within(self, before: bool, after: bool) -> Self {
        let mut pattern = Self::default();
        if before {
            pattern.push(Part::Many);
        }
        self.0.into_iter().for_each(|part| pattern.push(part));
        if after {
            pattern.push(Part::Many);
        }
        pattern
    }

    pub(crate) fn lower(&self) -> Self {
        Self(
            self.0
                .iter()
                .map(|part| match part {
                    Part::Text(text) => Part::Text(lower(text).into_owned()),
                    other => other.clone(),
                })
                .collect(),
        )
    }

    /// Whether all of `value` is as the pattern says. Linear but for backtracking to the last `*`.
    pub fn matches(&self, value: &str) -> bool {
        glob(&self.0, value)
    }
}

/// Lower case as rules compare it.
pub(crate) fn lower(text: &str) -> std::borrow::Cow<'_, str> {
    if text.bytes().any(|b| b.is_ascii_uppercase() || !b.is_ascii()) {
        std::borrow::Cow::Owned(text.to_lowercase())
    } else {
        std::borrow::Cow::Borrowed(text)
    }
}

fn glob(parts: &[Part], value: &str) -> bool {
    // what stands before the first `*` is anchored; then each stretch is taken where it is found first
    let mut stretches = parts.split(|p| *p == Part::Many);
    let head = stretches.next().unwrap_or_default();
    let Some(mut rest) = take(head, value) else { return false };
    let mut stretches = stretches.peekable();
    if stretches.peek().is_none() {
        return rest.is_empty();
    }
    while let Some(stretch) = stretches.next() {
        if stretches.peek().is_none() {
            return ends(stretch, rest);
        }
        match find(stretch, rest) {
            Some(after) => rest = after,
            None => return false,
        }
    }
    true
}

/// The rest of the value behind the stretch, which stands at its beginning.
fn take<'v>(stretch: &[Part], mut value: &'v str) -> Option<&'v str> {
    for part in stretch {
        value = match part {
            Part::Text(text) => value.strip_prefix(text.as_str())?,
            _ => {
                let mut letters = value.chars();
                letters.next()?;
                letters.as_str()
            }
        };
    }
    Some(value)
}

fn find<'v>(stretch: &[Part], mut value: &'v str) -> Option<&'v str> {
    match stretch {
        [] => Some(value),
        [Part::Text(text)] => value.find(text.as_str()).map(|at| &value[at + text.len()..]),
        _ => loop {
            if let Some(rest) = take(stretch, value) {
                return Some(rest);
            }
            let mut letters = value.chars();
            letters.next()?;
            value = letters.as_str();
        },
    }
}

fn ends(stretch: &[Part], mut value: &str) -> bool {
    for part in stretch.iter().rev() {
        let rest = match part {
            Part::Text(text) => value.strip_suffix(text.as_str()),
            _ => {
                let mut letters = value.chars();
                letters.next_back().map(|_| letters.as_str())
            }
        };
        match rest {
            Some(rest) => value = rest,
            None => return false,
        }
    }
    true
}
