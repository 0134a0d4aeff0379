//! A query on a unit: every distinct value is tested once, codes are looked up, and what cannot match is not read.
use crate::bloom;
use crate::budget::Budget;
use crate::codec;
use crate::columns::Col;
use crate::error::LakeError;
use crate::unit::Unit;
use arrow_array::cast::AsArray;
use arrow_array::types::{Float64Type, Int64Type};
use arrow_array::{Array, ArrayRef};
use arrow_buffer::BooleanBuffer;
use bytes::Bytes;
use columnar::strings::present;
use columnar::{Form, Strings};
use model::event::Scalar;
use model::fieldmap::{self, Kind};
use search::ast::Query;
use search::matcher::{Matcher, Needs, TextMatcher};
use search::terms::terms;

/// Rows of a unit.
#[derive(Clone, Debug, PartialEq)]
pub enum Mask {
    None,
    All,
    Some(BooleanBuffer),
}

impl Mask {
    pub fn of(buffer: BooleanBuffer) -> Self {
        match buffer.count_set_bits() {
            0 => Self::None,
            n if n == buffer.len() => Self::All,
            _ => Self::Some(buffer),
        }
    }

    pub fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::None, _) | (_, Self::None) => Self::None,
            (Self::All, m) | (m, Self::All) => m,
            (Self::Some(a), Self::Some(b)) => Self::of(&a & &b),
        }
    }

    pub fn or(self, other: Self) -> Self {
        match (self, other) {
            (Self::All, _) | (_, Self::All) => Self::All,
            (Self::None, m) | (m, Self::None) => m,
            (Self::Some(a), Self::Some(b)) => Self::of(&a | &b),
        }
    }

    pub fn not(self) -> Self {
        match self {
            Self::None => Self::All,
            Self::All => Self::None,
            Self::Some(b) => Self::Some(!&b),
        }
    }

    pub fn buffer(&self) -> Option<&BooleanBuffer> {
        if let Self::Some(b) = self { Some(b) } else { None }
    }

    pub fn count(&self, rows: usize) -> usize {
        match self {
            Self::None => 0,
            Self::All => rows,
            Self::Some(b) => b.count_set_bits(),
        }
    }

    /// The rows, ascending.
    pub fn rows(&self, rows: usize) -> Box<dyn Iterator<Item = usize> + '_> {
        match self {
            Self::None => Box::new(std::iter::empty()),
            Self::All => Box::new(0..rows),
            Self::Some(b) => Box::new(b.set_indices()),
        }
    }
}

/// A query made ready, cheap parts first.
pub enum Node {
    All,
    And(Vec<Node>),
    Or(Vec<Node>),
    Not(Box<Node>),
    Exists(String),
    Text(Text),
    Field(Box<FieldTest>),
}

pub struct Text {
    matcher: TextMatcher,
    /// Terms that must all stand in one value.
    terms: Vec<String>,
}

pub struct FieldTest {
    matcher: Matcher,
    needs: Need,
    longs: Option<(i64, i64)>,
}

enum Need {
    Unknown,
    Terms(Vec<String>),
    Whole(String),
}

impl Node {
    pub fn new(query: &Query) -> Self {
        let all = |parts: &[Query]| {
            let mut parts: Vec<Self> = parts.iter().map(Self::new).collect();
            parts.sort_by_key(Self::cost);
            parts
        };
        match query {
            Query::All => Self::All,
            Query::And(parts) => Self::And(all(parts)),
            Query::Or(parts) => Self::Or(all(parts)),
            Query::Not(q) => Self::Not(Box::new(Self::new(q))),
            Query::Exists(name) => Self::Exists(name.clone()),
            Query::Text(pattern) => {
                let matcher = TextMatcher::new(pattern);
                let terms = if let TextMatcher::Phrase(p) = &matcher {
                    p.terms().to_vec()
                } else {
                    Vec::new()
                };
                if matcher.is_all() { Self::All } else { Self::Text(Text { matcher, terms }) }
            }
            Query::Field { name, test } => {
                let matcher = Matcher::new(name, test);
                let needs = match matcher.needs() {
                    Needs::Unknown => Need::Unknown,
                    Needs::Terms(t) => Need::Terms(t),
                    Needs::Value(v) if matcher.kind() == Kind::Ip => Need::Whole(v),
                    Needs::Value(v) => Need::Terms(terms(&v).collect()),
                };
                // filters know nothing of the raw record
                let needs = if name == fieldmap::RAW { Need::Unknown } else { needs };
                Self::Field(Box::new(FieldTest { longs: matcher.int_range(), matcher, needs }))
            }
        }
    }

    fn cost(&self) -> u32 {
        match self {
            Self::All => 0,
            Self::Exists(_) => 1,
            Self::Field(f) if f.matcher.name() == fieldmap::RAW => 50,
            Self::Field(f) if f.matcher.kind() == Kind::Text => 10,
            Self::Field(_) => 2,
            Self::Text(_) => 100,
            Self::Not(n) => n.cost() + 1,
            Self::And(parts) | Self::Or(parts) => parts.iter().map(Self::cost).sum::<u32>() + 1,
        }
    }

    /// Rows of the unit that match; of rows outside `live` it may say anything.
    pub fn eval(&self, unit: &Unit, live: &Mask, budget: &Budget) -> Result<Mask, LakeError> {
        match self {
            Self::All => Ok(Mask::All),
            Self::And(parts) => {
                // what needs no reading may already say no
                for part in parts {
                    if !part.may_match(unit)? {
                        return Ok(Mask::None);
                    }
                }
                let mut left = live.clone();
                for part in parts {
                    if left == Mask::None {
                        break;
                    }
                    let found = part.eval(unit, &left, budget)?;
                    left = left.and(found);
                }
                Ok(left)
            }
            Self::Or(parts) => {
                let mut found = Mask::None;
                for part in parts {
                    let left = live.clone().and(found.clone().not());
                    if left == Mask::None {
                        break;
                    }
                    found = found.or(part.eval(unit, &left, budget)?.and(left));
                }
                Ok(found)
            }
            Self::Not(part) => Ok(part.eval(unit, live, budget)?.not()),
            Self::Exists(name) => exists(name, unit, budget),
            Self::Text(text) => text.eval(unit, live, budget),
            Self::Field(field) => field.eval(unit, live, budget),
        }
    }

    /// `false` when footer and filter already rule every row out.
    pub fn may_match(&self, unit: &Unit) -> Result<bool, LakeError> {
        Ok(match self {
            Self::All | Self::Not(_) => true,
            Self::And(parts) => {
                for part in parts {
                    if !part.may_match(unit)? {
                        return Ok(false);
                    }
                }
                true
            }
            Self::Or(parts) => {
                for part in parts {
                    if part.may_match(unit)? {
                        return Ok(true);
                    }
                }
                false
            }
            Self::Exists(name) => unit.columns().of(name).iter().any(|c| unit.has_values(c)),
            Self::Text(text) => !text.candidates(unit)?.is_empty(),
            Self::Field(field) => !field.candidates(unit)?.is_empty(),
        })
    }
}

fn exists(name: &str, unit: &Unit, budget: &Budget) -> Result<Mask, LakeError> {
    let mut found = Mask::None;
    for col in unit.columns().of(name).iter().filter(|c| unit.has_values(c)) {
        budget.spend(unit.rows())?;
        let array = unit.array(col)?;
        found = found.or(Mask::of(match (col.form, Strings::of(array.as_ref())) {
            // a list without elements is no value
            (Form::List, Some(strings)) => {
                strings.select(None, |v| has_element(&codec::list_items(v)))
            }
            _ => present(array.as_ref()),
        }));
    }
    Ok(found)
}

fn has_element(items: &[Scalar]) -> bool {
    items.iter().any(|i| if let Scalar::List(l) = i { has_element(l) } else { true })
}

fn any_element(items: &[Scalar], test: &mut impl FnMut(&Scalar) -> bool) -> bool {
    items.iter().any(|i| if let Scalar::List(l) = i { any_element(l, test) } else { test(i) })
}

/// Rows of a column whose value passes.
fn select(
    array: &ArrayRef,
    form: Form,
    live: &Mask,
    mut text: impl FnMut(&str) -> bool,
    mut long: impl FnMut(i64) -> bool,
    mut double: impl FnMut(f64) -> bool,
    mut boolean: impl FnMut(bool) -> bool,
) -> BooleanBuffer {
    let rows = array.len();
    let wanted = |i: usize| array.is_valid(i) && live.buffer().is_none_or(|l| l.value(i));
    match form {
        Form::Text | Form::LongText | Form::List => match Strings::of(array.as_ref()) {
            Some(strings) if form == Form::List => strings.select(live.buffer(), |v| {
                any_element(&codec::list_items(v), &mut |e| match e {
                    Scalar::Str(s) => text(s),
                    Scalar::Int(i) => long(*i),
                    Scalar::Float(f) => double(*f),
                    Scalar::Bool(b) => boolean(*b),
                    Scalar::List(_) => false,
                })
            }),
            Some(strings) => strings.select(live.buffer(), text),
            None => BooleanBuffer::new_unset(rows),
        },
        Form::Long => match array.as_primitive_opt::<Int64Type>() {
            Some(a) => BooleanBuffer::collect_bool(rows, |i| wanted(i) && long(a.value(i))),
            None => BooleanBuffer::new_unset(rows),
        },
        Form::Time => match crate::order::times(array.as_ref()) {
            Ok(a) => BooleanBuffer::collect_bool(rows, |i| wanted(i) && long(a[i])),
            Err(_) => BooleanBuffer::new_unset(rows),
        },
        Form::Double => match array.as_primitive_opt::<Float64Type>() {
            Some(a) => BooleanBuffer::collect_bool(rows, |i| wanted(i) && double(a.value(i))),
            None => BooleanBuffer::new_unset(rows),
        },
        Form::Bool => match array.as_boolean_opt() {
            Some(a) => BooleanBuffer::collect_bool(rows, |i| wanted(i) && boolean(a.value(i))),
            None => BooleanBuffer::new_unset(rows),
        },
    }
}

fn all_in(filter: &Bytes, tag: u64, terms: &[String]) -> bool {
    terms.iter().all(|t| bloom::may_have(filter, bloom::hash(tag, t)))
}

impl FieldTest {
    /// Columns that may hold a match.
    fn candidates(&self, unit: &Unit) -> Result<Vec<Col>, LakeError> {
        let mut found: Vec<Col> = unit
            .columns()
            .of(self.matcher.name())
            .iter()
            .filter(|c| unit.has_values(c))
            .copied()
            .collect();
        if found.iter().any(|c| matches!(c.form, Form::Text | Form::List))
            && !matches!(self.needs, Need::Unknown)
        {
            let filter = unit.filter()?;
            found.retain(|c| {
                !matches!(c.form, Form::Text | Form::List)
                    || match &self.needs {
                        Need::Unknown => true,
                        Need::Terms(terms) => all_in(&filter, c.tag, terms),
                        Need::Whole(value) => bloom::may_have(&filter, bloom::hash(c.tag, value)),
                    }
            });
        }
        if let Some((low, high)) = self.longs {
            found.retain(|c| {
                !matches!(c.form, Form::Long | Form::Time)
                    || unit.long_range(c).is_none_or(|(min, max)| min <= high && low <= max)
            });
        }
        Ok(found)
    }

    fn eval(&self, unit: &Unit, live: &Mask, budget: &Budget) -> Result<Mask, LakeError> {
        let mut found = Mask::None;
        let m = &self.matcher;
        for col in self.candidates(unit)? {
            budget.spend(unit.rows())?;
            let array = unit.array(&col)?;
            let rows = select(
                &array,
                col.form,
                live,
                |s| m.str(s),
                |i| m.int(i),
                |f| m.float(f),
                |b| m.boolean(b),
            );
            found = found.or(Mask::of(rows));
        }
        Ok(found)
    }
}

impl Text {
    fn candidates(&self, unit: &Unit) -> Result<Vec<Col>, LakeError> {
        let filter = if self.terms.is_empty() { Bytes::new() } else { unit.filter()? };
        let one = match self.terms.as_slice() {
            [one] => Some(one.as_str()),
            _ => None,
        };
        let is_phrase = !self.terms.is_empty();
        let digits = self.terms.iter().all(|t| t.bytes().all(|b| b.is_ascii_digit()));
        let may = |c: &Col| match c.form {
            _ if !is_phrase => true,
            Form::Text | Form::LongText | Form::List => all_in(&filter, c.tag, &self.terms),
            // a whole number reads as one run of digits, with or without a sign before it
            Form::Long | Form::Time => one.filter(|_| digits).is_some_and(|t| {
                t.parse::<i64>().is_ok_and(|n| {
                    unit.long_range(c)
                        .is_none_or(|(min, max)| (min <= n && n <= max) || (min <= -n && -n <= max))
                }) || t == "9223372036854775808"
            }),
            Form::Double => true,
            Form::Bool => matches!(one, Some("true" | "false")),
        };
        Ok(unit
            .columns()
            .searched
            .iter()
            .filter(|c| may(c) && unit.has_values(c))
            .copied()
            .collect())
    }

    fn eval(&self, unit: &Unit, live: &Mask, budget: &Budget) -> Result<Mask, LakeError> {
        let mut found = Mask::None;
        let m = &self.matcher;
        for col in self.candidates(unit)? {
            let left = live.clone().and(found.clone().not());
            if left == Mask::None {
                break;
            }
            budget.spend(unit.rows())?;
            let array = unit.array(&col)?;
            let rows = select(
                &array,
                col.form,
                &left,
                |s| m.is_in(s),
                |i| m.is_in(&i.to_string()),
                |f| m.is_in(&f.to_string()),
                |b| m.is_in(if b { "true" } else { "false" }),
            );
            found = found.or(Mask::of(rows));
        }
        Ok(found)
    }
}
