//! `format_datetime` and `format_timespan`. A run of a letter is taken in the longest pieces there are: `dddd` is `dd` twice.
use super::super::support::{Outcome, function, string, text};
use crate::functions::{Context, Function};
use crate::value::{
    Value,
    time::{DAY, HOUR, MINUTE, SECOND, civil},
};

pub(in super::super) static FUNCTIONS: &[Function] = &[
    function("format_datetime", 2, 2, string, datetime),
    function("format_timespan", 2, 2, string, timespan),
];

/// No text gets longer than this.
const MOST: usize = 1 << 20;

/// Goes through the format; `lengths` says how long pieces of a letter may be, longest first, `piece` what one of them becomes.
fn pieces(
    format: &str,
    lengths: impl Fn(char) -> &'static [usize],
    mut piece: impl FnMut(char, usize, &mut String),
) -> String {
    let mut out = String::new();
    let mut rest = format;
    while let Some(letter) = rest.chars().next().filter(|_| out.len() < MOST) {
        let run = rest.chars().take_while(|c| *c == letter).count();
        match lengths(letter).iter().find(|length| **length <= run) {
            Some(length) => {
                piece(letter, *length, &mut out);
                rest = &rest[length * letter.len_utf8()..];
            }
            None => {
                out.push(letter);
                rest = &rest[letter.len_utf8()..];
            }
        }
    }
    out
}

fn padded(out: &mut String, number: u64, width: usize) {
    out.push_str(&format!("{number:0width$}"));
}

/// The first digits of a second's ticks; `F` leaves zeros at the end out.
fn fraction(out: &mut String, ticks: u64, letter: char, width: usize) {
    let all = format!("{ticks:07}");
    let digits = all.get(..width.min(7)).unwrap_or(&all);
    out.push_str(if letter == 'F' { digits.trim_end_matches('0') } else { digits });
}

fn datetime(_: &Context, a: &[Value]) -> Outcome {
    let Some(at) = a[0].as_datetime() else { return Ok(Value::str("")) };
    let c = civil(at);
    let of_day = c.of_day.unsigned_abs();
    let unit = |ticks: i64| of_day / ticks.unsigned_abs();
    let hour = unit(HOUR);
    let (year, month, day) = (c.year.unsigned_abs(), c.month.unsigned_abs(), c.day.unsigned_abs());
    let lengths = |letter| -> &'static [usize] {
        match letter {
            'd' | 'h' | 'H' | 'm' | 'M' | 's' => &[2, 1],
            'f' | 'F' => &[7, 6, 5, 4, 3, 2, 1],
            'y' => &[4, 2, 1],
            't' => &[2],
            _ => &[],
        }
    };
    let piece = |letter: char, width: usize, out: &mut String| match letter {
        'd' => padded(out, day, width),
        'h' => padded(out, (hour + 11) % 12 + 1, width),
        'H' => padded(out, hour, width),
        'm' => padded(out, unit(MINUTE) % 60, width),
        'M' => padded(out, month, width),
        's' => padded(out, unit(SECOND) % 60, width),
        'y' if width == 4 => padded(out, year, 4),
        'y' => padded(out, year % 100, width),
        't' => out.push_str(if hour < 12 { "AM" } else { "PM" }),
        _ => fraction(out, of_day % SECOND.unsigned_abs(), letter, width),
    };
    Ok(text(Some(pieces(&a[1].to_text(), lengths, piece))))
}

fn timespan(_: &Context, a: &[Value]) -> Outcome {
    let Some(span) = a[0].as_timespan() else { return Ok(Value::str("")) };
    let size = span.unsigned_abs();
    let unit = |ticks: i64| size / ticks.unsigned_abs();
    let lengths = |letter| -> &'static [usize] {
        match letter {
            'd' => &[8, 7, 6, 5, 4, 3, 2, 1],
            'h' | 'H' | 'm' | 's' => &[2, 1],
            'f' | 'F' => &[7, 6, 5, 4, 3, 2, 1],
            _ => &[],
        }
    };
    let piece = |letter: char, width: usize, out: &mut String| match letter {
        'd' => padded(out, unit(DAY), width),
        'h' | 'H' => padded(out, unit(HOUR) % 24, width),
        'm' => padded(out, unit(MINUTE) % 60, width),
        's' => padded(out, unit(SECOND) % 60, width),
        _ => fraction(out, size % SECOND.unsigned_abs(), letter, width),
    };
    let formatted = pieces(&a[1].to_text(), lengths, piece);
    Ok(text(Some(if span < 0 { format!("-{formatted}") } else { formatted })))
}
