//! Text columns, whether with a dictionary or without: one way to read and to test them.
use arrow_array::types::Int32Type;
use arrow_array::{Array, BooleanArray, DictionaryArray, StringArray};
use arrow_buffer::BooleanBuffer;

#[derive(Clone, Copy)]
pub enum Strings<'a> {
    Dict { array: &'a DictionaryArray<Int32Type>, values: &'a StringArray },
    Plain(&'a StringArray),
}

impl<'a> Strings<'a> {
    /// `None` for an array that is not text.
    pub fn of(array: &'a dyn Array) -> Option<Self> {
        if let Some(array) = array.as_any().downcast_ref::<DictionaryArray<Int32Type>>() {
            let values = array.values().as_any().downcast_ref::<StringArray>()?;
            return Some(Self::Dict { array, values });
        }
        array.as_any().downcast_ref::<StringArray>().map(Self::Plain)
    }

    pub fn len(&self) -> usize {
        match self {
            Self::Dict { array, .. } => array.len(),
            Self::Plain(a) => a.len(),
        }
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    pub fn get(&self, row: usize) -> Option<&'a str> {
        match self {
            Self::Dict { array, values } => {
                let code = array.is_valid(row).then(|| array.keys().value(row))?;
                let code = usize::try_from(code).ok()?;
                values.is_valid(code).then(|| values.value(code))
            }
            Self::Plain(a) => a.is_valid(row).then(|| a.value(row)),
        }
    }

    /// Values that a test has to look at: distinct ones where there is a dictionary.
    pub fn work(&self) -> usize {
        match self {
            Self::Dict { values, .. } => values.len(),
            Self::Plain(a) => a.len(),
        }
    }

    /// Rows whose value passes. With a dictionary every distinct value is tested once; without one only rows in `live` are.
    pub fn select(
        &self,
        live: Option<&BooleanBuffer>,
        mut test: impl FnMut(&str) -> bool,
    ) -> BooleanBuffer {
        match self {
            Self::Dict { array, values } => {
                let hits: Vec<bool> = (0..values.len())
                    .map(|i| values.is_valid(i) && test(values.value(i)))
                    .collect();
                if !hits.contains(&true) {
                    return BooleanBuffer::new_unset(array.len());
                }
                let keys = array.keys().values();
                let found = BooleanBuffer::collect_bool(keys.len(), |i| {
                    usize::try_from(keys[i])
                        .ok()
                        .and_then(|k| hits.get(k))
                        .copied()
                        .unwrap_or(false)
                });
                match array.nulls() {
                    Some(nulls) => &found & nulls.inner(),
                    None => found,
                }
            }
            Self::Plain(a) => BooleanBuffer::collect_bool(a.len(), |i| {
                live.is_none_or(|l| l.value(i)) && a.is_valid(i) && test(a.value(i))
            }),
        }
    }
}

/// Rows that have a value.
pub fn present(array: &dyn Array) -> BooleanBuffer {
    match array.logical_nulls() {
        Some(nulls) => nulls.inner().clone(),
        None => BooleanBuffer::new_set(array.len()),
    }
}

/// A mask as an array, for filter kernels.
pub fn mask(buffer: BooleanBuffer) -> BooleanArray {
    BooleanArray::new(buffer, None)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_encodings_answer_alike_and_a_dictionary_is_asked_once() {
        let rows = [Some("a"), None, Some("b"), Some("a"), Some("")];
        let dict: DictionaryArray<Int32Type> = rows.iter().copied().collect();
        let plain: StringArray = rows.iter().copied().collect();
        let mut asked = 0;
        let of_dict = Strings::of(&dict).unwrap().select(None, |v| {
            asked += 1;
            v == "a"
        });
        let of_plain = Strings::of(&plain).unwrap().select(None, |v| v == "a");
        assert_eq!(of_dict, of_plain);
        assert_eq!(of_dict.iter().collect::<Vec<_>>(), [true, false, false, true, false]);
        assert_eq!(asked, 3);
        let live = BooleanBuffer::from(vec![false, true, true, true, true]);
        assert_eq!(
            Strings::of(&plain).unwrap().select(Some(&live), |v| v == "a").count_set_bits(),
            1
        );
        assert_eq!(present(&dict).count_set_bits(), 4);
        assert_eq!((0..5).map(|i| Strings::of(&dict).unwrap().get(i)).collect::<Vec<_>>(), rows);
    }
}
