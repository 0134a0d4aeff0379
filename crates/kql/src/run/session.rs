//! What a query is run with: time, tables, bounds.
use super::Res;
use crate::{
    functions::Context,
    syntax::{self, Diagnostic, Span, ast},
    table::Table,
};

/// Where tables come from.
pub trait Source {
    /// The table of this name; `None` when there is none.
    ///
    /// # Errors
    /// A sentence for people, when it cannot be read.
    fn table(&self, name: &str, wants: &Wants) -> Result<Option<Table>, String>;

    /// The names there are, for wildcards.
    fn names(&self) -> Vec<String>;

    /// Whether there is a table of this name.
    fn knows(&self, name: &str) -> bool {
        self.names().iter().any(|known| known == name)
    }
}

/// What a scan may leave out. It is never wrong to give more.
#[derive(Clone, Debug, Default)]
pub struct Wants {
    /// The query is only checked: columns without rows will do.
    pub schema_only: bool,
}

/// Past one of these the query ends with an error, never with a part of the answer.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Rows of any table on the way.
    pub rows: usize,
    /// Bytes of any table on the way, roughly.
    pub bytes: usize,
    /// Functions of the query calling each other, and queries inside queries.
    pub depth: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { rows: 5_000_000, bytes: 1 << 30, depth: 48 }
    }
}

pub struct Session<'s> {
    pub context: Context,
    pub source: &'s dyn Source,
    pub limits: Limits,
    /// Tables come without rows: names and types are looked at, nothing else.
    pub check: bool,
    /// Asked between operators; `true` ends the query.
    pub cancelled: &'s dyn Fn() -> bool,
}

/// Why there is no answer.
#[derive(Clone, Debug)]
pub enum Failure {
    /// The query is wrong, at this place.
    Query(Diagnostic),
    /// A bound was reached.
    Limit(String),
    Cancelled,
    /// A table could not be read.
    Source(String),
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Query(d) => f.write_str(&d.message),
            Self::Limit(why) | Self::Source(why) => f.write_str(why),
            Self::Cancelled => f.write_str("cancelled"),
        }
    }
}

/// The answer.
#[derive(Clone, Debug, Default)]
pub struct Outcome {
    pub table: Table,
    /// Of the last `render`: the chart and its properties.
    pub render: Option<(String, Vec<(String, String)>)>,
}

impl Session<'_> {
    /// Runs the text as one query; the last of its statements that gives a table is the answer.
    ///
    /// # Errors
    /// All syntax errors, or the first thing that went wrong in running.
    pub fn run(&self, text: &str) -> Result<Outcome, Vec<Failure>> {
        let parsed = syntax::parse(text);
        if parsed.has_errors() {
            let errors =
                parsed.diagnostics.into_iter().filter(|d| d.severity == syntax::Severity::Error);
            return Err(errors.map(Failure::Query).collect());
        }
        self.query(&parsed.tree).map_err(|failure| vec![failure])
    }

    fn query(&self, query: &ast::Query) -> Res<Outcome> {
        let runner = super::statements::Runner::new(self);
        match runner.statements(&query.statements, super::Scope::default())? {
            Some(table) => Ok(Outcome { table, render: runner.render.take() }),
            // functions and values alone can be checked
            None if self.check => Ok(Outcome::default()),
            None => {
                super::wrong(query.span, "nothing to run: the query ends without an expression")
            }
        }
    }

    /// Looks whether the query may go on with a table of this size.
    pub(crate) fn admit(&self, table: &Table, at: Span) -> Res<()> {
        if (self.cancelled)() {
            return Err(Failure::Cancelled);
        }
        if table.rows > self.limits.rows {
            return Err(Failure::Limit(format!(
                "more than {} rows at character {}: add a filter or summarize earlier",
                self.limits.rows, at.start
            )));
        }
        if table.bytes() > self.limits.bytes {
            return Err(Failure::Limit(format!(
                "more than {} MB at character {}: keep fewer columns, or filter earlier",
                self.limits.bytes >> 20,
                at.start
            )));
        }
        Ok(())
    }
}
