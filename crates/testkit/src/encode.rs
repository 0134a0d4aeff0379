//! Request bodies packed as senders pack them.
use flate2::{Compression, write::GzEncoder};
use std::io::Write;

/// The encodings that the ingest routes take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    Gzip,
    Zstd,
    Brotli,
}

impl Encoding {
    pub const ALL: [Self; 3] = [Self::Gzip, Self::Zstd, Self::Brotli];

    /// Value of `Content-Encoding`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Gzip => "gzip",
            Self::Zstd => "zstd",
            Self::Brotli => "br",
        }
    }

    /// # Panics
    /// Never: writing to memory does not fail.
    pub fn pack(self, bytes: &[u8]) -> Vec<u8> {
        match self {
            Self::Gzip => {
                let mut gz = GzEncoder::new(Vec::new(), Compression::default());
                gz.write_all(bytes).and_then(|()| gz.finish()).expect("memory takes it")
            }
            Self::Zstd => zstd::encode_all(bytes, 3).expect("memory takes it"),
            Self::Brotli => {
                let mut br = brotli::CompressorWriter::new(Vec::new(), 1 << 16, 5, 20);
                br.write_all(bytes).expect("memory takes it");
                br.into_inner()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read;

    #[test]
    fn what_is_packed_unpacks_to_the_same() {
        let text = "{\"event_type\":\"x\"}\n".repeat(1000).into_bytes();
        let mut out = Vec::new();
        flate2::read::GzDecoder::new(Encoding::Gzip.pack(&text).as_slice())
            .read_to_end(&mut out)
            .unwrap();
        assert_eq!(out, text);
        assert_eq!(zstd::decode_all(Encoding::Zstd.pack(&text).as_slice()).unwrap(), text);
        let mut out = Vec::new();
        brotli::Decompressor::new(Encoding::Brotli.pack(&text).as_slice(), 4096)
            .read_to_end(&mut out)
            .unwrap();
        assert_eq!(out, text);
    }
}
