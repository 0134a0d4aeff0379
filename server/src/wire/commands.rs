//! What the sub-commands of the command line do. Each opens only the parts it needs.
use super::{broken, hold, open_lake, open_store};
use crate::cli;
use model::{
    Problem,
    audit::AuditVerdict,
    user::{OneTimePassword, UserProfile},
};
use platform::{Config, clock};
use soc::auth::password::{self, Passwords};

pub async fn user_add(config: &Config, new: cli::user::Add) -> Result<cli::user::Added, Problem> {
    let store = open_store(config).await?;
    store.migrate().await.map_err(|e| broken("The database cannot be migrated")(&e))?;
    let (one_time, name) =
        (password::one_time(), new.name.clone().unwrap_or_else(|| new.email.clone()));
    let passwords = Passwords::default();
    let user = soc::start::add_user(
        &store,
        &passwords,
        &new.email,
        &name,
        new.role.as_str(),
        &one_time,
        true,
        clock::now(),
    )
    .await?;
    Ok(cli::user::Added { user, one_time: Some(one_time) })
}

pub async fn user_list(config: &Config) -> Result<Vec<UserProfile>, Problem> {
    let store = open_store(config).await?;
    let mut all = Vec::new();
    for tenant in store.tenants().await.map_err(|e| broken("The database cannot be read")(&e))? {
        all.extend(
            store.users(&tenant.id).await.map_err(|e| broken("The database cannot be read")(&e))?,
        );
    }
    Ok(all)
}

pub async fn user_reset(config: &Config, email: &str) -> Result<OneTimePassword, Problem> {
    let store = open_store(config).await?;
    soc::start::reset_user(&store, &Passwords::default(), email, clock::now()).await
}

/// Names of what was missing before.
pub async fn db_migrate(config: &Config) -> Result<Vec<String>, Problem> {
    let store = open_store(config).await?;
    let missing = store.check().await.map_err(|e| broken("The database cannot be read")(&e))?;
    store.migrate().await.map_err(|e| broken("The database cannot be migrated")(&e))?;
    Ok(missing)
}

pub async fn db_check(config: &Config) -> Result<Vec<String>, Problem> {
    let store = open_store(config).await?;
    store.check().await.map_err(|e| broken("The database cannot be read")(&e))
}

pub async fn lake_check(config: &Config) -> Result<cli::lake::Checked, Problem> {
    let store = open_store(config).await?;
    let _hold = hold::alone(config, &store).await?;
    let lake = open_lake(config, &store, clock::system()).await?;
    let report = lake.check().await.map_err(|e| broken("The lake cannot be read")(&e))?;
    Ok(cli::lake::Checked {
        parts: report.parts.unsigned_abs(),
        rows: report.rows.unsigned_abs(),
        bytes: report.bytes.unsigned_abs(),
        damaged: report
            .damaged
            .into_iter()
            .map(|(id, path, why)| format!("part {id} ({path}): {why}"))
            .collect(),
    })
}

pub async fn lake_compact(config: &Config) -> Result<cli::lake::Compacted, Problem> {
    let store = open_store(config).await?;
    let _hold = hold::alone(config, &store).await?;
    let lake = open_lake(config, &store, clock::system()).await?;
    let count = || u64::try_from(search::engine::SearchEngine::stats(&*lake).parts).unwrap_or(0);
    let parts_before = count();
    lake.compact(true).await.map_err(|e| broken("Parts cannot be merged")(&e))?;
    Ok(cli::lake::Compacted { parts_before, parts_after: count() })
}

/// One for each tenant.
pub async fn audit_verify(config: &Config) -> Result<Vec<AuditVerdict>, Problem> {
    let store = open_store(config).await?;
    let mut verdicts = Vec::new();
    for tenant in store.tenants().await.map_err(|e| broken("The database cannot be read")(&e))? {
        verdicts.push(
            store
                .verify_audit(&tenant.id)
                .await
                .map_err(|e| broken("The audit trail cannot be read")(&e))?,
        );
    }
    Ok(verdicts)
}
