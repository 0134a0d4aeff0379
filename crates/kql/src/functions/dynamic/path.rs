//! The part of JSONPath that Kusto knows: `$.a.b[0]`, `$['x'][-1]`.
use crate::value::Dyn;
use std::sync::Arc;

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    Key(Arc<str>),
    /// From the end when negative.
    Index(i64),
}

/// Longer paths are none: what they make would be too deep.
const MOST_STEPS: usize = 64;

/// `None` when it is no such path.
pub fn parse(path: &str) -> Option<Vec<Step>> {
    let mut rest = path.trim().strip_prefix('$')?;
    let mut steps = Vec::new();
    while !rest.is_empty() {
        let (step, after) = match rest.strip_prefix('.') {
            Some(name) => named(name)?,
            None => bracketed(rest.strip_prefix('[')?.trim_start())?,
        };
        if steps.len() == MOST_STEPS {
            return None;
        }
        steps.push(step);
        rest = after;
    }
    Some(steps)
}

fn named(text: &str) -> Option<(Step, &str)> {
    if let Some(inner) = text.strip_prefix('[') {
        return bracketed(inner.trim_start());
    }
    let end = text.find(['.', '[']).unwrap_or(text.len());
    let (name, rest) = text.split_at(end);
    (!name.is_empty()).then(|| (Step::Key(name.into()), rest))
}

fn bracketed(text: &str) -> Option<(Step, &str)> {
    let Some(quote) = text.chars().next().filter(|c| matches!(c, '\'' | '"')) else {
        let (digits, rest) = text.split_once(']')?;
        return Some((Step::Index(digits.trim().parse().ok()?), rest));
    };
    let mut name = String::new();
    let mut letters = text.char_indices().skip(1);
    while let Some((at, letter)) = letters.next() {
        if letter == '\\' {
            name.push(letters.next()?.1);
        } else if letter == quote {
            let rest = text[at + 1..].trim_start().strip_prefix(']')?;
            return Some((Step::Key(name.into()), rest));
        } else {
            name.push(letter);
        }
    }
    None
}

/// What lies there.
pub fn get<'a>(value: &'a Dyn, steps: &[Step]) -> Option<&'a Dyn> {
    steps.iter().try_fold(value, |value, step| match step {
        Step::Key(name) => value.get(name),
        Step::Index(index) => value.at(*index),
    })
}

/// Parses the path and looks up what lies there.
pub fn find<'a>(value: &'a Dyn, path: &str) -> Option<&'a Dyn> {
    get(value, &parse(path)?)
}

fn inner<'a>(value: &'a mut Dyn, step: &Step) -> Option<&'a mut Dyn> {
    match (value, step) {
        (Dyn::Bag(entries), Step::Key(name)) => {
            entries.iter_mut().find(|(key, _)| key == name).map(|(_, value)| value)
        }
        (Dyn::Array(items), Step::Index(index)) => {
            let at = place(items.len(), *index)?;
            items.get_mut(at)
        }
        _ => None,
    }
}

fn place(length: usize, index: i64) -> Option<usize> {
    if index < 0 {
        length.checked_sub(usize::try_from(index.unsigned_abs()).ok()?)
    } else {
        usize::try_from(index).ok().filter(|at| *at < length)
    }
}

/// Takes out what lies there; nothing happens when there is nothing.
pub fn remove(value: &mut Dyn, steps: &[Step]) {
    let Some((last, before)) = steps.split_last() else { return };
    let Some(holder) = before.iter().try_fold(value, |value, step| inner(value, step)) else {
        return;
    };
    match (holder, last) {
        (Dyn::Bag(entries), Step::Key(name)) => entries.retain(|(key, _)| key != name),
        (Dyn::Array(items), Step::Index(index)) => {
            if let Some(at) = place(items.len(), *index) {
                items.remove(at);
            }
        }
        _ => {}
    }
}

/// Puts it there, making the bags that are missing on the way. False when something else is in the way.
pub fn set(value: &mut Dyn, steps: &[Step], new: Dyn) -> bool {
    let Some((step, rest)) = steps.split_first() else {
        *value = new;
        return true;
    };
    if let (Dyn::Bag(entries), Step::Key(name)) = (&mut *value, step)
        && !entries.iter().any(|(key, _)| key == name)
    {
        let fresh = if rest.is_empty() { Dyn::Null } else { Dyn::Bag(Vec::new()) };
        entries.push((Arc::clone(name), fresh));
    }
    inner(value, step).is_some_and(|value| set(value, rest, new))
}
