//! What stands after `field:`, read by the kind of the field.
use super::{Parsed, Parser};
use crate::ast::{Bound, Query, Test};
use crate::literal::{self, Cidr, Num};
use crate::lucene::ParseError;
use model::fieldmap::{self, Kind};
use std::ops::Range;

impl Parser<'_> {
    /// What stands after `field:` and is neither a group nor quoted.
    pub(super) fn value(&mut self, name: &str) -> Parsed<Query> {
        let start = self.at;
        if matches!(self.peek(), Some('[' | '{')) {
            return self.range(name);
        }
        for (sign, below, open) in
            [(">=", false, false), ("<=", true, false), (">", false, true), ("<", true, true)]
        {
            if self.eat(sign) {
                self.blanks();
                let (text, span) = self.quoted_or_word()?;
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
            return Err(self.stray());
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

    pub(super) fn is(&self, name: &str, text: String, span: Range<usize>) -> Parsed<Query> {
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
