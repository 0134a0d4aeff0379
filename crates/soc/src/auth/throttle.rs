//! Slows guessing down without ever locking a person out for good: after some failures each further try must wait, at most
//! 15 minutes, and failures older than that are forgotten. Counted per account and address together, and per address: guesses
//! from elsewhere never keep the owner of an account out.
use model::{
    Micros,
    time::{MINUTE, SECOND},
};

/// Wrong passwords for one account from one address before waiting begins.
const FREE_ACCOUNT: i64 = 5;
/// Wrong passwords from one address: offices share one.
const FREE_ADDRESS: i64 = 50;
const LONGEST: i64 = 15 * MINUTE;

/// Which counters a sign-in touches, with how many failures each allows.
pub fn keys(email: &str, ip: &str) -> [(String, i64); 2] {
    [(format!("account:{email}|{ip}"), FREE_ACCOUNT), (format!("address:{ip}"), FREE_ADDRESS)]
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
