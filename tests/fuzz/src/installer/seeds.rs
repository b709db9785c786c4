//! Seeds of these targets: parts of real archives and of a real index, from the mirror that
//! `tests/mirror/mirror.py` makes, and answers as servers give them.

use super::note::GENUINE;
use super::zip_writer::{self, Entry};
use super::ustar;
use flate2::{Compression, bufread::GzDecoder, write::DeflateEncoder};
use std::fs::{self, File};
use std::io::{self, BufReader, Read, Write};
use std::path::Path;

/// Pages of directories as web servers make them.
const PAGES: [&str; 4] = [
    include_str!("../../../../crates/installer/src/mirror/index/listings/apache-fancy.html"),
    include_str!("../../../../crates/installer/src/mirror/index/listings/caddy.html"),
    include_str!("../../../../crates/installer/src/mirror/index/listings/nginx-fancyindex.html"),
    include_str!("../../../../crates/installer/src/mirror/index/listings/python.html"),
];

/// A target, and a text for it.
pub type Seed = (&'static str, Vec<u8>);

/// The bytes of an archive that are looked at, the files of it that are taken, and the bytes that
/// such a file may have.
const LOOKED_AT: u64 = 64 << 20;
const FILES: usize = 5;
const SMALL: usize = 480;

/// The seeds that need no mirror.
pub fn made() -> Vec<Seed> {
    let mut seeds = Vec::new();
    for line in GENUINE.lines() {
        let fields: Vec<&str> = line.split(' ').collect();
        if let ["head", size, hash, signature] = fields[..] {
            let note = format!(
                "go.sum database tree\n{size}\n{hash}\n\n\u{2014} sum.golang.org {signature}\n"
            );
            let version = "golang.org/toolchain v0.0.1-go1.22.10.linux-amd64";
            let lines = format!("{version} h1:{hash}\n{version}/go.mod h1:{hash}\n");
            seeds.push(("note", format!("\0{note}").into_bytes()));
            seeds.push(("note", format!("\x0012\n{lines}\n{note}").into_bytes()));
        }
        if let ["key", key] = fields[..] {
            seeds.push(("note", format!("\0{key}").into_bytes()));
        }
    }
    for answer in [
        "200 - 5\nETag: \"a\"\nContent-Length: 5\nAccept-Ranges: bytes",
        "200 - -\nDate: Sun, 06 Nov 1994 08:50:37 GMT\nLast-Modified: Sun, 06 Nov 1994 08:49:37 GMT",
        "206 5 5\nContent-Range: bytes 5-9/10\nETag: W/\"a\"",
        "206 5 -\nContent-Range: bytes 5-9/10\nLast-Modified: Thu, 29 Feb 2024 23:59:59 GMT",
        "206 100 -\nContent-Range: bytes 5-9/10",
        "503 - 0\nRetry-After: 7\nDate: Sun, 06 Nov 1994 08:49:37 GMT",
        "429 - 0\nRetry-After: Sun, 06 Nov 1994 08:49:40 GMT",
        "302 - 0\nLocation: https://dl.google.com/go/go1.22.10.linux-amd64.tar.gz",
        "302 - 0\nLocation: /dl/go?x=https://a/\nLocation: //b.example/z\nLocation: z",
        "200 - 5\nContent-Encoding: gzip",
        "304 - -\nETag: \"a\"",
    ] {
        seeds.push(("range", answer.as_bytes().to_vec()));
    }
    seeds.push(("index", b"v0.0.1-go1.22.10.linux-amd64\nv0.0.1-go1.23.2.linux-arm\n".to_vec()));
    // From the end of a page: the beginning of some is longer than libFuzzer's inputs.
    for page in PAGES {
        let from = page.len().saturating_sub(4096);
        seeds.push(("index", page.as_bytes()[from..].to_vec()));
    }
    // Nothing turns an archive back into the decisions that make it; any bytes will do.
    for number in 0..48 {
        for (target, modes) in [
            ("tar", &[3, 7][..]),
            ("zip", &[2, 6, 3, 7]),
            ("note", &[1, 2]),
            ("tile", &[0, 1, 2, 3]),
        ] {
            let mode = modes[number % modes.len()];
            seeds.push((target, [&[mode], &chance(number)[..]].concat()));
        }
    }
    seeds
}

/// Some bytes, the same for the same number.
fn chance(number: usize) -> Vec<u8> {
    let mut state = u32::try_from(number).unwrap_or_default();
    let next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 24) as u8
    };
    std::iter::repeat_with(next).take(40 + number * 12).collect()
}

/// The seeds that the mirror at `directory` gives.
///
/// # Errors
/// The error of a file that cannot be read there.
pub fn real(directory: &Path) -> io::Result<Vec<Seed>> {
    let index = fs::read(directory.join("index.json"))?;
    let releases: Vec<serde_json::Value> = serde_json::from_slice(&index)?;
    let mut seeds = vec![("index", index)];
    for release in releases {
        seeds.push(("index", format!("[{release}]").into_bytes()));
        let archive = release["files"][0]["filename"].as_str().unwrap_or_default().to_owned();
        if archive.ends_with(".tar.gz") {
            archives(&parts(&directory.join(archive))?, &mut seeds)?;
        }
    }
    Ok(seeds)
}

/// Small files of an archive: each as it stands there, with its header.
fn parts(archive: &Path) -> io::Result<Vec<Vec<u8>>> {
    let file = BufReader::new(File::open(archive)?);
    let mut tar = GzDecoder::new(file).take(LOOKED_AT);
    let (mut parts, mut block) = (Vec::new(), [0; 512]);
    while parts.len() < FILES && tar.read_exact(&mut block).is_ok() {
        let digits = String::from_utf8_lossy(&block[124..135]).into_owned();
        let size = usize::from_str_radix(digits.trim(), 8).map_err(io::Error::other)?;
        let mut content = vec![0; size.next_multiple_of(512)];
        if tar.read_exact(&mut content).is_err() {
            break;
        }
        if size <= SMALL {
            parts.push([&block[..], &content].concat());
        }
    }
    Ok(parts)
}

/// Archives of such files, in every wrapping that the targets know.
fn archives(parts: &[Vec<u8>], seeds: &mut Vec<Seed>) -> io::Result<()> {
    let whole = parts.concat();
    for mode in [2, 1 | 2, 4 | 2] {
        seeds.push(("tar", [&[mode], &whole[..]].concat()));
    }
    let ended = [&whole[..], &[0; 1024]].concat();
    seeds.push(("tar", [&[0], &ended[..]].concat()));
    let mut deflate = DeflateEncoder::new(Vec::new(), Compression::default());
    deflate.write_all(&ended)?;
    seeds.push(("tar", [&[8 | 1], &deflate.finish()?[..]].concat()));
    for module in [false, true] {
        let entries = ustar::read(&ended).unwrap_or_default().into_iter().enumerate();
        let entries = entries.map(|(number, entry)| {
            let name = entry.name.strip_prefix(b"go/").unwrap_or(&entry.name);
            let top = if module { super::zip::MODULE } else { b"go/" };
            let name = [top, name].concat();
            let mode = u32::try_from(entry.mode).unwrap_or_default() | 0o100_000;
            let deflated = number % 2 == 1;
            Entry { name, content: entry.content, deflated, mode, ..Default::default() }
        });
        let files = entries.filter(|entry| !entry.name.ends_with(b"/")).collect::<Vec<_>>();
        let archive = zip_writer::write(&files);
        for mode in [0, 1] {
            let mode = mode | if module { 4 } else { 0 };
            seeds.push(("zip", [&[mode], &archive[..]].concat()));
        }
    }
    Ok(())
}
