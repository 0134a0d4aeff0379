//! `buildschema`: the least schema that admits all the values of a group.
use super::{Aggregate, State, filter::dynamic};
use crate::value::{Dyn, Value};
use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
};

pub(super) const ALL: &[Aggregate] = &[Aggregate {
    name: "buildschema",
    aliases: &[],
    least: 1,
    most: 1,
    result: dynamic,
    start: |_, _| Ok(Box::new(Build::default())),
}];

/// Names beyond these are left out: values may have names that never come again.
const MOST_NAMES: usize = 65_536;

#[derive(Default)]
struct Schema {
    scalars: BTreeSet<&'static str>,
    names: Vec<(Arc<str>, Schema)>,
    places: HashMap<Arc<str>, usize>,
    bag: bool,
    items: Option<Box<Schema>>,
}

#[derive(Default)]
struct Build {
    schema: Schema,
    names: usize,
    bytes: usize,
}

impl Build {
    fn admit(schema: &mut Schema, value: &Dyn, names: &mut usize, bytes: &mut usize) {
        let scalar = match value {
            Dyn::Null => "null",
            Dyn::Bool(_) => "bool",
            Dyn::Long(_) => "long",
            Dyn::Real(_) => "double",
            Dyn::Str(_) => "string",
            Dyn::DateTime(_) => "datetime",
            Dyn::TimeSpan(_) => "timespan",
            Dyn::Guid(_) => "guid",
            Dyn::Decimal(_) => "decimal",
            Dyn::Array(values) => {
                let items = schema.items.get_or_insert_default();
                for value in values {
                    Self::admit(items, value, names, bytes);
                }
                return;
            }
            Dyn::Bag(entries) => {
                schema.bag = true;
                for (name, value) in entries {
                    let at = match schema.places.get(name) {
                        Some(at) => *at,
                        None if *names >= MOST_NAMES => continue,
                        None => {
                            *names += 1;
                            *bytes += name.len() + size_of::<Schema>() + 64;
                            schema.places.insert(Arc::clone(name), schema.names.len());
                            schema.names.push((Arc::clone(name), Schema::default()));
                            schema.names.len() - 1
                        }
                    };
                    if let Some((_, inner)) = schema.names.get_mut(at) {
                        Self::admit(inner, value, names, bytes);
                    }
                }
                return;
            }
        };
        schema.scalars.insert(scalar);
    }
}

impl Schema {
    fn write(self) -> Dyn {
        let mut kinds = Vec::new();
        if self.bag {
            kinds.push(Dyn::Bag(
                self.names.into_iter().map(|(name, schema)| (name, schema.write())).collect(),
            ));
        }
        if let Some(items) = self.items {
            kinds.push(Dyn::Bag(vec![("`indexer`".into(), items.write())]));
        }
        let mut scalars = self.scalars;
        // everything may be missing: null is said only where there is nothing else
        if scalars.len() + kinds.len() > 1 {
            scalars.remove("null");
        }
        kinds.extend(scalars.into_iter().map(Dyn::str));
        match (kinds.pop(), kinds.is_empty()) {
            (None, _) => Dyn::Array(Vec::new()),
            (Some(kind), true) => kind,
            (Some(kind), false) => {
                kinds.push(kind);
                Dyn::Array(kinds)
            }
        }
    }
}

impl State for Build {
    fn add(&mut self, row: &[Value]) {
        if let Some(value) = row.first().and_then(Value::to_dyn) {
            Self::admit(&mut self.schema, &value, &mut self.names, &mut self.bytes);
        }
    }

    fn finish(self: Box<Self>) -> Vec<Value> {
        let schema = self.schema;
        let none = schema.scalars.is_empty() && !schema.bag && schema.items.is_none();
        vec![if none { Value::Null } else { Value::dynamic(schema.write()) }]
    }

    fn bytes(&self) -> usize {
        self.bytes
    }
}
