//! Logs of programs in a language or framework, told by the errors that only it writes.
use super::Event;
use aho_corasick::AhoCorasick;
use std::sync::LazyLock;

const MARKS: &[(&str, &str)] = &[
    ("django", "django"),
    ("Disallowed", "django"),
    ("SuspiciousOperation", "django"),
    ("SuspiciousFileOperation", "django"),
    ("PermissionDenied", "django"),
    ("RequestDataTooBig", "django"),
    ("TooManyFieldsSent", "django"),
    ("InvalidSessionKey", "django"),
    ("SuspiciousMultipartForm", "django"),
    ("SuspiciousSession", "django"),
    ("UnreadablePostError", "django"),
    ("Traceback (most recent call last)", "python"),
    ("DataError", "python"),
    ("IntegrityError", "python"),
    ("ProgrammingError", "python"),
    ("OperationalError", "python"),
    ("node:internal", "nodejs"),
    ("node:child_process", "nodejs"),
    ("at Object.<anonymous>", "nodejs"),
    ("java.", "jvm"),
    ("javax.", "jvm"),
    ("com.sun.", "jvm"),
    ("Exception in thread", "jvm"),
    ("SAXParseException", "jvm"),
    ("DOMException", "jvm"),
    ("FileNotFoundException", "jvm"),
    ("ExpressionSyntaxException", "jvm"),
    ("org.springframework", "jvm"),
    ("org.springframework", "spring"),
    ("AccessDeniedException", "spring"),
    ("CsrfException", "spring"),
    ("CsrfTokenException", "spring"),
    ("CookieTheftException", "spring"),
    ("InvalidCookieException", "spring"),
    ("RequestRejectedException", "spring"),
    ("SpelEvaluationException", "spring"),
    ("SpelParseException", "spring"),
    ("ParseErrorException", "velocity"),
    ("TemplateInitException", "velocity"),
    ("VelocityException", "velocity"),
    ("ActionController::", "ruby_on_rails"),
    ("ActiveRecord::", "ruby_on_rails"),
    ("SQL syntax", "sql"),
    ("Unclosed quotation mark", "sql"),
    ("quoted string not properly terminated", "sql"),
    (": syntax error", "sql"),
    ("SELECTs to the left and right of UNION", "sql"),
];

static FINDER: LazyLock<Option<AhoCorasick>> =
    LazyLock::new(|| AhoCorasick::new(MARKS.iter().map(|(mark, _)| mark)).ok());

/// Adds the kinds that the text speaks for.
pub(super) fn read(text: &str, event: &mut Event<'_>) {
    let Some(finder) = FINDER.as_ref() else { return };
    for found in finder.find_overlapping_iter(text).take(64) {
        event.kind(MARKS[found.pattern().as_usize()].1, "application", "");
    }
}
