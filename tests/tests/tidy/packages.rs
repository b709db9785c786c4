//! Packages: who may use whom, why, and that the resolver needs no standard library.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use goward_testkit::start::developers;
use goward_tests::binaries::workspace;

use crate::{files, read};

/// The packages of this workspace and what each may use of the others.
const EDGES: [(&str, &[&str]); 10] = [
    ("goward-resolver", &[]),
    ("goward-gomod", &[]),
    ("goward-gobin", &["goward-testkit"]),
    ("goward-shim", &["goward-resolver"]),
    ("goward-testkit", &[]),
    ("goward-sumdb", &["goward-testkit"]),
    ("goward-installer", &["goward-resolver", "goward-sumdb", "goward-testkit"]),
    // The shim's package gives its tests a machine; the library asks only the `Host` that it is given.
    (
        "goward-govern",
        &[
            "goward-resolver",
            "goward-gomod",
            "goward-gobin",
            "goward-installer",
            "goward-shim",
            "goward-testkit",
        ],
    ),
    (
        "goward",
        &[
            "goward-resolver",
            "goward-gomod",
            "goward-gobin",
            "goward-shim",
            "goward-installer",
            "goward-govern",
            "goward-testkit",
        ],
    ),
    ("goward-tests", &["goward-resolver", "goward-gomod", "goward-installer", "goward-testkit"]),
];

/// What `cargo metadata` says of the packages of this workspace.
fn packages() -> Vec<serde_json::Value> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut metadata = developers(cargo);
    metadata.args(["metadata", "--no-deps", "--offline", "--format-version", "1"]);
    let output = metadata.current_dir(workspace()).output().expect("cargo starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: serde_json::Value =
        serde_json::from_slice(&output.stdout).expect("cargo prints JSON");
    list(&metadata["packages"])
}

/// Pairs of package and dependency, with the platform for which it is one.
fn dependencies() -> Vec<(String, String, Option<String>)> {
    let mut pairs = Vec::new();
    for package in packages() {
        for used in list(&package["dependencies"]) {
            let target = used["target"].as_str().map(str::to_owned);
            pairs.push((name_of(&package), name_of(&used), target));
        }
    }
    pairs
}

fn name_of(item: &serde_json::Value) -> String {
    item["name"].as_str().expect("cargo names it").to_owned()
}

fn list(value: &serde_json::Value) -> Vec<serde_json::Value> {
    value.as_array().expect("cargo lists them").clone()
}

#[test]
fn dependencies_point_down_only() {
    let allowed: BTreeMap<_, _> = EDGES.into_iter().collect();
    let names: BTreeSet<_> = packages().iter().map(name_of).collect();
    assert_eq!(names, allowed.keys().map(|name| name.to_string()).collect());
    for (user, used, _) in dependencies() {
        let ours = names.contains(&used);
        assert!(!ours || allowed[user.as_str()].contains(&used.as_str()), "{user} uses {used}");
    }
}

#[test]
fn the_hot_path_has_next_to_no_dependencies() {
    let pairs = dependencies();
    let of = |user: &str| pairs.iter().filter(move |pair| pair.0 == user).collect::<Vec<_>>();
    assert_eq!(of("goward-resolver"), Vec::<&_>::new());
    assert_eq!(of("goward-gomod"), Vec::<&_>::new());
    for (_, used, target) in of("goward-shim") {
        // Declarations, and none where the shim is bare.
        let of_system = match used.as_str() {
            "libc" => {
                target.as_ref().is_some_and(|target| target.starts_with("cfg(all(unix, not("))
            }
            "windows-sys" => target.as_deref() == Some("cfg(windows)"),
            _ => false,
        };
        assert!(used == "goward-resolver" || of_system, "the shim uses {used} ({target:?})");
    }
}

#[test]
fn every_dependency_has_a_reason_in_the_book() {
    let page = read("docs/src/internals/dependencies.md");
    let ours: Vec<_> = EDGES.iter().map(|(name, _)| *name).collect();
    for (user, used, _) in dependencies() {
        let word = page.split(|c: char| !c.is_ascii_alphanumeric() && !"-_".contains(c));
        let known = ours.contains(&used.as_str()) || word.clone().any(|word| word == used);
        assert!(known || user == "goward-tests", "no word about {used}, which {user} uses");
    }
}

/// The fuzz targets are a workspace of their own, with a lock file that nothing else here reads.
#[test]
fn the_fuzz_targets_lock_what_the_packages_use() {
    let lock = read("tests/fuzz/Cargo.lock");
    let mut seen = 0;
    for package in packages() {
        let heading = format!("name = \"{}\"\n", name_of(&package));
        let Some(block) = lock.split("[[package]]").find(|block| block.contains(&heading)) else {
            continue;
        };
        seen += 1;
        for used in list(&package["dependencies"]) {
            let needed = used["kind"].is_null() && used["optional"] == false;
            let known = block.contains(&format!(" \"{}", name_of(&used)));
            assert!(
                !needed || known,
                "run: cargo update --workspace --manifest-path tests/fuzz/Cargo.toml ({} of {heading})",
                name_of(&used)
            );
        }
    }
    assert!(seen > 1, "this test has lost its packages");
}

/// A root without `std` that links the resolver. With `std` in it there would be two panic
/// handlers, and it would not compile.
const NO_STD_ROOT: &str = r#"
#![no_std]
extern crate goward_resolver;
use core::alloc::{GlobalAlloc, Layout};
struct Nothing;
unsafe impl GlobalAlloc for Nothing {
    unsafe fn alloc(&self, _: Layout) -> *mut u8 { core::ptr::null_mut() }
    unsafe fn dealloc(&self, _: *mut u8, _: Layout) {}
}
#[global_allocator]
static NOTHING: Nothing = Nothing;
#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! { loop {} }
"#;

/// Compiles `source` as the crate `goward_resolver` and links [`NO_STD_ROOT`] with it.
fn links_without_std(source: &Path, scratch: &Path) -> Result<(), String> {
    let rustc = |arguments: &[&str], source: &Path| {
        let mut rustc = developers(std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into()));
        rustc.args(["--edition", "2024", "-C", "panic=abort", "-L"]).arg(scratch);
        rustc.args(arguments).arg(source).current_dir(scratch);
        let output = rustc.output().expect("rustc starts");
        let complaint = String::from_utf8_lossy(&output.stderr).into_owned();
        output.status.success().then_some(()).ok_or(complaint)
    };
    let root = scratch.join("root.rs");
    fs::write(&root, NO_STD_ROOT).expect("the directory is ours");
    rustc(&["--crate-type", "rlib", "--crate-name", "goward_resolver"], source)?;
    rustc(&["--crate-type", "staticlib", "--crate-name", "root"], &root)
}

#[test]
fn the_resolver_links_no_std() {
    let scratch = std::env::temp_dir().join(format!("goward-tidy-{}", std::process::id()));
    fs::create_dir_all(&scratch).unwrap();
    let with_std = scratch.join("std.rs");
    fs::write(&with_std, "#![no_std] extern crate std;").unwrap();
    let control = links_without_std(&with_std, &scratch);
    let resolver = workspace().join("crates/resolver/src/lib.rs");
    let result = links_without_std(&resolver, &scratch);
    fs::remove_dir_all(&scratch).unwrap();
    assert!(control.is_err_and(|e| e.contains("panic_impl")), "this check cannot fail any more");
    assert_eq!(result, Ok(()));
}

/// Linking the helper is what closes the environment of a test program. The resolver and the shim
/// have tests of plain functions alone.
#[test]
fn every_test_program_is_closed() {
    let with_unit_tests = [
        "crates/sumdb/src/lib.rs",
        "crates/installer/src/lib.rs",
        "crates/govern/src/lib.rs",
        "crates/cli/src/main.rs",
    ];
    let mut programs: Vec<_> = with_unit_tests.iter().map(|path| vec![path.into()]).collect();
    for target in packages().iter().flat_map(|package| list(&package["targets"])) {
        let main = Path::new(target["src_path"].as_str().expect("cargo names it"));
        match main.parent() {
            _ if target["kind"][0] != "test" => {}
            Some(dir) if main.ends_with("main.rs") => {
                programs.push(files(dir.to_str().expect("our names are text")));
            }
            _ => programs.push(vec![main.to_path_buf()]),
        }
    }
    assert!(programs.len() > 10, "this test has lost its programs");
    for sources in programs {
        let mut sources = sources.iter().filter(|path| path.extension().is_some_and(|x| x == "rs"));
        let first = sources.clone().next().expect("a program has a source").display();
        let links = sources.any(|path| read(path).contains("use goward_test"));
        assert!(links, "the program of {first} does not link goward_testkit");
    }
}

/// Its symbols would be an eighth of the program.
#[test]
fn cargo_strips_the_manager() {
    let manifest = read("Cargo.toml");
    let (_, release) = manifest.split_once("[profile.release]\n").unwrap();
    let release = release.split("\n[").next().unwrap();
    assert!(release.lines().any(|line| line == "strip = true"), "{release}");
    // Cargo forgets it for a package that has a section.
    assert!(!manifest.contains("[profile.release.package.goward]"));
}
