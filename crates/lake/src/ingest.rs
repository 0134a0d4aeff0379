//! One event becomes one row.
//!
//! Core attributes stand under their names in `model::fieldmap`, empty ones as nulls; each field in the column of its value's type.
use crate::codec;
use columnar::{Form, Table, table::SlotId};
use hashbrown::HashMap;
use model::event::{Event, Scalar};
use model::fieldmap::{self, Kind};

/// The form that most values of a field have.
pub fn own_form(name: &str) -> Form {
    match name {
        fieldmap::TIME | fieldmap::RECEIVED => Form::Time,
        fieldmap::RAW => Form::LongText,
        _ => match fieldmap::kind(name) {
            Kind::Keyword | Kind::Text | Kind::Ip | Kind::Date => Form::Text,
            Kind::Long => Form::Long,
            Kind::Double => Form::Double,
            Kind::Bool => Form::Bool,
        },
    }
}

/// Slots of the core attributes in one table, and room to write in.
pub struct Rower {
    time: SlotId,
    id: SlotId,
    received: SlotId,
    texts: [SlotId; 6],
    raw: SlotId,
    sample: SlotId,
    shape: SlotId,
    /// Texts of the shapes met before, by their fields in order.
    shapes: HashMap<Box<[SlotId]>, Box<str>>,
    order: Vec<SlotId>,
    buffer: String,
}

impl Rower {
    pub fn new(table: &mut Table) -> Self {
        // a sender's field of that name has a slot of its own
        let shape = table.apart(codec::SHAPE, Form::Text);
        let mut slot = |name: &str| table.slot(name, || own_form(name));
        Self {
            time: slot(fieldmap::TIME),
            id: slot(fieldmap::ID),
            received: slot(fieldmap::RECEIVED),
            texts: [
                fieldmap::DATASET,
                fieldmap::SOURCE,
                fieldmap::TYPE,
                fieldmap::CATEGORY,
                fieldmap::SEVERITY,
                fieldmap::MESSAGE,
            ]
            .map(&mut slot),
            raw: slot(fieldmap::RAW),
            sample: slot(fieldmap::SAMPLE),
            shape,
            shapes: HashMap::new(),
            order: Vec::new(),
            buffer: String::new(),
        }
    }

    pub fn push(&mut self, table: &mut Table, e: &Event) {
        table.long(self.time, Form::Time, e.time.0);
        table.long(self.id, Form::Long, e.id);
        table.long(self.received, Form::Time, e.received_at.0);
        let texts = [
            &*e.dataset,
            &*e.source,
            &*e.event_type,
            &*e.category,
            e.severity.as_str(),
            &*e.message,
        ];
        for (slot, text) in self.texts.into_iter().zip(texts) {
            if !text.is_empty() {
                table.text(slot, Form::Text, text);
            }
        }
        if !e.raw.is_empty() {
            table.long_text(self.raw, &e.raw);
        }
        table.boolean(self.sample, e.sample);
        let own = || e.fields.iter().filter(|(n, _)| !fieldmap::is_core(n));
        self.order.clear();
        for (name, value) in own() {
            let slot = table.slot(name, || own_form(name));
            self.order.push(slot);
            match value {
                Scalar::Str(s) => table.text(slot, Form::Text, s),
                Scalar::Int(i) => table.long(slot, Form::Long, *i),
                Scalar::Float(f) => table.double(slot, *f),
                Scalar::Bool(b) => table.boolean(slot, *b),
                Scalar::List(l) => {
                    self.buffer.clear();
                    codec::list_text(l, &mut self.buffer);
                    table.text(slot, Form::List, &self.buffer);
                }
            }
        }
        if let Some(text) = self.shapes.get(&self.order[..]) {
            table.text(self.shape, Form::Text, text);
        } else {
            self.buffer.clear();
            codec::shape_text(own().map(|(n, _)| &**n), &mut self.buffer);
            table.text(self.shape, Form::Text, &self.buffer);
            self.shapes.insert(self.order.as_slice().into(), self.buffer.as_str().into());
        }
        table.end_row();
    }
}
