//! What lies beside the program and must agree with the rest.
mod compose;
mod yaml;
