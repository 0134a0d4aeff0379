//! Small work on text: one-line messages, names of data sets, last parts of paths.

/// Longest message in characters.
const MAX_MESSAGE: usize = 300;

/// One line for a person: runs of white space become one blank, control characters go, the end is cut.
pub(crate) fn one_line(text: &str) -> String {
    let mut line = String::with_capacity(text.len().min(MAX_MESSAGE * 2));
    let mut count = 0;
    let mut gap = false;
    for c in text.chars() {
        if c.is_whitespace() {
            gap = !line.is_empty();
            continue;
        }
        if c.is_control() {
            continue;
        }
        if count + usize::from(gap) >= MAX_MESSAGE {
            line.push('…');
            break;
        }
        if gap {
            line.push(' ');
            count += 1;
            gap = false;
        }
        line.push(c);
        count += 1;
    }
    line
}

/// First line with something on it.
pub(crate) fn first_line(text: &str) -> &str {
    text.lines().map(str::trim).find(|l| !l.is_empty()).unwrap_or_default()
}

/// The first line with something on it, or its beginning: some senders make one line of a whole text.
pub(crate) fn title(text: &str) -> &str {
    let line = first_line(text);
    line.char_indices().nth(MAX_MESSAGE).map_or(line, |(end, _)| &line[..end])
}

/// Longest name of a data set in bytes.
const MAX_SLUG: usize = 64;

/// Appends `text` in lower case with `[a-z0-9_.]` only; runs of anything else become one underscore. The whole stays within
/// the length of a data set name.
pub(crate) fn push_slug(out: &mut String, text: &str) {
    for c in text.chars() {
        if out.len() >= MAX_SLUG {
            break;
        }
        match c {
            'a'..='z' | '0'..='9' => out.push(c),
            'A'..='Z' => out.push(c.to_ascii_lowercase()),
            '.' if !out.ends_with('.') => out.push('.'),
            _ if !out.ends_with(['_', '.']) && !out.is_empty() => out.push('_'),
            _ => {}
        }
    }
    while out.ends_with(['_', '.']) {
        out.pop();
    }
}

/// A data set name from what the sender said; `other` when nothing is left of it.
pub(crate) fn slug(prefix: &str, text: &str) -> String {
    let mut out = String::from(prefix);
    push_slug(&mut out, text);
    if out.len() < prefix.len() || out == prefix {
        out.clear();
        out.push_str(prefix);
        out.push_str("other");
    }
    out
}

/// `powershell.exe` of `C:\…\powershell.exe` and of `/usr/bin/…`.
pub(crate) fn basename(path: &str) -> &str {
    path.rsplit(['\\', '/']).next().filter(|n| !n.is_empty()).unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_one_bounded_line() {
        assert_eq!(one_line("  Process Create:\r\n\tImage:\u{0} x "), "Process Create: Image: x");
        let long = one_line(&"word ".repeat(500));
        assert!(long.ends_with('…') && long.chars().count() <= MAX_MESSAGE + 1, "{long}");
    }

    #[test]
    fn a_title_is_the_first_line_and_has_an_end() {
        assert_eq!(title("\r\n Process Create:\r\nImage: x"), "Process Create:");
        assert_eq!(title(&"é".repeat(1_000)), "é".repeat(MAX_MESSAGE));
        assert_eq!(title(""), "");
    }

    #[test]
    fn data_set_names_hold_few_characters() {
        assert_eq!(
            slug("windows.", "TerminalServices-RemoteConnectionManager"),
            "windows.terminalservices_remoteconnectionmanager"
        );
        assert_eq!(slug("suricata.", "../../etc"), "suricata.etc");
        assert_eq!(slug("suricata.", "/"), "suricata.other");
        assert_eq!(slug("zeek.", "ünï"), "zeek.n");
        assert!(slug("windows.", &"x".repeat(500)).len() <= MAX_SLUG);
    }

    #[test]
    fn base_names() {
        assert_eq!(basename(r"C:\Windows\System32\lsass.exe"), "lsass.exe");
        assert_eq!(basename("System"), "System");
        assert_eq!(basename(r"C:\"), r"C:\");
    }
}
