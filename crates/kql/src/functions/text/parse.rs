//! Paths of files, and what is known of where an address is.
use super::support::{bag, dynamic, function, text};
use crate::functions::Function;
use crate::value::{Dyn, Value};

pub(super) static FUNCTIONS: &[Function] = &[
    function("parse_path", 1, 1, dynamic, |_, args| Ok(Value::dynamic(path(&text(args, 0))))),
    // needs a database of places, which this crate has none of
    function("geo_info_from_ip_address", 1, 1, dynamic, |_, _| {
        Ok(Value::dynamic(Dyn::Bag(Vec::new())))
    }),
];

const SLASHES: [char; 2] = ['\\', '/'];

/// With either kind of slash; `\\?\` in front is left out of the root.
fn path(text: &str) -> Dyn {
    let (scheme, rest) = text.split_once("://").unwrap_or(("", text));
    let (directory, file) = match rest.rfind(SLASHES) {
        Some(at) => (&rest[..at], &rest[at + 1..]),
        None => ("", rest),
    };
    let plain = directory.strip_prefix(r"\\?\").unwrap_or(directory);
    let root = match plain.as_bytes() {
        [letter, b':', ..] if letter.is_ascii_alphabetic() => &plain[..2],
        _ => "",
    };
    let name = directory.rsplit(SLASHES).next().unwrap_or_default();
    let name = if name == root { "" } else { name };
    let (file, stream) = file.split_once(':').unwrap_or((file, ""));
    let extension = file.rsplit_once('.').map_or("", |(_, extension)| extension);
    bag([
        ("Scheme", Dyn::str(scheme)),
        ("RootPath", Dyn::str(root)),
        ("DirectoryPath", Dyn::str(directory)),
        ("DirectoryName", Dyn::str(name)),
        ("Filename", Dyn::str(file)),
        ("Extension", Dyn::str(extension)),
        ("AlternateDataStreamName", Dyn::str(stream)),
    ])
}
