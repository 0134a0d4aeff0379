//! Why the program did not start.
use crate::program::NotBuilt;

#[derive(Debug)]
pub enum StartError {
    NotBuilt(NotBuilt),
    Io(std::io::Error),
    /// It ended, or never said where it listens; its log.
    Failed(String),
}

impl std::fmt::Display for StartError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::NotBuilt(e) => e.fmt(f),
            Self::Io(e) => write!(f, "the program cannot be started: {e}"),
            Self::Failed(log) => write!(f, "the program did not start; its log:\n{log}"),
        }
    }
}

impl std::error::Error for StartError {}

impl From<std::io::Error> for StartError {
    fn from(e: std::io::Error) -> Self {
        Self::Io(e)
    }
}
