//! Which rules may meet events of the same kinds of log.
use super::set::Compiled;
use crate::event::{Logsource, meets};

pub(super) struct Class {
    /// A bit for each rule.
    members: Vec<u64>,
    /// Members that no test stands for: they are asked each time.
    pub always: Vec<u32>,
    /// Whether a member looks for keywords, for which every value of an event is scanned.
    pub keywords: bool,
}

impl Class {
    pub fn of(kinds: &[Logsource], rules: &[Compiled]) -> Self {
        let mut class =
            Self { members: vec![0; rules.len().div_ceil(64)], always: vec![], keywords: false };
        for (rule, number) in rules.iter().zip(0u32..) {
            if meets(&rule.logsource, kinds) {
                class.members[number as usize / 64] |= 1 << (number % 64);
                class.keywords |= rule.keywords;
                if rule.unwitnessed {
                    class.always.push(number);
                }
            }
        }
        class
    }

    pub fn has(&self, rule: u32) -> bool {
        self.members[rule as usize / 64] >> (rule % 64) & 1 == 1
    }
}
