//! The lists of functions in the documentation are what there is.
use std::{fs, path::Path};

const BEGIN: &str = "<!-- generated: UPDATE_DOCS=1 cargo test -p kql -->\n";
const END: &str = "<!-- end -->";

#[test]
#[allow(clippy::disallowed_methods, reason = "a test's setting")]
fn the_lists_of_functions_are_true() {
    let list = |names: Vec<&str>| {
        let mut names = names;
        names.sort_unstable();
        names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(" ")
    };
    let functions: Vec<&str> = kql::functions::names().collect();
    let aggregates: Vec<&str> = kql::aggregates::names().collect();
    let made = format!(
        "**{} functions**: {}\n\nBesides: `column_ifexists` `bag_pack_columns` `ingestion_time` `materialize` `next` `pack_all` `prev` `row_cumsum` `row_number` `row_rank_dense` `row_rank_min` `row_window_session` `toscalar`.\n\n**{} aggregates**: {}\n",
        functions.len(),
        list(functions),
        aggregates.len(),
        list(aggregates)
    );
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/KQL.md");
    let text = fs::read_to_string(&path).expect("docs/KQL.md");
    let (before, rest) = text.split_once(BEGIN).expect("the generated part");
    let (now, after) = rest.split_once(END).expect("the end of the generated part");
    if std::env::var_os("UPDATE_DOCS").is_some() {
        fs::write(&path, format!("{before}{BEGIN}{made}{END}{after}")).expect("written");
    } else {
        assert!(now == made, "docs/KQL.md is not up to date: UPDATE_DOCS=1 cargo test -p kql");
    }
}
