//! The tabular operators, each as its grammar has it.
use super::{Expr, Name, Schema};
use crate::syntax::Span;

#[derive(Clone, Debug, PartialEq)]
pub struct Operator {
    pub kind: OperatorKind,
    /// The keyword; empty where it is missing.
    pub keyword: Span,
    /// What stands between the keyword and the operands: `kind=…`, `hint.…=…`.
    pub params: Vec<Parameter>,
    pub span: Span,
}

/// `name = value`; a dotted name is one text (`hint.strategy`).
#[derive(Clone, Debug, PartialEq)]
pub struct Parameter {
    pub name: Name,
    pub value: Expr,
}

#[rustfmt::skip]
#[derive(Clone, Debug, PartialEq)]
pub enum OperatorKind {
    /// Nothing after the pipe.
    Missing,
    Unknown { name: String },
    Where { predicate: Expr },
    Project { items: Vec<Expr> },
    ProjectAway { items: Vec<Expr> },
    ProjectKeep { items: Vec<Expr> },
    ProjectRename { items: Vec<Expr> },
    ProjectReorder { keys: Vec<Key> },
    ProjectByNames { items: Vec<Expr> },
    ProjectSmart { items: Vec<Expr> },
    Extend { items: Vec<Expr> },
    Serialize { items: Vec<Expr> },
    Print { items: Vec<Expr> },
    /// Without `by` the list is empty.
    Summarize { aggregates: Vec<Expr>, by: Vec<Expr> },
    Distinct { columns: Vec<Expr> },
    Join { right: Expr, on: Vec<Expr>, predicate: Option<Expr> },
    Lookup { right: Expr, on: Vec<Expr> },
    Sort { keys: Vec<Key> },
    Top { count: Expr, keys: Vec<Key> },
    TopHitters { count: Expr, of: Expr, by: Option<Expr> },
    TopNested { levels: Vec<Nested> },
    Take { count: Expr },
    Sample { count: Expr },
    SampleDistinct { count: Expr, of: Expr },
    /// `as` names the result, as in some old queries.
    Count { name: Option<Name> },
    As { name: Name },
    Union { tables: Vec<Expr> },
    MvExpand { items: Vec<ExpandItem>, limit: Option<Expr> },
    MvApply { items: Vec<ExpandItem>, limit: Option<Expr>, id: Option<Expr>, body: Vec<Operator> },
    Parse { filter: bool, target: Expr, parts: Vec<ParsePart> },
    ParseKv { target: Expr, schema: Schema, with: Vec<Parameter> },
    MakeSeries { aggregates: Vec<Aggregate>, on: Expr, range: SeriesRange, by: Vec<Expr> },
    Evaluate { call: Expr, schema: Option<Schema> },
    Invoke { call: Expr },
    Render { chart: Option<Name>, with: Vec<Parameter> },
    Search { tables: Vec<Expr>, predicate: Expr },
    Find { tables: Vec<Expr>, predicate: Option<Expr>, project: Vec<Expr>, project_away: Vec<Expr>, smart: bool },
    Range { name: Name, from: Expr, to: Expr, step: Expr },
    GetSchema,
    Consume,
    ExecuteAndCache,
    AssertSchema { schema: Schema },
    Fork { branches: Vec<Branch> },
    Facet { by: Vec<Expr>, with: Vec<Operator> },
    /// `body` holds operators, `query` a query of its own (`{ … }`).
    Partition { by: Expr, body: Vec<Operator>, query: Option<Box<Expr>> },
    PartitionBy { by: Expr, id: Option<Expr>, body: Vec<Operator> },
    Scan { order: Vec<Key>, partition: Vec<Expr>, declare: Vec<super::Param>, steps: Vec<ScanStep> },
    Reduce { by: Expr, with: Vec<Parameter> },
    MakeGraph { edge: Option<(Name, Name)>, nodes: Vec<(Expr, Expr)>, node_id: Option<Name>, partition: Option<Branch> },
    GraphMatch { patterns: Vec<GraphPattern>, predicate: Option<Expr>, project: Vec<Expr> },
    GraphShortestPaths { patterns: Vec<GraphPattern>, predicate: Option<Expr>, project: Vec<Expr> },
    GraphToTable { outputs: Vec<(Name, Option<Name>, Vec<Parameter>)> },
    GraphMarkComponents,
    GraphMerge { right: Expr, on: Vec<Expr> },
    GraphWhere { edges: bool, predicate: Expr },
    MacroExpand { group: Expr, name: Option<Name>, body: Vec<super::Statement> },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    Asc,
    Desc,
    /// `granny-asc` and `granny-desc` of `project-reorder`.
    GrannyAsc,
    GrannyDesc,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NullsOrder {
    First,
    Last,
}

/// A key of `sort`, `top`, `project-reorder`; what is not written is `None`.
#[derive(Clone, Debug, PartialEq)]
pub struct Key {
    pub expr: Expr,
    pub order: Option<Order>,
    pub nulls: Option<NullsOrder>,
}

/// `expr to typeof(type)`
#[derive(Clone, Debug, PartialEq)]
pub struct ExpandItem {
    pub expr: Expr,
    pub to: Option<Expr>,
}

#[derive(Clone, Debug, PartialEq)]
pub enum ParsePart {
    /// `*`
    Skip,
    /// A string literal, or the name of one.
    Text(Expr),
    Column {
        name: Name,
        ty: Option<Name>,
    },
}

/// `aggregate default=value`
#[derive(Clone, Debug, PartialEq)]
pub struct Aggregate {
    pub expr: Expr,
    pub default: Option<Expr>,
}

#[derive(Clone, Debug, PartialEq)]
pub enum SeriesRange {
    Steps {
        from: Option<Expr>,
        to: Option<Expr>,
        step: Expr,
    },
    /// `in range(start, stop, step)`
    InRange(Expr),
}

/// `top-nested [N] of expr [with others = expr] by aggregate [asc|desc]`
#[derive(Clone, Debug, PartialEq)]
pub struct Nested {
    pub count: Option<Expr>,
    pub of: Expr,
    pub others: Option<Expr>,
    pub by: Key,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Branch {
    pub name: Option<Name>,
    pub body: Vec<Operator>,
}

/// `step name [optional] [output=…]: condition => a = x, …;`
#[derive(Clone, Debug, PartialEq)]
pub struct ScanStep {
    pub name: Name,
    pub optional: bool,
    pub output: Option<Name>,
    pub condition: Expr,
    pub assignments: Vec<Expr>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct GraphPattern {
    pub steps: Vec<GraphStep>,
}

#[derive(Clone, Debug, PartialEq)]
pub enum GraphStep {
    /// `(name)`
    Node(Option<Name>),
    Edge(GraphEdge),
}

/// `-[name]->`, `<-[name*1..3]-`, `--`: neither arrow means either way.
#[derive(Clone, Debug, PartialEq)]
pub struct GraphEdge {
    pub name: Option<Name>,
    pub range: Option<(Expr, Expr)>,
    pub left: bool,
    pub right: bool,
}
