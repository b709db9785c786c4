//! Keeps `data/releases.tsv` up to date, from which the compiled-in digest table is built.
//!
//! ```text
//! cargo run -p goward-installer --example releases -- INDEX...
//! ```
//!
//! Each INDEX is a file: the JSON that `https://go.dev/dl/?mode=json&include=all` answers, or
//! lines in the form of `data/releases.tsv` itself. New archives are added, sizes that were not
//! known are filled in, and nothing is ever removed; the list is then as of today. A digest that contradicts the one on record
//! is an error, and then nothing is written: published archives do not change.

use goward_installer::{Digest, day};
use goward_resolver::Version;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::error::Error;
use std::fs;
use std::io::{Write, stderr};
use std::process::ExitCode;
use std::time::{SystemTime, UNIX_EPOCH};

const DATA: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/data/releases.tsv");

/// In front of the day of the list.
const AS_OF: &str = "# As of: ";

/// Digest and size by file name.
type Archives = BTreeMap<String, (Digest, u64)>;

#[derive(Deserialize)]
struct Release {
    version: String,
    files: Vec<File>,
}

#[derive(Deserialize)]
struct File {
    filename: String,
    sha256: String,
    size: u64,
    kind: String,
}

fn main() -> ExitCode {
    let (text, code) = match update() {
        Ok(summary) => (summary, ExitCode::SUCCESS),
        Err(error) => (format!("error: {error}"), ExitCode::FAILURE),
    };
    // If stderr is closed there is no way to report it.
    let _ = writeln!(stderr(), "{text}");
    code
}

fn update() -> Result<String, Box<dyn Error>> {
    let old = fs::read_to_string(DATA)?;
    let now = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs();
    let today = format!("{AS_OF}{}", day(now));
    let comments: String = old
        .lines()
        .filter(|l| l.starts_with('#'))
        .map(|line| if line.starts_with(AS_OF) { &today } else { line })
        .fold(String::new(), |comments, line| comments + line + "\n");
    let mut archives = Archives::new();
    merge(&mut archives, lines(&old)?)?;
    let before = archives.len();
    for index in std::env::args_os().skip(1) {
        let text = fs::read_to_string(&index)?;
        let found = if text.trim_start().starts_with('[') { json(&text)? } else { lines(&text)? };
        merge(&mut archives, found)?;
    }
    let rows = archives.iter().map(|(name, (digest, size))| format!("{name}\t{digest}\t{size}\n"));
    fs::write(DATA, comments + &rows.collect::<String>())?;
    Ok(format!("{} archives, {} of them new", archives.len(), archives.len() - before))
}

fn merge(into: &mut Archives, found: Archives) -> Result<(), Box<dyn Error>> {
    for (name, (digest, size)) in found {
        let known = into.entry(name.clone()).or_insert((digest, size));
        if known.0 != digest {
            return Err(format!("{name}: {digest} contradicts {}", known.0).into());
        }
        known.1 = known.1.max(size);
    }
    Ok(())
}

/// Archives and sources of every release whose name is a Go version.
fn json(text: &str) -> Result<Archives, Box<dyn Error>> {
    let releases: Vec<Release> = serde_json::from_str(text)?;
    let named =
        |release: &Release| release.version.strip_prefix("go").and_then(Version::parse).is_some();
    let mut archives = Archives::new();
    for file in releases.into_iter().filter(named).flat_map(|release| release.files) {
        // The oldest files have no digest.
        if matches!(file.kind.as_str(), "archive" | "source") && !file.sha256.is_empty() {
            let digest = Digest::parse(&file.sha256).ok_or("an index with a malformed digest")?;
            archives.insert(file.filename, (digest, file.size));
        }
    }
    Ok(archives)
}

fn lines(text: &str) -> Result<Archives, Box<dyn Error>> {
    let mut archives = Archives::new();
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let fields: Vec<&str> = line.split('\t').collect();
        let [name, digest, size] = fields[..] else {
            return Err(format!("not three fields: {line:?}").into());
        };
        let digest = Digest::parse(digest).ok_or_else(|| format!("bad digest: {line:?}"))?;
        archives.insert(name.into(), (digest, size.parse()?));
    }
    Ok(archives)
}
