//! Addresses with a query, written and changed without surprises.
use leptos_router::params::ParamsMap;

/// A query string in the making: names may occur several times and keep their order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Query(Vec<(String, String)>);

/// Form encoding: letters, digits and `*-._` as they are, a blank as `+`, the rest as bytes.
fn encode(text: &str, out: &mut String) {
    for b in text.bytes() {
        match b {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'*' | b'-' | b'.' | b'_' => {
                out.push(b as char)
            }
            b' ' => out.push('+'),
            _ => out.push_str(&format!("%{b:02X}")),
        }
    }
}

impl Query {
    pub fn new() -> Self {
        Self::default()
    }

    /// The present address's query.
    pub fn of(params: &ParamsMap) -> Self {
        Self(params.clone().into_iter().map(|(n, v)| (n.into_owned(), v)).collect())
    }

    /// With one more pair, unless the value is empty.
    pub fn with(mut self, name: &str, value: &str) -> Self {
        if !value.is_empty() {
            self.0.push((name.into(), value.into()));
        }
        self
    }

    /// Without any pair of that name.
    pub fn without(mut self, name: &str) -> Self {
        self.0.retain(|(n, _)| n != name);
        self
    }

    /// Without that one pair.
    pub fn without_pair(mut self, name: &str, value: &str) -> Self {
        self.0.retain(|(n, v)| n != name || v != value);
        self
    }

    /// With exactly this value for the name; an empty one removes it.
    pub fn set(self, name: &str, value: &str) -> Self {
        self.without(name).with(name, value)
    }

    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str())
    }

    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(n, _)| n == name).map(|(_, v)| v.as_str())
    }

    pub fn pairs(&self) -> &[(String, String)] {
        &self.0
    }

    /// Without a question mark.
    pub fn encoded(&self) -> String {
        let mut out = String::new();
        for (n, v) in &self.0 {
            if !out.is_empty() {
                out.push('&');
            }
            encode(n, &mut out);
            out.push('=');
            encode(v, &mut out);
        }
        out
    }

    pub fn href(&self, path: &str) -> String {
        if self.0.is_empty() { path.to_owned() } else { format!("{path}?{}", self.encoded()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_repeat_and_values_are_encoded() {
        let q = Query::new()
            .with("status", "open")
            .with("status", "closed")
            .with("text", "a b&c=é")
            .with("none", "");
        assert_eq!(q.href("/alerts"), "/alerts?status=open&status=closed&text=a+b%26c%3D%C3%A9");
        assert_eq!(
            q.clone().without_pair("status", "open").set("text", "").href("/alerts"),
            "/alerts?status=closed"
        );
        assert_eq!(Query::new().href("/alerts"), "/alerts");
    }
}
