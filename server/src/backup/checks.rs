//! What must hold before anything is read or written, and of what arrived.
use crate::wire::broken;
use model::{Problem, audit::AuditVerdict};
use store::{Pools, Schema, Store, Target};

/// Opens what must be there already: a folder without databases is not made into an empty installation.
pub async fn open_existing(target: &Target) -> Result<Store, Problem> {
    if let Target::Sqlite { dir } = target
        && !dir.join("eventsec.db").is_file()
    {
        return Err(Problem::not_found(format!(
            "{} holds no installation: there is no eventsec.db in it",
            dir.display()
        )));
    }
    let store = open(target).await?;
    let faults = store.check().await.map_err(|e| broken("The database cannot be read")(&e))?;
    if let Some(first) = faults.first() {
        return Err(Problem::conflict(format!(
            "the database is not as this version makes it ({first}): use the version that wrote it, or bring it up to date with \
             `eventsec db migrate`"
        )));
    }
    Ok(store)
}

pub async fn open(target: &Target) -> Result<Store, Problem> {
    Store::open(target, Pools::default())
        .await
        .map_err(|e| broken("The database cannot be opened")(&e))
}

/// Refuses databases that hold something.
pub async fn must_be_empty(store: &Store, schema: Schema) -> Result<(), Problem> {
    let occupied = store.occupied(schema).await;
    match occupied.map_err(|e| broken("The database cannot be read")(&e))? {
        None => Ok(()),
        Some(table) => Err(Problem::conflict(format!(
            "the target is not empty: its table {table} holds rows. Nothing was written; name an empty one"
        ))),
    }
}

/// The audit chains of all tenants, walked from end to end.
pub async fn audit(store: &Store) -> Result<Vec<AuditVerdict>, Problem> {
    let mut verdicts = Vec::new();
    for tenant in store.tenants().await.map_err(|e| broken("The database cannot be read")(&e))? {
        let verdict = store.verify_audit(&tenant.id).await;
        verdicts.push(verdict.map_err(|e| broken("The audit trail cannot be read")(&e))?);
    }
    Ok(verdicts)
}
