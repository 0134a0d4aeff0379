//! Where a part lies: `tenant=<t>/dataset=<d>/day=<yyyy-mm-dd>/<id>.parquet`.
use model::Micros;
use model::time::DAY;
use std::fmt::Write;

/// The folder of events whose time no folder is made for.
pub const OTHER: &str = "other";
/// How far after its receipt an event's time may lie and still be believed.
const AHEAD: i64 = 2 * DAY;

/// Whether an event's time gets a folder of its own day; others share one.
pub fn is_believed(time: Micros, received: Micros) -> bool {
    time.0 >= 0 && time.0 <= received.0.saturating_add(AHEAD)
}

/// Letters, digits, `_`, `-` and inner dots stand as they are; everything else as `%XX`, so that no name leaves its folder.
pub fn safe(name: &str) -> String {
    let mut out = String::new();
    for (i, b) in name.bytes().enumerate() {
        if b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-') || b == b'.' && i > 0 {
            out.push(char::from(b));
        } else {
            // writing to a String cannot fail
            let _ = write!(out, "%{b:02X}");
        }
    }
    out
}

pub fn folder(tenant: &str, dataset: &str, day: &str) -> String {
    format!("tenant={}/dataset={}/day={}", safe(tenant), safe(dataset), safe(day))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_leaves_its_folder() {
        assert_eq!(
            folder("../x", "a/b", "2026-11-21"),
            "tenant=%2E./x".replace("/x", "%2Fx") + "/dataset=a%2Fb/day=2026-11-21"
        );
        assert_eq!(safe("windows.sysmon"), "windows.sysmon");
        assert_eq!(safe(".."), "%2E.");
        assert_ne!(safe("%2E"), safe("."));
    }

    #[test]
    fn times_that_cannot_be_share_a_folder() {
        let now = Micros(1_795_243_107_000_000);
        assert!(is_believed(now, now));
        assert!(is_believed(now.plus(DAY), now));
        assert!(!is_believed(now.plus(3 * DAY), now));
        assert!(!is_believed(Micros(-1), now));
        assert!(is_believed(Micros(i64::MAX), Micros(i64::MAX)), "no overflow");
    }
}
