//! The API's contract, as its clients see it.
mod agents;
mod alerts;
mod auth;
mod browser;
mod events;
mod health;
mod letters;
mod network;
mod pipeline;
mod problems;
mod rules;
mod tenants;
mod users;
