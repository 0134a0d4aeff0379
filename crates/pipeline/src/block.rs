//! The journal's block: the records of all batches that waited together, as sent, with what is needed to read them again.
//!
//! Layout before compression (integers are little-endian u32): for each group `header length, header JSON, record count`, then
//! for each record `length, bytes`. The whole is one zstd frame, level 1, with a checksum: a block that the
//! disk altered is an error and never another event. Canonical events are not stored: normalising is a
//! pure function, so reading a block again gives the same events under the same ids.
use model::{Micros, event::Event};
use normalise::{Envelope, Hint};
use serde::{Deserialize, Serialize};
use std::{io::Read, sync::Arc};
use store::Block;
use zstd::bulk::Compressor;

/// Bytes that a block may have once unpacked. All bodies that are held at one time have half as many, so no block that was
/// written has more; one that says otherwise is damaged, and must not take the memory of the machine.
pub const MAX_UNPACKED: u64 = 1 << 30;

#[derive(Debug, thiserror::Error)]
pub enum BlockError {
    #[error("the block cannot be decompressed: {0}")]
    Compression(#[from] std::io::Error),
    #[error("the block has more than {0} bytes once unpacked")]
    TooLarge(u64),
    #[error("the block ends early, after {0} bytes")]
    Truncated(usize),
    #[error("a group's header cannot be read: {0}")]
    Header(#[from] serde_json::Error),
    #[error("a record is not UTF-8")]
    Text,
}

/// What the records of one batch share.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Header {
    pub tenant: Arc<str>,
    pub received_at: i64,
    #[serde(with = "hint")]
    pub hint: Hint,
    pub sensor: Option<Arc<str>>,
    pub agent: Option<(i64, Arc<str>)>,
    pub sample: bool,
}

/// `suricata`, `api`, `zeek`, or `zeek:<file>`.
mod hint {
    use normalise::Hint;
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub fn serialize<S: Serializer>(hint: &Hint, s: S) -> Result<S::Ok, S::Error> {
        match hint {
            Hint::Suricata => s.serialize_str("suricata"),
            Hint::Api => s.serialize_str("api"),
            Hint::Zeek { file: None } => s.serialize_str("zeek"),
            Hint::Zeek { file: Some(f) } => s.collect_str(&format_args!("zeek:{f}")),
        }
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(d: D) -> Result<Hint, D::Error> {
        let word = String::deserialize(d)?;
        match (word.as_str(), word.strip_prefix("zeek:")) {
            ("suricata", _) => Ok(Hint::Suricata),
            ("api", _) => Ok(Hint::Api),
            ("zeek", _) => Ok(Hint::Zeek { file: None }),
            (_, Some(file)) => Ok(Hint::Zeek { file: Some(file.into()) }),
            _ => Err(D::Error::custom("unknown kind of sender")),
        }
    }
}

impl From<&Envelope> for Header {
    fn from(e: &Envelope) -> Self {
        Self {
            tenant: e.tenant.clone(),
            received_at: e.received_at.0,
            hint: e.sender.clone(),
            sensor: e.sensor.clone(),
            agent: e.agent.clone(),
            sample: e.sample,
        }
    }
}

impl From<Header> for Envelope {
    fn from(h: Header) -> Self {
        Self {
            tenant: h.tenant,
            received_at: Micros(h.received_at),
            sender: h.hint,
            sensor: h.sensor,
            agent: h.agent,
            sample: h.sample,
        }
    }
}

/// Room that a builder keeps from one block to the next.
const KEPT: usize = 16 << 20;

/// Builds blocks, one after the other, group by group.
#[derive(Default)]
pub struct Builder {
    bytes: Vec<u8>,
    packed: Vec<u8>,
    zstd: Option<Compressor<'static>>,
}

impl Builder {
    /// Begins another block: what an unfinished one had is gone.
    pub fn clear(&mut self) {
        for room in [&mut self.bytes, &mut self.packed] {
            room.clear();
            room.shrink_to(KEPT);
        }
    }

    pub fn group<'a>(
        &mut self,
        header: &Header,
        raws: impl ExactSizeIterator<Item = &'a str>,
    ) -> Result<(), BlockError> {
        let header = serde_json::to_vec(header)?;
        self.number(header.len());
        self.bytes.extend_from_slice(&header);
        self.number(raws.len());
        for raw in raws {
            self.number(raw.len());
            self.bytes.extend_from_slice(raw.as_bytes());
        }
        Ok(())
    }

    fn number(&mut self, n: usize) {
        // one record is at most some MB, one block some tens: both far below 2^32
        self.bytes.extend_from_slice(&(n as u32).to_le_bytes());
    }

    pub fn raw_len(&self) -> usize {
        self.bytes.len()
    }

    /// The block; the builder is empty again.
    pub fn finish(&mut self) -> Result<Vec<u8>, BlockError> {
        let zstd = match &mut self.zstd {
            Some(zstd) => zstd,
            none => {
                let mut zstd = Compressor::new(1)?;
                zstd.include_checksum(true)?;
                none.insert(zstd)
            }
        };
        self.packed.reserve(zstd::zstd_safe::compress_bound(self.bytes.len()));
        zstd.compress_to_buffer(&self.bytes, &mut self.packed)?;
        let block = self.packed.as_slice().into();
        self.clear();
        Ok(block)
    }
}

fn unpack(block: &[u8], most: u64) -> Result<Vec<u8>, BlockError> {
    let mut bytes = Vec::new();
    let read = zstd::Decoder::with_buffer(block)?.take(most + 1).read_to_end(&mut bytes)?;
    if read as u64 > most { Err(BlockError::TooLarge(most)) } else { Ok(bytes) }
}

/// The groups of a block, in the order they were put in.
pub fn read(block: &[u8]) -> Result<Vec<(Header, Vec<String>)>, BlockError> {
    let bytes = unpack(block, MAX_UNPACKED)?;
    let mut owned = Vec::new();
    for (header, raws) in groups(&bytes)? {
        owned.push((header, raws.into_iter().map(str::to_owned).collect()));
    }
    Ok(owned)
}

/// The groups of what a block unpacks to.
fn groups(bytes: &[u8]) -> Result<Vec<(Header, Vec<&str>)>, BlockError> {
    let mut at = Reader { bytes, at: 0 };
    let mut groups = Vec::new();
    while at.at < bytes.len() {
        let header = serde_json::from_slice(at.chunk()?)?;
        let count = at.number()?;
        // a record takes four bytes at least
        let mut raws = Vec::with_capacity(count.min((bytes.len() - at.at) / 4));
        for _ in 0..count {
            raws.push(std::str::from_utf8(at.chunk()?).map_err(|_| BlockError::Text)?);
        }
        groups.push((header, raws));
    }
    Ok(groups)
}

struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    fn take(&mut self, n: usize) -> Result<&'a [u8], BlockError> {
        let end = self
            .at
            .checked_add(n)
            .filter(|e| *e <= self.bytes.len())
            .ok_or(BlockError::Truncated(self.at))?;
        let chunk = &self.bytes[self.at..end];
        self.at = end;
        Ok(chunk)
    }

    fn number(&mut self) -> Result<usize, BlockError> {
        let b = self.take(4)?;
        Ok(u32::from_le_bytes([b[0], b[1], b[2], b[3]]) as usize)
    }

    fn chunk(&mut self) -> Result<&'a [u8], BlockError> {
        let n = self.number()?;
        self.take(n)
    }
}

/// The events of a stored block, with the ids they were acknowledged under. A record that a newer normaliser refuses keeps its
/// id unused and is counted in the second result.
pub fn events(block: &[u8], first_id: i64) -> Result<(Vec<Event>, usize), BlockError> {
    let (mut events, mut refused, mut id) = (Vec::new(), 0, first_id);
    let bytes = unpack(block, MAX_UNPACKED)?;
    for (header, raws) in groups(&bytes)? {
        let envelope = Envelope::from(header);
        for raw in raws {
            let event = normalise::parse(raw)
                .ok()
                .and_then(|parsed| normalise::normalise(&envelope, raw, &parsed).ok());
            match event {
                Some(mut e) => {
                    e.id = id;
                    events.push(e);
                }
                None => refused += 1,
            }
            id += 1;
        }
    }
    Ok((events, refused))
}

/// The events of a block of the journal. What a newer normaliser refuses stays out of search, and is told of.
pub(crate) fn read_back(b: &Block) -> Result<Vec<Event>, BlockError> {
    let (events, refused) = events(&b.bytes, b.first_id)?;
    if refused > 0 {
        measure::queue_dropped(refused as u64);
        tracing::error!(
            seq = b.seq,
            refused,
            "journalled records no longer normalise; they stay out of search"
        );
    }
    Ok(events)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header() -> Header {
        Header {
            tenant: "default".into(),
            received_at: 7,
            hint: Hint::Suricata,
            sensor: Some("edge".into()),
            agent: None,
            sample: false,
        }
    }

    #[test]
    fn groups_come_back_as_they_went_in() {
        let mut b = Builder::default();
        b.group(&header(), ["{\"a\":1}", "{}"].into_iter()).unwrap();
        b.group(&Header { sample: true, ..header() }, [].into_iter()).unwrap();
        let groups = read(&b.finish().unwrap()).unwrap();
        assert_eq!(groups[0], (header(), vec!["{\"a\":1}".to_owned(), "{}".to_owned()]));
        assert!(groups[1].0.sample && groups[1].1.is_empty());
    }

    #[test]
    fn a_bomb_is_an_error() {
        let bomb = zstd::encode_all(&vec![0u8; 100_000][..], 1).unwrap();
        assert!(bomb.len() < 1_000);
        assert!(matches!(unpack(&bomb, 99_999), Err(BlockError::TooLarge(99_999))));
        assert_eq!(unpack(&bomb, 100_000).unwrap().len(), 100_000);
    }

    #[test]
    fn every_kind_of_sender_comes_back() {
        for hint in
            [Hint::Api, Hint::Zeek { file: None }, Hint::Zeek { file: Some("dns.log".into()) }]
        {
            let json = serde_json::to_string(&Header { hint: hint.clone(), ..header() }).unwrap();
            assert_eq!(serde_json::from_str::<Header>(&json).unwrap().hint, hint);
        }
    }

    #[test]
    fn a_block_with_a_flipped_bit_is_an_error_or_the_same() {
        let mut b = Builder::default();
        let raws: Vec<String> =
            (0..20).map(|n| format!("{{\"n\":{n},\"x\":\"{}\"}}", n * 7919)).collect();
        b.group(&header(), raws.iter().map(String::as_str)).unwrap();
        let block = b.finish().unwrap();
        let whole = read(&block).unwrap();
        for bit in 0..block.len() * 8 {
            let mut flipped = block.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            // a few bits of a frame's head say nothing about its content
            if let Ok(groups) = read(&flipped) {
                assert_eq!(groups, whole, "bit {bit} made other events");
            }
        }
    }

    #[test]
    fn a_cut_block_is_an_error_at_every_length() {
        let mut b = Builder::default();
        b.group(&header(), ["{\"event_type\":\"flow\"}"].into_iter()).unwrap();
        let whole = b.bytes.clone();
        for n in 1..whole.len() {
            let cut = zstd::encode_all(&whole[..n], 1).unwrap();
            assert!(read(&cut).is_err(), "{n} of {} bytes were taken for whole", whole.len());
        }
        assert!(read(b"not zstd").is_err());
    }
}
