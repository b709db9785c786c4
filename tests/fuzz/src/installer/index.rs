//! Indexes: an accepted one is in order, has names that are safe in a URL and on a disk, stands in
//! the JSON, and renders back to the same.

use crate::bounds::linear_beyond;
use goward_installer::Platform;
use goward_installer::fuzzing::{File, Release, parse_index, parse_list, parse_page};
use serde_json::{Value, json};

/// The bytes that even the shortest page takes: the buffer of the tokenizer.
const PAGE: usize = 64 << 10;
/// The bytes that a message about a long text may take.
const MESSAGES: usize = 256 << 10;

/// Checks one text as go.dev's JSON, as the list of a module proxy, and as the page of a directory.
pub(super) fn check(data: &[u8]) {
    if let Ok(releases) = linear_beyond(MESSAGES, data.len(), || parse_index(data)) {
        in_order(&releases);
        // Other readers may stumble over fields at which goward does not look.
        let value: Option<Value> = serde_json::from_str(&String::from_utf8_lossy(data)).ok();
        for (version, files) in &releases {
            for file in files {
                good_file(&format!("go{version}."), file);
                let there = value.as_ref().is_none_or(|value| stands_in(value, file));
                assert!(there, "{file:?} is not there");
            }
        }
        let again = parse_index(render(&releases).as_bytes());
        assert_eq!(again.expect("what was accepted is accepted again"), releases);
    }
    let releases = linear_beyond(MESSAGES, data.len(), || parse_list(data));
    let releases = releases.expect("lines that are no release are passed over");
    in_order(&releases);
    let mut lines = String::new();
    for (version, files) in &releases {
        for file in files {
            good_file(&format!("v0.0.1-go{version}."), file);
            let name = file.name.strip_suffix(".zip").expect("it is a zip");
            let (_, platform) = name.rsplit_once('.').expect("it has a platform");
            let platform = Platform::parse(platform).expect("it has a platform");
            assert_eq!((platform.os(), platform.arch()), (file.os.as_str(), file.arch.as_str()));
            lines.push_str(&format!("{name}\n"));
        }
    }
    assert_eq!(parse_list(lines.as_bytes()).expect("it is a list"), releases);
    check_page(data);
}

/// Releases of a page are no more than its names: without digests, and linked to anew the same.
fn check_page(data: &[u8]) {
    let Ok(releases) = linear_beyond(PAGE + MESSAGES, data.len(), || parse_page(data)) else {
        return;
    };
    in_order(&releases);
    let mut page = String::new();
    for (version, files) in &releases {
        for file in files {
            good_file(&format!("go{version}."), file);
            assert!(file.sha256.is_none() && file.size.is_none(), "{file:?} vouches");
            page.push_str(&format!("<a href='{}'>", file.name));
        }
    }
    assert_eq!(parse_page(page.as_bytes()).expect("it is a page"), releases);
}

fn in_order(releases: &[Release]) {
    assert!(releases.windows(2).all(|pair| pair[0].0 < pair[1].0), "{releases:?}");
}

/// A file name that leads nowhere else, a digest that is one, a size that can be.
fn good_file(start: &str, file: &File) {
    let rest = file.name.strip_prefix(start).unwrap_or_default();
    assert!(!rest.is_empty(), "{:?} is not of {start}", file.name);
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
    assert!(file.name.len() <= 160 && file.name.bytes().all(plain), "{:?}", file.name);
    if let Some(digest) = &file.sha256 {
        let hex = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        assert!(digest.len() == 64 && digest.bytes().all(hex), "{digest:?}");
    }
    assert!(file.size.is_none_or(|size| (1..=512 << 20).contains(&size)), "{file:?}");
}

/// Whether some release of the JSON has this file.
fn stands_in(value: &Value, file: &File) -> bool {
    let text = |value: &Value, key: &str| value[key].as_str().unwrap_or_default().to_owned();
    value.as_array().into_iter().flatten().any(|release| {
        release["files"].as_array().into_iter().flatten().any(|raw| {
            let digest = text(raw, "sha256").to_lowercase();
            let os_fits = file.os == text(raw, "os") || text(raw, "kind") == "source";
            os_fits
                && text(raw, "filename") == file.name
                && text(raw, "arch") == file.arch
                && digest == file.sha256.clone().unwrap_or_default()
                && raw["size"].as_u64().unwrap_or_default() == file.size.unwrap_or_default()
        })
    })
}

fn render(releases: &[Release]) -> String {
    let releases = releases.iter().map(|(version, files)| {
        let files = files.iter().map(|file| {
            let kind = if file.os == "src" { "source" } else { "archive" };
            json!({
                "filename": file.name, "os": file.os, "arch": file.arch, "kind": kind,
                "sha256": file.sha256.clone().unwrap_or_default(),
                "size": file.size.unwrap_or_default(),
            })
        });
        json!({ "version": format!("go{version}"), "files": files.collect::<Value>() })
    });
    releases.collect::<Value>().to_string()
}
