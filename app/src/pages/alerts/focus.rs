//! Where the focus goes when an action takes away what had it: on to the next row, or to the open alert.
use super::{board::Board, row::row_id};
use crate::dom;

/// Id of the open alert's facts, which can have the focus.
pub const FILE: &str = "alert-file";

/// To the row after those of these alerts. Where there is none, or it is not shown, to the open alert.
pub fn next(board: Board, ids: &[i64]) {
    let row = neighbour(&board.rows(), ids);
    let taken = row.is_some_and(|id| dom::try_focus(&row_id(id)));
    if !taken {
        dom::focus(FILE);
    }
}

/// The row after the last of them; at the end, the nearest one before that is none of them.
fn neighbour(rows: &[i64], ids: &[i64]) -> Option<i64> {
    let last = rows.iter().rposition(|id| ids.contains(id))?;
    let before = || rows[..last].iter().rfind(|id| !ids.contains(id));
    rows.get(last + 1).or_else(before).copied()
}

#[cfg(test)]
mod tests {
    use super::neighbour;

    #[test]
    fn the_row_after_and_at_the_end_the_one_before() {
        let rows = [5, 4, 3, 2];
        assert_eq!(neighbour(&rows, &[4]), Some(3));
        assert_eq!(neighbour(&rows, &[5, 3]), Some(2));
        assert_eq!(neighbour(&rows, &[2, 3]), Some(4));
        assert_eq!(neighbour(&rows, &[2, 3, 4, 5]), None);
        assert_eq!(neighbour(&rows, &[9]), None);
    }
}
