//! Which tables there are and what is in them, read from the migrations' texts.
//!
//! The texts have a plain form (one column a line), which this relies on. In the order of the list a table comes after those that
//! its rows point at.
use crate::base::{
    migrate::{Schema, texts},
    sql::Which,
};

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Int,
    Real,
    Bool,
    Text,
    Json,
    Bytes,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    pub name: &'static str,
    pub kind: Kind,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    pub name: &'static str,
    pub which: Which,
    pub columns: Vec<Column>,
    /// Places of the primary key's columns, in the key's order.
    pub key: Vec<usize>,
    /// The key is an id that counts up.
    pub serial: bool,
    /// A migration puts rows into it, which are replaced.
    pub seeded: bool,
}

/// Rows read and written at a time.
const STRIDE: usize = 200;
/// The same where rows are megabytes.
const STRIDE_BYTES: usize = 8;

impl Table {
    /// Rows that are handled at a time, so that they fit into memory.
    pub fn stride(&self) -> usize {
        let large = self.columns.iter().any(|c| c.kind == Kind::Bytes);
        if large { STRIDE_BYTES } else { STRIDE }
    }

    pub(super) fn names(&self) -> String {
        self.columns.iter().map(|c| c.name).collect::<Vec<_>>().join(", ")
    }

    pub(super) fn key_names(&self) -> Vec<&'static str> {
        self.key.iter().filter_map(|i| self.columns.get(*i)).map(|c| c.name).collect()
    }
}

/// All tables of both databases as they are at `schema`, those first that others point at.
pub fn tables(schema: Schema) -> Vec<Table> {
    let mut all = Vec::new();
    for which in [Which::Main, Which::Journal] {
        for (version, _, text) in texts(which) {
            if *version <= schema.of(which) {
                read(which, text, &mut all);
            }
        }
    }
    all
}

fn read(which: Which, text: &'static str, all: &mut Vec<Table>) {
    let mut inside = false;
    for line in text.lines().map(str::trim).filter(|l| !l.starts_with("--")) {
        if let Some(rest) = line.strip_prefix("CREATE TABLE ") {
            let name = word(rest);
            let (columns, key) = (Vec::new(), Vec::new());
            all.push(Table { name, which, columns, key, serial: false, seeded: false });
            inside = true;
        } else if line == ");" {
            inside = false;
        } else if inside && let Some(table) = all.last_mut() {
            add(table, line);
        } else if let Some((name, column)) =
            line.strip_prefix("ALTER TABLE ").and_then(|rest| rest.split_once(" ADD COLUMN "))
        {
            if let Some(table) = all.iter_mut().find(|t| t.name == name) {
                add(table, column);
            }
        } else if let Some(rest) = line.strip_prefix("INSERT INTO ")
            && let Some(table) = all.iter_mut().find(|t| t.name == word(rest))
        {
            table.seeded = true;
        }
    }
}

fn word(text: &'static str) -> &'static str {
    text.split([' ', '(', ',', ';']).next().unwrap_or_default()
}

/// One line between the brackets: a column, a key, or what else does not matter here.
fn add(table: &mut Table, line: &'static str) {
    const KEY: &str = "PRIMARY KEY";
    if let Some((_, list)) = line.split_once("PRIMARY KEY (") {
        let names = list.split(')').next().unwrap_or_default().split(',').map(str::trim);
        let place = |name: &str| table.columns.iter().position(|c| c.name == name);
        table.key = names.filter_map(place).collect();
        return;
    }
    let (name, rest) = line.split_once(' ').unwrap_or((line, ""));
    let kind = match word(rest) {
        "BIGINT" | "{serial}" => Kind::Int,
        "DOUBLE" => Kind::Real,
        "BOOLEAN" => Kind::Bool,
        "TEXT" => Kind::Text,
        "{json}" => Kind::Json,
        "{bytes}" => Kind::Bytes,
        _ => return,
    };
    let serial = rest.starts_with("{serial}");
    if serial || line.contains(KEY) {
        table.key = vec![table.columns.len()];
    }
    table.serial |= serial;
    table.columns.push(Column { name, kind });
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(all: &[Table], name: &str) -> Table {
        all.iter().find(|t| t.name == name).unwrap_or_else(|| panic!("no {name}")).clone()
    }

    #[test]
    fn columns_keys_and_what_is_special_are_read() {
        let all = tables(Schema::newest());
        let users = of(&all, "users");
        assert_eq!((users.key_names(), users.serial, users.seeded), (vec!["id"], true, false));
        let active = users.columns.iter().find(|c| c.name == "is_active");
        assert_eq!(active.map(|c| c.kind), Some(Kind::Bool));
        let audit = of(&all, "audit");
        assert_eq!((audit.key_names(), audit.serial), (vec!["tenant", "seq"], false));
        assert!(of(&all, "counters").seeded && of(&all, "journal_counters").seeded);
        assert_eq!(of(&all, "journal_blocks").stride(), STRIDE_BYTES);
        let letters = of(&all, "dead_letters");
        assert_eq!(letters.columns.last().map(|c| (c.name, c.kind)), Some(("sample", Kind::Bool)));
    }

    #[test]
    fn every_table_has_a_key_and_only_columns_of_known_kinds() {
        let all = tables(Schema::newest());
        for table in &all {
            assert!(!table.key.is_empty() && !table.columns.is_empty(), "{table:?}");
        }
        for which in [Which::Main, Which::Journal] {
            let here: Vec<_> = all.iter().filter(|t| t.which == which).map(|t| t.name).collect();
            assert_eq!(here, crate::table_names(which));
        }
    }

    #[test]
    fn an_older_schema_has_fewer_tables() {
        let old = Schema { main: 1, journal: 1 };
        assert!(old.is_known() && !Schema { main: 9999, journal: 1 }.is_known());
        let all = tables(old);
        assert!(all.iter().all(|t| t.name != "alerts"));
        assert!(of(&all, "dead_letters").columns.iter().all(|c| c.name != "sample"));
    }
}
