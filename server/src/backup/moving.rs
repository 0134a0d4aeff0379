//! `eventsec migrate-store`: from one database into another, with everything, and a comparison of both afterwards.
//!
//! Parts are files of the data folder with either database, so they stay where they are unless another data folder is named.
use super::{checks, files, parts};
use crate::wire::{broken, hold};
use model::{Problem, audit::AuditVerdict};
use platform::{
    Config,
    config::{setting::Setting, values::DatabaseUrl},
};
use std::{
    fs,
    path::{Path, PathBuf},
};
use store::{
    Schema, Store, StoreError, Target,
    transfer::{self, Counted},
};

/// Where data is or shall be.
#[derive(Clone, Debug)]
pub enum Place {
    Sqlite(PathBuf),
    Postgres(DatabaseUrl),
    /// The PostgreSQL of the configuration, whose address then stands on no command line.
    Configured,
}

impl Place {
    /// `sqlite:DIR`, `postgres:URL`, `postgres://…`, or `postgres` alone.
    pub fn parse(text: &str) -> Result<Self, String> {
        let allowed = "must be sqlite:DIR, postgres:URL, or postgres for the configured one";
        if let Some(dir) = text.strip_prefix("sqlite:").filter(|d| !d.is_empty()) {
            return Ok(Self::Sqlite(dir.into()));
        }
        if text == "postgres" {
            return Ok(Self::Configured);
        }
        let inner = text.strip_prefix("postgres:").and_then(DatabaseUrl::read);
        let url = DatabaseUrl::read(text).or(inner);
        url.map(Self::Postgres).ok_or_else(|| allowed.to_owned())
    }

    fn target(&self, config: &Config) -> Result<Target, Problem> {
        let url = match self {
            Self::Sqlite(dir) => return Ok(Target::Sqlite { dir: dir.clone() }),
            Self::Postgres(url) => url,
            Self::Configured => config.serve.database_url.as_ref().ok_or_else(|| {
                Problem::bad_request(
                    "`postgres` means the configured database, and there is none: set EVENTSEC_DATABASE_URL or say postgres:URL",
                )
            })?,
        };
        Ok(Target::Postgres(url.expose().into()))
    }
}

/// What is to be moved where.
#[derive(Clone, Debug)]
pub struct Move {
    pub from: Place,
    pub to: Place,
    /// Another data folder for the parts.
    pub data_to: Option<PathBuf>,
}

/// One table on both sides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MovedTable {
    pub name: &'static str,
    pub read: i64,
    pub written: i64,
    /// The rows are the same, byte for byte.
    pub same: bool,
}

#[derive(Clone, Debug)]
pub struct Moved {
    pub tables: Vec<MovedTable>,
    /// The data folder from now on, and how many parts were put there; `None`: they stayed where they were.
    pub data: PathBuf,
    pub parts: Option<usize>,
    /// Parts that were damaged or missing before.
    pub faults: Vec<String>,
    pub audit: Vec<AuditVerdict>,
    /// The source's databases under their new names, where a server on them would harm the parts.
    pub put_aside: Vec<PathBuf>,
}

impl Moved {
    pub fn is_whole(&self) -> bool {
        self.tables.iter().all(|t| t.same) && self.audit.iter().all(|v| v.broken_at.is_none())
    }
}

fn read(e: StoreError) -> Problem {
    broken("The source cannot be read")(&e)
}

fn written(e: StoreError) -> Problem {
    broken("The target cannot be written")(&e)
}

/// Whether two paths are one folder.
fn same(a: &Path, b: &Path) -> bool {
    a == b || matches!((a.canonicalize(), b.canonicalize()), (Ok(a), Ok(b)) if a == b)
}

/// Moves everything. Nothing may run on either side; both are held meanwhile.
pub async fn move_store(config: &Config, what: &Move) -> Result<Moved, Problem> {
    let (from, to) = (what.from.target(config)?, what.to.target(config)?);
    let old_data = match &from {
        Target::Sqlite { dir } => dir.clone(),
        Target::Postgres(_) => config.serve.data.clone(),
    };
    let data = what.data_to.clone().unwrap_or_else(|| old_data.clone());
    let stays = same(&old_data, &data);
    check_places(&from, &to, &data)?;

    let source = checks::open_existing(&from).await?;
    let _old_folder = hold::folder(&old_data)?;
    let _old_claim = hold::claim(&source, &from).await?;
    let _folder = if stays { None } else { Some(hold::folder(&data)?) };
    let target = checks::open(&to).await?;
    let _claim = hold::claim(&target, &to).await?;
    target.migrate().await.map_err(written)?;
    checks::must_be_empty(&target, Schema::newest()).await?;

    let (parts, faults) = if stays {
        (None, Vec::new())
    } else {
        let (n, faults) = move_parts(&source, &old_data, &data).await?;
        (Some(n), faults)
    };
    let tables = move_tables(&source, &target).await?;
    let audit = checks::audit(&target).await?;
    target.close().await;
    source.close().await;
    let mut moved = Moved { tables, data, parts, faults, audit, put_aside: Vec::new() };
    if stays
        && moved.is_whole()
        && let Target::Sqlite { dir } = &from
    {
        moved.put_aside = put_aside(dir)?;
    }
    Ok(moved)
}

fn check_places(from: &Target, to: &Target, data: &Path) -> Result<(), Problem> {
    let one = match (from, to) {
        (Target::Sqlite { dir: a }, Target::Sqlite { dir: b }) => same(a, b),
        _ => from == to,
    };
    if one {
        return Err(Problem::bad_request("source and target are the same"));
    }
    if let Target::Sqlite { dir } = to
        && !same(dir, data)
    {
        return Err(Problem::bad_request(format!(
            "SQLite's databases lie in the data folder, beside the parts: say --data-to {}, or name the data folder {} as target",
            dir.display(),
            data.display()
        )));
    }
    Ok(())
}

async fn move_parts(
    source: &Store,
    old_data: &Path,
    data: &Path,
) -> Result<(usize, Vec<String>), Problem> {
    let known = parts::known(source.lake_parts().await.map_err(read)?)?;
    let (from, to) = (old_data.join("lake"), data.join("lake"));
    files::make_folder(&to)?;
    let (mut there, mut faults) = (0, Vec::new());
    for part in known {
        let (name, meta) = (&part.meta.path, &part.meta);
        if parts::put(name, &from, &to)?.is_none() {
            faults.push(format!("{name} is not there"));
            continue;
        }
        there += 1;
        let (bytes, sum) = parts::sum(&to.join(name))?;
        if i64::try_from(bytes) != Ok(meta.bytes) || sum != meta.checksum {
            faults.push(format!("{name} is damaged: it is kept as it is"));
        }
    }
    Ok((there, faults))
}

async fn move_tables(source: &Store, target: &Store) -> Result<Vec<MovedTable>, Problem> {
    let mut snapshot = source.snapshot().await.map_err(read)?;
    let mut loader = target.load(Schema::newest()).await.map_err(written)?;
    let sent = transfer::copy(&mut snapshot, &mut loader).await;
    let sent = sent.map_err(|e| broken("The tables cannot be copied")(&e))?;
    loader.commit().await.map_err(written)?;
    snapshot.close().await.map_err(read)?;
    let mut arrived = target.snapshot().await.map_err(written)?;
    let counted = transfer::count(&mut arrived).await.map_err(written)?;
    arrived.close().await.map_err(written)?;
    let there = |name: &str| counted.iter().find(|c| c.table == name).map(|c| c.tally);
    let compare = |c: &Counted| {
        let tally = there(c.table).unwrap_or_default();
        let (read, written) = (c.tally.rows, tally.rows);
        MovedTable { name: c.table, read, written, same: c.tally == tally }
    };
    Ok(sent.iter().map(compare).collect())
}

/// Gives the old databases other names. A server on them would not know the parts that are written from now on, and delete them as
/// leftovers.
fn put_aside(dir: &Path) -> Result<Vec<PathBuf>, Problem> {
    let mut aside = Vec::new();
    for name in ["eventsec.db", "journal.db"] {
        // what a database has beside it goes with it
        for rest in ["", "-wal", "-shm"] {
            let old = dir.join(format!("{name}{rest}"));
            if old.exists() {
                let new = dir.join(format!("{name}.moved{rest}"));
                fs::rename(&old, &new).map_err(files::at(&old))?;
                if rest.is_empty() {
                    aside.push(new);
                }
            }
        }
    }
    files::sync_folder(dir)?;
    Ok(aside)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_read_as_people_write_them() {
        let read = |text: &str| match Place::parse(text) {
            Ok(Place::Sqlite(dir)) => format!("folder {}", dir.display()),
            Ok(Place::Postgres(url)) => url.expose().to_owned(),
            Ok(Place::Configured) => "configured".into(),
            Err(e) => e,
        };
        assert_eq!(read("sqlite:/var/lib/eventsec"), "folder /var/lib/eventsec");
        for url in ["postgres:postgres://u@h/d", "postgres://u@h/d", "postgresql://u@h/d"] {
            assert_eq!(read(url), "postgres://u@h/d", "{url}");
        }
        assert_eq!(read("postgres"), "configured");
        for bad in ["", "sqlite:", "/var/lib", "mysql://h/d", "postgres:", "postgres:x"] {
            assert!(Place::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn places_that_do_not_fit_are_refused() {
        let dir = tempfile::tempdir().unwrap();
        let here = Target::Sqlite { dir: dir.path().into() };
        let pg = Target::Postgres("postgres://h/d".into());
        assert!(check_places(&here, &here, dir.path()).is_err());
        assert!(check_places(&pg, &here, Path::new("/elsewhere")).is_err(), "parts lie elsewhere");
        check_places(&pg, &here, dir.path()).unwrap();
        check_places(&here, &pg, dir.path()).unwrap();
    }
}
