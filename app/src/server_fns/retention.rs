//! How long data is kept: the policy, what is past its time, and deleting it.
use super::seat;
use leptos::prelude::*;
use leptos::server_fn::codec::Json;
use model::{
    FieldError, Problem,
    retention::{DataClass, Retention, RetentionPolicy, RetentionReport},
};

#[server(prefix = "", input = Json)]
pub async fn fetch_retention() -> Result<Retention, Problem> {
    let (backend, caller) = seat()?;
    backend.retention(&caller).await
}

#[server(prefix = "", input = Json)]
pub async fn fetch_retention_preview() -> Result<RetentionReport, Problem> {
    let (backend, caller) = seat()?;
    backend.preview_retention(&caller).await
}

/// Every field of the form: days, or nothing for ever; a box that is not ticked is not sent.
#[server(prefix = "")]
pub async fn save_retention(
    #[server(default)] events: String,
    #[server(default)] network: String,
    #[server(default)] alerts: String,
    #[server(default)] dead_letters: String,
    #[server(default)] hold: bool,
) -> Result<Retention, Problem> {
    let (backend, caller) = seat()?;
    let policy = policy([events, network, alerts, dead_letters], hold)?;
    backend.set_retention(&caller, policy).await
}

/// Deletes what is past its time, if the box beside the button is ticked.
#[server(prefix = "")]
pub async fn run_retention(#[server(default)] sure: bool) -> Result<RetentionReport, Problem> {
    let (backend, caller) = seat()?;
    if !sure {
        return Err(Problem::field("sure", "required", "must be ticked"));
    }
    backend.run_retention(&caller).await
}

/// The form's texts, in the order of the classes, as numbers of days.
fn policy(texts: [String; 4], hold: bool) -> Result<RetentionPolicy, Problem> {
    let mut policy = RetentionPolicy { hold, ..Default::default() };
    let mut errors = Vec::new();
    for (class, text) in DataClass::ALL.into_iter().zip(texts) {
        match text.trim() {
            "" => {}
            number => match number.parse() {
                Ok(days) => policy.set_days(class, Some(days)),
                Err(_) => errors.push(FieldError {
                    pointer: format!("/{}", class.as_str()),
                    code: "format".into(),
                    message: "must be a number of days, or empty for ever".into(),
                }),
            },
        }
    }
    if errors.is_empty() { policy.check() } else { Err(Problem::invalid(errors)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn empty_fields_are_for_ever_and_nonsense_is_told_at_its_field() {
        let of = |texts: [&str; 4]| policy(texts.map(str::to_owned), true);
        let read = of(["90", " ", "", " 7 "]).unwrap();
        assert_eq!(
            (read.events, read.network, read.dead_letters, read.hold),
            (Some(90), None, Some(7), true)
        );
        let wrong = of(["90", "soon", "1.5", ""]).unwrap_err();
        let at: Vec<_> = wrong.errors.iter().map(|e| e.pointer.as_str()).collect();
        assert_eq!(at, ["/network", "/alerts"]);
        assert!(of(["0", "", "", ""]).is_err());
    }
}
