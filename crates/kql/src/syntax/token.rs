//! The words of the language.
use super::Span;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenKind {
    /// A name or a keyword: which of them is decided by its place. `project-away` and its like are one word.
    Word,
    /// `!has`, `!in~`, `in~`: never a name.
    OpWord,
    /// Any form of string, prefix and quotes included.
    Str,
    Long,
    Real,
    Timespan,
    /// `datetime(…)`, `long(…)` …: the type and its raw content.
    Typed,
    /// See `lexer::PUNCTUATION`.
    Punct(&'static str),
    /// A character that starts nothing.
    Bad,
    End,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Token {
    pub kind: TokenKind,
    pub span: Span,
}

/// Keywords with a hyphen in them; without the hyphenated neighbour `-` is a minus.
pub const HYPHENATED: &[&str] = &[
    "assert-schema",
    "execute-and-cache",
    "granny-asc",
    "granny-desc",
    "graph-mark-components",
    "graph-match",
    "graph-merge",
    "graph-shortest-paths",
    "graph-to-table",
    "graph-where-edges",
    "graph-where-nodes",
    "macro-expand",
    "make-graph",
    "make-series",
    "mv-apply",
    "mv-expand",
    "parse-kv",
    "parse-where",
    "project-away",
    "project-by-names",
    "project-keep",
    "project-rename",
    "project-reorder",
    "project-smart",
    "sample-distinct",
    "top-hitters",
    "top-nested",
];

/// Types that take a literal in parentheses.
pub const TYPED: &[&str] = &[
    "bool", "boolean", "date", "datetime", "decimal", "double", "guid", "int", "int64", "int32",
    "long", "real", "time", "timespan", "uniqueid", "uint", "ulong", "int8", "int16", "uint8",
    "uint16", "uint32", "uint64", "float",
];
