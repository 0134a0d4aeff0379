//! When the oldest event that matches happened.
use super::work::{Ready, time_array};
use crate::budget::Budget;
use crate::error::LakeError;
use crate::eval::Mask;
use crate::lake::Lake;
use model::Micros;
use search::engine::Select;
use std::sync::Arc;

impl Lake {
    /// Units that are younger than what was found are not opened.
    pub(crate) async fn do_oldest(
        self: &Arc<Self>,
        select: &Select,
    ) -> Result<Option<Micros>, LakeError> {
        let (budget, _guard) = Budget::new(&self.limits);
        let ready = Ready::new(select);
        let found = self
            .fold(self.snapshot(select)?, move |unit, oldest: &mut Option<i64>| {
                if oldest.is_some_and(|o| unit.span().min_time >= o) {
                    return Ok(());
                }
                let rows = ready.eval(unit, Mask::All, &budget)?;
                if rows != Mask::None {
                    let time = time_array(unit)?;
                    let times = crate::order::times(time.as_ref())?;
                    let here = rows.rows(unit.rows()).map(|r| times[r]).min();
                    *oldest = [*oldest, here].into_iter().flatten().min();
                }
                Ok(())
            })
            .await?;
        Ok(found.into_iter().flatten().min().map(Micros))
    }
}
