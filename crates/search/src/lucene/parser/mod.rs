//! Text to tree, by descent. Every step consumes text or ends, and depth and clauses are counted.
mod scan;
mod value;

use super::{MAX_CLAUSES, MAX_DEPTH, MAX_LENGTH, ParseError, all_of, any_of};
use crate::ast::{Pattern, Query};
use crate::terms::is_term;
use model::fieldmap;
use scan::Word;

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

struct Parser<'a> {
    text: &'a str,
    at: usize,
    depth: usize,
    clauses: usize,
}

type Parsed<T> = Result<T, ParseError>;

impl Parser<'_> {
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

    /// A word without a field before it: a field name when a colon follows.
    fn bare(&mut self) -> Parsed<Query> {
        let word = self.word(true);
        if word.chars.is_empty() {
            return Err(self.stray());
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
            let (name, span) = self.quoted_or_word()?;
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
