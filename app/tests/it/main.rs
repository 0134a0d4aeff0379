//! Pages as the server renders them, over a backend that keeps a few hand-made objects in memory.
mod alerts;
mod audit;
mod dashboard;
mod dead_letters;
mod desk;
mod events;
mod locales;
mod memory;
mod post;
mod profile;
mod render;
mod retention;
mod rules;
mod sensors;
mod shell;
mod sign_in;
mod users;
