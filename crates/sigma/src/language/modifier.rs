//! The words behind a field's name: `CommandLine|contains|all`.
use super::{How, Order, Place, Problem, TimePart};

/// What a chain of modifiers comes to.
#[derive(Debug, Clone, Default)]
pub(crate) struct Modifiers {
    pub how: Option<How>,
    pub all: bool,
    pub cased: bool,
    pub windash: bool,
    pub expand: bool,
    pub not: bool,
    pub encode: Vec<Encoding>,
    pub kind: Kind,
}

/// What the values are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Kind {
    #[default]
    Text,
    Regex {
        insensitive: bool,
        multiline: bool,
        dot_all: bool,
    },
    Cidr,
    Exists,
    Field,
    Compare(Order),
    Time(TimePart, Order),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Encoding {
    Wide,
    Utf16,
    Utf16be,
    Base64,
    Base64Offset,
}

/// Every modifier, as messages list them.
const ALL: &str = "contains, startswith, endswith, all, re (i, m, s), cased, windash, wide, utf16le, utf16be, utf16, base64, base64offset, \
    cidr, fieldref, expand, exists, neq, gt, gte, lt, lte, minute, hour, day, week, month, year";

/// `chain` is what stands behind the first `|`.
pub(crate) fn read(chain: Option<&str>, at: Place) -> Result<Modifiers, Problem> {
    let mut m = Modifiers::default();
    for word in chain.into_iter().flat_map(|chain| chain.split('|')) {
        one(&mut m, word, at)?;
    }
    if m.windash && m.kind != Kind::Text {
        return Err(Problem::new(at, "`windash` is for texts")
            .help("not with re, cidr, exists, fieldref, gt, … "));
    }
    if m.how.is_some() && !matches!(m.kind, Kind::Text | Kind::Field) {
        return Err(Problem::new(
            at,
            "contains, startswith and endswith are for texts and fieldref",
        ));
    }
    if m.encode.last().is_some_and(|e| !matches!(e, Encoding::Base64 | Encoding::Base64Offset)) {
        // the bytes as such are never in a JSON text: without base64 the letters are compared as they are
        m.encode.pop();
    }
    Ok(m)
}

fn one(m: &mut Modifiers, word: &str, at: Place) -> Result<(), Problem> {
    let mut kind = |kind: Kind| {
        // a part of a time may be compared: `|hour|gte`
        let merged = match (m.kind, kind) {
            (Kind::Text, kind) => kind,
            (Kind::Time(part, Order::Equal), Kind::Compare(order)) => Kind::Time(part, order),
            _ => {
                return Err(Problem::new(
                    at,
                    format!("`{word}` does not go with the modifier before it"),
                ));
            }
        };
        m.kind = merged;
        Ok(())
    };
    let mut how = |how: How| match m.how {
        Some(before) if before != how => {
            Err(Problem::new(at, format!("`{word}` does not go with the modifier before it"))
                .help("one of contains, startswith, endswith"))
        }
        _ => {
            m.how = Some(how);
            Ok(())
        }
    };
    match word {
        "contains" => how(How::Contains)?,
        "startswith" => how(How::Starts)?,
        "endswith" => how(How::Ends)?,
        "all" => m.all = true,
        "cased" => m.cased = true,
        "windash" => m.windash = true,
        "expand" => m.expand = true,
        "neq" => m.not = true,
        "wide" | "utf16le" => m.encode.push(Encoding::Wide),
        "utf16" => m.encode.push(Encoding::Utf16),
        "utf16be" => m.encode.push(Encoding::Utf16be),
        "base64" => m.encode.push(Encoding::Base64),
        "base64offset" => m.encode.push(Encoding::Base64Offset),
        "re" => kind(Kind::Regex { insensitive: false, multiline: false, dot_all: false })?,
        "i" | "m" | "s" => match &mut m.kind {
            Kind::Regex { insensitive, .. } if word == "i" => *insensitive = true,
            Kind::Regex { multiline, .. } if word == "m" => *multiline = true,
            Kind::Regex { dot_all, .. } => *dot_all = true,
            _ => return Err(Problem::new(at, format!("`{word}` stands behind `re` only"))),
        },
        "cidr" => kind(Kind::Cidr)?,
        "exists" => kind(Kind::Exists)?,
        "fieldref" => kind(Kind::Field)?,
        "gt" => kind(Kind::Compare(Order::Greater))?,
        "gte" => kind(Kind::Compare(Order::GreaterEqual))?,
        "lt" => kind(Kind::Compare(Order::Less))?,
        "lte" => kind(Kind::Compare(Order::LessEqual))?,
        "minute" => kind(Kind::Time(TimePart::Minute, Order::Equal))?,
        "hour" => kind(Kind::Time(TimePart::Hour, Order::Equal))?,
        "day" => kind(Kind::Time(TimePart::Day, Order::Equal))?,
        "week" => kind(Kind::Time(TimePart::Week, Order::Equal))?,
        "month" => kind(Kind::Time(TimePart::Month, Order::Equal))?,
        "year" => kind(Kind::Time(TimePart::Year, Order::Equal))?,
        other => return Err(Problem::new(at, format!("`{other}` is not a modifier")).help(ALL)),
    }
    Ok(())
}
