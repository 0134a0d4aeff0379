//! What can be wrong with a configuration: always the key, where its value came from, and what is allowed.

/// The program prints it as one line and exits with status 2.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum ConfigError {
    /// The value is not of the key's type or out of its range. Secrets are not shown.
    #[error("{key}{shown} from {at}: must be {allowed}")]
    Value { key: &'static str, shown: String, at: String, allowed: String },
    /// There is no default and nobody set it.
    #[error("{key} is not set (for example with {env}): must be {allowed}")]
    Missing { key: &'static str, env: String, allowed: String },
    /// No such key.
    #[error("unknown key {key:?} in {at}{}", nearest.as_ref().map(|n| format!("; did you mean {n:?}?")).unwrap_or_default())]
    Unknown { key: String, at: String, nearest: Option<String> },
    /// The file, or the file of a secret, cannot be read.
    #[error("{key} from {at}: cannot read {path}: {reason}")]
    Unreadable { key: String, at: String, path: String, reason: String },
    /// The file is not TOML or holds something other than texts, numbers, booleans and lists of them.
    #[error("{path}: {reason}")]
    File { path: String, reason: String },
    /// A value and its `_FILE` at once.
    #[error("{key} is set twice: by {first} and by {second}; keep one of them")]
    Twice { key: &'static str, first: String, second: String },
    /// A value that means nothing without another one.
    #[error("{key} from {at}: {needs}")]
    Together { key: &'static str, at: String, needs: &'static str },
    /// A value that is fine elsewhere is not in production.
    #[error("{key} from {at} is refused in production: {allowed}")]
    Production { key: &'static str, at: String, allowed: String },
}
