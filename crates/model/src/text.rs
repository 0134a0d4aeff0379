//! Checks that text from outside passes before anything keeps it.
use crate::FieldError;

/// Collects what is wrong with an input, so that a person sees all of it at once.
#[derive(Default)]
pub struct Checks(Vec<FieldError>);

impl Checks {
    pub fn new() -> Self {
        Self::default()
    }

    pub fn add(&mut self, field: &str, code: &str, message: impl Into<String>) {
        self.0.push(FieldError {
            pointer: format!("/{field}"),
            code: code.into(),
            message: message.into(),
        });
    }

    /// Trimmed text of 1 to `max` characters without control characters (a NUL would be refused by PostgreSQL).
    pub fn required(&mut self, field: &str, value: &str, max: usize) -> String {
        let value = value.trim();
        if value.is_empty() {
            self.add(field, "required", "may not be empty");
        }
        self.bounded(field, value, max)
    }

    /// Like `required`, but may be empty.
    pub fn bounded(&mut self, field: &str, value: &str, max: usize) -> String {
        let value = value.trim();
        let length = value.chars().count();
        if length > max {
            self.add(
                field,
                "too_long",
                format!("has {length} characters, at most {max} are allowed"),
            );
        }
        if value.chars().any(|c| c.is_control() && c != '\n' && c != '\t' && c != '\r') {
            self.add(field, "control_character", "may not contain control characters");
        }
        value.to_owned()
    }

    pub fn optional(&mut self, field: &str, value: Option<&str>, max: usize) -> Option<String> {
        value.map(|v| self.bounded(field, v, max)).filter(|v| !v.is_empty())
    }

    pub fn finish<T>(self, value: T) -> Result<T, crate::Problem> {
        if self.0.is_empty() { Ok(value) } else { Err(crate::Problem::invalid(self.0)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_faults_are_named_at_once() {
        let mut c = Checks::new();
        assert_eq!(c.required("ok", "  fine ", 10), "fine");
        c.required("title", " ", 10);
        c.bounded("note", &"x".repeat(11), 10);
        c.bounded("nul", "a\0b", 10);
        let p = c.finish(()).unwrap_err();
        let pointers: Vec<_> = p.errors.iter().map(|e| e.pointer.as_str()).collect();
        assert_eq!(pointers, ["/title", "/note", "/nul"]);
    }
}
