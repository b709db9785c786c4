//! The parts of an install one by one, for `tests/bench/install.py`: what each would take if the
//! others took nothing.
//!
//! ```text
//! cargo run --release -p goward-installer --example floor -- PART ARCHIVE DIRECTORY
//! ```
//!
//! PART is `hash` (SHA-256 of the archive), `gunzip` (inflate it, in the buffers that the installer
//! has), `parse` (that, and its tar headers) or `create` (put its files into DIRECTORY, which must
//! not exist, from memory that holds the inflated archive already). Prints the seconds it took.
#![expect(clippy::print_stdout, reason = "its result is its output")]

use flate2::bufread::GzDecoder;
use sha2::{Digest as _, Sha256};
use std::error::Error;
use std::fs::{self, File};
use std::io::{self, BufReader, Read};
use std::path::Path;
use std::time::Instant;

/// The size of the installer's buffers.
const BUFFER: usize = 256 << 10;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [part, archive, directory] = &arguments[..] else {
        return Err("usage: floor hash|gunzip|parse|create ARCHIVE DIRECTORY".into());
    };
    let (archive, directory) = (Path::new(archive), Path::new(directory));
    let mut start = Instant::now();
    match part.as_str() {
        "hash" => {
            let mut hasher = Sha256::new();
            each(File::open(archive)?, |bytes| hasher.update(bytes))?;
            std::hint::black_box(hasher.finalize());
        }
        "gunzip" => each(inflated(archive)?, |bytes| _ = std::hint::black_box(bytes))?,
        "parse" => {
            for entry in tar::Archive::new(inflated(archive)?).entries()? {
                std::hint::black_box(entry?.header().entry_size()?);
            }
        }
        "create" => {
            let mut whole = Vec::new();
            inflated(archive)?.read_to_end(&mut whole)?;
            start = Instant::now();
            create(&whole, directory)?;
        }
        other => return Err(format!("no such part: {other}").into()),
    }
    println!("{:.4}", start.elapsed().as_secs_f64());
    Ok(())
}

fn inflated(archive: &Path) -> io::Result<GzDecoder<BufReader<File>>> {
    Ok(GzDecoder::new(BufReader::with_capacity(BUFFER, File::open(archive)?)))
}

fn each(mut from: impl Read, mut take: impl FnMut(&[u8])) -> io::Result<()> {
    let mut buffer = vec![0; BUFFER];
    loop {
        match from.read(&mut buffer)? {
            0 => return Ok(()),
            read => take(&buffer[..read]),
        }
    }
}

/// Verifies nothing: the archive of a benchmark is trusted.
fn create(tar: &[u8], directory: &Path) -> Result<(), Box<dyn Error>> {
    fs::create_dir(directory)?;
    let mut known = std::collections::HashSet::new();
    let mut open = place::open(directory)?;
    let mut at = String::new();
    for entry in tar::Archive::new(tar).entries()? {
        let entry = entry?;
        if !entry.header().entry_type().is_file() {
            continue;
        }
        let from = usize::try_from(entry.raw_file_position())?;
        let content = &tar[from..from + usize::try_from(entry.size())?];
        let path = entry.path()?.to_str().ok_or("a name is not UTF-8")?.to_owned();
        let (parent, name) = path.rsplit_once('/').unwrap_or(("", &path));
        if at != parent {
            if known.insert(parent.to_owned()) {
                fs::create_dir_all(directory.join(parent))?;
            }
            open = place::open(&directory.join(parent))?;
            parent.clone_into(&mut at);
        }
        place::write(&open, name, content)?;
    }
    Ok(())
}

/// Files relative to an open directory.
#[cfg(unix)]
mod place {
    use rustix::fs::{CWD, Mode, OFlags, openat};
    use std::fs::File;
    use std::io::{self, Write as _};
    use std::os::fd::OwnedFd;
    use std::path::Path;

    pub(super) fn open(directory: &Path) -> io::Result<OwnedFd> {
        Ok(openat(CWD, directory, OFlags::DIRECTORY | OFlags::CLOEXEC, Mode::empty())?)
    }

    pub(super) fn write(directory: &OwnedFd, name: &str, content: &[u8]) -> io::Result<()> {
        let flags = OFlags::CREATE | OFlags::EXCL | OFlags::WRONLY | OFlags::CLOEXEC;
        let file = openat(directory, name, flags, Mode::from_raw_mode(0o644))?;
        File::from(file).write_all(content)
    }
}

/// Files by their paths.
#[cfg(not(unix))]
mod place {
    use std::io;
    use std::path::{Path, PathBuf};

    pub(super) fn open(directory: &Path) -> io::Result<PathBuf> {
        Ok(directory.to_owned())
    }

    pub(super) fn write(directory: &Path, name: &str, content: &[u8]) -> io::Result<()> {
        std::fs::write(directory.join(name), content)
    }
}
