//! A command line in its arguments, as Windows programs see them.

/// Quotes hold spaces together; backslashes count only in front of a quote, where two are one and an odd one makes the quote plain.
pub(super) fn windows(line: &str) -> Vec<String> {
    let (mut args, mut arg, mut quoted, mut begun) = (Vec::new(), String::new(), false, false);
    let mut letters = line.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '\\' => {
                begun = true;
                let mut slashes = 1;
                while letters.next_if_eq(&'\\').is_some() {
                    slashes += 1;
                }
                if letters.peek() == Some(&'"') {
                    arg.extend(std::iter::repeat_n('\\', slashes / 2));
                    if slashes % 2 == 1 {
                        letters.next();
                        arg.push('"');
                    }
                } else {
                    arg.extend(std::iter::repeat_n('\\', slashes));
                }
            }
            '"' if quoted && letters.next_if_eq(&'"').is_some() => arg.push('"'),
            '"' => {
                begun = true;
                quoted = !quoted;
            }
            ' ' | '\t' | '\n' | '\r' if !quoted => {
                if begun {
                    args.push(std::mem::take(&mut arg));
                }
                begun = false;
            }
            other => {
                begun = true;
                arg.push(other);
            }
        }
    }
    if begun {
        args.push(arg);
    }
    args
}
