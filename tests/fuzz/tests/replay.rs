//! Inputs that once broke a property, and every seed, hold now.

use goward_fuzz::targets;
use std::path::Path;

fn names(dir: &Path) -> Vec<String> {
    let Ok(entries) = std::fs::read_dir(dir) else { return Vec::new() };
    let mut names: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

#[test]
fn no_finding_comes_back() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("regressions");
    for target in names(&root) {
        for name in names(&root.join(&target)) {
            eprintln!("{target}/{name}");
            goward_fuzz::check(&target, &std::fs::read(root.join(&target).join(name)).unwrap());
        }
    }
}

#[test]
fn every_target_is_listed() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("targets");
    let files: Vec<String> =
        names(&root).iter().map(|name| name.trim_end_matches(".rs").to_string()).collect();
    let listed: Vec<&str> = targets().into_iter().map(|(name, _)| name).collect();
    assert_eq!(files, listed);
}

#[test]
fn plain_bytes_hold() {
    for (_, check) in targets() {
        for data in [&b""[..], b"\n", b"go 1.22\n", b"A=\xff\n", &[0; 300], &[0xff; 300]] {
            check(data);
        }
    }
}
