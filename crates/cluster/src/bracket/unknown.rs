//! Tests of fields that the map does not know: their values are terms `name kind value` of one field.
use super::{Bracket, text_ends, wildcard};
use crate::document::EXACT;
use crate::dsl::Dsl;
use crate::names::{KV, NUMBER, STRING, kv};
use search::ast::{Bound, Test};
use search::literal::{Cidr, Num};
use search::terms::fold;

pub fn field(name: &str, test: &Test) -> Bracket {
    let (strings, numbers) = (kv(name, STRING), kv(name, NUMBER));
    let every = |head: &str| Dsl::prefix(KV, head);
    match test {
        Test::Is(wanted) => {
            let text = Dsl::term(KV, format!("{strings}{}", fold(wanted)));
            let number = match Num::parse(wanted) {
                Some(Num::Int(i)) if i.unsigned_abs() < EXACT.unsigned_abs() => {
                    Dsl::term(KV, format!("{numbers}{i}"))
                }
                Some(Num::Float(f)) if f.abs() < EXACT as f64 => {
                    Dsl::term(KV, format!("{numbers}{}", f + 0.0)) // minus nought is nought
                }
                _ => Dsl::None,
            };
            Bracket::exactly(Dsl::or([text, number]))
        }
        Test::Glob(pattern) => match wildcard(pattern) {
            Some(p) => {
                let head = escaped(&kv(name, '?'));
                Bracket::exactly(Dsl::wildcard(KV, &format!("{head}{p}")))
            }
            None => Bracket::at_most(Dsl::or([every(&strings), every(&numbers)])),
        },
        Test::Range { from, to } => {
            let over = |head: &str| {
                // the character after the kind's begins what comes after all of its terms
                let kind = head.chars().next_back().unwrap_or_default();
                let after = format!("{}{}", &head[..head.len() - 1], (kind as u8 + 1) as char);
                Dsl::range(KV, text_ends(head, Some(&after), from, to).0)
            };
            // between numbers a number compares by value, and terms do not
            let mut ends = [from, to].into_iter().filter_map(Bound::end);
            let numeric = ends.all(|(text, _)| Num::parse(text).is_some());
            let text = Bracket::exactly(over(&strings));
            match (numeric, from, to) {
                (_, Bound::Open, Bound::Open) => {
                    Bracket::exactly(Dsl::or([every(&strings), every(&numbers)]))
                }
                (true, ..) => text.or_possibly(every(&numbers)),
                (false, ..) => Bracket::exactly(Dsl::or([text.certain, over(&numbers)])),
            }
        }
        Test::Cidr(block) => match Cidr::parse(block) {
            None => Bracket::exactly(Dsl::None),
            Some(_) => Bracket::at_most(every(&strings)),
        },
    }
}

/// `?` stands for the kind; everything else for itself.
fn escaped(head: &str) -> String {
    let (name, _) = head.split_at(head.len() - 1);
    let mut out = String::with_capacity(head.len() + 8);
    for c in name.chars() {
        if matches!(c, '*' | '?' | '\\') {
            out.push('\\');
        }
        out.push(c);
    }
    out.push('?');
    out
}
