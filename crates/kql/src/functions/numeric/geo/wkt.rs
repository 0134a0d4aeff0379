//! Shapes in well-known text to GeoJSON.
use super::super::support::{Outcome, dynamic, function};
use super::shape::shape;
use crate::functions::{Context, Function};
use crate::value::{Dyn, Value};

pub(in super::super) static FUNCTIONS: &[Function] =
    &[function("geo_from_wkt", 1, 1, dynamic, from_wkt)];

fn from_wkt(_: &Context, a: &[Value]) -> Outcome {
    let text = a[0].to_text();
    let mut reader = Reader { rest: &text };
    let found = reader.shape(0).filter(|_| reader.rest.trim().is_empty());
    Ok(found.unwrap_or(Value::Null))
}

struct Reader<'a> {
    rest: &'a str,
}

impl<'a> Reader<'a> {
    fn word(&mut self) -> &'a str {
        let text = self.rest.trim_start();
        let end = text.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(text.len());
        self.rest = &text[end..];
        &text[..end]
    }

    fn is(&mut self, sign: char) -> bool {
        let text = self.rest.trim_start();
        let rest = text.strip_prefix(sign);
        self.rest = rest.unwrap_or(text);
        rest.is_some()
    }

    fn list(&mut self, mut item: impl FnMut(&mut Self) -> Option<Dyn>) -> Option<Dyn> {
        let mut items = vec![];
        if !self.is('(') {
            return None;
        }
        loop {
            items.push(item(self)?);
            if self.is(')') {
                return Some(Dyn::Array(items));
            }
            if !self.is(',') {
                return None;
            }
        }
    }

    fn number(&mut self) -> Option<f64> {
        let text = self.rest.trim_start();
        let sign = |c: char| c.is_ascii_digit() || matches!(c, '.' | '-' | '+' | 'e' | 'E');
        let end = text.find(|c| !sign(c)).unwrap_or(text.len());
        self.rest = &text[end..];
        text[..end].parse().ok().filter(|n: &f64| n.is_finite())
    }

    /// Heights and measures are left out.
    fn pair(&mut self) -> Option<Dyn> {
        let (x, y) = (self.number()?, self.number()?);
        while self.rest.trim_start().starts_with(|c: char| c.is_ascii_digit() || c == '-') {
            self.number()?;
        }
        Some(Dyn::Array(vec![Dyn::Real(x), Dyn::Real(y)]))
    }

    /// Of a MULTIPOINT: with or without brackets.
    fn wrapped(&mut self) -> Option<Dyn> {
        if self.is('(') {
            let pair = self.pair()?;
            return self.is(')').then_some(pair);
        }
        self.pair()
    }

    fn points(&mut self) -> Option<Dyn> {
        self.list(Self::pair)
    }

    fn rings(&mut self) -> Option<Dyn> {
        self.list(Self::points)
    }

    fn shape(&mut self, depth: usize) -> Option<Value> {
        let kind = self.word().to_ascii_uppercase();
        if self.rest.trim_start().starts_with(|c: char| c.is_ascii_alphabetic()) {
            let dimension = self.word();
            if !matches!(dimension.to_ascii_uppercase().as_str(), "Z" | "M" | "ZM") {
                return None;
            }
        }
        Some(match kind.as_str() {
            "POINT" => shape("Point", self.is('(').then(|| self.pair())?.filter(|_| self.is(')'))?),
            "LINESTRING" => shape("LineString", self.points()?),
            "POLYGON" => shape("Polygon", self.rings()?),
            "MULTIPOINT" => shape("MultiPoint", self.list(Self::wrapped)?),
            "MULTILINESTRING" => shape("MultiLineString", self.rings()?),
            "MULTIPOLYGON" => shape("MultiPolygon", self.list(Self::rings)?),
            "GEOMETRYCOLLECTION" if depth < 16 => {
                let shapes = self.list(|reader| reader.shape(depth + 1)?.to_dyn());
                shape("GeometryCollection", shapes?)
            }
            _ => return None,
        })
    }
}
