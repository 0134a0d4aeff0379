//! Precedence, names and paths.
use crate::support::{printed, right};
use kql::syntax::ast::{BinaryOp, Expr, ExprKind};

/// The tree with all its brackets.
fn shape(e: &Expr) -> String {
    let join = |list: &[Expr], by: &str| list.iter().map(shape).collect::<Vec<_>>().join(by);
    match &e.kind {
        ExprKind::Name(n) => n.clone(),
        ExprKind::Literal(l) => format!("{l:?}").chars().filter(char::is_ascii_digit).collect(),
        ExprKind::Binary { op, left, right } => {
            let op = match op {
                BinaryOp::Text { test, negated, .. } => {
                    format!("{}{test:?}", if *negated { "!" } else { "" })
                }
                other => format!("{other:?}"),
            };
            format!("({} {op} {})", shape(left), shape(right))
        }
        ExprKind::And(list) => format!("({})", join(list, " and ")),
        ExprKind::Or(list) => format!("({})", join(list, " or ")),
        ExprKind::List { op, left, list } => {
            format!("({} {op:?} [{}])", shape(left), join(list, ","))
        }
        ExprKind::Between { operand, low, high, .. } => {
            format!("({} between {} {})", shape(operand), shape(low), shape(high))
        }
        ExprKind::Unary { op, operand } => format!("{op:?}{}", shape(operand)),
        ExprKind::Member { base, member } => format!("{}.{}", shape(base), shape(member)),
        ExprKind::Index { base, index } => format!("{}[{}]", shape(base), shape(index)),
        ExprKind::Call { name, args } => format!("{}({})", name.text, join(args, ",")),
        ExprKind::Named { names, value } => format!("{}={}", names[0].text, shape(value)),
        ExprKind::Star => "*".into(),
        other => format!("{other:?}"),
    }
}

#[test]
fn precedence() {
    let cases = [
        ("a or b and c or d", "(a or (b and c) or d)"),
        ("a + b * c - d", "((a Add (b Multiply c)) Subtract d)"),
        ("a + b has c", "(a Add (b Has c))"),
        ("a == b + 1 and c", "((a Equal (b Add 1)) and c)"),
        ("a < b == c", "((a Less b) Equal c)"),
        ("-a * 2", "(Minusa Multiply 2)"),
        ("(a + b) * c", "((a Add b) Multiply c)"),
        ("a !contains b", "(a !Contains b)"),
        ("a in~ (b, c) and d", "((a InTilde [b,c]) and d)"),
        ("a has_any (b) or c", "((a HasAny [b]) or c)"),
        ("t between (a .. b - 1)", "(t between a (b Subtract 1))"),
        ("a.b[0].['c d'].e", "a.b[0].c d.e"),
        ("f(a, x = b)", "f(a,x=b)"),
        ("['odd name'] matches regex b", "(odd name MatchesRegex b)"),
        ("* has a", "(* Has a)"),
        ("kind == count and type != order", "((kind Equal count) and (type NotEqual order))"),
    ];
    for (text, want) in cases {
        assert_eq!(shape(&printed(text)), want, "{text}");
    }
}

#[test]
fn words_are_names_where_nothing_else_fits() {
    right(
        "T | extend count = 1, kind = 2, where = 3 | project count, kind, type, on, with, step, search | sort by count asc",
    );
    right("let search = 1; let union = 2; T | where range > search");
}
