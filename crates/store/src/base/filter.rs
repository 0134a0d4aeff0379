//! `WHERE` clauses that depend on what was asked. Text comes from the source only; every value is bound.
use super::val::{Val, clean};
use sqlx::{AssertSqlSafe, SqlSafeStr, SqlStr};

/// Words of one text search; more are ignored.
const MAX_WORDS: usize = 16;

pub(crate) struct Filter {
    text: String,
    args: Vec<Val>,
}

impl Filter {
    /// Starts with the tenant, which no list goes without. `column` is the tenant's, such as `a.tenant`.
    pub(crate) fn tenant(column: &'static str, tenant: &str) -> Self {
        Self { text: format!("{column} = $1"), args: vec![tenant.into()] }
    }

    /// Adds a condition; each `?` in it is one of the values, in order.
    pub(crate) fn and(&mut self, condition: &'static str, values: impl IntoIterator<Item = Val>) {
        self.text.push_str(" AND ");
        let mut values = values.into_iter();
        for (i, piece) in condition.split('?').enumerate() {
            if i > 0 {
                self.args.extend(values.next());
                self.text.push_str(&format!("${}", self.args.len()));
            }
            self.text.push_str(piece);
        }
    }

    /// `column IN (…)`; nothing when the list is empty.
    pub(crate) fn any(&mut self, column: &'static str, values: impl IntoIterator<Item = Val>) {
        let start = self.args.len();
        self.args.extend(values);
        if self.args.len() > start {
            let marks: Vec<String> =
                (start + 1..=self.args.len()).map(|n| format!("${n}")).collect();
            self.text.push_str(&format!(" AND {column} IN ({})", marks.join(", ")));
        }
    }

    /// Every word of `text` must occur in `column`, which holds lower-cased text.
    pub(crate) fn words(&mut self, condition: &'static str, text: &str) {
        for word in text.split_whitespace().take(MAX_WORDS) {
            self.and(condition, [Val::from(like(word))]);
        }
    }

    /// `select … WHERE (filter) rest`, each `?` in `rest` bound to one of `values`.
    pub(crate) fn statement(
        self,
        select: &'static str,
        rest: &'static str,
        values: impl IntoIterator<Item = Val>,
    ) -> (SqlStr, Vec<Val>) {
        let mut tail = Self { text: String::new(), args: self.args };
        tail.and(rest, values);
        let rest = tail.text.trim_start_matches(" AND ");
        (AssertSqlSafe(format!("{select} WHERE {} {rest}", self.text)).into_sql_str(), tail.args)
    }
}

impl Clone for Filter {
    fn clone(&self) -> Self {
        Self { text: self.text.clone(), args: self.args.clone() }
    }
}

/// A pattern that finds `word` anywhere, whatever it holds; for `LIKE … ESCAPE '\'` on lower-cased text.
pub(crate) fn like(word: &str) -> String {
    let mut out = String::from("%");
    for c in clean(word).to_lowercase().chars() {
        if matches!(c, '%' | '_' | '\\') {
            out.push('\\');
        }
        out.push(c);
    }
    out.push('%');
    out
}

/// Ids for an `IN` list, padded by repetition to a power of two so that few different statements are prepared.
pub(crate) fn padded(ids: &[i64]) -> Vec<Val> {
    let Some(&last) = ids.last() else { return Vec::new() };
    let n = ids.len().next_power_of_two();
    ids.iter().copied().chain(std::iter::repeat_n(last, n - ids.len())).map(Val::from).collect()
}

/// `select` and a list of ids for the `IN` that it ends with. Of all tenants: only for the program's own work.
pub(crate) fn among(select: &'static str, ids: &[i64]) -> (SqlStr, Vec<Val>) {
    let values = padded(ids);
    let marks: Vec<String> = (1..=values.len()).map(|n| format!("${n}")).collect();
    (AssertSqlSafe(format!("{select}({})", marks.join(", "))).into_sql_str(), values)
}

/// Ids that one `IN` list takes.
pub(crate) const MAX_LIST: usize = 1024;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_bound_and_numbered() {
        let mut f = Filter::tenant("a.tenant", "t");
        f.any("a.status", ["open", "closed"].map(Val::from));
        f.any("a.severity", std::iter::empty());
        f.and("a.created_at >= ?", [Val::from(5)]);
        let (sql, args) = f.statement("SELECT 1 FROM a", "ORDER BY x LIMIT ?", [Val::from(9)]);
        assert_eq!(
            sql.as_str(),
            "SELECT 1 FROM a WHERE a.tenant = $1 AND a.status IN ($2, $3) AND a.created_at >= $4 ORDER BY x LIMIT $5"
        );
        assert_eq!(args.len(), 5);
    }

    #[test]
    fn wildcards_in_a_word_are_letters() {
        assert_eq!(like("100%_Ñ\\"), "%100\\%\\_ñ\\\\%");
    }

    #[test]
    fn id_lists_come_in_few_lengths() {
        assert_eq!(padded(&[1, 2, 3]), [1, 2, 3, 3].map(Val::from));
        assert!(padded(&[]).is_empty());
    }
}
