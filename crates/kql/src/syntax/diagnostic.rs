//! What is wrong with a text, and where.
use super::Span;
use serde::Serialize;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    Error,
    Warning,
    Info,
}

/// Stable: documents and tests name them. The wording of a message is not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
pub enum Code {
    /// A character that starts no token.
    #[serde(rename = "KQL001")]
    BadCharacter,
    /// A string or literal that is not closed.
    #[serde(rename = "KQL002")]
    Unterminated,
    /// Something the grammar wants here is not here.
    #[serde(rename = "KQL003")]
    Missing,
    /// Something is here that the grammar does not know here.
    #[serde(rename = "KQL004")]
    Unexpected,
    /// No operator has this name.
    #[serde(rename = "KQL005")]
    UnknownOperator,
    /// Nested or chained deeper than this parser goes.
    #[serde(rename = "KQL006")]
    TooDeep,
    /// Nothing to run.
    #[serde(rename = "KQL007")]
    Empty,
    /// The grammar is right, and the query cannot be run: a name that is not known, a type that does not fit.
    #[serde(rename = "KQL100")]
    Semantic,
}

/// An edit that would make the text right.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Fix {
    pub title: String,
    /// What is replaced; empty for an insertion.
    pub span: Span,
    pub text: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Diagnostic {
    pub code: Code,
    pub severity: Severity,
    pub span: Span,
    pub message: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fix: Option<Fix>,
}

impl Diagnostic {
    pub fn error(code: Code, span: Span, message: impl Into<String>) -> Self {
        Self { code, severity: Severity::Error, span, message: message.into(), fix: None }
    }

    pub fn with_fix(
        mut self,
        title: impl Into<String>,
        span: Span,
        text: impl Into<String>,
    ) -> Self {
        self.fix = Some(Fix { title: title.into(), span, text: text.into() });
        self
    }
}
