//! One query or more for each construct, written from the language's documentation.
use crate::support::{operators, right};
use kql::syntax::ast::{OperatorKind, StatementKind};

#[test]
fn every_operator_has_its_forms() {
    for query in [
        "T | join kind=inner hint.strategy=shuffle (U | where a) on $left.x == $right.y, z",
        "T | lookup kind=leftouter U on a",
        "T | sort by a asc nulls first, b desc nulls last, c",
        "T | top 5 by a desc, b | top-hitters 3 of a by b",
        "T | top-nested 2 of a with others = 'x' by sum(b) desc, top-nested of c by max(1)",
        "T | distinct * | distinct a, b",
        "union kind=outer withsource=S isfuzzy=true A, B*, (C | take 1), database('d').E*",
        "T | mv-expand kind=array with_itemindex=i a to typeof(long), b = c limit 10",
        "T | mv-apply x = a to typeof(string) limit 3 on (where x > 1 | summarize max(x))",
        "T | parse kind=regex flags=Ui a with * 'x' b:long ';' c *",
        "T | parse-where kind=relaxed a with 'x' b",
        "T | parse-kv a as (b: long, ['c d']: string) with (pair_delimiter=' ', kv_delimiter='=')",
        "T | make-series n=count() default=0, avg(b) on t from ago(1d) to now() step 1h by k",
        "T | make-series n=count() on t in range(ago(1d), now(), 1h) by k",
        "T | evaluate hint.distribution=per_node pivot(a, count()) : (b: long, *)",
        "T | render timechart with (title='x', ycolumns=a, b, kind=stacked)",
        "T | render columnchart kind=stacked title='x'",
        "T | invoke f(1) | as hint.materialized=true X | count as n | consume",
        "search kind=case_sensitive in (A, B*) 'x' and c:'y' or * has 'z' | take 1",
        "find withsource=S in (A, B*) where a has 'x' project a, b: string, pack(*)",
        "range i from 1 to 10 step 2 | extend j = range(1, i)",
        "print a = 1, b = toscalar(T | count), (c, d) = f()",
        "datatable (a: string, ['b c']: long) ['x', 1, 'y', -2,]",
        "externaldata (a: string) [h@'https://x/y;z'] with (format='csv', ignoreFirstRecord=true)",
        "T | fork a = (where b | count) (take 1) | facet by a, b with (where c | take 2)",
        "T | partition hint.strategy=native by a (top 1 by b) | partition by c { U | where d == c }",
        "T | scan with_match_id=m declare (n: long = 0) with (step s1 output=all: a == 1; step s2: b > s1.b => n = s1.n + 1;)",
        "T | reduce by a with threshold=0.1, characters='x'",
        "E | make-graph a --> b with N on id | graph-match (x)-[e*1..3]->(y)<--(z)--(w), (x) where x.a == 1 project x.a, e.b",
        "E | make-graph a --> b with_node_id=id | graph-to-table nodes as N with_node_id=i, edges as D",
        "E | make-graph a --> b | graph-mark-components kind=weak | graph-shortest-paths output=all (a)-[e*1..5]->(b) project e",
        "macro-expand isfuzzy=true entity_group [cluster('a').database('b'), cluster('c').database('d')] as X ( X.T | count )",
        "T | project-away a*, *_b | project-keep c* | project-reorder *, d asc, e* granny-asc | project-rename f = g",
        "T | sample 3 | sample-distinct 4 of a | serialize r = row_number() | getschema | execute-and-cache",
        "T | where a in ((U | project b)) and c !in~ ('x') | summarize arg_max(t, *), n = count() by bin(t, 1d), k",
        "cluster('a').database('b').table('T') | where ['x y'] == 1 | summarize by a",
    ] {
        right(query);
    }
}

#[test]
fn every_statement_has_its_forms() {
    for query in [
        "set notruncation; set querytrace = 'x'; T",
        "declare query_parameters(a: string = 'x', b: long); T | where c == a",
        "let f = (T: (*), U: (a: long, b: string), n: long = 5) { let x = n; T | where a > x }; f(A, B)",
        "let v = view () { T }; let c = materialize(T | take 1); v | union c",
        "alias database d = cluster('c').database('d'); database('d').T",
        "declare pattern P = (a: string)[p: string] { ('x').['y'] = { T }; ('z').['w'] = { U | take 1 }; }; P('x').y",
        "restrict access to (T, U*, database('d').*); T",
    ] {
        right(query);
    }
    let parsed = right("let f = (n: long) { T | take n };\nf(1)");
    assert!(
        matches!(&parsed.tree.statements[0].kind, StatementKind::LetFunction { function, .. } if function.params.len() == 1)
    );
}

#[test]
fn what_was_read_is_in_the_tree() {
    let parsed =
        right("T | summarize n = count(), max(a) by k | join kind=leftanti U on k | top 3 by n");
    let [summarize, join, top] = operators(&parsed) else { panic!("three operators") };
    assert!(
        matches!(&summarize.kind, OperatorKind::Summarize { aggregates, by } if aggregates.len() == 2 && by.len() == 1)
    );
    assert_eq!(join.params[0].value.as_name(), Some("leftanti"));
    assert!(matches!(&top.kind, OperatorKind::Top { keys, .. } if keys[0].order.is_none()));
}
