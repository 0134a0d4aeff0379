//! Places on earth: a sphere, with great circles as the straight lines.
pub(super) mod buffers;
mod cell;
pub(super) mod edges;
pub(super) mod geohash;
pub(super) mod h3;
pub(super) mod lines;
mod overlay;
pub(super) mod points;
pub(super) mod polygons;
pub(super) mod s2;
pub(super) mod sets;
mod shape;
mod vector;
pub(super) mod wkt;
