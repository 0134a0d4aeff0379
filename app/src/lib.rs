//! The product as people see it.
rust_i18n::i18n!("locales", fallback = "en");
