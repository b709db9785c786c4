//! Writes seeds for every target below a directory: the texts in the cases of `tests/select`, and
//! parts of the real releases in a mirror.

use goward_fuzz::executable;
use goward_fuzz::installer::seeds as installer;
use goward_fuzz::repository;
use goward_fuzz::select::case::{Bytes, Step};
use goward_fuzz::select::cases;
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::process::ExitCode;

/// Texts for targets.
type Seeds = BTreeMap<&'static str, BTreeSet<Bytes>>;

fn main() -> ExitCode {
    let mut arguments = std::env::args_os().skip(1).map(PathBuf::from);
    let (Some(root), mirror) = (arguments.next(), arguments.next()) else {
        eprintln!("seeds: name the directory to write to, and that of a mirror");
        return ExitCode::from(2);
    };
    match seeds(mirror).and_then(|seeds| write(&root, &seeds).map_err(|error| error.to_string())) {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("seeds: {why}");
            ExitCode::FAILURE
        }
    }
}

fn write(root: &std::path::Path, seeds: &Seeds) -> std::io::Result<()> {
    for (target, texts) in seeds {
        let dir = root.join(target);
        std::fs::create_dir_all(&dir)?;
        for (number, text) in texts.iter().enumerate() {
            std::fs::write(dir.join(format!("seed-{number:04}")), text)?;
        }
    }
    Ok(())
}

fn seeds(mirror: Option<PathBuf>) -> Result<Seeds, String> {
    let mut seeds = Seeds::new();
    let mut of_files = [installer::made(), executable::seeds()].concat();
    of_files.extend(repository::seeds().map_err(|error| error.to_string())?);
    if let Some(mirror) = mirror {
        of_go(&mut seeds, &mirror);
        let real = installer::real(&mirror);
        of_files.extend(real.map_err(|error| {
            let mirror = mirror.display();
            format!("{mirror}: {error}; tests/mirror/mirror.py make makes a mirror")
        })?);
    }
    for (target, seed) in of_files {
        seeds.entry(target).or_default().insert(seed);
    }
    for case in cases()? {
        for step in &case.steps {
            let (Step::File(path, text) | Step::Append(path, text)) = step else { continue };
            of_file(&mut seeds, path, text);
        }
        for (key, value) in &case.env {
            match (key.as_slice(), value) {
                (b"GOTOOLCHAIN", Some(value)) => put(&mut seeds, "gotoolchain", value),
                (b"GOWARD_VERSION", Some(value)) => put(&mut seeds, "selector", value),
                _ => {}
            }
        }
        put(&mut seeds, "invocation", &case.argv[1..].join(&b'\n'));
        put(&mut seeds, "version", case.installed.join("\n").as_bytes());
    }
    // No function turns a case back into the decisions that make it; any bytes will do to begin
    // with.
    let mut state = 1_u32;
    for _ in 0..64 {
        let mut next = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 24) as u8
        };
        let bytes: Bytes = (0..80).map(|_| next()).collect();
        put(&mut seeds, "decide", &bytes);
    }
    Ok(seeds)
}

fn of_file(seeds: &mut Seeds, path: &[u8], text: &[u8]) {
    let name = path.rsplit(|b| *b == b'/').next().unwrap_or_default();
    match name {
        b".goenv" => put(seeds, "goenv", text),
        b"env" => put(seeds, "goenvfile", text),
        b"go.mod" | b"go.work" => {
            put(seeds, "modfile", text);
            put(seeds, "gomod", text);
        }
        b".go-version" | b".tool-versions" => {
            put(seeds, "pinfile", text);
            put(seeds, "selector", text.trim_ascii());
            put(seeds, "version", text.trim_ascii());
        }
        _ => {}
    }
}

/// The `go.mod` and `go.work` in Go's own test data, which are archives of text.
fn of_go(seeds: &mut Seeds, mirror: &std::path::Path) {
    let data = mirror.join("trees/go1.27.3/src/cmd/go/testdata");
    let entries = ["mod", "script"].map(|dir| std::fs::read_dir(data.join(dir)));
    for entry in entries.into_iter().flatten().flatten().flatten() {
        let text = std::fs::read_to_string(entry.path()).unwrap_or_default();
        for member in text.split("\n-- ").skip(1) {
            let Some((name, text)) = member.split_once(" --\n") else { continue };
            if name.ends_with("go.mod") || name.ends_with("go.work") {
                put(seeds, "gomod", format!("{text}\n").as_bytes());
            }
        }
    }
}

fn put(seeds: &mut Seeds, target: &'static str, text: &[u8]) {
    if text.len() <= 4096 {
        seeds.entry(target).or_default().insert(text.to_vec());
    }
}
