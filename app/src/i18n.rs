//! Texts, numbers and dates in the reader's language.
//!
//! Keys live in `locales/<page>.<lang>.json`. `tests/it/locales.rs` fails when a key used here is missing in a language, or when
//! a key is used nowhere; for it to see them, keys are written as literals in calls of the functions below.
use leptos::prelude::use_context;
use model::Micros;
use serde::{Deserialize, Serialize};
use std::sync::OnceLock;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Lang {
    #[default]
    En,
    Es,
}

impl Lang {
    pub const ALL: [Self; 2] = [Self::En, Self::Es];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::Es => "es",
        }
    }

    /// Its own name.
    pub fn name(self) -> &'static str {
        match self {
            Self::En => "English",
            Self::Es => "Español",
        }
    }

    /// `es`, `es-MX`, `ES_ar`, …
    pub fn parse(text: &str) -> Option<Self> {
        let word = text.trim().split(['-', '_']).next()?.to_ascii_lowercase();
        Self::ALL.into_iter().find(|l| l.as_str() == word)
    }

    /// The first language of the header that there is; quality values are taken to be in order, as all browsers send them.
    pub fn from_accept_language(header: &str) -> Self {
        header
            .split(',')
            .filter_map(|part| Self::parse(part.split(';').next()?))
            .next()
            .unwrap_or_default()
    }
}

/// The browser's one language: event handlers run outside any owner, where a context cannot be read.
static REMEMBERED: OnceLock<Lang> = OnceLock::new();

pub(crate) fn remember(lang: Lang) {
    let _ = REMEMBERED.set(lang);
}

/// The reader's language: from the request's context on the server, from the document in the browser.
pub fn lang() -> Lang {
    use_context::<Lang>().or_else(|| REMEMBERED.get().copied()).unwrap_or_default()
}

/// The text of a key.
pub fn t(key: &str) -> String {
    in_lang(lang(), key)
}

/// The text of a key in a given language; the key itself where there is none (a test sees to it that there is).
pub fn in_lang(lang: Lang, key: &str) -> String {
    crate::_rust_i18n_try_translate(lang.as_str(), key)
        .map_or_else(|| key.to_owned(), |text| text.into_owned())
}

/// The text of a key with `%{name}` replaced.
pub fn t_with(key: &str, values: &[(&str, &str)]) -> String {
    fill(t(key), values)
}

/// A text with `%{name}` replaced.
pub fn fill(mut text: String, values: &[(&str, &str)]) -> String {
    for (name, value) in values {
        text = text.replace(&format!("%{{{name}}}"), value);
    }
    text
}

/// The text of `key.one` or `key.other`, with `%{n}` replaced by the number as it is written in the language.
pub fn tn(key: &str, n: i64) -> String {
    let form = if n == 1 { "one" } else { "other" };
    fill(t(&format!("{key}.{form}")), &[("n", &num(n))])
}

/// The text of `family.word`, for the words of an enum (`t_of("severity", s.as_str())`); the word itself where there is none.
pub fn t_of(family: &str, word: &str) -> String {
    try_t_of(family, word).unwrap_or_else(|| word.to_owned())
}

/// Like `t_of`, but `None` where there is no text.
pub fn try_t_of(family: &str, word: &str) -> Option<String> {
    crate::_rust_i18n_try_translate(lang().as_str(), format!("{family}.{word}"))
        .map(|text| text.into_owned())
}

/// What is wrong with a field: the server's English sentence, or its translation by code.
pub fn field_error(error: &model::FieldError) -> String {
    match lang() {
        Lang::En => error.message.clone(),
        Lang::Es => try_t_of("field_error", &error.code).unwrap_or_else(|| error.message.clone()),
    }
}

/// 1,284,402 or 1.284.402. Spanish groups from five digits on.
pub fn num(n: i64) -> String {
    num_in(lang(), n)
}

pub fn num_in(lang: Lang, n: i64) -> String {
    let digits = n.unsigned_abs().to_string();
    let mark = match lang {
        Lang::En => ',',
        Lang::Es => '.',
    };
    let mut out = String::new();
    if n < 0 {
        out.push('−');
    }
    for (i, c) in digits.chars().enumerate() {
        let left = digits.len() - i;
        if i > 0 && left.is_multiple_of(3) && (lang == Lang::En || digits.len() > 4) {
            out.push(mark);
        }
        out.push(c);
    }
    out
}

/// A number with one decimal: 48.2 or 48,2.
pub fn decimal(x: f64) -> String {
    let text = format!("{x:.1}");
    match lang() {
        Lang::En => text,
        Lang::Es => text.replace('.', ","),
    }
}

/// 950 B, 48.2 kB, 1.2 GB: powers of 1000.
pub fn bytes(n: i64) -> String {
    const UNITS: [&str; 5] = ["kB", "MB", "GB", "TB", "PB"];
    if n < 1000 {
        return format!("{n} B");
    }
    let mut x = n as f64 / 1000.0;
    let mut unit = 0;
    while x >= 999.95 && unit + 1 < UNITS.len() {
        x /= 1000.0;
        unit += 1;
    }
    format!("{} {}", decimal(x), UNITS[unit])
}

/// 0.3 s, 12 s, 7 min, 3 h 12 min, 2 d 4 h: at most two parts.
pub fn duration(micros: i64) -> String {
    let seconds = micros / 1_000_000;
    match seconds {
        ..10 => format!("{} s", decimal(micros as f64 / 1e6)),
        10..60 => format!("{seconds} s"),
        60..3600 => format!("{} min", seconds / 60),
        3600..86400 => format!("{} h {} min", seconds / 3600, seconds / 60 % 60),
        _ => format!("{} d {} h", seconds / 86400, seconds / 3600 % 24),
    }
}

/// "9 min ago", "hace 9 min"; days without hours. Times ahead of now (a skewed clock) are said as such.
pub fn relative(at: Micros, now: Micros) -> String {
    let seconds = now.since(at) / 1_000_000;
    let span = match seconds.abs() {
        s @ 0..60 => format!("{s} s"),
        s @ 60..3600 => format!("{} min", s / 60),
        s @ 3600..86400 => format!("{} h", s / 3600),
        s => format!("{} d", s / 86400),
    };
    match seconds {
        -4..5 => t("time.now"),
        5.. => t_with("time.ago", &[("span", &span)]),
        _ => t_with("time.ahead", &[("span", &span)]),
    }
}

/// `2026-11-21 10:02:07 UTC`, or with `offset` minutes east of UTC `2026-11-21 11:02:07 +01:00`.
pub fn absolute(at: Micros, offset: i64) -> String {
    let local = at.plus(offset * model::time::MINUTE).format("%Y-%m-%d %H:%M:%S");
    if offset == 0 { format!("{local} UTC") } else { format!("{local} {}", zone(offset)) }
}

/// `+01:00`
pub fn zone(offset: i64) -> String {
    format!(
        "{}{:02}:{:02}",
        if offset < 0 { '−' } else { '+' },
        offset.abs() / 60,
        offset.abs() % 60
    )
}

/// `10:02:07.998`
pub fn clock(at: Micros, offset: i64) -> String {
    at.plus(offset * model::time::MINUTE).format("%H:%M:%S%.3f")
}

/// `21 Nov 10:02`, with the year when it is not this one.
pub fn short(at: Micros, offset: i64, now: Micros) -> String {
    let local = at.plus(offset * model::time::MINUTE);
    let month = t_of("month", &local.format("%m"));
    let day = local.format("%-d");
    if local.format("%Y") == now.format("%Y") {
        format!("{day} {month} {}", local.format("%H:%M"))
    } else {
        format!("{day} {month} {} {}", local.format("%Y"), local.format("%H:%M"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_as_each_language_does() {
        assert_eq!(num_in(Lang::En, 1_284_402), "1,284,402");
        assert_eq!(num_in(Lang::Es, 1_284_402), "1.284.402");
        assert_eq!(
            (num_in(Lang::En, 1284), num_in(Lang::Es, 1284)),
            ("1,284".into(), "1284".into())
        );
        assert_eq!((num_in(Lang::En, 0), num_in(Lang::En, -1000)), ("0".into(), "−1,000".into()));
        assert_eq!(num_in(Lang::En, i64::MIN), "−9,223,372,036,854,775,808");
    }

    #[test]
    fn sizes_and_spans_have_few_digits() {
        assert_eq!(
            [bytes(0), bytes(999), bytes(48_200_000), bytes(999_999_999)],
            ["0 B", "999 B", "48.2 MB", "1.0 GB"]
        );
        assert_eq!(duration(300_000), "0.3 s");
        assert_eq!(duration(474 * 1_000_000), "7 min");
        assert_eq!(duration(11_520 * 1_000_000), "3 h 12 min");
    }

    #[test]
    fn times_say_their_zone() {
        let at = Micros::parse("2026-11-21T10:02:07.998Z").unwrap();
        assert_eq!(absolute(at, 0), "2026-11-21 10:02:07 UTC");
        assert_eq!(absolute(at, 60), "2026-11-21 11:02:07 +01:00");
        assert_eq!(absolute(at, -210), "2026-11-21 06:32:07 −03:30");
        assert_eq!(clock(at, 0), "10:02:07.998");
        assert_eq!(short(at, 0, at), "21 Nov 10:02");
        assert_eq!(short(at, 0, at.plus(60 * model::time::DAY)), "21 Nov 2026 10:02");
    }

    #[test]
    fn relative_times_never_lie_about_the_future() {
        let at = Micros(1_000_000_000);
        assert_eq!(relative(at, at.plus(2_000_000)), "just now");
        assert_eq!(relative(at, at.plus(540 * 1_000_000)), "9 min ago");
        assert_eq!(relative(at, at.plus(-7200 * 1_000_000)), "in 2 h");
    }

    #[test]
    fn the_header_is_read_in_order() {
        assert_eq!(Lang::from_accept_language("de-DE,de;q=0.9,es;q=0.8,en;q=0.7"), Lang::Es);
        assert_eq!(Lang::from_accept_language(""), Lang::En);
    }
}
