//! What modifiers make of a text: dashes of Windows, encodings.
use super::{modifier::Encoding, text::Part, text::Pattern};
use base64::{Engine, engine::general_purpose::STANDARD};

/// What Windows takes for the dash of an option.
const DASHES: [&str; 5] = ["-", "/", "\u{2013}", "\u{2014}", "\u{2015}"];
/// Of more options than this in one text all change together, or there would be thousands of texts.
const APART: usize = 3;

/// The text with each dash or slash that begins a word in every spelling.
pub(crate) fn windash(pattern: &Pattern) -> Vec<Pattern> {
    let mut places = vec![];
    for (index, part) in pattern.0.iter().enumerate() {
        let Part::Text(text) = part else { continue };
        let mut before: Option<char> = None;
        let mut letters = text.char_indices().peekable();
        while let Some((at, c)) = letters.next() {
            let begins =
                !before.is_some_and(word) && letters.peek().is_some_and(|(_, next)| word(*next));
            if matches!(c, '-' | '/') && begins {
                places.push((index, at));
            }
            before = Some(c);
        }
    }
    let apart = places.len() <= APART;
    let variants = if apart {
        DASHES.len().pow(u32::try_from(places.len()).unwrap_or(0))
    } else {
        DASHES.len()
    };
    (0..variants)
        .map(|variant| {
            replaced(pattern, &places, |nth| {
                if apart {
                    DASHES[variant / DASHES.len().pow(nth) % DASHES.len()]
                } else {
                    DASHES[variant]
                }
            })
        })
        .collect()
}

fn replaced(
    pattern: &Pattern,
    places: &[(usize, usize)],
    dash: impl Fn(u32) -> &'static str,
) -> Pattern {
    let mut pattern = pattern.clone();
    // from the last, so that places before it stay right
    for (nth, (index, at)) in places.iter().enumerate().rev() {
        if let Part::Text(text) = &mut pattern.0[*index] {
            text.replace_range(at..&(at + 1), dash(u32::try_from(nth).unwrap_or(0)));
        }
    }
    pattern
}

fn word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// The texts that the text becomes; several for `base64offset`, which finds it at any place inside encoded bytes.
pub(crate) fn encode(text: &str, steps: &[Encoding]) -> Vec<String> {
    let mut bytes = text.as_bytes().to_vec();
    for step in steps {
        match step {
            Encoding::Wide => bytes = wide(&bytes, u16::to_le_bytes),
            Encoding::Utf16be => bytes = wide(&bytes, u16::to_be_bytes),
            Encoding::Utf16 => bytes = [vec![0xff, 0xfe], wide(&bytes, u16::to_le_bytes)].concat(),
            Encoding::Base64 => bytes = STANDARD.encode(&bytes).into_bytes(),
            Encoding::Base64Offset => {
                return (0..3).map(|offset| offset_of(&bytes, offset)).collect();
            }
        }
    }
    vec![String::from_utf8_lossy(&bytes).into_owned()]
}

fn wide(bytes: &[u8], order: fn(u16) -> [u8; 2]) -> Vec<u8> {
    String::from_utf8_lossy(bytes).encode_utf16().flat_map(order).collect()
}

/// Base64 of the bytes `offset` bytes behind the beginning, without the letters that neighbours decide.
fn offset_of(bytes: &[u8], offset: usize) -> String {
    const FIRST: [usize; 3] = [0, 2, 3];
    const LAST: [usize; 3] = [0, 3, 2];
    let encoded = STANDARD.encode([vec![b' '; offset], bytes.to_vec()].concat());
    let end = encoded.len() - LAST[(bytes.len() + offset) % 3];
    encoded[FIRST[offset].min(end)..end].to_owned()
}
