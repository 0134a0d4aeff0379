//! Text to tree, by descent. Every step consumes text or ends, and depth and clauses are counted.
use super::{MAX_CLAUSES, MAX_DEPTH, MAX_LENGTH, ParseError, all_of, any_of};
use crate::ast::{Bound, Pattern, Query, Test};
use crate::literal::{self, Cidr, Num};
use crate::terms::is_term;
use model::fieldmap::{self, Kind};
use std::ops::Range;

pub fn parse(text: &str) -> Result<Query, ParseError> {
    if text.len() > MAX_LENGTH {
        return Err(ParseError {
            message: format!(
                "the query has {} bytes, at most {MAX_LENGTH} are allowed",
                text.len()
            ),
            span: 0..text.len(),
            hint: "split it, or keep long lists as indicators".into(),
        });
    }
    let mut p = Parser { text, at: 0, depth: 0, clauses: 0 };
    p.blanks();
    if p.rest().is_empty() {
        return Ok(Query::All);
    }
    let query = p.any(None)?;
    if p.peek() == Some(')') {
        return Err(p.error(
            p.at..p.at + 1,
            "there is no ( for this )",
            "remove it, or write \\) to search for it",
        ));
    }
    Ok(query)
}

/// A run of characters, and which of them were escaped.
struct Word {
    chars: Vec<(char, bool)>,
    span: Range<usize>,
}

impl Word {
    fn text(&self) -> String {
        self.chars.iter().map(|(c, _)| c).collect()
    }

    fn is_wild(&self) -> bool {
        self.chars.iter().any(|(c, escaped)| !escaped && matches!(c, '*' | '?'))
    }

    fn is_plain(&self, text: &str) -> bool {
        self.chars.iter().all(|(_, escaped)| !escaped) && self.text() == text
    }

    /// As a glob pattern: what was escaped stays itself.
    fn glob(&self) -> String {
        let mut out = String::new();
        for (c, escaped) in &self.chars {
            if *c == '\\' || *escaped && matches!(c, '*' | '?') {
                out.push('\\');
            }
            out.push(*c);
        }
        out
    }
}

struct Parser<'a> {
    text: &'a str,
    at: usize,
    depth: usize,
    clauses: usize,
}

type Parsed<T> = Result<T, ParseError>;

impl<'a> Parser<'a> {
    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn blanks(&mut self) {
        self.at += self.rest().len() - self.rest().trim_start().len();
    }

    fn eat(&mut self, what: &str) -> bool {
        let found = self.rest().starts_with(what);
        if found {
            self.at += what.len();
        }
        found
    }

    fn error(
        &self,
        span: Range<usize>,
        message: impl Into<String>,
        hint: impl Into<String>,
    ) -> ParseError {
        ParseError { message: message.into(), span, hint: hint.into() }
    }

    /// `AND`, `OR`, `NOT` stand alone and in capitals.
    fn keyword(&mut self, word: &str) -> bool {
        let after = self.rest().strip_prefix(word).map(|r| r.chars().next());
        let found = after
            .is_some_and(|c| c.is_none_or(|c| c.is_whitespace() || matches!(c, '(' | ')' | '"')));
        if found {
            self.at += word.len();
        }
        found
    }

    fn at_end_of_group(&self) -> bool {
        matches!(self.peek(), None | Some(')'))
    }

    fn any(&mut self, field: Option<&str>) -> Parsed<Query> {
        let mut parts = vec![self.all(field)?];
        loop {
            self.blanks();
            if !(self.keyword("OR") || self.eat("||")) {
                return Ok(any_of(parts));
            }
            parts.push(self.all(field)?);
        }
    }

    fn all(&mut self, field: Option<&str>) -> Parsed<Query> {
        let mut parts = vec![self.one(field)?];
        loop {
            self.blanks();
            let here = self.at;
            if self.keyword("AND") || self.eat("&&") {
                parts.push(self.one(field)?);
                continue;
            }
            if self.at_end_of_group() || self.keyword("OR") || self.rest().starts_with("||") {
                self.at = here;
                return Ok(all_of(parts));
            }
            parts.push(self.one(field)?);
        }
    }

    fn one(&mut self, field: Option<&str>) -> Parsed<Query> {
        self.blanks();
        let start = self.at;
        self.count(1, start)?;
        if self.keyword("NOT") || self.sign('-') || self.bang() {
            return Ok(Query::Not(Box::new(self.deeper(start, |p| p.one(field))?)));
        }
        self.sign('+');
        if self.keyword("AND") || self.keyword("OR") || self.eat("&&") || self.eat("||") {
            let hint = "write it in quotes to search for the word";
            return Err(self.error(
                start..self.at,
                "something is missing before this operator",
                hint,
            ));
        }
        match self.peek() {
            None => Err(self.error(
                start..start,
                "something is missing at the end",
                "add a word, or remove the operator",
            )),
            Some('(') => self.group(field),
            Some('"') => {
                let (text, span) = self.quoted()?;
                match field {
                    None => Ok(Query::Text(Pattern::Phrase(text))),
                    Some(name) => self.is(name, text, span),
                }
            }
            Some(')') => Err(self.error(
                start..start + 1,
                "there is nothing before this )",
                "add a word, or remove it",
            )),
            Some('[' | '{') if field.is_none() => Err(self.error(
                start..start + 1,
                "a range needs a field",
                "write field:[from TO to]",
            )),
            Some(_) => match field {
                Some(name) => self.value(name),
                None => self.bare(),
            },
        }
    }

    fn count(&mut self, clauses: usize, start: usize) -> Parsed<()> {
        self.clauses += clauses;
        if self.clauses > MAX_CLAUSES {
            let message = format!("the query has more than {MAX_CLAUSES} clauses");
            return Err(self.error(
                start..self.text.len(),
                message,
                "keep long lists as indicators",
            ));
        }
        Ok(())
    }

    /// `-` or `+` right before something.
    fn sign(&mut self, sign: char) -> bool {
        let mut chars = self.rest().chars();
        let found = chars.next() == Some(sign)
            && chars.next().is_some_and(|c| !c.is_whitespace() && c != ')');
        if found {
            self.at += 1;
        }
        found
    }

    fn bang(&mut self) -> bool {
        let found = self.rest().starts_with('!') && self.rest().len() > 1;
        if found {
            self.at += 1;
        }
        found
    }

    fn deeper<T>(&mut self, start: usize, inner: impl FnOnce(&mut Self) -> Parsed<T>) -> Parsed<T> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            let message = format!("groups stand more than {MAX_DEPTH} deep");
            return Err(self.error(start..self.at, message, "simplify the query"));
        }
        let out = inner(self);
        self.depth -= 1;
        out
    }

    fn group(&mut self, field: Option<&str>) -> Parsed<Query> {
        let start = self.at;
        self.at += 1;
        self.deeper(start, |p| {
            let query = p.any(field)?;
            p.blanks();
            if !p.eat(")") {
                return Err(p.error(start..start + 1, "this ( is never closed", "add a )"));
            }
            Ok(query)
        })
    }

    fn quoted(&mut self) -> Parsed<(String, Range<usize>)> {
        let start = self.at;
        let mut out = String::new();
        let mut chars = self.rest().char_indices().skip(1).peekable();
        while let Some((i, c)) = chars.next() {
            match c {
                '"' => {
                    self.at = start + i + 1;
                    return Ok((out, start..self.at));
                }
                '\\' => match chars.next_if(|(_, n)| matches!(n, '"' | '\\')) {
                    Some((_, n)) => out.push(n),
                    None => out.push('\\'),
                },
                c => out.push(c),
            }
        }
        Err(self.error(
            start..start + 1,
            "this quote is never closed",
            "add a \" at the end, or write \\\" to search for one",
        ))
    }

    /// Up to a blank or a bracket; a colon ends it when `colon` says so.
    fn word(&mut self, colon: bool) -> Word {
        let start = self.at;
        let mut chars = Vec::new();
        let mut it = self.rest().char_indices().peekable();
        let mut end = self.rest().len();
        while let Some((i, c)) = it.next() {
            if c.is_whitespace()
                || matches!(c, '(' | ')' | '"' | '[' | ']' | '{' | '}')
                || colon && c == ':'
            {
                end = i;
                break;
            }
            if c == '\\'
                && let Some((_, n)) = it.next_if(|(_, n)| !n.is_alphanumeric())
            {
                chars.push((n, true));
            } else if (c, chars.last()) != ('*', Some(&('*', false))) {
                // several stars mean what one means
                chars.push((c, false));
            }
        }
        self.at = start + end;
        Word { chars, span: start..self.at }
    }

    /// A word without a field before it: a field name when a colon follows.
    fn bare(&mut self) -> Parsed<Query> {
        let word = self.word(true);
        if word.chars.is_empty() {
            let next = self.peek().map_or(0, char::len_utf8);
            let span = self.at..self.at + next;
            return Err(self.error(
                span,
                "this character means nothing here",
                "put a \\ before it to search for it",
            ));
        }
        if !self.eat(":") {
            return self.pieces(&word);
        }
        if word.is_plain("*") {
            self.blanks();
            let value = self.word(false);
            if value.is_plain("*") {
                return Ok(Query::All);
            }
            return Err(self.error(
                word.span,
                "a field name cannot be a wildcard",
                "leave it out to search everywhere",
            ));
        }
        if word.is_wild() {
            return Err(self.error(
                word.span,
                "a field name cannot have wildcards",
                "name one field",
            ));
        }
        self.blanks();
        if word.is_plain("_exists_") {
            let (name, span) = match self.peek() {
                Some('"') => self.quoted()?,
                _ => {
                    let w = self.word(false);
                    (w.text(), w.span)
                }
            };
            if name.is_empty() {
                return Err(self.error(
                    span,
                    "the field's name is missing",
                    "write _exists_:field",
                ));
            }
            return Ok(Query::Exists(fieldmap::canonical(&name).into_owned()));
        }
        let typed = word.text();
        let name = fieldmap::canonical(&typed).into_owned();
        match self.peek() {
            Some('(') => self.group(Some(&name)),
            Some('"') => {
                let (text, span) = self.quoted()?;
                self.is(&name, text, span)
            }
            None | Some(')') => {
                let hint = format!("write {typed}:value, or {typed}:* for any value");
                Err(self.error(
                    word.span.start..self.at,
                    format!("the value of {typed} is missing"),
                    hint,
                ))
            }
            Some(_) => self.value(&name),
        }
    }

    /// A bare word. One of several pieces is a group of them, and counts as one.
    fn pieces(&mut self, word: &Word) -> Parsed<Query> {
        let parts = bare_terms(word);
        if parts.len() < 2 {
            return Ok(all_of(parts));
        }
        self.count(parts.len(), word.span.start)?;
        self.deeper(word.span.start, |_| Ok(all_of(parts)))
    }

    /// What stands after `field:` and is neither a group nor quoted.
    fn value(&mut self, name: &str) -> Parsed<Query> {
        let start = self.at;
        if matches!(self.peek(), Some('[' | '{')) {
            return self.range(name);
        }
        for (sign, below, open) in
            [(">=", false, false), ("<=", true, false), (">", false, true), ("<", true, true)]
        {
            if self.eat(sign) {
                self.blanks();
                let (text, span) = match self.peek() {
                    Some('"') => self.quoted()?,
                    _ => {
                        let w = self.word(false);
                        (w.text(), w.span)
                    }
                };
                if text.is_empty() {
                    return Err(self.error(
                        start..self.at,
                        "the bound is missing",
                        format!("write {name}:{sign}10"),
                    ));
                }
                self.check_bound(name, &text, span)?;
                let bound = if open { Bound::Excluding(text) } else { Bound::Including(text) };
                let (from, to) = if below { (Bound::Open, bound) } else { (bound, Bound::Open) };
                return Ok(Query::Field { name: name.into(), test: Test::Range { from, to } });
            }
        }
        let word = self.word(false);
        if word.chars.is_empty() {
            let span = start..start + self.peek().map_or(0, char::len_utf8);
            return Err(self.error(
                span,
                "this character means nothing here",
                "put a \\ before it to search for it",
            ));
        }
        if word.chars.iter().all(|c| *c == ('*', false)) {
            return Ok(Query::Exists(name.into()));
        }
        if word.is_wild() {
            return Ok(Query::Field { name: name.into(), test: Test::Glob(word.glob()) });
        }
        let text = word.text();
        if text.contains('/') && Cidr::parse(&text).is_some() {
            return Ok(Query::Field { name: name.into(), test: Test::Cidr(text) });
        }
        if text.contains('/') && fieldmap::kind(name) == Kind::Ip {
            let hint = "write 10.0.0.0/8 or fe80::/10";
            return Err(self.error(word.span, format!("{text} is no block of addresses"), hint));
        }
        self.is(name, text, word.span)
    }

    fn is(&self, name: &str, text: String, span: Range<usize>) -> Parsed<Query> {
        if fieldmap::kind(name) == Kind::Date && literal::span(&text).is_none() {
            return Err(self.no_date(&text, span));
        }
        Ok(Query::Field { name: name.into(), test: Test::Is(text) })
    }

    fn range(&mut self, name: &str) -> Parsed<Query> {
        let start = self.at;
        let open = self.eat("{");
        if !open {
            self.eat("[");
        }
        let from = self.bound(name)?;
        self.blanks();
        let hint = format!("write {name}:[from TO to], with * for an open end");
        if !self.keyword("TO") {
            return Err(self.error(start..self.at, "TO is missing in this range", hint));
        }
        let to = self.bound(name)?;
        self.blanks();
        let until_open = self.eat("}");
        if !until_open && !self.eat("]") {
            return Err(self.error(start..self.at, "this range is never closed", hint));
        }
        let end = |text: Option<String>, open: bool| match text {
            None => Bound::Open,
            Some(t) if open => Bound::Excluding(t),
            Some(t) => Bound::Including(t),
        };
        Ok(Query::Field {
            name: name.into(),
            test: Test::Range { from: end(from, open), to: end(to, until_open) },
        })
    }

    /// One end of a range; `None` is open.
    fn bound(&mut self, name: &str) -> Parsed<Option<String>> {
        self.blanks();
        let (text, span) = match self.peek() {
            Some('"') => self.quoted()?,
            _ => {
                let w = self.word(false);
                if w.is_plain("*") {
                    return Ok(None);
                }
                (w.text(), w.span)
            }
        };
        if text.is_empty() && span.is_empty() {
            return Err(self.error(
                span,
                "an end of this range is missing",
                "write * for an open end",
            ));
        }
        self.check_bound(name, &text, span)?;
        Ok(Some(text))
    }

    fn no_date(&self, text: &str, span: Range<usize>) -> ParseError {
        let hint = "write 2026-11-21, 2026-11-21T06:38 or 2026-11-21T06:38:27Z";
        self.error(span, format!("{text:?} is no date"), hint)
    }

    fn check_bound(&self, name: &str, text: &str, span: Range<usize>) -> Parsed<()> {
        match fieldmap::kind(name) {
            Kind::Long | Kind::Double if Num::parse(text).is_none() => Err(self.error(
                span,
                format!("{name} holds numbers, and {text:?} is none"),
                "write digits",
            )),
            Kind::Date if literal::span(text).is_none() => Err(self.no_date(text, span)),
            Kind::Ip if literal::ip(text).is_none() => Err(self.error(
                span,
                format!("{text:?} is no address"),
                "write whole addresses, or a block such as 10.0.0.0/8",
            )),
            _ => Ok(()),
        }
    }
}

/// A bare word: its terms next to each other; with wildcards, each of its pieces somewhere.
fn bare_terms(word: &Word) -> Vec<Query> {
    if !word.is_wild() {
        return vec![Query::Text(Pattern::Phrase(word.text()))];
    }
    let mut parts = Vec::new();
    let wild = |(c, escaped): &(char, bool)| !escaped && matches!(c, '*' | '?');
    for piece in word.chars.split(|x| !wild(x) && !is_term(x.0)) {
        let text: String = piece.iter().map(|(c, _)| c).collect();
        if piece.iter().all(|x| *x == ('*', false)) {
            continue;
        }
        let is_wild = piece.iter().any(wild);
        parts.push(Query::Text(if is_wild { Pattern::Glob(text) } else { Pattern::Phrase(text) }));
    }
    parts
}
