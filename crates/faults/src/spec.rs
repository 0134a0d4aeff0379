//! What the variable says: `name=act[@N]`, separated by commas.
use crate::names::{PLANTS, POINTS};
use std::{sync::atomic::AtomicU64, time::Duration};

/// What happens at an armed place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Act {
    Abort,
    Panic,
    Wait(Duration),
    Fail,
}

/// One armed place.
#[derive(Debug)]
pub(crate) struct Armed {
    pub name: String,
    pub act: Act,
    /// Only this time, counted from 1; `None`: every time.
    pub only: Option<u64>,
    pub hits: AtomicU64,
}

pub(crate) fn parse(text: &str) -> Result<Vec<Armed>, String> {
    text.split(',').map(str::trim).filter(|one| !one.is_empty()).map(one).collect()
}

fn one(text: &str) -> Result<Armed, String> {
    let armed =
        |name: &str, act, only| Armed { name: name.to_owned(), act, only, hits: AtomicU64::new(0) };
    let Some((name, how)) = text.split_once('=') else {
        return match PLANTS.contains(&text) {
            true => Ok(armed(text, Act::Fail, None)),
            false => Err(format!("{text:?}: no planted bug has this name")),
        };
    };
    if !POINTS.contains(&name) {
        return Err(format!("{name:?}: no place has this name"));
    }
    let (act, only) = match how.split_once('@') {
        None => (how, None),
        Some((act, n)) => {
            let n = n.parse::<u64>().ok().filter(|n| *n > 0);
            (act, Some(n.ok_or_else(|| format!("{text:?}: after @ comes a number from 1 on"))?))
        }
    };
    let act = match (act, act.strip_prefix("wait:").map(str::parse::<u64>)) {
        ("abort", _) => Act::Abort,
        ("panic", _) => Act::Panic,
        ("fail", _) => Act::Fail,
        (_, Some(Ok(millis))) => Act::Wait(Duration::from_millis(millis)),
        _ => {
            return Err(format!("{text:?}: the acts are abort, panic, fail and wait:MILLISECONDS"));
        }
    };
    Ok(armed(name, act, only))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_read() {
        let all =
            parse("part.before_sync=abort@3, search.snapshot=wait:20,plant.reuse_ids,").unwrap();
        let seen: Vec<_> = all.iter().map(|a| (a.name.as_str(), a.act, a.only)).collect();
        assert_eq!(
            seen,
            [
                ("part.before_sync", Act::Abort, Some(3)),
                ("search.snapshot", Act::Wait(Duration::from_millis(20)), None),
                ("plant.reuse_ids", Act::Fail, None),
            ]
        );
        assert!(parse("").unwrap().is_empty());
    }

    #[test]
    fn what_names_nothing_is_refused() {
        for bad in [
            "plant.nothing",
            "part.before_sync",
            "nowhere=abort",
            "part.before_sync=explode",
            "part.before_sync=abort@0",
            "part.before_sync=wait:soon",
            "plant.reuse_ids=abort",
        ] {
            assert!(parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn names_stand_once() {
        let mut all: Vec<&str> = POINTS.iter().chain(PLANTS).copied().collect();
        all.sort_unstable();
        let before = all.len();
        all.dedup();
        assert_eq!(all.len(), before);
        assert!(PLANTS.iter().all(|p| p.starts_with("plant.")) && PLANTS.len() == 8);
    }
}
