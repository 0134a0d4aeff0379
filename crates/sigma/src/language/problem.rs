//! What is wrong with a rule, where, and how to mend it.
use std::fmt;

/// Both count from 1; columns in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
pub struct Place {
    pub line: usize,
    pub column: usize,
}

#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Problem {
    #[serde(flatten)]
    pub at: Place,
    pub message: String,
    /// What is allowed there.
    pub help: Option<String>,
    /// The document does not even look like a rule: it has neither log source nor detection.
    pub no_rule: bool,
}

impl Problem {
    pub(crate) fn new(at: Place, message: impl Into<String>) -> Self {
        Self { at, message: message.into(), help: None, no_rule: false }
    }

    pub(crate) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.at.line, self.at.column, self.message)?;
        self.help.as_ref().map_or(Ok(()), |help| write!(f, " ({help})"))
    }
}
