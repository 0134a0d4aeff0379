//! The operators of graphs.
use super::super::Parser;
use crate::syntax::ast::{Branch, GraphEdge, GraphPattern, GraphStep, OperatorKind};

impl Parser<'_> {
    pub(super) fn graph(&mut self, word: &str) -> Option<OperatorKind> {
        Some(match word {
            "make-graph" => self.make_graph(),
            "graph-match" => {
                let (patterns, predicate, project) = self.graph_match();
                OperatorKind::GraphMatch { patterns, predicate, project }
            }
            "graph-shortest-paths" => {
                let (patterns, predicate, project) = self.graph_match();
                OperatorKind::GraphShortestPaths { patterns, predicate, project }
            }
            "graph-to-table" => {
                let outputs = self.list(|p| {
                    let what = p.name();
                    let name = if p.eat_word("as") { Some(p.name()) } else { None };
                    (what, name, p.params(&["with_source_id", "with_target_id", "with_node_id"]))
                });
                OperatorKind::GraphToTable { outputs }
            }
            "graph-mark-components" => OperatorKind::GraphMarkComponents,
            "graph-merge" => {
                let right = self.path();
                let on = if self.eat_word("on") { self.list(Self::expr) } else { Vec::new() };
                OperatorKind::GraphMerge { right, on }
            }
            "graph-where-edges" | "graph-where-nodes" => OperatorKind::GraphWhere {
                edges: word == "graph-where-edges",
                predicate: self.expr(),
            },
            _ => return None,
        })
    }

    /// `a --> b with Nodes on id, More on id2`, `with_node_id=id`, `partitioned-by x ( … )`
    fn make_graph(&mut self) -> OperatorKind {
        let from = self.name();
        for punct in ["-", "-", ">"] {
            self.expect(punct);
        }
        let edge = Some((from, self.name()));
        let mut nodes = Vec::new();
        let mut node_id = None;
        if self.is_word("with_node_id") {
            self.bump();
            self.expect("=");
            node_id = Some(self.name());
        } else if self.eat_word("with") {
            nodes = self.list(|p| {
                let table = p.table();
                p.expect_word("on");
                (table, p.name_expr())
            });
        }
        let partition = self.partitioned_by();
        OperatorKind::MakeGraph { edge, nodes, node_id, partition }
    }

    fn partitioned_by(&mut self) -> Option<Branch> {
        if !(self.is_word("partitioned") && self.punct_at(1, "-") && self.word_at(2) == "by") {
            return None;
        }
        self.at += 3;
        let name = Some(self.name());
        Some(Branch { name, body: self.sub_operators() })
    }

    fn graph_match(
        &mut self,
    ) -> (Vec<GraphPattern>, Option<crate::syntax::ast::Expr>, Vec<crate::syntax::ast::Expr>) {
        let patterns = self.list(Self::graph_pattern);
        let predicate = if self.eat_word("where") { Some(self.expr()) } else { None };
        let project =
            if self.eat_word("project") { self.list(Self::named_expr) } else { Vec::new() };
        (patterns, predicate, project)
    }

    fn graph_pattern(&mut self) -> GraphPattern {
        let mut steps = vec![self.graph_node()];
        while self.is("-") || self.is("<") {
            steps.push(GraphStep::Edge(self.graph_edge()));
            steps.push(self.graph_node());
        }
        GraphPattern { steps }
    }

    fn graph_node(&mut self) -> GraphStep {
        self.expect("(");
        let name = if self.at_name() { Some(self.name()) } else { None };
        self.close(")");
        GraphStep::Node(name)
    }

    fn graph_edge(&mut self) -> GraphEdge {
        let left = self.eat("<");
        self.expect("-");
        let (mut name, mut range) = (None, None);
        if self.eat("[") {
            name = if self.at_name() { Some(self.name()) } else { None };
            if self.eat("*") {
                let low = self.unary();
                self.expect("..");
                range = Some((low, self.unary()));
            }
            self.close("]");
        }
        self.expect("-");
        GraphEdge { name, range, left, right: self.eat(">") }
    }
}
