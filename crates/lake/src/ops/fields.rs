//! Which fields stored events have.
use crate::error::LakeError;
use crate::lake::Lake;
use crate::unit::Unit;
use model::explore::FieldInfo;
use model::fieldmap;
use search::engine::Select;
use std::collections::BTreeSet;
use std::sync::Arc;

impl Lake {
    /// Read from footers: no column is opened.
    pub(crate) async fn do_fields(
        self: &Arc<Self>,
        tenant: &str,
    ) -> Result<Vec<FieldInfo>, LakeError> {
        let sums = self
            .fold(
                self.snapshot(&Select::all(tenant))?,
                |unit: &Unit, names: &mut BTreeSet<String>| {
                    for name in unit.columns().fields() {
                        if !names.contains(name)
                            && unit.columns().of(name).iter().any(|c| unit.has_values(c))
                        {
                            names.insert(name.into());
                        }
                    }
                    Ok(())
                },
            )
            .await?;
        let mut names: BTreeSet<String> = sums.into_iter().flatten().collect();
        // an event may lack one of these; people may still ask for it
        if !names.is_empty() {
            names.extend(fieldmap::CORE.map(Into::into));
        }
        let info = |name: String| FieldInfo { kind: fieldmap::kind(&name).as_str().into(), name };
        Ok(names.into_iter().map(info).collect())
    }
}
