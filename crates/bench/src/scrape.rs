//! What a server says of itself at `/metrics`: the Prometheus text, read as far as the benchmark needs it.
use std::collections::BTreeMap;

/// Values by the whole name of their series: `name{label="value"}`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Scrape(BTreeMap<String, f64>);

impl Scrape {
    pub fn parse(text: &str) -> Self {
        let lines = text.lines().filter(|l| !l.starts_with('#'));
        // a label may hold blanks: the value is what stands after the last one
        let series = lines.filter_map(|l| {
            let (name, value) = l.trim_end().rsplit_once(' ')?;
            Some((name.to_owned(), value.parse().ok()?))
        });
        Self(series.collect())
    }

    /// Adds another process's values.
    pub fn add(&mut self, other: &Self) {
        for (name, value) in &other.0 {
            *self.0.entry(name.clone()).or_default() += value;
        }
    }

    /// The sum over all series of that name with these labels; `None` when there is none.
    pub fn get(&self, name: &str, labels: &[(&str, &str)]) -> Option<f64> {
        let fits = |series: &str| {
            let (own, inside) = series.split_once('{').unwrap_or((series, ""));
            let has = |(key, value): &(&str, &str)| {
                let wanted = format!("{key}=\"{value}\"");
                inside
                    .match_indices(&wanted)
                    .any(|(at, _)| at == 0 || inside.as_bytes()[at - 1] == b',')
            };
            own == name && labels.iter().all(has)
        };
        let found: Vec<f64> = self.0.iter().filter(|(s, _)| fits(s)).map(|(_, v)| *v).collect();
        if found.is_empty() { None } else { Some(found.iter().sum()) }
    }

    /// What was added to a series since then. A series that was not there yet began at nothing.
    pub fn since(&self, before: &Self, name: &str, labels: &[(&str, &str)]) -> Option<f64> {
        Some(self.get(name, labels)? - before.get(name, labels).unwrap_or(0.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "# HELP x\n# TYPE x counter\nx{stage=\"pack\",a=\"b c\"} 3\nx{stage=\"unpack\"} 4\nx_total 1.5e3\n\nbroken\n";

    #[test]
    fn series_are_found_by_name_and_labels() {
        let s = Scrape::parse(TEXT);
        assert_eq!(s.get("x", &[]), Some(7.0));
        assert_eq!(s.get("x", &[("stage", "pack")]), Some(3.0));
        assert_eq!(s.get("x", &[("a", "b c"), ("stage", "pack")]), Some(3.0));
        assert_eq!(s.get("x", &[("stage", "x")]), None);
        assert_eq!(s.get("x_total", &[]), Some(1500.0));
        assert_eq!(s.get("y", &[]), None);
    }

    #[test]
    fn processes_add_up_and_what_was_before_is_taken_off() {
        let before = Scrape::parse("x{stage=\"pack\"} 1\n");
        let mut s = Scrape::parse(TEXT);
        s.add(&Scrape::parse("x{stage=\"pack\"} 10\n"));
        assert_eq!(s.since(&before, "x", &[("stage", "pack")]), Some(12.0));
        assert_eq!(s.since(&before, "x_total", &[]), Some(1500.0));
        assert_eq!(s.since(&before, "y", &[]), None);
    }
}
