//! rules: what its pages ask.
