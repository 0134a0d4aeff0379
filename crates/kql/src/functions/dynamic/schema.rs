//! The schema of dynamic values, as `buildschema` gives it.
use crate::value::Dyn;
use std::{collections::HashMap, sync::Arc};

/// The name under which the types of an array's elements stand.
const INDEXER: &str = "`indexer`";

/// What is known of a place: the kinds of scalars in it, and the names and elements below it.
#[derive(Default)]
struct Shape {
    scalars: Vec<&'static str>,
    below: Vec<(Arc<str>, Shape)>,
    places: HashMap<Arc<str>, usize>,
    /// Whether there was a bag or an array, perhaps an empty one.
    holds: bool,
}

impl Shape {
    fn add(&mut self, value: &Dyn) {
        let name = match value {
            Dyn::Null => return,
            Dyn::Array(items) => {
                self.holds = true;
                let shape = self.child(&INDEXER.into());
                items.iter().for_each(|item| shape.add(item));
                return;
            }
            Dyn::Bag(entries) => {
                self.holds = true;
                for (name, value) in entries {
                    self.child(name).add(value);
                }
                return;
            }
            Dyn::Bool(_) => "bool",
            Dyn::Long(_) => "long",
            Dyn::Real(_) => "double",
            Dyn::Str(_) => "string",
            Dyn::DateTime(_) => "datetime",
            Dyn::TimeSpan(_) => "timespan",
            Dyn::Guid(_) => "guid",
            Dyn::Decimal(_) => "decimal",
        };
        if !self.scalars.contains(&name) {
            self.scalars.push(name);
        }
    }

    fn child(&mut self, name: &Arc<str>) -> &mut Self {
        let at = *self.places.entry(Arc::clone(name)).or_insert(self.below.len());
        if at == self.below.len() {
            self.below.push((Arc::clone(name), Self::default()));
        }
        &mut self.below[at].1
    }

    /// One kind as it is, several as an array of them; null where there were only nulls.
    fn into_dyn(mut self) -> Dyn {
        self.scalars.sort_unstable();
        let mut kinds = Vec::new();
        if self.holds {
            let below = self.below.into_iter().map(|(name, shape)| (name, shape.into_dyn()));
            kinds.push(Dyn::Bag(below.collect()));
        }
        kinds.extend(self.scalars.into_iter().map(Dyn::str));
        match kinds.len() {
            0 => Dyn::Null,
            1 => kinds.swap_remove(0),
            _ => Dyn::Array(kinds),
        }
    }
}

/// The smallest schema that all of the values have; null for none.
pub fn schema_of(values: &[Dyn]) -> Dyn {
    let mut shape = Shape::default();
    values.iter().for_each(|value| shape.add(value));
    shape.into_dyn()
}
