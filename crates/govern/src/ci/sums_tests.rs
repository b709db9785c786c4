//! Sums of small checkouts.

use super::*;
use std::fs;

struct Checkout(tempfile::TempDir);

impl Checkout {
    fn of(files: &[(&str, &str)]) -> Checkout {
        let dir = tempfile::tempdir().unwrap();
        for (name, text) in files {
            let path = dir.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        Checkout(dir)
    }

    fn sums(&self, patterns: &[&str]) -> Result<Sums, Unread> {
        let texts: Vec<String> = patterns.iter().map(|text| (*text).to_owned()).collect();
        digest_of(self.0.path(), &Patterns::parse(self.0.path(), &texts)?)
    }

    fn named(&self) -> Result<HashSet<String>, Unread> {
        named(self.0.path())
    }
}

const SUM: &str = "example.com/a v1.0.0 h1:x=\nexample.com/a v1.0.0/go.mod h1:y=\n\
                   example.com/B v1.1.0/go.mod h1:z=\nhalf a line\nexample.com/c v1 x1:a=\n\
                   golang.org/toolchain v0.0.1-go1.27.3.linux-amd64 h1:t=\n";

#[test]
fn a_go_sum_names_files_of_the_download_cache() {
    let checkout = Checkout::of(&[("go.sum", SUM), ("go.mod", "module m\n")]);
    let named = checkout.named().unwrap();
    let mut named: Vec<_> = named.iter().map(String::as_str).collect();
    named.sort_unstable();
    assert_eq!(
        named,
        [
            "example.com/!b/@v/v1.1.0.info",
            "example.com/!b/@v/v1.1.0.mod",
            "example.com/a/@v/v1.0.0.info",
            "example.com/a/@v/v1.0.0.mod",
            "example.com/a/@v/v1.0.0.zip",
        ]
    );
    assert_eq!(checkout.sums(&[]).unwrap().files, 1, "the go.mod has a sum beside it");
}

#[test]
fn the_digest_is_of_contents() {
    let one = Checkout::of(&[("go.sum", "a\n"), ("x/go.mod", "module x\n")]).sums(&[]).unwrap();
    let same = Checkout::of(&[("y/go.sum", "a\n"), ("go.mod", "module x\n")]).sums(&[]).unwrap();
    let other = Checkout::of(&[("go.sum", "b\n"), ("go.mod", "module x\n")]).sums(&[]).unwrap();
    assert_eq!((one.files, &one.digest), (2, &same.digest));
    assert_ne!(one.digest, other.digest);
    assert_eq!(Checkout::of(&[]).sums(&[]).unwrap().digest.len(), 16);
}

#[test]
fn patterns_choose_what_is_digested_and_not_what_is_kept() {
    let files =
        [("go.sum", "a"), ("sub/go.sum", SUM), ("sub/x/tool.lock", "b"), ("vendor/go.sum", "c")];
    let checkout = Checkout::of(&files);
    let files = |patterns: &[&str]| checkout.sums(patterns).unwrap().files;
    let top = checkout.0.path().display();
    for (pattern, count) in [
        ("go.sum", 1),
        ("./sub/go.sum", 1),
        ("**/go.sum", 3),
        ("*/go.sum", 2),
        ("**/go.sum\n!vendor/**", 2),
        ("sub/**/*", 2),
        ("none", 0),
    ] {
        assert_eq!(files(&[pattern]), count, "{pattern}");
    }
    assert_eq!(files(&["go.sum", &format!("{top}/sub/go.sum")]), 2);
    assert!(checkout.named().unwrap().contains("example.com/a/@v/v1.0.0.zip"));
    for bad in ["../go.sum", "/etc/passwd", "sub/../../x", "a[", "!", "sub/***"] {
        assert!(matches!(checkout.sums(&[bad]), Err(Unread::Pattern(_))), "{bad}");
    }
}

/// A link could lead out of the checkout, a FIFO would be waited for.
#[cfg(unix)]
#[test]
fn odd_files_are_passed_over() {
    let checkout = Checkout::of(&[("go.sum", SUM), ("elsewhere", "example.com/z v1.0.0 h1:z=\n")]);
    let both = || (checkout.sums(&[]).unwrap(), checkout.named().unwrap());
    let before = both();
    let at = |name: &str| checkout.0.path().join(name);
    fs::create_dir(at("d")).unwrap();
    std::os::unix::fs::symlink("../elsewhere", at("d/go.sum")).unwrap();
    fs::create_dir(at("e")).unwrap();
    assert!(goward_testkit::start::tool("mkfifo").arg(at("e/go.sum")).status().unwrap().success());
    assert_eq!(both(), before);
    std::os::unix::fs::symlink("/", at("root")).unwrap();
    assert_eq!(both(), before);
    fs::File::create(at("e.sum")).unwrap().set_len(1 << 40).unwrap();
    assert_eq!(both(), before);
    fs::rename(at("e.sum"), at("go.work.sum")).unwrap();
    let Err(Unread::Io(path, error)) = checkout.sums(&[]) else { panic!("it is too large") };
    assert!(path.ends_with("go.work.sum") && error.kind() == io::ErrorKind::FileTooLarge);
}

#[test]
fn a_checkout_of_too_many_sums_has_none() {
    let checkout = Checkout::of(&[]);
    for number in 0..=MOST_FILES {
        fs::write(checkout.0.path().join(format!("{number}.lock")), "").unwrap();
    }
    assert!(checkout.sums(&[]).is_ok());
    let refused = checkout.sums(&["*.lock"]);
    assert!(matches!(refused, Err(Unread::TooMany)), "{refused:?}");
}

/// What a system restored lies in the checkout, and is none of its files.
#[test]
fn caches_of_jobs_in_the_checkout_do_not_count() {
    let checkout = Checkout::of(&[("go.sum", SUM)]);
    let before = (checkout.sums(&[]).unwrap(), checkout.named().unwrap());
    for name in ["go.sum", "mod/cache/download/go.sum", "go-build/go.mod"] {
        let path = checkout.0.path().join(".goward").join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, "evil.example v1.0.0 h1:x=\n").unwrap();
    }
    assert_eq!((checkout.sums(&[]).unwrap(), checkout.named().unwrap()), before);
}

/// Sixteen files of 13 MiB took minutes, and gigabytes of memory.
#[test]
fn sums_have_bounds_of_bytes_lines_and_names() {
    let checkout = Checkout::of(&[("go.sum", SUM), ("x/go.sum", SUM)]);
    let (bytes, lines) = (2 * SUM.len(), 2 * SUM.lines().count());
    let names: usize = checkout.named().unwrap().iter().map(|name| name.len() + EACH).sum();
    let all = Bounds { bytes: bytes as u64, lines, names };
    let read = |bounds: &Bounds| named_within(bounds, checkout.0.path());
    assert_eq!(read(&all).unwrap(), checkout.named().unwrap());
    let fewer = |by: fn(&mut Bounds)| {
        let mut bounds = all;
        by(&mut bounds);
        bounds
    };
    let patterns = Patterns::default();
    assert!(digest_within(&all, checkout.0.path(), &patterns).is_ok());
    let short = fewer(|all| all.bytes -= 1);
    assert!(matches!(digest_within(&short, checkout.0.path(), &patterns), Err(Unread::TooMany)));
    for bounds in [short, fewer(|all| all.lines -= 1), fewer(|all| all.names -= 1)] {
        assert!(matches!(read(&bounds), Err(Unread::TooMany)));
    }
}

#[test]
fn a_line_that_is_too_long_names_nothing_and_hides_none() {
    let long = format!("long.example/{} v1.0.0 h1:x=\n", "x".repeat(5_000));
    let checkout = Checkout::of(&[("go.sum", &format!("{long}{SUM}"))]);
    assert_eq!(checkout.named().unwrap(), Checkout::of(&[("go.sum", SUM)]).named().unwrap());
}
