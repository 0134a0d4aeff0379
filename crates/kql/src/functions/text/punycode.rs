//! Punycode (RFC 3492), of texts and of the labels of domain names.
use super::support::{bounded, empty, function, string, text};
use crate::functions::Function;
use crate::value::Value;

pub(super) static FUNCTIONS: &[Function] = &[
    function("punycode_from_string", 1, 1, string, |_, args| {
        Ok(encode(&text(args, 0)).map_or_else(empty, |encoded| Value::Str(encoded.into())))
    }),
    function("punycode_to_string", 1, 1, string, |_, args| {
        Ok(decode(&text(args, 0)).map_or_else(empty, |decoded| Value::Str(decoded.into())))
    }),
    function("punycode_domain_from_string", 1, 1, string, |_, args| {
        labels(&text(args, 0), |label| {
            if label.is_ascii() {
                Some(label.to_owned())
            } else {
                encode(label).map(|e| format!("xn--{e}"))
            }
        })
        .map_or_else(|| Ok(empty()), bounded)
    }),
    function("punycode_domain_to_string", 1, 1, string, |_, args| {
        labels(&text(args, 0), |label| {
            label.strip_prefix("xn--").map_or_else(|| Some(label.to_owned()), decode)
        })
        .map_or_else(|| Ok(empty()), bounded)
    }),
];

/// Longer texts are none that one would encode so; the work grows with the square of the length.
const LONGEST: usize = 4_096;
const BASE: u32 = 36;

fn labels(domain: &str, f: impl Fn(&str) -> Option<String>) -> Option<String> {
    let labels: Option<Vec<String>> = domain.split('.').map(f).collect();
    labels.map(|labels| labels.join("."))
}

fn adapt(delta: u32, points: u32, first: bool) -> u32 {
    let mut delta = delta / if first { 700 } else { 2 };
    delta += delta / points;
    let mut k = 0;
    while delta > 455 {
        delta /= BASE - 1;
        k += BASE;
    }
    k + BASE * delta / (delta + 38)
}

fn threshold(k: u32, bias: u32) -> u32 {
    k.saturating_sub(bias).clamp(1, 26)
}

fn digit(value: u32) -> char {
    char::from_digit(value, 36).map_or('a', |_| {
        let letter =
            if value < 26 { u32::from(b'a') + value } else { u32::from(b'0') + value - 26 };
        char::from_u32(letter).unwrap_or('a')
    })
}

fn encode(text: &str) -> Option<String> {
    if text.len() > LONGEST {
        return None;
    }
    let mut out: String = text.chars().filter(char::is_ascii).collect();
    let basic = u32::try_from(out.len()).ok()?;
    let total = u32::try_from(text.chars().count()).ok()?;
    if basic > 0 {
        out.push('-');
    }
    let (mut n, mut delta, mut bias, mut handled) = (128_u32, 0_u32, 72_u32, basic);
    while handled < total {
        let next = text.chars().map(u32::from).filter(|c| *c >= n).min()?;
        delta = delta.checked_add((next - n).checked_mul(handled + 1)?)?;
        n = next;
        for letter in text.chars().map(u32::from) {
            if letter < n {
                delta = delta.checked_add(1)?;
            }
            if letter == n {
                let (mut q, mut k) = (delta, BASE);
                loop {
                    let t = threshold(k, bias);
                    if q < t {
                        break;
                    }
                    out.push(digit(t + (q - t) % (BASE - t)));
                    q = (q - t) / (BASE - t);
                    k += BASE;
                }
                out.push(digit(q));
                bias = adapt(delta, handled + 1, handled == basic);
                delta = 0;
                handled += 1;
            }
        }
        delta = delta.checked_add(1)?;
        n += 1;
    }
    Some(out)
}

fn decode(text: &str) -> Option<String> {
    if text.len() > LONGEST || !text.is_ascii() {
        return None;
    }
    let (basic, extended) = text.rsplit_once('-').unwrap_or(("", text));
    let mut out: Vec<char> = basic.chars().collect();
    let (mut n, mut i, mut bias) = (128_u32, 0_u32, 72_u32);
    let mut digits = extended.chars();
    while let Some(mut letter) = digits.next() {
        let (start, mut weight, mut k) = (i, 1_u32, BASE);
        loop {
            let value = match letter.to_ascii_lowercase() {
                c @ 'a'..='z' => u32::from(c) - u32::from('a'),
                c @ '0'..='9' => u32::from(c) - u32::from('0') + 26,
                _ => return None,
            };
            i = i.checked_add(value.checked_mul(weight)?)?;
            let t = threshold(k, bias);
            if value < t {
                break;
            }
            weight = weight.checked_mul(BASE - t)?;
            k += BASE;
            letter = digits.next()?;
        }
        let length = u32::try_from(out.len()).ok()? + 1;
        bias = adapt(i - start, length, start == 0);
        n = n.checked_add(i / length)?;
        i %= length;
        out.insert(usize::try_from(i).ok()?, char::from_u32(n)?);
        i += 1;
    }
    Some(out.into_iter().collect())
}
