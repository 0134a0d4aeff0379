//! What a user agent says of browser, system and device: the common ones.
use super::support::{Outcome, bag, dynamic, function, listed, text};
use crate::functions::{Context, Function};
use crate::value::{Dyn, Value};
use regex::Regex;
use std::sync::LazyLock;

pub(super) static FUNCTIONS: &[Function] = &[function("parse_user_agent", 2, 2, dynamic, parse)];

/// A longer text is no user agent.
const LONGEST: usize = 2_048;

/// Expression and name, the more special first: most browsers name the ones that they are like. The groups are the version.
const BROWSERS: &[(&str, &str)] = &[
    (r"(?:Edge|Edg|EdgA|EdgiOS)/(\d+)(?:\.(\d+))?(?:\.(\d+))?", "Edge"),
    (r"(?:OPR|Opera)/(\d+)(?:\.(\d+))?(?:\.(\d+))?", "Opera"),
    (r"(?:YaBrowser)/(\d+)(?:\.(\d+))?(?:\.(\d+))?", "Yandex Browser"),
    (r"SamsungBrowser/(\d+)(?:\.(\d+))?(?:\.(\d+))?", "Samsung Internet"),
    (r"CriOS/(\d+)(?:\.(\d+))?(?:\.(\d+))?", "Chrome Mobile iOS"),
    (r"FxiOS/(\d+)(?:\.(\d+))?(?:\.(\d+))?", "Firefox iOS"),
    (r"HeadlessChrome/(\d+)(?:\.(\d+))?(?:\.(\d+))?", "HeadlessChrome"),
    (r"Chrome/(\d+)(?:\.(\d+))?(?:\.(\d+))?.* Mobile", "Chrome Mobile"),
    (r"Chrome/(\d+)(?:\.(\d+))?(?:\.(\d+))?", "Chrome"),
    (r"Series60/(\d+)(?:\.(\d+))?", "Nokia OSS Browser"),
    (r"Firefox/(\d+)(?:\.(\d+))?(?:\.(\d+))?", "Firefox"),
    (r"MSIE (\d+)(?:\.(\d+))?", "IE"),
    (r"Trident/7.*rv:(\d+)(?:\.(\d+))?", "IE"),
    (r"(?:iPhone|iPad|iPod).*Version/(\d+)(?:\.(\d+))?(?:\.(\d+))?.* Safari/", "Mobile Safari"),
    (r"Android (\d+)(?:\.(\d+))?.* Safari/", "Android"),
    (r"Version/(\d+)(?:\.(\d+))?(?:\.(\d+))?.* Safari/", "Safari"),
    (r"Googlebot/(\d+)(?:\.(\d+))?", "Googlebot"),
    (r"bingbot/(\d+)(?:\.(\d+))?", "bingbot"),
    (r"curl/(\d+)(?:\.(\d+))?(?:\.(\d+))?", "curl"),
    (r"Wget/(\d+)(?:\.(\d+))?(?:\.(\d+))?", "Wget"),
    (r"python-requests/(\d+)(?:\.(\d+))?(?:\.(\d+))?", "Python Requests"),
    (r"Go-http-client/(\d+)(?:\.(\d+))?", "Go-http-client"),
    (r"PowerShell/(\d+)(?:\.(\d+))?(?:\.(\d+))?", "PowerShell"),
    (r"okhttp/(\d+)(?:\.(\d+))?(?:\.(\d+))?", "okhttp"),
];

const SYSTEMS: &[(&str, &str)] = &[
    (r"Windows NT 10\.0()", "Windows 10"),
    (r"Windows NT 6\.3()", "Windows 8.1"),
    (r"Windows NT 6\.2()", "Windows 8"),
    (r"Windows NT 6\.1()", "Windows 7"),
    (r"Windows NT 6\.0()", "Windows Vista"),
    (r"Windows NT 5\.[12]()", "Windows XP"),
    (r"Windows Phone(?: OS)? (\d+)(?:\.(\d+))?", "Windows Phone"),
    (r"Windows()", "Windows"),
    (r"SymbianOS/(\d+)(?:\.(\d+))?", "Symbian OS"),
    (r"Android (\d+)(?:\.(\d+))?(?:\.(\d+))?", "Android"),
    (r"(?:iPhone|iPad|iPod).* OS (\d+)_(\d+)(?:_(\d+))?", "iOS"),
    (r"Mac OS X (\d+)[._](\d+)(?:[._](\d+))?", "Mac OS X"),
    (r"CrOS \S+ (\d+)(?:\.(\d+))?(?:\.(\d+))?", "Chrome OS"),
    (r"Ubuntu()", "Ubuntu"),
    (r"Linux()", "Linux"),
];

/// Expression, brand, and what stands in front of the model in the name of the family. The group is the model.
const DEVICES: &[(&str, &str, &str)] = &[
    (r"\b(iPhone|iPad|iPod)\b", "Apple", ""),
    (r"Nokia([A-Za-z0-9]+(?:-\d+)?)", "Nokia", "Nokia "),
    (r"; (SM-[A-Za-z0-9]+)", "Samsung", "Samsung "),
    (r"; (Pixel[A-Za-z0-9 ]*?)(?: Build|\))", "Google", ""),
    (r"\b(Mac)intosh\b", "Apple", ""),
    (r"(?i)(bot|spider|crawler)\b", "Spider", "Spider"),
];

type Compiled<T> = LazyLock<Vec<(Regex, T)>>;

static BROWSER: Compiled<&str> = LazyLock::new(|| compiled(BROWSERS.iter().copied()));
static SYSTEM: Compiled<&str> = LazyLock::new(|| compiled(SYSTEMS.iter().copied()));
static DEVICE: Compiled<(&str, &str)> = LazyLock::new(|| {
    compiled(DEVICES.iter().map(|(pattern, brand, before)| (*pattern, (*brand, *before))))
});

fn compiled<'a, T>(known: impl Iterator<Item = (&'a str, T)>) -> Vec<(Regex, T)> {
    known.filter_map(|(pattern, of)| Some((Regex::new(pattern).ok()?, of))).collect()
}

fn parse(_: &Context, args: &[Value]) -> Outcome {
    let agent = text(args, 0);
    if agent.is_empty() || agent.len() > LONGEST {
        return Ok(Value::Null);
    }
    let mut entries = Vec::new();
    let wanted: Vec<String> = listed(args.get(1..).unwrap_or_default())
        .iter()
        .map(|part| part.to_ascii_lowercase())
        .collect();
    if wanted.iter().any(|part| part == "browser") {
        let [family, major, minor, patch] = named(&agent, &BROWSER);
        let parts = [
            ("Family", family),
            ("MajorVersion", major),
            ("MinorVersion", minor),
            ("Patch", patch),
        ];
        entries.push(("Browser", bag(parts)));
    }
    if wanted.iter().any(|part| part == "os") {
        let [family, major, minor, patch] = named(&agent, &SYSTEM);
        entries.push((
            "OperatingSystem",
            bag([
                ("Family", family),
                ("MajorVersion", major),
                ("MinorVersion", minor),
                ("Patch", patch),
                ("PatchMinor", Dyn::str("")),
            ]),
        ));
    }
    if wanted.iter().any(|part| part == "device") {
        entries.push(("Device", device(&agent)));
    }
    Ok(Value::dynamic(bag(entries)))
}

/// The family and the three parts of its version.
fn named(agent: &str, known: &[(Regex, &str)]) -> [Dyn; 4] {
    let found = known.iter().find_map(|(regex, family)| {
        let found = regex.captures(agent)?;
        let part = |at: usize| Dyn::str(found.get(at).map_or("", |m| m.as_str()));
        Some([Dyn::str(family), part(1), part(2), part(3)])
    });
    found.unwrap_or_else(|| ["Other", "", "", ""].map(Dyn::str))
}

fn device(agent: &str) -> Dyn {
    let found = DEVICE.iter().find_map(|(regex, (brand, before))| {
        let model = regex.captures(agent)?.get(1)?.as_str();
        Some(match *brand {
            "Spider" => ["Spider".to_owned(), "Spider".to_owned(), "Desktop".to_owned()],
            "Nokia" => {
                let series = model.split('-').next().unwrap_or(model);
                [format!("{before}{series}"), (*brand).to_owned(), model.to_owned()]
            }
            _ => [format!("{before}{model}"), (*brand).to_owned(), model.to_owned()],
        })
    });
    let [family, brand, model] = found.unwrap_or_else(|| ["Other", "", ""].map(str::to_owned));
    bag([("Family", Dyn::str(family)), ("Brand", Dyn::str(brand)), ("Model", Dyn::str(model))])
}
