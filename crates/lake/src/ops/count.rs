//! How many events match.
use super::work::Ready;
use crate::budget::Budget;
use crate::error::LakeError;
use crate::eval::Mask;
use crate::lake::Lake;
use search::engine::Select;
use std::sync::Arc;

impl Lake {
    pub(crate) async fn do_count(self: &Arc<Self>, select: &Select) -> Result<i64, LakeError> {
        let (budget, _guard) = Budget::new(&self.limits);
        let ready = Ready::new(select);
        let sums = self
            .fold(self.snapshot(select)?, move |unit, sum: &mut i64| {
                *sum += ready.eval(unit, Mask::All, &budget)?.count(unit.rows()) as i64;
                Ok(())
            })
            .await?;
        Ok(sums.iter().sum())
    }
}
