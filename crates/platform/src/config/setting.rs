//! How the text of a setting becomes a value, type by type, and what each type allows.
use std::{net::SocketAddr, path::PathBuf, time::Duration};

/// A type that a setting may have. Flags, the environment and the file all bring text.
pub trait Setting: Sized {
    /// What stands for the value in `--help`.
    const PLACE: &'static str;
    /// Never shown; may be read from a file named by `…_FILE`.
    const SECRET: bool = false;

    fn read(text: &str) -> Option<Self>;

    /// The rest of "must be …".
    fn allowed(range: Option<(u64, u64)>) -> String;

    /// The number that a row's range bounds.
    fn measure(&self) -> Option<u64> {
        None
    }

    /// The value when nobody set it and the table has no default.
    fn missing() -> Option<Self> {
        None
    }
}

impl<T: Setting> Setting for Option<T> {
    const PLACE: &'static str = T::PLACE;
    const SECRET: bool = T::SECRET;

    fn read(text: &str) -> Option<Self> {
        T::read(text).map(Some)
    }
    fn allowed(range: Option<(u64, u64)>) -> String {
        T::allowed(range)
    }
    fn measure(&self) -> Option<u64> {
        self.as_ref().and_then(T::measure)
    }
    fn missing() -> Option<Self> {
        Some(None)
    }
}

impl Setting for SocketAddr {
    const PLACE: &'static str = "ADDR";
    fn read(text: &str) -> Option<Self> {
        text.parse().ok()
    }
    fn allowed(_: Option<(u64, u64)>) -> String {
        "an IP address and a port, such as 127.0.0.1:8080 or [::]:443".into()
    }
}

impl Setting for PathBuf {
    const PLACE: &'static str = "PATH";
    fn read(text: &str) -> Option<Self> {
        (!text.contains('\0')).then(|| text.into())
    }
    fn allowed(_: Option<(u64, u64)>) -> String {
        "a path".into()
    }
}

impl Setting for bool {
    const PLACE: &'static str = "BOOL";
    fn read(text: &str) -> Option<Self> {
        match text.to_ascii_lowercase().as_str() {
            "1" | "true" | "yes" | "on" => Some(true),
            "0" | "false" | "no" | "off" => Some(false),
            _ => None,
        }
    }
    fn allowed(_: Option<(u64, u64)>) -> String {
        "true or false (also 1, 0, yes, no, on, off)".into()
    }
}

impl Setting for u32 {
    const PLACE: &'static str = "N";
    fn read(text: &str) -> Option<Self> {
        text.replace('_', "").parse().ok()
    }
    fn allowed(range: Option<(u64, u64)>) -> String {
        range
            .map_or("a whole number".into(), |(lo, hi)| format!("a whole number from {lo} to {hi}"))
    }
    fn measure(&self) -> Option<u64> {
        Some(u64::from(*self))
    }
}

impl Setting for Duration {
    const PLACE: &'static str = "TIME";
    fn read(text: &str) -> Option<Self> {
        let at = text.find(|c: char| !c.is_ascii_digit() && c != '_')?;
        let n: u64 = text[..at].replace('_', "").parse().ok()?;
        let milliseconds = match text[at..].trim() {
            "ms" => 1,
            "s" => 1_000,
            "m" | "min" => 60_000,
            "h" => 3_600_000,
            "d" => 86_400_000,
            _ => return None,
        };
        n.checked_mul(milliseconds).map(Self::from_millis)
    }
    fn allowed(range: Option<(u64, u64)>) -> String {
        let say = |ms| show_duration(Duration::from_millis(ms));
        match range {
            Some((lo, hi)) => {
                format!("a time with its unit (ms, s, m, h, d) from {} to {}", say(lo), say(hi))
            }
            None => "a time with its unit, such as 500ms, 5s, 2m, 1h, 30d".into(),
        }
    }
    fn measure(&self) -> Option<u64> {
        u64::try_from(self.as_millis()).ok()
    }
}

/// The shortest exact spelling, such as `5s`.
pub fn show_duration(d: Duration) -> String {
    let ms = d.as_millis();
    for (unit, size) in [("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1_000)] {
        if ms >= size && ms.is_multiple_of(size) {
            return format!("{}{unit}", ms / size);
        }
    }
    format!("{ms}ms")
}

/// A number of bytes, written `64MiB`, `5MB` or plainly `5000000`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ByteSize(pub u64);

impl ByteSize {
    /// For in-memory limits. Saturates where `usize` is smaller.
    pub fn get(self) -> usize {
        usize::try_from(self.0).unwrap_or(usize::MAX)
    }
}

const UNITS: [(&str, u64); 8] = [
    ("TiB", 1 << 40),
    ("GiB", 1 << 30),
    ("MiB", 1 << 20),
    ("KiB", 1 << 10),
    ("GB", 1_000_000_000),
    ("MB", 1_000_000),
    ("kB", 1_000),
    ("B", 1),
];

impl std::fmt::Display for ByteSize {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (unit, size) = UNITS
            .into_iter()
            .find(|(_, size)| self.0 >= *size && self.0.is_multiple_of(*size))
            .unwrap_or(("B", 1));
        write!(f, "{}{unit}", self.0 / size)
    }
}

impl Setting for ByteSize {
    const PLACE: &'static str = "SIZE";
    fn read(text: &str) -> Option<Self> {
        let at = text.find(|c: char| !c.is_ascii_digit() && c != '_').unwrap_or(text.len());
        let n: u64 = text[..at].replace('_', "").parse().ok()?;
        let unit = text[at..].trim();
        let size = if unit.is_empty() {
            1
        } else {
            UNITS.iter().find(|(name, _)| name.eq_ignore_ascii_case(unit))?.1
        };
        n.checked_mul(size).map(Self)
    }
    fn allowed(range: Option<(u64, u64)>) -> String {
        match range {
            Some((lo, hi)) => {
                format!("a size such as 64KiB or 5MB, from {} to {}", Self(lo), Self(hi))
            }
            None => "a size such as 64KiB or 5MB".into(),
        }
    }
    fn measure(&self) -> Option<u64> {
        Some(self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_and_times_are_read_as_people_write_them() {
        for (text, bytes) in [
            ("5000000", 5_000_000),
            ("64KiB", 65_536),
            ("1 gib", 1 << 30),
            ("5MB", 5_000_000),
            ("0", 0),
        ] {
            assert_eq!(ByteSize::read(text), Some(ByteSize(bytes)), "{text}");
        }
        for text in ["", "-1", "1.5MB", "12 parsecs", "99999999999TiB", "MB"] {
            assert_eq!(ByteSize::read(text), None, "{text}");
        }
        for (text, ms) in [
            ("500ms", 500),
            ("5s", 5_000),
            ("2m", 120_000),
            ("1h", 3_600_000),
            ("30 d", 2_592_000_000),
        ] {
            assert_eq!(Duration::read(text), Some(Duration::from_millis(ms)), "{text}");
        }
        for text in ["5", "", "s", "1w", "-1s"] {
            assert_eq!(Duration::read(text), None, "{text}");
        }
    }

    #[test]
    fn what_is_shown_reads_back_as_the_same() {
        for n in [0, 1, 1_000, 1_024, 5_000_000, 67_108_864, 123_456_789] {
            assert_eq!(ByteSize::read(&ByteSize(n).to_string()), Some(ByteSize(n)));
        }
        for ms in [1, 999, 1_000, 61_000, 3_600_000, 172_800_000] {
            let d = Duration::from_millis(ms);
            assert_eq!(Duration::read(&show_duration(d)), Some(d));
        }
    }
}
