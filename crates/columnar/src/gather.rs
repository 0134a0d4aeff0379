//! Rows picked from several arrays into one: each dictionary value that is used is looked up once per source, not once per row.
use crate::{ColumnError, Strings};
use arrow_array::builder::StringBuilder;
use arrow_array::cast::AsArray;
use arrow_array::types::{Float64Type, Int32Type, Int64Type, TimestampMicrosecondType};
use arrow_array::{
    Array, ArrayRef, BooleanArray, DictionaryArray, Float64Array, Int32Array, Int64Array,
    StringArray, TimestampMicrosecondArray,
};
use arrow_buffer::NullBuffer;
use arrow_schema::DataType;
use hashbrown::HashMap;
use std::sync::Arc;

/// A row: which source, and where in it.
pub type Pick = (u32, u32);

/// `sources[s][r]` for each pick, as `target`. A source without the column gives nulls. Text may change between dictionary and
/// plain; other types must be `target` already.
pub fn gather(
    name: &str,
    sources: &[Option<ArrayRef>],
    picks: &[Pick],
    target: &DataType,
) -> Result<ArrayRef, ColumnError> {
    let wrong = || ColumnError::UnknownType(name.into());
    match target {
        DataType::Dictionary(..) => dictionary(sources, picks).ok_or_else(wrong)?,
        DataType::Utf8 => {
            let texts = texts(sources).ok_or_else(wrong)?;
            let row = |(s, r): &Pick| texts[*s as usize].and_then(|t| t.get(*r as usize));
            let bytes = picks.iter().filter_map(row).map(str::len).sum();
            let mut b = StringBuilder::with_capacity(picks.len(), bytes);
            picks.iter().for_each(|pick| b.append_option(row(pick)));
            Ok(Arc::new(b.finish()) as ArrayRef)
        }
        DataType::Int64 => {
            let typed = typed(sources, |a| a.as_primitive_opt::<Int64Type>()).ok_or_else(wrong)?;
            let row = |(s, r): &Pick| {
                typed[*s as usize].filter(|a| a.is_valid(*r as usize)).map(|a| a.value(*r as usize))
            };
            Ok(Arc::new(Int64Array::from_iter(picks.iter().map(row))))
        }
        DataType::Float64 => {
            let typed =
                typed(sources, |a| a.as_primitive_opt::<Float64Type>()).ok_or_else(wrong)?;
            let row = |(s, r): &Pick| {
                typed[*s as usize].filter(|a| a.is_valid(*r as usize)).map(|a| a.value(*r as usize))
            };
            Ok(Arc::new(Float64Array::from_iter(picks.iter().map(row))))
        }
        DataType::Boolean => {
            let typed = typed(sources, |a| a.as_boolean_opt()).ok_or_else(wrong)?;
            let row = |(s, r): &Pick| {
                typed[*s as usize].filter(|a| a.is_valid(*r as usize)).map(|a| a.value(*r as usize))
            };
            Ok(Arc::new(BooleanArray::from_iter(picks.iter().map(row))))
        }
        DataType::Timestamp(..) => {
            let typed = typed(sources, |a| a.as_primitive_opt::<TimestampMicrosecondType>())
                .ok_or_else(wrong)?;
            let row = |(s, r): &Pick| {
                typed[*s as usize].filter(|a| a.is_valid(*r as usize)).map(|a| a.value(*r as usize))
            };
            Ok(Arc::new(
                TimestampMicrosecondArray::from_iter(picks.iter().map(row)).with_timezone("UTC"),
            ))
        }
        _ => Err(wrong()),
    }
}

/// `None` when a source is there but of another type.
fn typed<'a, T>(
    sources: &'a [Option<ArrayRef>],
    cast: impl Fn(&'a dyn Array) -> Option<&'a T>,
) -> Option<Vec<Option<&'a T>>> {
    sources.iter().map(|s| s.as_ref().map_or(Some(None), |a| cast(a.as_ref()).map(Some))).collect()
}

fn texts(sources: &[Option<ArrayRef>]) -> Option<Vec<Option<Strings<'_>>>> {
    sources
        .iter()
        .map(|s| s.as_ref().map_or(Some(None), |a| Strings::of(a.as_ref()).map(Some)))
        .collect()
}

type Made = Result<ArrayRef, ColumnError>;

fn dictionary(sources: &[Option<ArrayRef>], picks: &[Pick]) -> Option<Made> {
    let texts = texts(sources)?;
    let mut index: HashMap<&str, i32> = HashMap::new();
    let mut values: Vec<&str> = Vec::new();
    // old code -> new code, per source; -1 is not met yet
    let mut known: Vec<Vec<i32>> = texts
        .iter()
        .map(|t| {
            if let Some(Strings::Dict { values, .. }) = t {
                vec![-1; values.len()]
            } else {
                Vec::new()
            }
        })
        .collect();
    let mut intern = |text| {
        *index.entry(text).or_insert_with(|| {
            values.push(text);
            values.len() as i32 - 1
        })
    };
    let mut keys = Vec::with_capacity(picks.len());
    let mut valid = Vec::with_capacity(picks.len());
    for (s, r) in picks {
        let (s, r) = (*s as usize, *r as usize);
        let code = match &texts[s] {
            Some(Strings::Dict { array, values }) if array.is_valid(r) => {
                let old = array.keys().value(r) as usize;
                if known[s][old] < 0 {
                    known[s][old] = intern(values.value(old));
                }
                Some(known[s][old])
            }
            Some(plain @ Strings::Plain(_)) => plain.get(r).map(&mut intern),
            _ => None,
        };
        keys.push(code.unwrap_or(0));
        valid.push(code.is_some());
    }
    if values.is_empty() {
        values.push("");
    }
    let nulls = valid.contains(&false).then(|| NullBuffer::from(valid));
    let keys = Int32Array::new(keys.into(), nulls);
    let made = DictionaryArray::<Int32Type>::try_new(keys, Arc::new(StringArray::from(values)));
    Some(made.map(|a| Arc::new(a) as ArrayRef).map_err(Into::into))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::name;

    #[test]
    fn dictionaries_are_merged_and_gaps_stay() {
        let a: DictionaryArray<Int32Type> = [Some("x"), None, Some("y")].into_iter().collect();
        let b = StringArray::from(vec![Some("y"), Some("z")]);
        let sources: [Option<ArrayRef>; 3] = [Some(Arc::new(a)), Some(Arc::new(b)), None];
        let picks = [(1, 1), (0, 2), (1, 0), (0, 1), (2, 0), (0, 0)];
        let wanted = [Some("z"), Some("y"), Some("y"), None, None, Some("x")];
        for target in [name::dictionary(), DataType::Utf8] {
            let out = gather("c", &sources, &picks, &target).unwrap();
            let s = Strings::of(out.as_ref()).unwrap();
            assert_eq!((0..6).map(|i| s.get(i)).collect::<Vec<_>>(), wanted);
            assert_eq!(out.data_type(), &target);
        }
        let out = gather("c", &sources, &picks, &name::dictionary()).unwrap();
        assert_eq!(Strings::of(out.as_ref()).unwrap().work(), 3);
        assert!(gather("c", &sources, &picks, &DataType::Int64).is_err());
    }
}
