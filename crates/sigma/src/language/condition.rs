//! `selection and not 1 of filter_*`: how the searches of a rule are put together.
use super::{Expr, Place, Problem};

/// Parentheses and `not`s inside each other.
const DEEPEST: usize = 64;

/// `searches` in the order of the rule. `at` is where the text begins.
pub(crate) fn read(text: &str, at: Place, searches: &[(String, Expr)]) -> Result<Expr, Problem> {
    let words = words(text);
    let mut reader = Reader { words: &words, next: 0, at, searches, length: text.chars().count() };
    let expr = reader.any(0)?;
    match reader.peek() {
        None => Ok(expr),
        Some("|") => Err(reader
            .wrong("`| count()` and the like are no longer part of Sigma")
            .help("write a correlation rule")),
        Some(word) => {
            Err(reader.wrong(format!("`{word}` is one too many")).help("`and`, `or` or the end"))
        }
    }
}

/// Words with their column, from 0.
fn words(text: &str) -> Vec<(usize, String)> {
    let mut words: Vec<(usize, String)> = vec![];
    let mut open = false;
    for (column, c) in text.chars().enumerate() {
        if c.is_whitespace() {
            open = false;
        } else if matches!(c, '(' | ')' | '|') {
            words.push((column, c.to_string()));
            open = false;
        } else if open && let Some((_, word)) = words.last_mut() {
            word.push(c);
        } else {
            words.push((column, c.to_string()));
            open = true;
        }
    }
    words
}

struct Reader<'a> {
    words: &'a [(usize, String)],
    next: usize,
    at: Place,
    searches: &'a [(String, Expr)],
    length: usize,
}

impl<'a> Reader<'a> {
    fn peek(&self) -> Option<&'a str> {
        self.words.get(self.next).map(|(_, word)| word.as_str())
    }

    fn take(&mut self, wanted: &str) -> bool {
        let taken = self.peek().is_some_and(|word| word.eq_ignore_ascii_case(wanted));
        self.next += usize::from(taken);
        taken
    }

    fn wrong(&self, message: impl Into<String>) -> Problem {
        let column = self.words.get(self.next).map_or(self.length, |(column, _)| *column);
        Problem::new(Place { column: self.at.column + column, ..self.at }, message)
    }

    fn any(&mut self, depth: usize) -> Result<Expr, Problem> {
        let mut items = vec![self.all(depth)?];
        while self.take("or") {
            items.push(self.all(depth)?);
        }
        Ok(if items.len() == 1 { items.remove(0) } else { Expr::Any(items) })
    }

    fn all(&mut self, depth: usize) -> Result<Expr, Problem> {
        let mut items = vec![self.one(depth)?];
        while self.take("and") {
            items.push(self.one(depth)?);
        }
        Ok(if items.len() == 1 { items.remove(0) } else { Expr::All(items) })
    }

    fn one(&mut self, depth: usize) -> Result<Expr, Problem> {
        if depth > DEEPEST {
            return Err(self.wrong("too deep").help(format!("{DEEPEST} levels at most")));
        }
        if self.take("not") {
            return Ok(Expr::Not(Box::new(self.one(depth + 1)?)));
        }
        if self.take("(") {
            let inner = self.any(depth + 1)?;
            return if self.take(")") { Ok(inner) } else { Err(self.wrong("a `)` is missing")) };
        }
        let Some(word) = self.peek() else {
            return Err(self
                .wrong("the condition ends too early")
                .help("a search, `not`, `(`, `1 of …` or `all of …`"));
        };
        let of =
            self.words.get(self.next + 1).is_some_and(|(_, next)| next.eq_ignore_ascii_case("of"));
        if of {
            return self.several(word);
        }
        match self.searches.iter().find(|(name, _)| name == word) {
            Some((_, expr)) => {
                self.next += 1;
                Ok(expr.clone())
            }
            None => Err(self.unknown(word)),
        }
    }

    fn unknown(&self, word: &str) -> Problem {
        let names: Vec<&str> = self.searches.iter().map(|(name, _)| name.as_str()).collect();
        self.wrong(format!("there is no search `{word}`"))
            .help(format!("one of {}", names.join(", ")))
    }

    /// `1 of x*`, `all of them`.
    fn several(&mut self, quantity: &str) -> Result<Expr, Problem> {
        let least = match quantity.to_ascii_lowercase().as_str() {
            "all" => None,
            "any" => Some(1),
            number => match number.parse() {
                Ok(least) if least > 0 => Some(least),
                _ => {
                    return Err(self
                        .wrong(format!("`{quantity} of` is not known"))
                        .help("`1 of`, `any of`, `all of`, or another number"));
                }
            },
        };
        self.next += 2;
        let Some(glob) = self.peek() else {
            return Err(self.wrong("`of` wants names").help("`them`, or a name with `*`"));
        };
        let chosen: Vec<Expr> = self
            .searches
            .iter()
            .filter(|(name, _)| {
                if glob.eq_ignore_ascii_case("them") {
                    !name.starts_with('_')
                } else {
                    like(glob, name)
                }
            })
            .map(|(_, expr)| expr.clone())
            .collect();
        if chosen.is_empty() {
            return Err(self.unknown(glob));
        }
        self.next += 1;
        Ok(match least {
            None => Expr::All(chosen),
            Some(1) => Expr::Any(chosen),
            Some(least) => Expr::Count(least, chosen),
        })
    }
}

fn like(glob: &str, name: &str) -> bool {
    super::text::Pattern::parse(glob).matches(name)
}
