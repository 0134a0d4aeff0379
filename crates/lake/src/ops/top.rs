//! The most frequent values of a field.
use super::work::Ready;
use crate::budget::Budget;
use crate::codec;
use crate::error::LakeError;
use crate::eval::Mask;
use crate::lake::Lake;
use crate::rows::scalar;
use arrow_array::Array;
use columnar::strings::present;
use columnar::{Form, Strings};
use hashbrown::HashMap;
use model::Micros;
use model::event::Scalar;
use model::explore::TopValues;
use model::fieldmap::{self, Kind};
use search::engine::Select;
use std::collections::BTreeSet;
use std::sync::Arc;

/// Distinct values that are counted; a field with more is refused as too expensive.
const MAX_DISTINCT: usize = 2_000_000;

#[derive(Default)]
struct Sum {
    counts: HashMap<String, i64>,
    present: i64,
    total: i64,
}

impl Sum {
    fn add(&mut self, value: &str, n: i64) {
        *self.counts.entry_ref(value).or_default() += n;
    }
}

impl Lake {
    pub(crate) async fn do_top(
        self: &Arc<Self>,
        select: &Select,
        field: &str,
        size: usize,
    ) -> Result<TopValues, LakeError> {
        let (budget, _guard) = Budget::new(&self.limits);
        let ready = Ready::new(select);
        let name = field.to_owned();
        let sums = self
            .fold(self.snapshot(select)?, move |unit, sum: &mut Sum| {
                let found = ready.eval(unit, Mask::All, &budget)?;
                sum.total += found.count(unit.rows()) as i64;
                if found == Mask::None {
                    return Ok(());
                }
                let kind = fieldmap::kind(&name);
                for col in unit.columns().of(&name).iter().filter(|c| unit.has_values(c)) {
                    budget.spend(unit.rows())?;
                    let array = unit.array(col)?;
                    count(sum, array.as_ref(), col.form, kind, &found);
                    if sum.counts.len() > MAX_DISTINCT {
                        return Err(LakeError::TooExpensive);
                    }
                }
                Ok(())
            })
            .await?;
        let mut all = Sum::default();
        for sum in sums {
            all.present += sum.present;
            all.total += sum.total;
            if all.counts.is_empty() {
                all.counts = sum.counts;
            } else {
                sum.counts.iter().for_each(|(v, n)| all.add(v, *n));
            }
        }
        let distinct = all.counts.len() as i64;
        let mut values: Vec<(String, i64)> = all.counts.into_iter().collect();
        values.sort_unstable_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        values.truncate(size);
        Ok(TopValues {
            field: field.into(),
            values,
            present: all.present,
            distinct,
            total: all.total,
        })
    }
}

fn count(sum: &mut Sum, array: &dyn Array, form: Form, kind: Kind, found: &Mask) {
    let here = Mask::of(present(array));
    let rows = found.clone().and(here);
    let len = array.len();
    match (form, Strings::of(array)) {
        (Form::List, Some(strings)) => {
            for row in rows.rows(len) {
                let mut values = BTreeSet::new();
                texts(&codec::list_items(strings.get(row).unwrap_or_default()), kind, &mut values);
                sum.present += i64::from(!values.is_empty());
                values.iter().for_each(|v| sum.add(v, 1));
            }
        }
        (_, Some(Strings::Dict { array, values })) => {
            let mut counts = vec![0i64; values.len()];
            let keys = array.keys().values();
            rows.rows(len).for_each(|r| counts[keys[r] as usize] += 1);
            for (code, n) in counts.into_iter().enumerate().filter(|(_, n)| *n > 0) {
                sum.present += n;
                sum.add(values.value(code), n);
            }
        }
        (_, Some(plain)) => {
            for row in rows.rows(len) {
                sum.present += 1;
                sum.add(plain.get(row).unwrap_or_default(), 1);
            }
        }
        (_, None) => {
            let mut values: HashMap<String, i64> = HashMap::new();
            let mut longs: HashMap<i64, i64> = HashMap::new();
            for row in rows.rows(len) {
                sum.present += 1;
                match scalar(array, form, row) {
                    Some(Scalar::Int(i)) => *longs.entry(i).or_default() += 1,
                    Some(other) => *values.entry(text(&other, kind)).or_default() += 1,
                    None => {}
                }
            }
            longs.into_iter().for_each(|(i, n)| sum.add(&text(&Scalar::Int(i), kind), n));
            values.into_iter().for_each(|(v, n)| sum.add(&v, n));
        }
    }
}

fn texts(items: &[Scalar], kind: Kind, out: &mut BTreeSet<String>) {
    for item in items {
        match item {
            Scalar::List(l) => texts(l, kind, out),
            other => {
                out.insert(text(other, kind));
            }
        }
    }
}

fn text(value: &Scalar, kind: Kind) -> String {
    match (kind, value) {
        (Kind::Date, Scalar::Int(micros)) => Micros(*micros).rfc3339(),
        _ => value.text().into_owned(),
    }
}
