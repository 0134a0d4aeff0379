//! Turns the faults of the parts below into problems for people. What is not theirs to know goes to the log instead.
use model::Problem;
use search::engine::SearchError;
use store::StoreError;

pub(crate) fn store(e: StoreError) -> Problem {
    match e {
        StoreError::NotFound => Problem::not_found("Not found"),
        StoreError::Busy | StoreError::Unavailable(_) => {
            tracing::error!(error = %e, "the database does not answer");
            Problem::unavailable("The database does not answer. Try again").retry_after(2)
        }
        StoreError::Conflict(what) => Problem::conflict(what),
        StoreError::Full => {
            Problem::insufficient_storage("The database's disk is full. Nothing was changed")
                .retry_after(30)
        }
        other => {
            tracing::error!(error = ?other, "a database statement failed");
            Problem::internal("The database refused the request. The log has the details")
        }
    }
}

/// Refuses a list that is empty, or has more than one request may name.
pub(crate) fn unless_some(
    name: &str,
    count: usize,
    most: usize,
    what: &str,
) -> Result<(), Problem> {
    if (1..=most).contains(&count) {
        return Ok(());
    }
    Err(Problem::field(name, "range", &format!("must name 1 to {most} {what}")))
}

pub(crate) fn search(e: SearchError) -> Problem {
    match e {
        SearchError::Refused(why) => Problem::bad_query(why),
        SearchError::TooExpensive => Problem::bad_query(e.to_string()),
        SearchError::Unavailable(why) => {
            tracing::error!(error = %why, "the event store does not answer");
            Problem::unavailable("The event store does not answer. Try again").retry_after(2)
        }
    }
}
