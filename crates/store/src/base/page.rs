//! Keyset pages: a cursor holds the sort keys of the last row, so rows that arrive meanwhile shift nothing.
use crate::{Result, StoreError};
use model::page::{DEFAULT_PAGE, MAX_PAGE};

/// Rows a page holds, from what was asked for.
pub(crate) fn limit(asked: i64) -> i64 {
    if asked <= 0 { DEFAULT_PAGE } else { asked.min(MAX_PAGE) }
}

/// `n1763.55`: a letter for the list's order, then its keys.
pub fn encode(order: char, keys: &[i64]) -> String {
    let keys: Vec<String> = keys.iter().map(i64::to_string).collect();
    format!("{order}{}", keys.join("."))
}

/// The keys, when the cursor was made for this order.
pub fn decode<const N: usize>(order: char, cursor: &str) -> Result<[i64; N]> {
    let keys = cursor.strip_prefix(order).ok_or(StoreError::BadCursor)?;
    let keys: Option<Vec<i64>> = keys.split('.').map(|k| k.parse().ok()).collect();
    keys.and_then(|k| k.try_into().ok()).ok_or(StoreError::BadCursor)
}

/// Cuts the one row too many that says there is a next page, and makes its cursor.
pub(crate) fn cut<T>(
    items: &mut Vec<T>,
    limit: i64,
    cursor: impl Fn(&T) -> String,
) -> Option<String> {
    let limit = usize::try_from(limit).unwrap_or(0);
    (items.len() > limit).then(|| items.truncate(limit)).and_then(|()| items.last().map(cursor))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_is_read_only_by_its_own_order() {
        let c = encode('n', &[-5, 7]);
        assert_eq!(decode::<2>('n', &c).unwrap(), [-5, 7]);
        for bad in ["", "n", "n1", "n1.2.3", "o1.2", "nx.y", "n1.99999999999999999999"] {
            assert!(matches!(decode::<2>('n', bad), Err(StoreError::BadCursor)), "{bad}");
        }
    }

    #[test]
    fn the_row_too_many_makes_the_cursor_and_is_not_shown() {
        let mut rows = vec![3, 2, 1];
        assert_eq!(cut(&mut rows, 2, |r| r.to_string()), Some("2".into()));
        assert_eq!(rows, [3, 2]);
        assert_eq!(cut(&mut rows, 2, |r| r.to_string()), None);
        assert_eq!(
            (limit(0), limit(-1), limit(7), limit(9999)),
            (DEFAULT_PAGE, DEFAULT_PAGE, 7, MAX_PAGE)
        );
    }
}
