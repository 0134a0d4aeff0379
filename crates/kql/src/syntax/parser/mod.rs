//! Recursive descent over the tokens. Every function returns a node, whatever it finds; at most one diagnostic stands at one token.
//!
//! Recovery: what a construct cannot use is skipped to the next `|`, `;`, `,` or closing bracket on its own level, so that one wrong
//! operator leaves the others whole.
mod cursor;
mod dynamic;
mod expr;
mod functions;
mod names;
mod ops;
mod params;
mod pipe;
mod primary;
mod statements;
mod words;

use super::ast::{Expr, ExprKind, Query};
use super::lexer::lex;
use super::token::{Token, TokenKind};
use super::{Code, Diagnostic, Parsed, Severity, Span};

/// Expressions, operators and signs within each other; what lies deeper is an `Error` node with a diagnostic. In a debug build twice
/// as many still fit a stack of 2 MiB.
pub const MAX_DEPTH: usize = 100;
/// Links of `a + b + …` or `a.b.…` whose tree leans to the left; `and` and `or` are flat and have no bound.
pub const MAX_CHAIN: usize = 500;
/// More are not told.
pub const MAX_DIAGNOSTICS: usize = 100;

pub fn parse(text: &str) -> Parsed {
    let lexed = lex(text);
    let close = matching(&lexed.tokens);
    let mut parser = Parser {
        text,
        tokens: lexed.tokens,
        close,
        at: 0,
        depth: 0,
        reach: 0,
        search: false,
        diagnostics: Vec::new(),
        quiet: None,
    };
    let statements = parser.statements(None);
    if statements.is_empty() && lexed.diagnostics.is_empty() {
        let diagnostic =
            Diagnostic::error(Code::Empty, Span::new(0, text.len()), "there is no query here");
        parser.report(Diagnostic { severity: Severity::Info, ..diagnostic });
    }
    let mut diagnostics = lexed.diagnostics;
    diagnostics.extend(parser.diagnostics);
    diagnostics.sort_by_key(|d| d.span.start);
    diagnostics.truncate(MAX_DIAGNOSTICS);
    Parsed { tree: Query { statements, span: Span::new(0, text.len()) }, diagnostics }
}

/// For each opening bracket the index of its closing one, else its own: what lets the parser look past brackets in constant time.
fn matching(tokens: &[Token]) -> Vec<usize> {
    let mut close: Vec<usize> = (0..tokens.len()).collect();
    let mut open: Vec<(usize, &str)> = Vec::new();
    for (i, token) in tokens.iter().enumerate() {
        match token.kind {
            TokenKind::Punct("(") => open.push((i, ")")),
            TokenKind::Punct("[") => open.push((i, "]")),
            TokenKind::Punct("{") => open.push((i, "}")),
            TokenKind::Punct(p @ (")" | "]" | "}"))
                if open.last().is_some_and(|(_, want)| *want == p) =>
            {
                close[open.pop().map_or(i, |(o, _)| o)] = i;
            }
            _ => {}
        }
    }
    close
}

struct Parser<'a> {
    text: &'a str,
    tokens: Vec<Token>,
    close: Vec<usize>,
    at: usize,
    depth: usize,
    /// The longest left-leaning chain read since it was last set to 0.
    reach: usize,
    /// Within `search`, where `column : term` is a test.
    search: bool,
    diagnostics: Vec<Diagnostic>,
    /// The token that the last diagnostic stood at: others there would only be its echo.
    quiet: Option<usize>,
}

impl Parser<'_> {
    fn report(&mut self, diagnostic: Diagnostic) {
        if self.diagnostics.len() < MAX_DIAGNOSTICS {
            self.diagnostics.push(diagnostic);
        }
    }

    /// An error at the next token.
    fn error(&mut self, code: Code, message: impl Into<String>) {
        if self.quiet == Some(self.at) {
            return;
        }
        self.quiet = Some(self.at);
        let span = if code == Code::Missing { Span::empty(self.gap()) } else { self.span() };
        self.report(Diagnostic::error(code, span, message));
    }

    fn missing(&mut self, what: &str) -> Expr {
        self.error(Code::Missing, format!("{what} is missing here"));
        Expr::missing(self.gap())
    }

    /// Runs `parse` one level deeper, or skips what is too deep.
    fn deeper(&mut self, parse: impl FnOnce(&mut Self) -> Expr) -> Expr {
        if self.depth < MAX_DEPTH {
            self.depth += 1;
            let expr = parse(self);
            self.depth -= 1;
            return expr;
        }
        let start = self.span();
        self.error(Code::TooDeep, format!("this is nested more than {MAX_DEPTH} levels deep"));
        self.skip();
        Expr::new(ExprKind::Error, self.since(start))
    }
}
