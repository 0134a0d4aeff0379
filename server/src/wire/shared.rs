//! What a process does beside others on one PostgreSQL and one OpenSearch: hears them and tells them.
//!
//! Everything here is a cache or a bell. What a process misses it finds in the database within a second.
use super::broken;
use cluster::{Cluster, Config as ClusterConfig};
use model::{Problem, live::Note};
use platform::{Config, Tasks};
use soc::Live;
use std::{sync::Arc, time::Duration};
use store::{BLOCKS, LONGEST_RING, Store};
use tokio::sync::{Notify, broadcast::error::RecvError};

/// Bell of notes for browsers.
const LIVE: &str = "eventsec_live";
/// Pause before a lost connection is looked for again.
const AGAIN: Duration = Duration::from_secs(1);
/// How often OpenSearch is asked how big it is.
const LOOK: Duration = Duration::from_secs(5);

/// The engine that the configuration names; nothing is asked yet.
pub fn engine(config: &Config) -> Result<Arc<Cluster>, Problem> {
    let s = &config.search;
    let mut at = ClusterConfig::at("");
    at.urls = s.url.0.iter().map(|u| u.as_str().to_owned()).collect();
    at.login = s.user.clone().zip(s.password.as_ref().map(|p| p.expose().to_owned()));
    at.verify = s.verify;
    at.prefix = s.prefix.clone().unwrap_or_default();
    at.replicas = s.replicas;
    if let Some(path) = &s.ca_file {
        let pem = std::fs::read(path).map_err(|e| {
            broken("search.ca_file cannot be read")(&format!("{}: {e}", path.display()))
        })?;
        at.ca = Some(pem);
    }
    Cluster::new(at).map(Arc::new).map_err(|e| broken("OpenSearch cannot be used")(&e))
}

/// Starts the tasks that every process among others has.
pub fn start(
    store: &Store,
    live: &Live,
    bell: Option<Arc<Notify>>,
    engine: Arc<Cluster>,
    tasks: &Tasks,
) {
    tell(store.clone(), live, tasks);
    hear(store.clone(), live, bell, tasks);
    tasks.repeat("search engine", LOOK, move || {
        let engine = engine.clone();
        async move {
            if let Err(e) = engine.look().await {
                tracing::debug!(error = %e, "OpenSearch was not asked how big it is");
            }
        }
    });
}

/// Carries this process's notes to all.
fn tell(store: Store, live: &Live, tasks: &Tasks) {
    let (mut told, stop) = (live.told().subscribe(), tasks.token());
    tasks.spawn("notes to others", async move {
        loop {
            let next = tokio::select! {
                () = stop.cancelled() => return,
                next = told.recv() => next,
            };
            let (tenant, note) = match next {
                Ok((tenant, note)) => (tenant, note),
                Err(RecvError::Lagged(_)) => (Arc::from(""), Note::Lagged),
                Err(RecvError::Closed) => return,
            };
            let written =
                |note: &Note| serde_json::to_string(&(&*tenant, note)).unwrap_or_default();
            let text = Some(written(&note))
                .filter(|t| t.len() <= LONGEST_RING)
                .unwrap_or_else(|| written(&Note::Lagged));
            if let Err(e) = store.ring(LIVE, &text).await {
                tracing::warn!(error = %e, "a note did not reach the other processes");
            }
        }
    });
}

/// Hears notes of all processes, and the bell of new blocks.
fn hear(store: Store, live: &Live, bell: Option<Arc<Notify>>, tasks: &Tasks) {
    let (heard, stop) = (live.heard(), tasks.token());
    tasks.spawn("notes from others", async move {
        let listen = async {
            loop {
                let Ok(mut bells) = store.listen(&[LIVE, BLOCKS]).await else {
                    tokio::time::sleep(AGAIN).await;
                    continue;
                };
                // what was rung before is told by nobody: everybody looks
                let _ = heard.send(("".into(), Note::Lagged));
                if let Some(bell) = &bell {
                    bell.notify_one();
                }
                loop {
                    // what was rung while nobody listened: everybody looks again
                    let missed = match bells.next().await {
                        Ok(Some((name, _))) if name == BLOCKS => {
                            if let Some(bell) = &bell {
                                bell.notify_one();
                            }
                            false
                        }
                        Ok(Some((_, text))) => {
                            match serde_json::from_str::<(String, Note)>(&text) {
                                Ok((tenant, note)) => drop(heard.send((tenant.into(), note))),
                                Err(e) => tracing::warn!(error = %e, "a note cannot be read"),
                            }
                            false
                        }
                        Ok(None) => true,
                        Err(e) => {
                            tracing::warn!(error = %e, "the database's bells are not heard");
                            break;
                        }
                    };
                    if missed {
                        let _ = heard.send(("".into(), Note::Lagged));
                        if let Some(bell) = &bell {
                            bell.notify_one();
                        }
                    }
                }
                tokio::time::sleep(AGAIN).await;
            }
        };
        tokio::select! {
            () = stop.cancelled() => {}
            () = listen => {}
        }
    });
}

/// Writes the template if OpenSearch answers, and says what is not as it should be. That it does not answer stops no start: events
/// are journalled and detected without it.
pub async fn greet(engine: &Cluster) {
    let client = engine.client();
    let seen = async {
        client.prepare().await?;
        client.health().await
    };
    match seen.await {
        Ok(health) => {
            tracing::info!(status = %health.status, nodes = health.nodes, "OpenSearch answers");
            health.drift.iter().for_each(|d| tracing::warn!("{d}"));
        }
        Err(e) => {
            tracing::error!(error = %e, "OpenSearch is not ready; events wait in the journal until it is")
        }
    }
}
