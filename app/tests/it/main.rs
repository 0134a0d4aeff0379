//! Pages as the server renders them, over a backend that keeps a few hand-made objects in memory.
mod alerts;
mod dashboard;
mod locales;
mod memory;
mod render;
mod shell;
mod sign_in;
