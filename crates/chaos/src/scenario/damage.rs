//! Files lose bytes or have bits flipped: no panic, nothing wrong is shown, and what is damaged is named by the check, by a start that
//! is refused, or by a part that is set aside.
//!
//! What SQLite cannot tell is not asked for: a value that is altered inside a row of `eventsec.db` (but for the audit trail), and
//! commits that lie behind a damaged place of a write-ahead log. See `docs/RELIABILITY.md`.
use super::{load, on_sqlite};
use crate::{
    acked, events,
    outcome::Outcome,
    outside::must,
    rig::{Rig, SETTLE, busy},
    tools::Tools,
};
use rand::{RngExt, rngs::StdRng};
use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};
use testkit::{
    TestServer, seed,
    server::{ADMIN, StartError},
};

/// What is damaged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Target {
    Journal,
    Main,
    Part,
}

pub async fn run(tools: &Tools) -> Outcome {
    let mut outcome = Outcome::begin("damage");
    let mut random = seed::from(outcome.seed);
    // an installation with parts and a journal, ended in order so that everything is in the files themselves
    let load = load(&outcome, 200);
    let mut rig = Rig::start(tools, on_sqlite(tools), &load).await;
    rig.driver().more(14, SETTLE).await;
    rig.settle(crate::verdict::Strangers::Faults, &mut outcome).await;
    let known: BTreeMap<String, i64> = acked::read(&rig.acked)
        .expect("the list can be read")
        .into_iter()
        .map(|(id, mark)| (mark, id))
        .collect();
    let folder = tempfile::tempdir().expect("there is a temporary folder");
    let whole = folder.path().join("whole");
    copy(rig.data(), &whole);

    for n in 0..tools.pick(5, 2_000) {
        for target in [Target::Journal, Target::Main, Target::Part] {
            let data = folder.path().join("data");
            let _ = fs::remove_dir_all(&data);
            copy(&whole, &data);
            let (file, how) = damage(&data, target, n % 2 == 0, &mut random);
            outcome.tries += 1;
            let what = format!("{}: {how}", file.strip_prefix(&data).unwrap_or(&file).display());
            rig.server.move_to(&data);
            let checked = rig.look().await;
            started(tools, &data, &known, checked.is_sound(), &what, &mut outcome).await;
        }
        if !outcome.is_clean() {
            break;
        }
    }
    outcome.end()
}

fn copy(from: &Path, to: &Path) {
    must("cp", &["-r", &from.display().to_string(), &to.display().to_string()]);
}

/// Flips some bits, or cuts the file. Answers which, and how.
fn damage(data: &Path, target: Target, flip: bool, random: &mut StdRng) -> (PathBuf, String) {
    let file = match target {
        Target::Journal => data.join("journal.db"),
        Target::Main => data.join("eventsec.db"),
        Target::Part => {
            let parts = parts(&data.join("lake"));
            parts[random.random_range(0..parts.len())].clone()
        }
    };
    let mut bytes = fs::read(&file).expect("the file is read");
    let at = random.random_range(0..bytes.len());
    let how = if flip {
        let bit = random.random_range(0..8_u32);
        bytes[at] ^= 1 << bit;
        format!("bit {bit} of byte {at} of {}", bytes.len())
    } else {
        let before = bytes.len();
        bytes.truncate(at);
        format!("cut at {at} of {before}")
    };
    fs::write(&file, bytes).expect("the file is written");
    (file, how)
}

fn parts(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            found.extend(parts(&path));
        } else if path.extension().is_some_and(|e| e == "parquet") {
            found.push(path);
        }
    }
    // the order of a folder is nobody's; a seed must mean the same part again
    found.sort();
    found
}

/// Starts the program on the damaged files, and looks at what it shows.
async fn started(
    tools: &Tools,
    data: &Path,
    known: &BTreeMap<String, i64>,
    sound: bool,
    what: &str,
    outcome: &mut Outcome,
) {
    let mut server = match TestServer::try_start(busy(on_sqlite(tools)).data(data)).await {
        Ok(server) => server,
        Err(StartError::Failed(log)) => {
            // refused: with a sentence, and not by a panic
            outcome.expect(log.contains("eventsec: ") && !log.contains("panicked"), || {
                format!("{what}: it does not start and says {log:?}")
            });
            outcome.expect(!sound, || {
                format!("{what}: it does not start, and the check finds nothing")
            });
            return;
        }
        Err(e) => return outcome.fault(format!("{what}: {e}")),
    };
    let somebody = server.anonymous();
    if let Ok(admin) = somebody.login(ADMIN.0, ADMIN.1).await {
        shown(&admin, known, sound, what, outcome).await;
    }
    outcome.expect(server.pid().is_some(), || format!("{what}: the program has ended"));
    let ended = server.ended(std::time::Duration::ZERO).await;
    outcome.expect(ended.is_none(), || format!("{what}: the program has ended: {ended:?}"));
}

/// Every event that is listed is the one that was sent. One that is missing or has another id must have been told of.
async fn shown(
    admin: &testkit::Client,
    known: &BTreeMap<String, i64>,
    sound: bool,
    what: &str,
    outcome: &mut Outcome,
) {
    let (mut seen, mut cursor) = (0, String::new());
    loop {
        let page = admin.query("/events", &[("size", "500"), ("cursor", &cursor)]).await;
        if page.status != 200 {
            // said instead of shown
            outcome.expect(!sound, || format!("{what}: {} {}", page.status, page.text()));
            return;
        }
        let page = page.page();
        for event in &page.items {
            outcome.expect(events::is_intact(event), || format!("{what}: shown altered: {event}"));
            let id = events::mark_of(event).and_then(|mark| known.get(mark));
            let own = id.is_some_and(|id| event["event_id"] == *id);
            outcome.expect(own || !sound, || format!("{what}: shown under another id: {event}"));
        }
        seen += page.items.len();
        match page.next {
            Some(next) => cursor = next,
            None => break,
        }
    }
    outcome.expect(seen == known.len() || !sound, || {
        format!("{what}: {seen} events are shown of {}, and the check finds nothing", known.len())
    });
}
