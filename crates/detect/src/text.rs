//! Text tests that ignore case, and address blocks.
use std::net::IpAddr;

/// A text in lower case, ready to be looked for.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Folded {
    lower: String,
    ascii: bool,
}

/// Lower case, character by character: a Greek word's last sigma is the same letter as one within.
fn fold(text: &str) -> String {
    text.chars().flat_map(char::to_lowercase).collect()
}

impl Folded {
    pub fn new(text: &str) -> Self {
        let lower = fold(text);
        Self { ascii: lower.is_ascii(), lower }
    }

    /// Runs `test` on both texts in lower case; on bytes when that is enough.
    pub fn is_in(&self, hay: &str) -> bool {
        if self.ascii && hay.is_ascii() {
            return contains_ascii(hay.as_bytes(), self.lower.as_bytes());
        }
        fold(hay).contains(&self.lower)
    }

    pub fn starts(&self, hay: &str) -> bool {
        if self.ascii && hay.is_ascii() {
            let n = self.lower.len();
            return hay.len() >= n
                && hay.as_bytes()[..n].eq_ignore_ascii_case(self.lower.as_bytes());
        }
        fold(hay).starts_with(&self.lower)
    }

    pub fn ends(&self, hay: &str) -> bool {
        if self.ascii && hay.is_ascii() {
            let n = self.lower.len();
            return hay.len() >= n
                && hay.as_bytes()[hay.len() - n..].eq_ignore_ascii_case(self.lower.as_bytes());
        }
        fold(hay).ends_with(&self.lower)
    }

    pub fn equals(&self, hay: &str) -> bool {
        if self.ascii && hay.is_ascii() {
            hay.eq_ignore_ascii_case(&self.lower)
        } else {
            fold(hay) == self.lower
        }
    }
}

fn contains_ascii(hay: &[u8], needle: &[u8]) -> bool {
    let Some(&first) = needle.first() else { return true };
    let upper = first.to_ascii_uppercase();
    let Some(last) = hay.len().checked_sub(needle.len()) else { return false };
    (0..=last).any(|i| {
        (hay[i] == first || hay[i] == upper)
            && hay[i..i + needle.len()].eq_ignore_ascii_case(needle)
    })
}

/// `*` any run, `?` one character, `\` takes the next as it is; over the whole value.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Glob(Vec<Piece>);

#[derive(Clone, Debug, PartialEq)]
enum Piece {
    Run,
    One,
    Char(char),
}

impl Glob {
    pub fn new(pattern: &str) -> Self {
        let mut pieces = Vec::new();
        let mut chars = pattern.chars();
        while let Some(c) = chars.next() {
            match c {
                '*' if pieces.last() != Some(&Piece::Run) => pieces.push(Piece::Run),
                '*' => {}
                '?' => pieces.push(Piece::One),
                '\\' => match chars.next() {
                    // only the three special characters are escaped: Windows paths keep their backslashes
                    Some(n @ ('*' | '?' | '\\')) => pieces.push(Piece::Char(n)),
                    Some(n) => pieces
                        .extend(std::iter::once('\\').chain(n.to_lowercase()).map(Piece::Char)),
                    None => pieces.push(Piece::Char('\\')),
                },
                c => pieces.extend(c.to_lowercase().map(Piece::Char)),
            }
        }
        Self(pieces)
    }

    /// Time grows with the product of both lengths at worst: a failed run is retried one character later and never nested.
    pub fn matches(&self, text: &str) -> bool {
        let text: Vec<char> = text.chars().flat_map(char::to_lowercase).collect();
        let (mut t, mut p) = (0, 0);
        let mut retry: Option<(usize, usize)> = None;
        while t < text.len() {
            match self.0.get(p) {
                Some(Piece::Run) => {
                    retry = Some((p, t));
                    p += 1;
                }
                Some(Piece::One) => (t, p) = (t + 1, p + 1),
                Some(Piece::Char(c)) if *c == text[t] => (t, p) = (t + 1, p + 1),
                _ => match retry {
                    Some((run, from)) => {
                        retry = Some((run, from + 1));
                        (t, p) = (from + 1, run + 1);
                    }
                    None => return false,
                },
            }
        }
        self.0[p..].iter().all(|p| *p == Piece::Run)
    }
}

/// `10.0.0.0/8`, `fe80::/10`, or one address.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Cidr {
    net: u128,
    bits: u32,
    v4: bool,
}

impl Cidr {
    pub fn parse(text: &str) -> Option<Self> {
        let (addr, bits) = match text.trim().split_once('/') {
            Some((_, b)) if !b.bytes().all(|b| b.is_ascii_digit()) => return None,
            Some((a, b)) => (a, Some(b.parse::<u32>().ok()?)),
            None => (text.trim(), None),
        };
        let raw: IpAddr = addr.parse().ok()?;
        let width = if raw.is_ipv4() { 32 } else { 128 };
        let bits = bits.unwrap_or(width);
        // ::ffff:10.0.0.0/104 is 10.0.0.0/8
        let addr = raw.to_canonical();
        let least = if raw.is_ipv6() && addr.is_ipv4() { 96 } else { 0 };
        (least..=width).contains(&bits).then(|| Self {
            net: number(addr),
            bits: bits + (128 - width),
            v4: addr.is_ipv4(),
        })
    }

    pub fn holds(self, text: &str) -> bool {
        let Ok(addr) = text.trim().parse::<IpAddr>() else { return false };
        let addr = addr.to_canonical();
        if addr.is_ipv4() != self.v4 {
            return false;
        }
        let shift = 128 - self.bits;
        shift == 128 || (number(addr) >> shift) == (self.net >> shift)
    }
}

fn number(addr: IpAddr) -> u128 {
    match addr {
        IpAddr::V4(a) => u128::from(u32::from(a)),
        IpAddr::V6(a) => u128::from(a),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_is_ignored_in_every_script() {
        assert!(Folded::new("MimiKatz").is_in("run mimikatz.exe"));
        assert!(Folded::new("ÄÖ").is_in("xäöx") && !Folded::new("ÄÖ").is_in("xao"));
        assert!(
            Folded::new("C:\\").starts("c:\\windows")
                && Folded::new(".EXE").ends("a.exe")
                && !Folded::new(".exe").ends("exe")
        );
        assert!(Folded::new("").is_in("") && !Folded::new("ab").is_in("a"));
        assert!(Folded::new("ΟΔΟΣ").is_in("ΟΔΟΣΑ") && Folded::new("Σ").ends("ΑΣ"));
    }

    #[test]
    fn globs_cover_the_whole_value() {
        let g = |p: &str, t: &str| Glob::new(p).matches(t);
        assert!(g(r"*\cmd.exe", r"C:\Windows\CMD.exe") && !g("cmd", "cmd.exe"));
        assert!(g("a*b*c", "aXbYbZc") && g("*", "") && g("a?c", "abc") && !g("a?c", "ac"));
        assert!(g(r"100\*", "100*") && !g(r"100\*", "100x"));
        assert!(!g("*a*a*a*a*a*a*b", &"a".repeat(2000)));
    }

    #[test]
    fn blocks_hold_their_addresses() {
        let c = |b: &str, a: &str| Cidr::parse(b).unwrap().holds(a);
        assert!(
            c("10.0.0.0/8", "10.255.1.1")
                && !c("10.0.0.0/8", "11.0.0.1")
                && c("0.0.0.0/0", "1.2.3.4")
        );
        assert!(c("10.1.1.1", "10.1.1.1") && c("fe80::/10", "fe80::1") && !c("::/0", "1.2.3.4"));
        assert!(c("10.0.0.0/8", "::ffff:10.1.1.1") && !c("10.0.0.0/8", "text"));
        assert!(c("::ffff:10.0.0.0/104", "10.1.1.1") && !c("::ffff:10.0.0.0/104", "11.0.0.1"));
        assert!(c("::ffff:10.1.1.1", "10.1.1.1") && !c("::ffff:10.1.1.1", "10.1.1.2"));
        for no in ["10.0.0.0/33", "x", "10.0.0.0/+8", "10.0.0.0/", "::ffff:10.0.0.0/8"] {
            assert_eq!(Cidr::parse(no), None, "{no}");
        }
    }
}
