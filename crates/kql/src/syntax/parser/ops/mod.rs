//! The operators, by groups. Each function reads what follows its keyword.
mod columns;
mod expand;
mod graph;
mod nested;
mod parse;
mod rows;
mod scan;
mod series;
mod sources;
mod tables;

use super::Parser;
use crate::syntax::ast::{OperatorKind, Parameter};

impl Parser<'_> {
    /// `None`: no operator has this name, and nothing was read.
    pub(super) fn known(
        &mut self,
        word: &str,
        params: &mut Vec<Parameter>,
    ) -> Option<OperatorKind> {
        *params = self.params(known_params(word));
        Some(match word {
            "where" | "filter" => OperatorKind::Where { predicate: self.named_expr() },
            "project" | "extend" | "serialize" | "print" | "project-away" | "project-keep"
            | "project-rename" | "project-by-names" | "project-smart" | "project-reorder"
            | "distinct" | "summarize" => self.columns(word),
            "sort" | "order" | "top" | "take" | "limit" | "sample" | "sample-distinct"
            | "top-hitters" | "top-nested" | "count" | "as" | "reduce" => self.rows(word),
            "join" | "lookup" | "union" | "search" | "find" => self.tables(word),
            "mv-expand" | "mvexpand" | "mv-apply" | "mvapply" => self.expand(word),
            "parse" | "parse-where" | "parse-kv" => self.parse_operator(word),
            "make-series" => self.make_series(),
            "evaluate" | "invoke" | "render" | "range" | "getschema" | "consume"
            | "execute-and-cache" | "assert-schema" => self.source_operator(word),
            "fork" | "facet" | "partition" | "__partitionby" | "macro-expand" => self.nested(word),
            "scan" => self.scan(),
            _ => return self.graph(word),
        })
    }
}

fn known_params(word: &str) -> &'static [&'static str] {
    match word {
        "join" | "lookup" | "make-series" | "reduce" | "search" => &["kind"],
        "parse" | "parse-where" => &["kind", "flags"],
        "union" => &["kind", "withsource", "with_source", "isfuzzy", "best_effort"],
        "find" => &["withsource", "datascope"],
        "mv-expand" | "mvexpand" | "mv-apply" | "mvapply" => {
            &["kind", "bagexpansion", "with_itemindex"]
        }
        "scan" => &["kind", "with_match_id", "with_step_name"],
        "graph-match" => &["cycles"],
        "graph-shortest-paths" => &["output", "cycles"],
        "graph-mark-components" => &["kind", "with_component_id"],
        "macro-expand" => &["isfuzzy", "best_effort", "kind"],
        _ => &[],
    }
}
