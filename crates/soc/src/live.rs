//! The bell: what browsers of a tenant are told.
use model::live::Note;
use std::sync::Arc;
use tokio::sync::broadcast;

/// Notes that a slow browser may be behind before it is told to ask again.
const BEHIND: usize = 256;

/// Where notes of this process go in, and where browsers hear them: the same place, or with other processes between.
#[derive(Clone)]
pub struct Live {
    told: broadcast::Sender<(Arc<str>, Note)>,
    heard: broadcast::Sender<(Arc<str>, Note)>,
}

impl Default for Live {
    fn default() -> Self {
        let told = broadcast::channel(BEHIND).0;
        Self { heard: told.clone(), told }
    }
}

impl Live {
    /// What is told here is heard by whoever carries it to [`Live::heard`] of every process.
    pub fn carried() -> Self {
        Self { told: broadcast::channel(BEHIND).0, heard: broadcast::channel(BEHIND).0 }
    }

    /// For those who tell: the use cases' way is [`Live::tell`].
    pub fn told(&self) -> broadcast::Sender<(Arc<str>, Note)> {
        self.told.clone()
    }

    /// For the carrier: what arrives from any process. A note without tenant is for all.
    pub fn heard(&self) -> broadcast::Sender<(Arc<str>, Note)> {
        self.heard.clone()
    }

    pub fn tell(&self, tenant: &str, note: Note) {
        // nobody listening is no error
        let _ = self.told.send((tenant.into(), note));
    }

    /// Notes of one tenant only. A reader that falls behind gets `Note::Lagged` in place of what it missed.
    pub fn listen(&self, tenant: &str) -> Listener {
        Listener { tenant: tenant.into(), inbox: self.heard.subscribe() }
    }
}

pub struct Listener {
    tenant: Arc<str>,
    inbox: broadcast::Receiver<(Arc<str>, Note)>,
}

impl Listener {
    /// `None` when the program stops.
    pub async fn next(&mut self) -> Option<Note> {
        loop {
            match self.inbox.recv().await {
                Ok((tenant, note)) if tenant == self.tenant || tenant.is_empty() => {
                    return Some(note);
                }
                Ok(_) => {}
                Err(broadcast::error::RecvError::Lagged(_)) => return Some(Note::Lagged),
                Err(broadcast::error::RecvError::Closed) => return None,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_tenant_hears_only_its_own_notes() {
        let live = Live::default();
        let (mut a, mut b) = (live.listen("a"), live.listen("b"));
        live.tell("b", Note::Rules);
        live.tell("a", Note::AlertChanged { ids: vec![1] });
        assert_eq!(a.next().await, Some(Note::AlertChanged { ids: vec![1] }));
        assert_eq!(b.next().await, Some(Note::Rules));
    }

    #[tokio::test]
    async fn who_falls_behind_is_told_so() {
        let live = Live::default();
        let mut slow = live.listen("a");
        for _ in 0..=BEHIND {
            live.tell("a", Note::Rules);
        }
        assert_eq!(slow.next().await, Some(Note::Lagged));
        drop(live);
    }
}
