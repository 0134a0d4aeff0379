//! Real Windows events, as the normaliser makes them.
use model::Micros;
use model::event::Event;
use normalise::{Envelope, Hint};
use testkit::data;

/// Events of the tenant `acme` with ids from 1; empty when the data is not here. Every `step`th is taken.
pub fn events(step: usize) -> Vec<Event> {
    let Some(dir) = data::data_dir() else { return Vec::new() };
    let envelope = Envelope::new("acme", Micros(1_795_132_800_000_000), Hint::Api);
    let lines = data::windows_events(&dir).unwrap();
    lines
        .iter()
        .step_by(step)
        .zip(1..)
        .map(|(line, id)| {
            let parsed = normalise::parse(line).unwrap();
            let mut e = normalise::normalise(&envelope, line.as_str(), &parsed).unwrap();
            e.id = id;
            e
        })
        .collect()
}
