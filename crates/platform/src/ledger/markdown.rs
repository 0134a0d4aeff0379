//! The ledger as `docs/ROUTES.md`.
use super::{BodyLimit, Entry, Principal};
use std::{fmt::Write, sync::Arc};

/// The whole page. Deterministic: sorted by kind, path, method.
pub fn page(entries: &[Arc<Entry>]) -> String {
    let mut rows: Vec<&Arc<Entry>> = entries.iter().collect();
    rows.sort_by_key(|e| (e.kind.as_str(), e.path, e.method.as_str().to_owned()));
    let mut out = String::from(
        "# Routes\n\nWritten from the code's ledger; a test fails when this page is stale (`UPDATE_DOCS=1` rewrites it). \
         Callers: N anonymous, a analyst, s senior analyst, l team lead, A admin, k agent key, t shared agent token, R revoked.\n\n\
         | kind | method | path | callers | permission | tenant | audit | body | what |\n|---|---|---|---|---|---|---|---|---|\n",
    );
    for e in rows {
        let _ = writeln!(
            out,
            "| {} | {} | `{}` | {} | {} | {} | {} | {} | {} |",
            e.kind.as_str(),
            e.method,
            e.path,
            callers(e),
            e.permission.map(|p| format!("{p:?}")).unwrap_or_default(),
            mark(e.tenant_bound),
            mark(e.audited),
            match e.body {
                BodyLimit::Plain => "`limits.body`",
                BodyLimit::Events => "`limits.ingest_body`",
            },
            e.summary,
        );
    }
    out
}

fn callers(e: &Entry) -> String {
    let letter = |p: Principal| match p {
        Principal::Anonymous => 'N',
        Principal::Analyst => 'a',
        Principal::SeniorAnalyst => 's',
        Principal::TeamLead => 'l',
        Principal::Admin => 'A',
        Principal::AgentKey => 'k',
        Principal::SharedToken => 't',
        Principal::Revoked => 'R',
    };
    Principal::ALL
        .into_iter()
        .map(|p| if e.principals.contains(p) { letter(p) } else { '·' })
        .collect()
}

fn mark(yes: bool) -> &'static str {
    if yes { "yes" } else { "" }
}
