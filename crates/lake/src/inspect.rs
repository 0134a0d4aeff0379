//! Reading a part as a check does: every byte against its checksum, then every id and every record. Changes nothing: a part that is
//! damaged is not set aside, and no lake needs to be open.
use crate::cache::Cache;
use crate::error::LakeError;
use crate::manifest::PartMeta;
use crate::open::verify;
use crate::order::longs;
use crate::part::Part;
use columnar::Strings;
use model::fieldmap;
use std::path::Path;
use std::sync::Arc;

/// Decoded columns kept: those of one row group.
const CACHE: usize = 16 << 20;

/// Calls `each` with the id and the record of every row, in the part's order. `root` is the lake's folder.
///
/// # Errors
/// What is wrong with the part. Rows may have been told before it was found.
pub fn read_part(
    root: &Path,
    meta: &PartMeta,
    mut each: impl FnMut(i64, &str),
) -> Result<(), LakeError> {
    let part = Part::new(root, meta.clone(), Arc::new(Cache::new(CACHE)));
    verify(&part, true)?;
    let damaged =
        |reason: &str| LakeError::Damaged { id: meta.id.clone(), reason: reason.to_owned() };
    let footer = part.footer()?;
    let index = |name: &str| footer.columns.of(name).first().map(|c| c.index);
    let id = index(fieldmap::ID).ok_or_else(|| damaged("no ids"))?;
    let raw = index(fieldmap::RAW).ok_or_else(|| damaged("no records"))?;
    for group in 0..footer.groups.len() {
        let arrays = part.arrays(&footer, group, &[id, raw])?;
        let [ids, raws] = arrays.as_slice() else { return Err(damaged("a column is missing")) };
        let raws = Strings::of(raws.as_ref()).ok_or_else(|| damaged("the records are no text"))?;
        for (row, id) in longs(ids.as_ref())?.iter().enumerate() {
            each(*id, raws.get(row).unwrap_or_default());
        }
    }
    Ok(())
}
