//! Events as XML text: Sysmon for Linux in syslog, and rendered Windows events.
use super::{Event, windows};

pub(super) fn read(line: &str, event: &mut Event<'_>) -> bool {
    let Some(start) = line.find("<Event>").or_else(|| line.find("<Event ")) else { return false };
    let text = &line[start..];
    for name in ["EventID", "Channel", "Computer", "Level", "Task", "EventRecordID", "Keywords"] {
        if let Some(value) = element(text, name) {
            event.say(name, plain(value));
        }
    }
    if let Some(provider) =
        text.split_once("<Provider").and_then(|(_, rest)| attribute(rest, "Name"))
    {
        event.say("Provider_Name", plain(provider));
    }
    let mut rest = text;
    while let Some((_, item)) = rest.split_once("<Data") {
        rest = item;
        let Some((head, body)) = item.split_once('>') else { break };
        let name = attribute(head, "Name").map_or("Data".to_owned(), plain);
        let value =
            if head.ends_with('/') { "" } else { body.split('<').next().unwrap_or_default() };
        if head.is_empty() || head.starts_with(' ') {
            event.say(name, plain(value));
        }
    }
    let found = event.has("EventID");
    if found {
        windows::finish(event);
    }
    found
}

/// The text of the first element of this name.
fn element<'t>(text: &'t str, name: &str) -> Option<&'t str> {
    let mut rest = text;
    loop {
        let at = rest.find(name)?;
        let opened = at > 0 && rest.as_bytes()[at - 1] == b'<';
        rest = &rest[at + name.len()..];
        if opened && (rest.starts_with('>') || rest.starts_with(' ')) {
            return rest.split_once('>')?.1.split('<').next();
        }
    }
}

fn attribute<'t>(head: &'t str, name: &str) -> Option<&'t str> {
    let head = head.split('>').next()?;
    let (_, rest) = head.split_once(name)?;
    let rest = rest.strip_prefix('=')?;
    let quote = rest.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    rest[1..].split(quote).next()
}

/// Entities as characters; `&amp;` last, so that nothing is read twice.
fn plain(text: &str) -> String {
    text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&apos;", "'")
        .replace("&amp;", "&")
}
