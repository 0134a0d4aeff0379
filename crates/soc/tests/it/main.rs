//! Use cases over a road, a lake and both databases, with the clock in the test's hands.
mod silence;
