//! What a browser has to load: the built site's files.
use serde::Serialize;
use std::path::{Path, PathBuf};

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Site {
    pub wasm: u64,
    pub wasm_br: Option<u64>,
    /// Program, glue and style of the first page as they are sent (packed where there is a packed file).
    pub first_load: u64,
    /// With the font that the first page asks for.
    pub first_load_with_font: u64,
}

/// # Errors
/// The reason, when there is no site or it is not a release build.
pub fn measure(folder: Option<PathBuf>) -> Result<Site, String> {
    let folder = folder.ok_or("there is no built site (EVENTSEC_SITE_ROOT names it)")?;
    let size = |name: &str| length(&folder.join(name));
    let packed = |name: &str| length(&folder.join(format!("{name}.br")));
    let sent = |name: &str| packed(name).or_else(|| size(name));
    let wasm = size("pkg/eventsec.wasm").ok_or("there is no pkg/eventsec.wasm in the site")?;
    let files =
        ["pkg/eventsec.wasm", "pkg/eventsec.js", "pkg/eventsec.css", "icons.svg", "favicon.svg"];
    let first_load = files.iter().filter_map(|f| sent(f)).sum();
    let font = size("fonts/inter-latin-wght-normal.woff2").unwrap_or(0);
    Ok(Site {
        wasm,
        wasm_br: packed("pkg/eventsec.wasm"),
        first_load,
        first_load_with_font: first_load + font,
    })
}

fn length(path: &Path) -> Option<u64> {
    std::fs::metadata(path).ok().map(|m| m.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packed_files_count_where_there_are_some() {
        let dir = tempfile::tempdir().unwrap();
        let pkg = dir.path().join("pkg");
        std::fs::create_dir(&pkg).unwrap();
        assert!(measure(Some(dir.path().into())).is_err());
        for (name, n) in [("eventsec.wasm", 1000), ("eventsec.wasm.br", 300), ("eventsec.js", 50)] {
            std::fs::write(pkg.join(name), vec![0; n]).unwrap();
        }
        let site = measure(Some(dir.path().into())).unwrap();
        assert_eq!((site.wasm, site.wasm_br, site.first_load), (1000, Some(300), 350));
        assert!(measure(None).is_err());
    }
}
