//! The only place that draws random numbers: ids, nonces, tokens.
use rand::RngExt;

/// 128 random bits as 32 hex digits.
pub fn id() -> String {
    hex(&bytes::<16>())
}

/// 256 random bits as 64 hex digits: fit for a secret.
pub fn secret() -> String {
    hex(&bytes::<32>())
}

#[allow(clippy::disallowed_methods)]
pub fn bytes<const N: usize>() -> [u8; N] {
    let mut out = [0; N];
    rand::rng().fill(&mut out[..]);
    out
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut s, b| {
        let _ = write!(s, "{b:02x}");
        s
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn nothing_repeats_and_the_shapes_hold() {
        let ids: HashSet<String> = (0..500).map(|_| id()).collect();
        assert_eq!(ids.len(), 500);
        assert_eq!((id().len(), secret().len()), (32, 64));
    }
}
