//! Rules as trees over numbered tests: a test that many rules share is one test, asked once for an event.
use crate::language::{Check, Expr, Test};
use std::collections::HashMap;

pub(super) enum Node {
    All(Box<[Node]>),
    Any(Box<[Node]>),
    Count(usize, Box<[Node]>),
    Not(Box<Node>),
    Test(u32),
}

/// All tests of a set of rules, each once.
#[derive(Default)]
pub(super) struct Tests {
    pub list: Vec<Test>,
    known: HashMap<String, Vec<u32>>,
}

impl Tests {
    pub fn tree(&mut self, expr: &Expr) -> Node {
        let mut many = |items: &[Expr]| items.iter().map(|item| self.tree(item)).collect();
        match expr {
            Expr::All(items) => Node::All(many(items)),
            Expr::Any(items) => Node::Any(many(items)),
            Expr::Count(least, items) => Node::Count(*least, many(items)),
            Expr::Not(item) => Node::Not(Box::new(self.tree(item))),
            Expr::Test(test) => Node::Test(self.number(test)),
        }
    }

    fn number(&mut self, test: &Test) -> u32 {
        let same = self.known.entry(key(test)).or_default();
        if let Some(found) = same.iter().find(|number| self.list[**number as usize] == *test) {
            return *found;
        }
        let number = u32::try_from(self.list.len()).unwrap_or(u32::MAX);
        same.push(number);
        self.list.push(test.clone());
        number
    }
}

/// Equal tests have equal keys; few others do.
fn key(test: &Test) -> String {
    let field = test.field.as_deref().unwrap_or_default();
    match &test.check {
        Check::Like { pattern, .. } => {
            let longest = pattern.longest().unwrap_or_default();
            format!("{field}\0{longest}")
        }
        Check::Regex(expression) => format!("{field}\0{}", expression.0.as_str()),
        _ => field.to_owned(),
    }
}
