//! The driver's process, as those see it who start it: orders in, progress out.
use crate::{
    drive::Load,
    progress::{Order, Progress},
};
use std::{
    io::{BufRead, BufReader, Write},
    path::Path,
    process::{Child, ChildStdin, Command, Stdio},
    time::{Duration, Instant},
};
use tokio::sync::watch;

/// Ended with its value: by its own process id, and by itself when its input ends.
pub struct Driver {
    child: Child,
    orders: Option<ChildStdin>,
    progress: watch::Receiver<Progress>,
}

impl Driver {
    /// Starts `program` (`eventsec-chaos`) with this load; it sends as soon as it is told where to.
    ///
    /// # Panics
    /// When it cannot be started.
    pub fn start(program: &Path, acked: &Path, load: &Load) -> Self {
        let mut command = Command::new(program);
        command.arg("drive").arg("--acked").arg(acked);
        for (name, value) in [
            ("--seed", load.seed),
            ("--clients", load.clients as u64),
            ("--batch", load.batch as u64),
            ("--pad", load.pad as u64),
        ] {
            command.arg(name).arg(value.to_string());
        }
        if let Some(every) = load.every {
            command.arg("--every").arg(every.to_string());
        }
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap_or_else(|e| panic!("{} cannot be started: {e}", program.display()));
        let (tell, progress) = watch::channel(Progress::default());
        if let Some(out) = child.stdout.take() {
            std::thread::spawn(move || {
                for line in BufReader::new(out).lines().map_while(Result::ok) {
                    if let Ok(progress) = serde_json::from_str(&line) {
                        tell.send_replace(progress);
                    }
                }
            });
        }
        let orders = child.stdin.take();
        Self { child, orders, progress }
    }

    fn order(&mut self, order: &Order) {
        let line = serde_json::to_string(order).unwrap_or_default();
        // a driver that is gone is told of by whoever waits for its progress
        let _ = self.orders.as_mut().map(|o| writeln!(o, "{line}").and_then(|()| o.flush()));
    }

    /// Tells it where the program is now.
    pub fn url(&mut self, url: &str) {
        self.order(&Order::Url(url.to_owned()));
    }

    pub fn progress(&self) -> Progress {
        self.progress.borrow().clone()
    }

    /// Waits until `enough`; answers what it said then.
    ///
    /// # Panics
    /// When the time passes first, or the driver has ended.
    pub async fn until(
        &mut self,
        what: &str,
        limit: Duration,
        mut enough: impl FnMut(&Progress) -> bool,
    ) -> Progress {
        let seen = match tokio::time::timeout(limit, self.progress.wait_for(|p| enough(p))).await {
            Ok(Ok(progress)) => Ok(progress.clone()),
            Ok(Err(_)) => Err("the driver has ended before"),
            Err(_) => Err("the time passed before"),
        };
        seen.unwrap_or_else(|why| panic!("{why} {what} ({limit:?}): {:?}", self.progress()))
    }

    /// Waits for this many more acknowledged batches, as long as one follows another within `limit`; answers how long the first of
    /// them took.
    pub async fn more(&mut self, batches: u64, limit: Duration) -> Duration {
        let (start, before) = (Instant::now(), self.progress().batches);
        let mut seen = before;
        let mut first = None;
        while first.is_none() || seen < before + batches {
            let last = seen;
            seen = self.until("an acknowledgement", limit, |p| p.batches > last).await.batches;
            first.get_or_insert_with(|| start.elapsed());
        }
        first.unwrap_or_default()
    }

    /// Lets it finish what it began, and ends it.
    pub async fn finish(mut self, limit: Duration) -> Progress {
        self.order(&Order::Finish);
        self.until("the driver to finish", limit, |p| p.finished).await
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        drop(self.orders.take());
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
