//! How a row is sealed.
//!
//! hash = lower-case hex SHA-256 over these fields in this order:
//! the text `eventsec-audit-1`, tenant, previous hash (hex, empty for the first row), seq, at (microseconds), user id, actor, ip,
//! request id, action, target type, target id, JSON text before, JSON text after.
//! A text is its length in bytes as eight big-endian bytes, then its UTF-8; a number eight big-endian bytes (two's complement);
//! a field that may be missing starts with one byte, 1 when it is there and 0 when it is not. Lengths in front make the
//! serialisation unambiguous: no two different rows have the same bytes. JSON enters as the very text that is stored.
use crate::{Result, base::row::Cols};
use model::audit::AuditEntry;
use sha2::{Digest, Sha256};

/// A row with what its hash needs besides.
pub(crate) struct Link {
    pub(crate) tenant: String,
    /// Hash of the row before.
    pub(crate) prev: String,
    pub(crate) entry: AuditEntry,
    /// The stored text of `entry.before` and `entry.after`.
    pub(crate) before: Option<String>,
    pub(crate) after: Option<String>,
}

struct Sealer(Sha256);

impl Sealer {
    fn text(&mut self, text: &str) {
        self.0.update((text.len() as u64).to_be_bytes());
        self.0.update(text.as_bytes());
    }

    fn number(&mut self, n: i64) {
        self.0.update(n.to_be_bytes());
    }

    fn optional<T>(&mut self, value: Option<T>, write: impl Fn(&mut Self, T)) {
        self.0.update([u8::from(value.is_some())]);
        if let Some(v) = value {
            write(self, v);
        }
    }
}

/// The hash that the row must have.
pub(crate) fn seal(link: &Link) -> String {
    let e = &link.entry;
    let mut s = Sealer(Sha256::new());
    s.text("eventsec-audit-1");
    s.text(&link.tenant);
    s.text(&link.prev);
    s.number(e.seq);
    s.number(e.at.0);
    s.optional(e.user_id, |s, n| s.number(n));
    for text in [&e.actor, &e.ip, &e.request_id, &e.action, &e.target_type, &e.target_id] {
        s.text(text);
    }
    s.optional(link.before.as_deref(), |s, t| s.text(t));
    s.optional(link.after.as_deref(), |s, t| s.text(t));
    s.0.finalize().iter().map(|b| format!("{b:02x}")).collect()
}

macro_rules! audit_columns {
    () => {
        "SELECT t.tenant, t.seq, t.at, t.user_id, t.actor, t.ip, t.request_id, t.action, t.target_type, t.target_id, t.state_before, \
         t.state_after, t.prev_hash, t.hash FROM audit t"
    };
}
pub(crate) use audit_columns;

/// A stored row. JSON that does not parse is shown as its text: verifying must go on over a damaged row.
pub(crate) fn link(r: &dyn Cols) -> Result<Link> {
    let (before, after) = (r.opt_text("state_before")?, r.opt_text("state_after")?);
    let value = |t: &Option<String>| {
        t.as_ref().map(|t| serde_json::from_str(t).unwrap_or_else(|_| t.clone().into()))
    };
    Ok(Link {
        tenant: r.text("tenant")?,
        prev: r.text("prev_hash")?,
        entry: AuditEntry {
            seq: r.int("seq")?,
            at: r.time("at")?,
            user_id: r.opt_int("user_id")?,
            actor: r.text("actor")?,
            ip: r.text("ip")?,
            request_id: r.text("request_id")?,
            action: r.text("action")?,
            target_type: r.text("target_type")?,
            target_id: r.text("target_id")?,
            before: value(&before),
            after: value(&after),
            hash: r.text("hash")?,
        },
        before,
        after,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::Micros;

    fn sample() -> Link {
        let entry = AuditEntry {
            seq: 1,
            at: Micros(1_795_243_107_753_367),
            user_id: Some(7),
            actor: "ana@example.org".into(),
            ip: "192.0.2.1".into(),
            request_id: "r1".into(),
            action: "alert.close".into(),
            target_type: "alert".into(),
            target_id: "12".into(),
            before: None,
            after: None,
            hash: String::new(),
        };
        Link {
            tenant: "default".into(),
            prev: String::new(),
            entry,
            before: None,
            after: Some(r#"{"status":"closed"}"#.into()),
        }
    }

    #[test]
    fn every_field_is_sealed() {
        let whole = seal(&sample());
        type Change = fn(&mut Link);
        let changes: [Change; 15] = [
            |l| l.tenant.push('x'),
            |l| l.prev.push('x'),
            |l| l.entry.seq = 2,
            |l| l.entry.at.0 += 1,
            |l| l.entry.user_id = None,
            |l| l.entry.user_id = Some(8),
            |l| l.entry.actor.clear(),
            |l| l.entry.ip.clear(),
            |l| l.entry.request_id.clear(),
            |l| l.entry.action.push('d'),
            |l| l.entry.target_type.push('s'),
            |l| l.entry.target_id.push('3'),
            |l| l.before = Some("null".into()),
            |l| l.after = None,
            |l| std::mem::swap(&mut l.before, &mut l.after),
        ];
        for (i, change) in changes.into_iter().enumerate() {
            let mut link = sample();
            change(&mut link);
            assert_ne!(seal(&link), whole, "change {i} does not show");
        }
    }

    #[test]
    fn text_cannot_wander_between_fields() {
        let (mut a, mut b) = (sample(), sample());
        (a.entry.actor, a.entry.ip) = ("ab".into(), "c".into());
        (b.entry.actor, b.entry.ip) = ("a".into(), "bc".into());
        assert_ne!(seal(&a), seal(&b));
    }

    #[test]
    fn the_serialisation_never_changes() {
        // computed apart from this code, by the module's description
        assert_eq!(
            seal(&sample()),
            "2161d0eceb5f83389bc72a79ab381cb304ed146ce82e7da8fb80ef6290b82837"
        );
    }
}
