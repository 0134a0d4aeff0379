//! Slows guessing down without ever locking a person out for good: after some failures each further try must wait, at most
//! 15 minutes, and failures older than that are forgotten. Counted per account and address together, and per address: guesses
//! from elsewhere never keep the owner of an account out. Those who count into the same place take turns ([`Turns`]), so that
//! many guesses at once are worth no more than one after the other.
use super::token;
use model::{
    Micros,
    time::{MINUTE, SECOND},
};
use std::{
    hash::{BuildHasher, RandomState},
    net::{IpAddr, Ipv6Addr},
    sync::Arc,
};
use tokio::sync::{Mutex, MutexGuard};

/// Wrong passwords for one account from one address before waiting begins.
const FREE_ACCOUNT: i64 = 5;
/// Wrong passwords from one address: offices share one.
const FREE_ADDRESS: i64 = 50;
const LONGEST: i64 = 15 * MINUTE;
/// Queues that sign-ins wait in. Strangers who share one wait for each other a little, and no more.
const QUEUES: u64 = 256;

/// A counter, and how many failures it allows.
pub type Counter = (String, i64);

/// Which counters a sign-in touches: the account's from this place, then the place's. The account is there as a hash: whatever
/// was sent as an e-mail has one length then, and the table tells no addresses.
pub fn keys(email: &str, ip: &str) -> [Counter; 2] {
    let place = place(ip);
    [
        (format!("account:{}|{place}", token::stored(email)), FREE_ACCOUNT),
        (format!("address:{place}"), FREE_ADDRESS),
    ]
}

/// An IPv4 address; of an IPv6 address its /64, since whoever has one address there has all of them.
fn place(ip: &str) -> String {
    match ip.parse::<IpAddr>().map(|ip| ip.to_canonical()) {
        Ok(IpAddr::V6(v6)) => {
            let network = v6.to_bits() & !u128::from(u64::MAX);
            format!("{}/64", Ipv6Addr::from_bits(network))
        }
        Ok(v4) => v4.to_string(),
        Err(_) => ip.to_owned(),
    }
}

/// Who counts into the same place waits here until the one before is counted. Clones share the queues.
#[derive(Clone)]
pub struct Turns {
    queues: Arc<[Mutex<()>]>,
    /// Its own in every process, so that nobody can choose whom to stand in the way of.
    hash: RandomState,
}

/// A sign-in's turn; dropped, it is the next one's.
pub struct Turn<'a> {
    _first: MutexGuard<'a, ()>,
    _second: Option<MutexGuard<'a, ()>>,
}

impl Default for Turns {
    fn default() -> Self {
        Self { queues: (0..QUEUES).map(|_| Mutex::new(())).collect(), hash: RandomState::new() }
    }
}

impl Turns {
    /// Waits until nobody else counts into these. The queues are entered in one order, so that no two can wait for each other.
    pub async fn take(&self, keys: &[Counter; 2]) -> Turn<'_> {
        let [a, b] = [self.queue(&keys[0].0), self.queue(&keys[1].0)];
        let first = self.queues[a.min(b)].lock().await;
        let second = if a == b { None } else { Some(self.queues[a.max(b)].lock().await) };
        Turn { _first: first, _second: second }
    }

    fn queue(&self, key: &str) -> usize {
        // less than QUEUES, whatever the width of a pointer
        (self.hash.hash_one(key) % QUEUES) as usize
    }
}

/// Seconds left to wait, if any: 1 s after the free tries, doubling with each further failure.
pub fn wait(failures: i64, free: i64, last: Micros, now: Micros) -> Option<u32> {
    let over = failures - free;
    if over < 0 || now.since(last) >= LONGEST {
        return None;
    }
    let pause = (SECOND << over.min(20)).min(LONGEST);
    let left = pause - now.since(last);
    (left > 0).then(|| u32::try_from(left.div_euclid(SECOND) + 1).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ipv6_is_counted_by_its_network() {
        let ids = |ip| keys("ana@example.org", ip).map(|(id, _)| id);
        assert_eq!(ids("2001:db8:1:2::1"), ids("2001:db8:1:2:ffff::9"));
        let (here, beside) = (ids("2001:db8:1:2::1"), ids("2001:db8:1:3::1"));
        assert!(here[0] != beside[0] && here[1] != beside[1]);
        assert_eq!(here[1], "address:2001:db8:1:2::/64");
        assert_eq!(ids("192.0.2.7")[1], "address:192.0.2.7");
        assert_ne!(ids("192.0.2.7"), ids("192.0.2.8"));
        assert_eq!(ids("::ffff:192.0.2.7"), ids("192.0.2.7"));
    }

    #[test]
    fn a_key_is_short_whatever_was_sent_as_an_email() {
        let [(account, _), _] = keys(&"x".repeat(1 << 20), "2001:db8:1:2::1");
        assert!(account.len() < 150, "{account}");
        assert_ne!(keys("ana@example.org", "")[0], keys("bea@example.org", "")[0]);
        assert!(!keys("ana@example.org", "")[0].0.contains("ana"));
    }

    #[tokio::test]
    async fn those_of_one_place_take_turns_and_never_wait_for_each_other() {
        use std::time::Duration;
        use tokio::time::timeout;
        let turns = Turns::default();
        let [a, b] = ["a", "b"].map(|k| (k.to_owned(), 0));
        let (ab, ba, aa) = ([a.clone(), b.clone()], [b, a.clone()], [a.clone(), a]);
        let held = turns.take(&ab).await;
        for others in [&ab, &ba, &aa] {
            let clone = turns.clone();
            assert!(timeout(Duration::ZERO, clone.take(others)).await.is_err(), "{others:?}");
        }
        drop(held);
        for keys in [&ab, &ba, &aa] {
            assert!(timeout(Duration::from_secs(5), turns.take(keys)).await.is_ok(), "{keys:?}");
        }
    }

    #[test]
    fn waiting_grows_and_ends() {
        let at = |failures, seconds| wait(failures, 5, Micros(0), Micros(seconds * SECOND));
        assert_eq!(at(4, 0), None);
        assert!(at(5, 0).is_some());
        assert_eq!(at(5, 2), None);
        assert!(at(9, 10).unwrap() > at(8, 7).unwrap_or(0));
        assert!(at(60, 899).is_some(), "no failure count waits longer than 15 minutes");
        assert_eq!(at(60, 900), None);
    }
}
