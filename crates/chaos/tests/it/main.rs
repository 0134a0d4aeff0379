//! The quick tier of every scenario, on the program that was built beside (`cargo build --bin eventsec`).
mod points;
mod quick;
