//! The site: wasm and its glue, one style sheet, public files, Swagger UI; optimised and compressed for a release.
use crate::{NAME, Res, cargo, root, status, target};
use std::{
    fs,
    io::Write,
    path::{Path, PathBuf},
    process::Command,
    time::Instant,
};

/// What rustc emits for wasm32-unknown-unknown. Never --all-features: browsers refuse the result.
const WASM_OPT: [&str; 7] = [
    "-Oz",
    "--enable-bulk-memory",
    "--enable-nontrapping-float-to-int",
    "--enable-sign-ext",
    "--enable-mutable-globals",
    "--enable-reference-types",
    "--enable-multivalue",
];

/// Files of the npm package swagger-ui-dist that `/api/docs/ui` loads.
const SWAGGER: [&str; 2] = ["swagger-ui.css", "swagger-ui-bundle.js"];

pub fn folder() -> PathBuf {
    target().join("site")
}

pub fn build(release: bool) -> Res {
    frontend(release)?;
    style()?;
    charts()?;
    copy_dir(&root().join("public"), &folder())?;
    swagger()?;
    if release {
        precompress(&folder())?;
    }
    Ok(())
}

/// A path under node_modules, installed when it is missing. No package runs a script of its own while it is installed.
fn npm(path: &str) -> Res<PathBuf> {
    let path = root().join(path);
    if !path.exists() {
        status(Command::new("npm").current_dir(root()).args([
            "ci",
            "--ignore-scripts",
            "--no-audit",
            "--no-fund",
        ]))?;
    }
    Ok(path)
}

fn swagger() -> Res {
    let to = folder().join("api-docs");
    fs::create_dir_all(&to)?;
    for name in SWAGGER {
        write_if_changed(
            &to.join(name),
            &fs::read(npm("node_modules/swagger-ui-dist")?.join(name))?,
        )?;
    }
    Ok(())
}

fn frontend(release: bool) -> Res {
    let profile = if release { "wasm-release" } else { "dev" };
    status(cargo("build").args([
        "--package",
        "frontend",
        "--target",
        "wasm32-unknown-unknown",
        "--profile",
        profile,
    ]))?;
    let dir = if release { profile } else { "debug" };
    let input = target().join("wasm32-unknown-unknown").join(dir).join("frontend.wasm");
    let pkg = folder().join("pkg");
    let stamp = pkg.join(".built-from"); // path and time of the wasm that pkg/ was made of
    let made_of = format!("{} {:?}", input.display(), fs::metadata(&input)?.modified()?);
    if fs::read_to_string(&stamp).is_ok_and(|s| s == made_of) {
        return Ok(());
    }
    let t = Instant::now();
    if pkg.exists() {
        fs::remove_dir_all(&pkg)?;
    }
    fs::create_dir_all(&pkg)?;
    wasm_bindgen_cli_support::Bindgen::new()
        .input_path(&input)
        .out_name(NAME)
        .web(true)?
        .typescript(false)
        .keep_debug(false)
        .remove_name_section(release)
        .remove_producers_section(release)
        .generate(&pkg)
        .map_err(|e| format!("wasm-bindgen: {e:?}"))?;
    // leptos asks for NAME.wasm when it was compiled with LEPTOS_OUTPUT_NAME
    let (made, wasm) = (pkg.join(format!("{NAME}_bg.wasm")), pkg.join(format!("{NAME}.wasm")));
    if release {
        let tool = npm("node_modules/.bin/wasm-opt")?;
        status(Command::new(tool).args(WASM_OPT).arg(&made).arg("-o").arg(&wasm))?;
        fs::remove_file(made)?;
    } else {
        fs::rename(made, &wasm)?;
    }
    fs::write(stamp, made_of)?;
    eprintln!("xtask: {} kB of wasm in {:.1?}", fs::metadata(wasm)?.len() / 1000, t.elapsed());
    Ok(())
}

/// style/main.css with every `@import "x.css";` replaced by that file.
fn style() -> Res {
    fn inline(file: &Path, out: &mut String) -> Res {
        for line in
            fs::read_to_string(file).map_err(|e| format!("{}: {e}", file.display()))?.lines()
        {
            match line.trim().strip_prefix("@import \"").and_then(|l| l.strip_suffix("\";")) {
                Some(name) => inline(&file.with_file_name(name), out)?,
                None => {
                    out.push_str(line);
                    out.push('\n');
                }
            }
        }
        Ok(())
    }
    let mut css = String::new();
    inline(&root().join("style/main.css"), &mut css)?;
    write_if_changed(&folder().join("pkg").join(format!("{NAME}.css")), css.as_bytes())
}

/// frontend/charts/ and what it takes of ECharts as one module, unless that is newer than its sources.
fn charts() -> Res {
    let (from, to) = (root().join("frontend/charts/charts.js"), folder().join("charts.js"));
    let made = |p: &Path| fs::metadata(p).and_then(|m| m.modified());
    let sources = [from.clone(), root().join("package-lock.json")];
    if sources.iter().all(|s| made(&to).is_ok_and(|t| made(s).is_ok_and(|s| s <= t))) {
        return Ok(());
    }
    let tool = npm("node_modules/.bin/esbuild")?;
    let _ = fs::remove_file(to.with_added_extension("br"));
    status(
        Command::new(tool)
            .arg(from)
            .args([
                "--bundle",
                "--minify",
                "--format=esm",
                "--target=es2022",
                "--legal-comments=linked",
                "--log-level=warning",
            ])
            .arg(format!("--outfile={}", to.display())),
    )
}

fn copy_dir(from: &Path, to: &Path) -> Res {
    fs::create_dir_all(to)?;
    for e in fs::read_dir(from)? {
        let (from, to) = {
            let e = e?;
            (e.path(), to.join(e.file_name()))
        };
        if from.is_dir() {
            copy_dir(&from, &to)?;
        } else {
            write_if_changed(&to, &fs::read(&from)?)?;
        }
    }
    Ok(())
}

fn write_if_changed(path: &Path, bytes: &[u8]) -> Res {
    if fs::read(path).is_ok_and(|old| old == bytes) {
        return Ok(());
    }
    let _ = fs::remove_file(path.with_added_extension("br")); // would be served instead
    Ok(fs::write(path, bytes)?)
}

fn precompress(dir: &Path) -> Res {
    for e in fs::read_dir(dir)? {
        let path = e?.path();
        if path.is_dir() {
            precompress(&path)?;
        } else if matches!(
            path.extension().and_then(|e| e.to_str()),
            Some("wasm" | "js" | "css" | "svg" | "json" | "txt")
        ) {
            let br = path.with_added_extension("br");
            if br.exists() {
                continue;
            }
            let bytes = fs::read(&path)?;
            let mut w = brotli::CompressorWriter::new(Vec::new(), 1 << 16, 11, 22);
            w.write_all(&bytes)?;
            fs::write(br, w.into_inner())?;
        }
    }
    Ok(())
}
