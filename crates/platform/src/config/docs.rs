//! The table as documentation: options, and limits.
use super::{
    section::Limits,
    table::{Flag, Opt, all},
};
use std::fmt::Write;

/// Every option as a Markdown table.
pub fn options() -> String {
    let mut out = String::from(
        "| key in the file | flag | environment | default | what |\n|---|---|---|---|---|\n",
    );
    for o in all() {
        let _ = writeln!(
            out,
            "| `{}` | `--{} {}` | {} | {} | {} Must be {}. |",
            if o.secret { format!("{0}` or `{0}_file", o.key) } else { o.key.into() },
            o.flag_name(),
            if o.flag == Flag::FileOnly { "PATH" } else { o.place },
            variables(o),
            o.default.map(|d| format!("`{d}`")).unwrap_or_default(),
            o.help.trim(),
            o.allowed(),
        );
    }
    out
}

fn variables(o: &Opt) -> String {
    let mut names = vec![o.env()];
    if o.secret {
        names.push(format!("{}_FILE", o.env()));
    }
    names.extend(o.legacy.iter().map(|&l| l.to_owned()));
    names.iter().map(|n| format!("`{n}`")).collect::<Vec<_>>().join(", ")
}

/// The limits as a Markdown table: what `docs/SECURITY.md` must show.
pub fn limits() -> String {
    let mut out =
        String::from("| limit | default | what, and what happens past it |\n|---|---|---|\n");
    for o in Limits::TABLE {
        let _ =
            writeln!(out, "| `{}` | {} | {} |", o.key, o.default.unwrap_or("none"), o.help.trim());
    }
    out
}

/// Puts `table` between `<!-- name -->` and `<!-- /name -->` of a page. `None` when the page has no such marks.
pub fn splice(page: &str, name: &str, table: &str) -> Option<String> {
    let (open, close) = (format!("<!-- {name} -->\n"), format!("<!-- /{name} -->"));
    let start = page.find(&open)? + open.len();
    let end = start + page[start..].find(&close)?;
    Some(format!("{}{table}{}", &page[..start], &page[end..]))
}
