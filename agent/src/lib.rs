//! The endpoint agent: an empty crate until agents are built.
