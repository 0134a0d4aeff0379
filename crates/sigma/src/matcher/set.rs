//! A set of rules, compiled. For an event its values are looked through once, which says of most tests whether they hold; then only
//! those rules are evaluated that one of these tests stands for.
use super::{
    class::Class,
    compile::{Node, Tests},
    index::{FieldIndex, covers},
    plain, witness,
};
use crate::{
    event::{Event, Logsource},
    language::{Rule, Test},
};
use std::{collections::HashMap, rc::Rc};

/// What is kept of kinds of logs: past so many the memory is begun anew.
const MOST_CLASSES: usize = 4_096;

pub struct RuleSet {
    rules: Vec<Compiled>,
    tests: Vec<Test>,
    covered: Vec<bool>,
    fields: HashMap<String, FieldIndex>,
    keywords: FieldIndex,
    /// For each test, the rules it stands for.
    stands: Vec<Vec<u32>>,
}

pub(super) struct Compiled {
    pub logsource: Logsource,
    pub keywords: bool,
    pub unwitnessed: bool,
    tree: Node,
}

/// What one thread needs to evaluate: made once and used for all events, with one set of rules.
#[derive(Default)]
pub struct Scratch {
    /// Of each test: the round in which it held, and the round in which it did not.
    held: Vec<u32>,
    failed: Vec<u32>,
    /// Of each rule: the round in which it was looked at.
    seen: Vec<u32>,
    round: u32,
    candidates: Vec<u32>,
    classes: HashMap<Vec<Logsource>, Rc<Class>>,
}

impl RuleSet {
    /// Rules that need values are members, and never hit. Numbers in answers are places in `rules`.
    ///
    /// # Errors
    /// When the rules' texts are too many for the automaton (billions of letters).
    pub fn new<'r>(
        rules: impl IntoIterator<Item = &'r Rule>,
    ) -> Result<Self, aho_corasick::BuildError> {
        let mut tests = Tests::default();
        let mut compiled: Vec<Compiled> = vec![];
        for rule in rules {
            let tree = if rule.needs.is_empty() {
                tests.tree(&rule.detection)
            } else {
                Node::Any(Box::new([]))
            };
            compiled.push(Compiled {
                logsource: rule.logsource.clone(),
                keywords: false,
                unwitnessed: false,
                tree,
            });
        }
        let tests = tests.list;
        let covered: Vec<bool> = tests.iter().map(covers).collect();
        let mut set = Self {
            rules: vec![],
            covered,
            fields: HashMap::new(),
            keywords: FieldIndex::default(),
            stands: vec![vec![]; tests.len()],
            tests,
        };
        for (test, number) in set.tests.iter().zip(0u32..) {
            if set.covered[number as usize] {
                match &test.field {
                    Some(field) => set.fields.entry(field.clone()).or_default().add(number, test),
                    None => set.keywords.add(number, test),
                }
            }
        }
        set.fields.values_mut().try_for_each(FieldIndex::finish)?;
        set.keywords.finish()?;
        for (rule, number) in compiled.iter_mut().zip(0u32..) {
            rule.keywords = asks_keywords(&rule.tree, &set.tests);
            match witness::choose(&rule.tree, &set.tests, &set.covered) {
                Some(chosen) => {
                    chosen.iter().for_each(|test| set.stands[*test as usize].push(number))
                }
                None => {
                    rule.unwitnessed = !matches!(&rule.tree, Node::Any(items) if items.is_empty())
                }
            }
        }
        set.rules = compiled;
        Ok(set)
    }

    /// How many rules are in it, those that need values too.
    pub fn len(&self) -> usize {
        self.rules.len()
    }

    pub fn is_empty(&self) -> bool {
        self.rules.is_empty()
    }

    /// The places of the rules that hit, ascending.
    pub fn hits(&self, event: &Event<'_>, scratch: &mut Scratch) -> Vec<usize> {
        let class = scratch.begin(self, &event.kinds);
        let mut candidates = std::mem::take(&mut scratch.candidates);
        candidates.clear();
        candidates.extend_from_slice(&class.always);
        for (name, value) in &event.fields {
            let mut holds = |test: u32| {
                if std::mem::replace(&mut scratch.held[test as usize], scratch.round)
                    == scratch.round
                {
                    return;
                }
                for rule in &self.stands[test as usize] {
                    let new = std::mem::replace(&mut scratch.seen[*rule as usize], scratch.round)
                        != scratch.round;
                    if new && class.has(*rule) {
                        candidates.push(*rule);
                    }
                }
            };
            if let Some(index) = self.fields.get(&**name) {
                index.scan(value, &mut holds);
            }
            if class.keywords {
                self.keywords.scan(value, &mut holds);
            }
        }
        candidates.retain(|rule| self.evaluate(&self.rules[*rule as usize].tree, event, scratch));
        candidates.sort_unstable();
        let hits = candidates.iter().map(|rule| *rule as usize).collect();
        scratch.candidates = candidates;
        hits
    }

    fn evaluate(&self, node: &Node, event: &Event<'_>, scratch: &mut Scratch) -> bool {
        match node {
            Node::All(items) => items.iter().all(|item| self.evaluate(item, event, scratch)),
            Node::Any(items) => items.iter().any(|item| self.evaluate(item, event, scratch)),
            Node::Count(least, items) => {
                items.iter().filter(|item| self.evaluate(item, event, scratch)).take(*least).count()
                    == *least
            }
            Node::Not(item) => !self.evaluate(item, event, scratch),
            Node::Test(number) => {
                let at = *number as usize;
                if scratch.held[at] == scratch.round {
                    return true;
                }
                if self.covered[at] || scratch.failed[at] == scratch.round {
                    return false;
                }
                let holds = plain::asks(&self.tests[at], event);
                (if holds { &mut scratch.held } else { &mut scratch.failed })[at] = scratch.round;
                holds
            }
        }
    }
}

impl Scratch {
    fn begin(&mut self, set: &RuleSet, kinds: &[Logsource]) -> Rc<Class> {
        self.held.resize(set.tests.len(), 0);
        self.failed.resize(set.tests.len(), 0);
        self.seen.resize(set.rules.len(), 0);
        self.round = self.round.wrapping_add(1);
        if self.round == 0 {
            // after four billion events the marks of old rounds would be taken for new ones
            [&mut self.held, &mut self.failed, &mut self.seen]
                .into_iter()
                .for_each(|marks| marks.fill(0));
            self.round = 1;
        }
        if let Some(class) = self.classes.get(kinds) {
            return Rc::clone(class);
        }
        if self.classes.len() >= MOST_CLASSES {
            self.classes.clear();
        }
        let class = Rc::new(Class::of(kinds, &set.rules));
        self.classes.insert(kinds.to_vec(), Rc::clone(&class));
        class
    }
}

fn asks_keywords(node: &Node, tests: &[Test]) -> bool {
    match node {
        Node::All(items) | Node::Any(items) | Node::Count(_, items) => {
            items.iter().any(|item| asks_keywords(item, tests))
        }
        Node::Not(item) => asks_keywords(item, tests),
        Node::Test(test) => tests[*test as usize].field.is_none(),
    }
}
