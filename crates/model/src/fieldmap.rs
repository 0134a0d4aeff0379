//! One reading of names: ECS field ↔ Sigma field ↔ contract name ↔ Sentinel column.
