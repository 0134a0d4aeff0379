//! Compressed texts in base64.
use super::encode::{decode, encoded};
use super::support::{MOST, empty, function, string, text};
use crate::functions::Function;
use crate::value::Value;
use flate2::{Compression, Crc, read, write};
use std::io::{Read, Write};

pub(super) static FUNCTIONS: &[Function] = &[
    function("gzip_compress_to_base64_string", 1, 1, string, |_, args| {
        Ok(gzip(text(args, 0).as_bytes()).map_or_else(empty, |bytes| encoded(&bytes)))
    }),
    function("zlib_compress_to_base64_string", 1, 1, string, |_, args| {
        Ok(zlib(text(args, 0).as_bytes()).map_or_else(empty, |bytes| encoded(&bytes)))
    }),
    function("gzip_decompress_from_base64_string", 1, 1, string, |_, args| {
        let bytes = decode(&text(args, 0)).unwrap_or_default();
        Ok(read_all(read::MultiGzDecoder::new(bytes.as_slice())))
    }),
    function("zlib_decompress_from_base64_string", 1, 1, string, |_, args| {
        let bytes = decode(&text(args, 0)).unwrap_or_default();
        Ok(read_all(read::ZlibDecoder::new(bytes.as_slice())))
    }),
];

/// What is damaged, too long or no text is the empty text.
fn read_all(source: impl Read) -> Value {
    let mut out = Vec::new();
    let read = source.take(MOST as u64 + 1).read_to_end(&mut out);
    let text = read.ok().filter(|_| out.len() <= MOST).and_then(|_| String::from_utf8(out).ok());
    Value::Str(text.unwrap_or_default().into())
}

/// Small texts are only stored: packing would make them longer.
fn level(bytes: &[u8]) -> Compression {
    if bytes.len() < 32 { Compression::none() } else { Compression::fast() }
}

fn zlib(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut encoder = write::ZlibEncoder::new(Vec::new(), level(bytes));
    encoder.write_all(bytes).ok()?;
    encoder.finish().ok()
}

/// With the header that Kusto writes: no time, no flags, no system.
fn gzip(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut out = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff];
    let mut encoder = write::DeflateEncoder::new(Vec::new(), level(bytes));
    encoder.write_all(bytes).ok()?;
    out.extend(encoder.finish().ok()?);
    let mut crc = Crc::new();
    crc.update(bytes);
    out.extend(crc.sum().to_le_bytes());
    out.extend(crc.amount().to_le_bytes());
    Some(out)
}
