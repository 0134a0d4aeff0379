//! Words that are never a name in an expression, and what the tests among them mean.
use crate::syntax::ast::{BinaryOp, TextTest};

pub fn is_reserved(word: &str) -> bool {
    matches!(word, "and" | "or" | "between" | "by" | "matches") || word_op(word).is_some()
}

/// The tests that are written as words; `matches regex` and `between` have their own grammar.
pub fn word_op(word: &str) -> Option<BinaryOp> {
    use TextTest::{Contains, EndsWith, Has, HasPrefix, HasSuffix, Like, StartsWith};
    Some(match word {
        "in" => BinaryOp::In,
        "!in" => BinaryOp::NotIn,
        "in~" => BinaryOp::InTilde,
        "!in~" => BinaryOp::NotInTilde,
        "has_any" => BinaryOp::HasAny,
        "has_all" => BinaryOp::HasAll,
        _ => {
            let (negated, rest) = word.strip_prefix('!').map_or((false, word), |r| (true, r));
            let (negated, rest) = rest.strip_prefix("not").map_or((negated, rest), |r| (true, r));
            let (case_sensitive, test) = match rest {
                "containscs" => (true, "contains"),
                "likecs" => (true, "like"),
                _ => rest.strip_suffix("_cs").map_or((false, rest), |r| (true, r)),
            };
            let test = match test {
                "has" => Has,
                "hasprefix" => HasPrefix,
                "hassuffix" => HasSuffix,
                "contains" => Contains,
                "startswith" => StartsWith,
                "endswith" => EndsWith,
                "like" => Like,
                _ => return None,
            };
            BinaryOp::Text { test, negated, case_sensitive }
        }
    })
}

pub fn is_list_op(op: BinaryOp) -> bool {
    use BinaryOp::{HasAll, HasAny, In, InTilde, NotIn, NotInTilde};
    matches!(op, In | NotIn | InTilde | NotInTilde | HasAny | HasAll)
}
