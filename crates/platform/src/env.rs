//! The only place that reads the process environment: once, as a snapshot that tests can write by hand.
use std::collections::BTreeMap;

/// Environment variables as they were when the snapshot was taken. Empty values count as unset.
#[derive(Clone, Debug, Default)]
pub struct Env(BTreeMap<String, String>);

impl Env {
    /// The environment of this process. Names and values that are not Unicode are left out.
    #[allow(clippy::disallowed_methods)]
    pub fn process() -> Self {
        Self(
            std::env::vars_os()
                .filter_map(|(k, v)| Some((k.into_string().ok()?, v.into_string().ok()?)))
                .collect(),
        )
    }

    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.0.insert(name.into(), value.into());
        self
    }

    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str).filter(|v| !v.is_empty())
    }

    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn empty_means_unset() {
        let env = Env::default().with("A", "1").with("B", "");
        assert_eq!((env.get("A"), env.get("B"), env.get("C")), (Some("1"), None, None));
        assert_eq!(env.names().collect::<Vec<_>>(), ["A", "B"]);
    }
}
