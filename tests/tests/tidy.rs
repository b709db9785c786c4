//! The repository itself: who may depend on whom, how files look, and that documents say what
//! the code does.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use goward_testkit::start::{developers, program};
use goward_tests::binaries::{binaries, workspace};

/// The packages of this workspace and what each may use of the others.
const EDGES: [(&str, &[&str]); 8] = [
    ("goward-resolver", &[]),
    ("goward-gomod", &[]),
    ("goward-shim", &["goward-resolver"]),
    ("goward-testkit", &[]),
    ("goward-sumdb", &["goward-testkit"]),
    ("goward-installer", &["goward-resolver", "goward-sumdb", "goward-testkit"]),
    (
        "goward",
        &["goward-resolver", "goward-gomod", "goward-shim", "goward-installer", "goward-testkit"],
    ),
    ("goward-tests", &["goward-resolver", "goward-gomod", "goward-installer", "goward-testkit"]),
];

/// No file of code may be longer, in lines.
const LONGEST_FILE: usize = 600;

fn read(path: impl AsRef<Path>) -> String {
    let path = workspace().join(path);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Every file below `dir` that is part of the project, relative to the workspace.
fn files(dir: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut open = vec![PathBuf::from(dir)];
    while let Some(dir) = open.pop() {
        for entry in fs::read_dir(workspace().join(&dir)).expect("it is a directory") {
            let entry = entry.expect("a directory can be read");
            let path = dir.join(entry.file_name());
            let built = ["target", "book", ".git", "__pycache__"].map(Path::new);
            let name = Path::new(path.file_name().expect("an entry has a name"));
            match entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                true if built.contains(&name) => {}
                true => open.push(path),
                false => found.push(path),
            }
        }
    }
    found.sort();
    found
}

fn with_extension(paths: Vec<PathBuf>, extensions: &[&str]) -> Vec<PathBuf> {
    let has = |path: &PathBuf| extensions.iter().any(|e| path.extension().is_some_and(|x| x == *e));
    let found: Vec<_> = paths.into_iter().filter(has).collect();
    assert!(found.len() > 2, "this test has lost its files: {found:?}");
    found
}

fn rust_files() -> Vec<PathBuf> {
    let all = ["crates", "shims", "tests"].into_iter().flat_map(files).collect();
    with_extension(all, &["rs"])
}

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

#[test]
fn every_file_says_what_it_is_for_and_fits_a_head() {
    for path in rust_files() {
        let text = read(&path);
        assert!(text.starts_with("//!"), "{}:1: no //! says what it is for", path.display());
        let lines = text.lines().count();
        assert!(lines <= LONGEST_FILE, "{}: {lines} lines", path.display());
    }
}

#[test]
fn nothing_is_left_unfinished() {
    let marks = [
        concat!("TO", "DO"),
        concat!("FIX", "ME"),
        concat!("#[ig", "nore"),
        concat!("todo", "!("),
        concat!("unimpl", "emented!("),
    ];
    let scripts = ["tests/run", "tests/demo", ".ci/run"].map(PathBuf::from);
    let python = with_extension(files("tests"), &["py", "rs"]);
    for path in rust_files().into_iter().chain(python).chain(scripts) {
        for (number, line) in read(&path).lines().enumerate() {
            let mark = marks.iter().find(|mark| line.contains(**mark));
            assert_eq!(mark, None, "{}:{}: {line}", path.display(), number + 1);
        }
    }
}

/// Files of the manager and the installer that open files by themselves, and why. All others read
/// by `goward_installer::read`, which waits for nothing and has a limit.
const READERS: [(&str, &str); 5] = [
    ("crates/installer/src/read.rs", "it is that reader"),
    (
        "crates/installer/src/store/staging.rs",
        "directories, to bring them to the disk and to lock them",
    ),
    ("crates/installer/src/install/publish.rs", "directories, to bring them to the disk"),
    ("crates/installer/src/store/lock.rs", "lock files, of which nothing is read"),
    ("crates/cli/src/replace/directory.rs", "its own temporary files, to lock them"),
];

/// As Windows spells them, canonical paths are for few programs, and for no person.
#[test]
fn canonical_paths_are_asked_for_in_one_place() {
    let code = ["crates/cli/src", "crates/installer/src"].into_iter().flat_map(files).collect();
    for path in with_extension(code, &["rs"]) {
        let here = read(&path).contains("canonicalize");
        assert_eq!(here, path.ends_with("installer/src/canonical.rs"), "{}", path.display());
    }
}

/// A FIFO, a device or a file without an end must stop no command.
#[test]
fn files_are_opened_by_the_one_reader() {
    let ways = ["fs::read(", "fs::read_to_string(", "File::open(", ".read(true)"];
    let code = ["crates/cli/src", "crates/installer/src", "crates/sumdb/src"];
    let code = code.into_iter().flat_map(files).collect();
    let mut known: BTreeSet<&str> = READERS.iter().map(|(path, _)| *path).collect();
    let mut met = BTreeSet::new();
    for path in with_extension(code, &["rs"]) {
        let name = path.to_str().expect("our names are text");
        if name.ends_with("_tests.rs") || name.ends_with("/fuzzing.rs") {
            continue;
        }
        let text = read(&path);
        let text = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
        let text = text.split("#[cfg(all(test, unix))]\nmod tests {").next().unwrap_or_default();
        for (line, number) in text.lines().zip(1..) {
            let Some(way) = ways.iter().find(|way| line.contains(**way)) else { continue };
            let excepted = READERS.iter().any(|(path, _)| *path == name);
            assert!(excepted, "{name}:{number}: {way}…; use goward_installer::read");
            met.insert(name.to_owned());
        }
    }
    known.retain(|path| !met.contains(*path));
    assert!(known.is_empty(), "these need no exception any more: {known:?}");
}

/// Files that start programs by themselves, and why. All others start them by
/// `goward_testkit::start`, with an environment that the test names.
const STARTERS: [(&str, &str); 5] = [
    ("crates/testkit/src/start.rs", "it is that helper"),
    ("crates/installer/src/install/build.rs", "make.bash of a Go that is built from its sources"),
    ("crates/cli/src/commands/env.rs", "the chosen go"),
    ("crates/cli/src/commands/exec.rs", "the command of the user"),
    ("shims/go/src/std_shim.rs", "the manager"),
];

/// A developer's Go and settings must get into no test, nor may a machine's.
#[test]
fn tests_start_programs_by_one_helper() {
    let way = concat!("Command", "::new(");
    let mut met = BTreeSet::new();
    for path in rust_files().iter().filter(|path| !path.starts_with("tests/fuzz")) {
        let name = path.to_str().expect("our names are text").replace('\\', "/");
        let text = read(path);
        let Some(number) = text.lines().position(|line| line.contains(way)) else { continue };
        let excepted = STARTERS.iter().any(|(path, _)| *path == name);
        assert!(excepted, "{name}:{}: use goward_testkit::start", number + 1);
        met.insert(name);
    }
    let listed: BTreeSet<_> = STARTERS.iter().map(|(path, _)| path.to_string()).collect();
    assert_eq!(met, listed, "an exception is none any more");
}

/// A developer's directories have blanks in their names.
#[test]
fn urls_of_files_are_made_by_one_function() {
    let way = concat!("file:/", "/{");
    let spared = ["crates/testkit", "tests/fuzz"].map(Path::new);
    let production = ["install/source.rs", "install/local.rs", "unpack/fuzzing.rs"];
    for path in rust_files() {
        let own =
            production.iter().any(|name| path == Path::new("crates/installer/src").join(name));
        if !own && !spared.iter().any(|dir| path.starts_with(dir)) {
            let made = read(&path).contains(way);
            assert!(!made, "{}: use goward_testkit::url::of_file", path.display());
        }
    }
}

/// Linking the helper is what closes the environment of a test program. The resolver and the shim
/// have tests of plain functions alone.
#[test]
fn every_test_program_is_closed() {
    let with_unit_tests =
        ["crates/sumdb/src/lib.rs", "crates/installer/src/lib.rs", "crates/cli/src/main.rs"];
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
    assert!(programs.len() > 20, "this test has lost its programs");
    for sources in programs {
        let mut sources = sources.iter().filter(|path| path.extension().is_some_and(|x| x == "rs"));
        let first = sources.clone().next().expect("a program has a source").display();
        let links = sources.any(|path| read(path).contains("use goward_test"));
        assert!(links, "the program of {first} does not link goward_testkit");
    }
}

#[test]
fn no_file_names_the_place_where_it_was_written() {
    let here = format!("{}/", workspace().display());
    let extensions = ["rs", "md", "toml", "py", "yml", "txt", "go"];
    for path in with_extension(files("."), &extensions) {
        let text = fs::read(workspace().join(&path)).unwrap();
        let text = String::from_utf8_lossy(&text);
        assert!(!text.contains(&here), "{} names {here}", path.display());
        let bad = concat!("/root", "/.");
        assert!(!text.contains(bad), "{} names {bad}", path.display());
    }
}

#[test]
fn the_changelog_has_this_version() {
    let heading = format!("\n## [{}]", env!("CARGO_PKG_VERSION"));
    assert!(read("CHANGELOG.md").contains(&heading), "CHANGELOG.md has no{heading}");
}

/// Where a path may become text other than by the crates' `shown`, and why that reaches no message.
const PATHS_AS_TEXT: [(&str, &str); 1] =
    [("crates/installer/src/unpack/fuzzing.rs", "a URL that is opened")];

/// A directory of a clone may be called anything: its name is said by one function in each crate.
#[test]
fn paths_are_said_by_one_function() {
    let marks = [".display()", "{path:?}", "{dir:?}", "{directory:?}", "{file:?}", "{root:?}"];
    let logged = ["?path", "?dir", "?file", "?root"];
    let sources = [
        "crates/cli/src",
        "crates/gomod/src",
        "crates/installer/src",
        "crates/resolver/src",
        "crates/sumdb/src",
        "shims/go/src",
    ];
    let sources = with_extension(sources.into_iter().flat_map(files).collect(), &["rs"]);
    let mut spared = BTreeSet::new();
    for path in sources {
        let name = path.to_str().unwrap().replace('\\', "/");
        let text = read(&path);
        // Tests come last in a file, or have one of their own.
        let code = text.split("#[cfg(test)]\nmod tests").next().unwrap_or_default();
        for (number, line) in code.lines().enumerate().filter(|_| !name.ends_with("_tests.rs")) {
            let said = marks.iter().any(|mark| line.contains(mark))
                || (line.contains("tracing::") && logged.iter().any(|mark| line.contains(mark)));
            if said && !PATHS_AS_TEXT.iter().any(|(file, _)| *file == name) {
                panic!("{name}:{}: say paths with `shown`: {line}", number + 1);
            }
            if said {
                spared.insert(name.clone());
            }
        }
    }
    let listed = PATHS_AS_TEXT.iter().map(|(file, _)| file.to_string()).collect();
    assert_eq!(spared, listed, "an exception is none any more");
}

/// What prints: the last way out is where text is made harmless, so there are no others.
#[test]
fn one_module_prints() {
    let allowed = [
        "crates/cli/src/output.rs",
        "crates/cli/src/watch.rs",
        "crates/testkit/src/untested.rs",
        "shims/go/src/std_shim.rs",
    ];
    let marks = ["stderr()", "stdout()"];
    for path in with_extension(["crates", "shims"].into_iter().flat_map(files).collect(), &["rs"]) {
        let name = path.to_str().unwrap().replace('\\', "/");
        if !name.contains("/src/") || allowed.contains(&&*name) {
            continue;
        }
        for (number, line) in read(&path).lines().enumerate() {
            let prints = marks.iter().any(|mark| line.contains(mark));
            // A child's stdout goes to stderr; whether a person sits there is no text.
            let other = line.contains(".stdout(") || line.contains("is_terminal");
            assert!(!prints || other, "{name}:{}: prints past output.rs: {line}", number + 1);
        }
    }
}

/// Every attack of the table is a test that is there.
#[test]
fn the_table_of_attacks_names_tests() {
    let names: BTreeSet<String> = rust_files()
        .iter()
        .flat_map(|path| {
            let text = read(path);
            let names = text.split("fn ").filter_map(|rest| rest.split_once("()"));
            names.map(|(name, _)| name.to_owned()).collect::<Vec<_>>()
        })
        .collect();
    let table = read("tests/attacks/rows.tsv");
    let mut rows = 0;
    for (number, line) in table.lines().enumerate().filter(|(_, line)| !line.starts_with('#')) {
        let cells: Vec<_> = line.split('\t').collect();
        assert_eq!(cells.len(), 5, "tests/attacks/rows.tsv:{}: {line}", number + 1);
        let test = cells[4].rsplit("::").next().unwrap();
        assert!(names.contains(test), "tests/attacks/rows.tsv:{}: no test {test}", number + 1);
        rows += 1;
    }
    assert!(rows > 30, "this test has lost its table");
}

/// The cells of every table row of a page whose first cell is code, without the backticks.
fn rows(page: &str) -> Vec<Vec<String>> {
    let text = read(page);
    let rows = text.lines().filter_map(|line| line.strip_prefix('|')?.strip_suffix('|'));
    rows.map(|row| row.split('|').map(|cell| cell.trim().to_owned()).collect()).collect()
}

/// The first word in backticks of each row.
fn named(page: &str) -> BTreeSet<String> {
    let first =
        |row: Vec<String>| row[0].split('`').skip(1).step_by(2).map(str::to_owned).collect();
    rows(page).into_iter().flat_map::<Vec<_>, _>(first).collect()
}

#[test]
fn the_table_of_exit_codes_is_the_code() {
    // `/// 0: done.` above each variant of the two enumerations.
    let documented = |path: &str| {
        let text = read(path);
        let lines = text.lines().filter_map(|line| line.trim().strip_prefix("/// "));
        let codes = lines.filter_map(|line| {
            let (code, meaning) = line.split_once(": ")?;
            Some((code.parse::<u8>().ok()?, meaning.trim_end_matches('.').to_owned()))
        });
        codes.collect::<BTreeMap<_, _>>()
    };
    let mut code = documented("crates/resolver/src/error.rs");
    assert_eq!(code.len(), 3, "the shim's codes are not where they were");
    code.extend(documented("crates/cli/src/exit.rs").into_iter().filter(|(code, _)| *code < 125));
    let page = rows("docs/src/reference/exit-codes.md");
    let page: BTreeMap<u8, String> =
        page.into_iter().filter_map(|row| Some((row[0].parse().ok()?, row[1].clone()))).collect();
    let codes = |map: &BTreeMap<u8, String>| map.keys().copied().collect::<Vec<_>>();
    assert_eq!(codes(&page), codes(&code));
    for (number, meaning) in &code {
        let known = page[number].starts_with(meaning.as_str());
        assert!(known || *number >= 125, "{number}: {:?} in the book, {meaning:?}", page[number]);
    }
}

#[test]
fn the_table_of_variables_is_the_code() {
    let mut code = BTreeSet::new();
    let sources = ["crates", "shims"].into_iter().flat_map(files);
    let sources = sources.filter(|path| !path.starts_with("crates/testkit")).collect();
    for path in with_extension(sources, &["rs"]) {
        for word in read(&path).split('"') {
            let name = word.strip_prefix("GOWARD_").unwrap_or_default();
            let variable =
                !name.is_empty() && name.bytes().all(|b| b.is_ascii_uppercase() || b == b'_');
            if (variable && !name.starts_with("TEST_")) || word == "NO_COLOR" {
                code.insert(word.to_owned());
            }
        }
    }
    assert_eq!(named("docs/src/reference/variables.md"), code);
}

#[test]
fn the_table_of_public_proxies_is_the_code() {
    let code: BTreeSet<String> =
        goward_resolver::PUBLIC_PROXIES.iter().map(|url| (*url).to_owned()).collect();
    assert_eq!(named("docs/src/reference/public-proxies.md"), code);
    for url in &code {
        let host = url.strip_prefix("https://").expect("nothing is fetched in the clear");
        assert!(!host.ends_with('/') && !host.contains(['@', ',', '|']), "{url}");
    }
}

#[test]
fn the_table_of_commands_is_the_program() {
    let help = program(&binaries().manager, std::env::vars_os()).arg("--help").output().unwrap();
    let help = String::from_utf8(help.stdout).unwrap();
    let list = help.split_once("Commands:\n").expect("goward --help lists commands").1;
    let entries = list.lines().take_while(|line| line.starts_with("  "));
    // Wrapped descriptions are indented further.
    let names = entries.filter(|line| !line.starts_with("   "));
    let names = names.filter_map(|line| line.split_whitespace().next());
    let code: BTreeSet<_> =
        names.filter(|name| *name != "help").map(|name| format!("goward {name}")).collect();
    let page = named("docs/src/reference/commands.md");
    let page: BTreeSet<_> = page.into_iter().filter(|name| name.starts_with("goward ")).collect();
    assert_eq!(page, code);
}

/// The blocks between fences.
fn code_blocks(page: &str) -> Vec<String> {
    read(page).split("\n```").skip(1).step_by(2).map(str::to_owned).collect()
}

#[test]
fn both_readmes_show_the_same_code() {
    let english = code_blocks("README.md");
    assert!(english.len() >= 3 && english.iter().any(|block| block.contains("tests/run")));
    assert_eq!(code_blocks("README.zh-CN.md"), english);
}

#[test]
fn every_link_between_documents_leads_somewhere() {
    let mut pages = with_extension(files("docs/src"), &["md"]);
    pages
        .extend(["README.md", "README.zh-CN.md", "CONTRIBUTING.md", "SECURITY.md"].map(Into::into));
    for page in &pages {
        let dir = workspace().join(page).parent().unwrap().to_path_buf();
        for link in read(page).split("](").skip(1).filter_map(|rest| rest.split_once(')')) {
            let (target, _) = link.0.split_once('#').unwrap_or((link.0, ""));
            let there = target.contains("://") || target.is_empty() || dir.join(target).is_file();
            assert!(there, "{} links to {}", page.display(), link.0);
        }
    }
    let summary = read("docs/src/SUMMARY.md");
    for page in with_extension(files("docs/src"), &["md"]) {
        let name = page.strip_prefix("docs/src").unwrap().to_str().unwrap().replace('\\', "/");
        let listed = name == "SUMMARY.md" || summary.contains(&format!("({name})"));
        assert!(listed, "docs/src/SUMMARY.md does not list {name}");
    }
}

#[test]
fn workflows_may_do_little_and_run_what_is_pinned() {
    for path in with_extension(files(".github"), &["yml"]) {
        let text = read(&path);
        assert!(text.contains("\npermissions:\n  contents: read\n"), "{}", path.display());
        for line in text.lines().filter(|line| line.contains("uses:")) {
            let pin = line.split_once('@').map_or("", |(_, pin)| pin);
            let (hash, version) = pin.split_once(" # v").unwrap_or_default();
            let full = hash.len() == 40 && hash.bytes().all(|b| b.is_ascii_hexdigit());
            assert!(full && !version.is_empty(), "{}: {line}", path.display());
            assert!(line.contains("uses: actions/"), "{}: {line}", path.display());
        }
    }
    assert!(read(".github/workflows/ci.yml").contains("- run: tests/run\n"));
    assert!(read(".ci/run").ends_with("\nexec tests/run\n"));
}
