//! Flips one byte anywhere in an archive for which only the checksum database vouches.
//!
//! Either the install is refused and leaves nothing; or the byte has no meaning (a time stamp,
//! padding), and the installed tree is right in every byte and mode. Directories that no module zip
//! has (`api`, `doc`, `misc`, `test`) are not in it, because the database cannot vouch for them.

use crate::database::{Served, record};
use crate::dist::{World, chain, needed, snapshot};
use crate::install::{VERSION, h1, module};
use crate::tar::{Tar, gzip};
use flate2::read::GzDecoder;
use goward_installer::{Assurance, Error, ErrorKind, Installed, Local, Mirror, Platform, Silent};
use goward_testkit::start::tool;
use std::collections::BTreeMap;
use std::fs;
use std::io::{Cursor, Read as _, Write as _};
use std::path::PathBuf;
use std::process::Stdio;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

type Result<T> = std::result::Result<T, Error>;
type Files = Vec<(String, u32, Vec<u8>)>;

/// A small toolchain with all that a real one has: modules, an empty file, a name outside of ASCII,
/// and a file large enough to be compressed in blocks.
fn files() -> Files {
    let own = |(path, mode, text): (&str, u32, &[u8])| (path.to_owned(), mode, text.to_vec());
    let mut files: Files = needed().into_iter().map(own).collect();
    files[0].2 = format!("go{VERSION}\ntime 2024-12-02T00:00:00Z\n").into_bytes();
    let noise = (0..20_000u32).flat_map(|n| (n.wrapping_mul(2_654_435_761) >> 7).to_le_bytes());
    files.push(("bin/noise".into(), 0o755, noise.collect()));
    files.push(("src/empty.go".into(), 0o644, Vec::new()));
    files.push(("src/übung.go".into(), 0o644, b"package main\n".repeat(40)));
    files
}

fn tar() -> Vec<u8> {
    let mut tar = Tar::empty();
    tar.directory("go/");
    for (path, mode, text) in files() {
        tar.entry(format!("go/{path}").as_bytes(), b'0', mode, &text);
    }
    tar.bytes()
}

/// A zip of the files, under names from `name`; half of them are compressed.
fn zip(name: impl Fn(&str) -> String) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (at, (path, mode, text)) in files().iter().enumerate() {
        let method = [CompressionMethod::Stored, CompressionMethod::Deflated][at % 2];
        let options =
            SimpleFileOptions::default().compression_method(method).unix_permissions(*mode);
        zip.start_file(name(path), options).unwrap();
        zip.write_all(text).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

fn xz(bytes: &[u8]) -> Vec<u8> {
    let program =
        "import lzma, sys; sys.stdout.buffer.write(lzma.compress(sys.stdin.buffer.read()))";
    let mut python = tool("python3");
    python.args(["-c", program]).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut python = python.spawn().unwrap();
    // Python reads everything before it writes anything.
    python.stdin.take().unwrap().write_all(bytes).unwrap();
    let mut packed = Vec::new();
    python.stdout.take().unwrap().read_to_end(&mut packed).unwrap();
    assert!(python.wait().unwrap().success());
    packed
}

/// A store, and a database that knows the release.
struct Bench {
    world: World,
    _served: Served,
    right: BTreeMap<String, String>,
}

impl Bench {
    fn new() -> Bench {
        let mut world = World::new("file:///nowhere");
        let served = Served::with(30, 5);
        served.state().add(&module(), &record(&module(), &h1(&files())));
        let key = served.gosumdb.clone();
        world
            .settings
            .use_checksum_database(|name| (name == "GOSUMDB").then(|| key.clone()))
            .unwrap();
        world.settings.min_assurance = Some(Assurance::ChecksumDatabase);
        world.settings.has_fallback = true;
        Bench { world, _served: served, right: BTreeMap::new() }
    }

    /// Installs `bytes` from a file with the name `name`.
    fn install_file(&self, name: &str, bytes: &[u8]) -> Result<Installed> {
        let path = self.world.dist().join(name);
        fs::create_dir_all(self.world.dist()).unwrap();
        fs::write(&path, bytes).unwrap();
        let local = Local { path, name: None, digest: None, as_it_is: None };
        self.world.by(&Silent).install_local(&local)
    }

    /// Installs by a module proxy that has `bytes` as the zip.
    fn install_module(&mut self, bytes: &[u8]) -> Result<Installed> {
        let directory = self.world.dist().join("golang.org/toolchain/@v");
        fs::create_dir_all(&directory).unwrap();
        fs::write(directory.join(format!("{}.zip", module().version())), bytes).unwrap();
        fs::write(directory.join("list"), module().version()).unwrap();
        let proxy = format!("proxy+{}", self.world.mirror(false).base());
        self.world.settings.mirrors = vec![Mirror::parse(&proxy, false).unwrap()];
        self.world.install_selector(VERSION)
    }

    /// Removes the installed tree, and returns its files.
    fn take_away(&self, installed: &Installed) -> BTreeMap<String, String> {
        assert_eq!(installed.assurance, Some(Assurance::ChecksumDatabase));
        let tree = snapshot(&installed.directory);
        fs::remove_dir_all(&installed.directory).unwrap();
        tree
    }

    /// Whether the install was refused. If it was not, the installed tree must be right.
    fn refuses(&self, what: &str, result: Result<Installed>) -> bool {
        match result {
            Ok(installed) => {
                assert_eq!(self.take_away(&installed), self.right, "{what}");
                false
            }
            Err(error) => {
                let kinds = [ErrorKind::Verification, ErrorKind::Network];
                assert!(kinds.contains(&error.kind()), "{what}: {}", chain(&error));
                for left in [self.world.store.toolchains_dir(), self.staging()] {
                    let left = fs::read_dir(left).unwrap().count();
                    assert_eq!(left, 0, "{what}: {}", chain(&error));
                }
                true
            }
        }
    }

    fn staging(&self) -> PathBuf {
        self.world.store.root().join("state/staging")
    }
}

/// Positions all over `length` bytes, and each of the first and last forty.
fn positions(length: usize) -> impl Iterator<Item = usize> {
    let step = (length / 100).max(1);
    (0..length).filter(move |at| *at < 40 || *at % step == step / 2 || at + 40 >= length)
}

/// Flips one bit at every one of the positions, installs by `install`, and returns how often that
/// was refused, and the positions at which it was not.
fn flip(
    good: &[u8],
    at: impl Iterator<Item = usize>,
    install: impl Fn(&mut Bench, &[u8]) -> Result<Installed>,
) -> (usize, Vec<usize>) {
    let mut bench = Bench::new();
    let installed = install(&mut bench, good).unwrap_or_else(|error| panic!("{}", chain(&error)));
    bench.right = bench.take_away(&installed);
    let (mut refused, mut harmless) = (0, Vec::new());
    for at in at {
        let mut bad = good.to_vec();
        bad[at] ^= 1 << (at % 8);
        let result = install(&mut bench, &bad);
        match bench.refuses(&format!("byte {at} of {}", good.len()), result) {
            true => refused += 1,
            false => harmless.push(at),
        }
    }
    assert!(refused >= 30, "{refused} refused");
    (refused, harmless)
}

fn archive_name(extension: &str) -> String {
    let host = Platform::host();
    format!("go{VERSION}.{}-{}.{extension}", host.os(), host.arch())
}

#[test]
fn in_a_tar_gz() {
    let (name, good) = (archive_name("tar.gz"), gzip(&tar()));
    let (_, harmless) =
        flip(&good, positions(good.len()), |bench, bytes| bench.install_file(&name, bytes));
    // Times and the like in the gzip header, and codes that no byte of the block uses.
    for at in harmless {
        let mut same = good.clone();
        same[at] ^= 1 << (at % 8);
        let mut plain = Vec::new();
        GzDecoder::new(&same[..]).read_to_end(&mut plain).unwrap();
        assert_eq!(plain, tar(), "byte {at}");
    }
}

#[test]
fn in_the_tar_itself() {
    let (name, good) = (archive_name("tar.gz"), tar());
    // Two headers more closely, too: a directory's and a file's.
    let at = (0..1536).step_by(3).chain(positions(good.len()).skip_while(|at| *at < 1536));
    let (refused, harmless) =
        flip(&good, at, |bench, bytes| bench.install_file(&name, &gzip(bytes)));
    assert!(refused > 340, "{refused}");
    // The digits of the header's checksum, and the padding of contents to whole blocks.
    let text = files()[0].2.len();
    let pads = |at: usize| at >= 1024 + text && good[at] == 0;
    let strange: Vec<_> =
        harmless.iter().filter(|at| !pads(**at) && !(148..156).contains(&(**at % 512))).collect();
    assert!(strange.is_empty(), "{strange:?}");
}

/// A malicious server can compute a header's checksum again. A header field that the database does
/// not know, such as the mode of a program, has no effect even then.
#[test]
fn in_a_header_that_is_summed_again() {
    let (name, good) = (archive_name("tar.gz"), tar());
    let header = 3 * 512;
    assert!(good[header..].starts_with(b"go/bin/go"), "the header of a program");
    let (mode, rest) = (100..108, (0..512).step_by(2));
    let at = rest.filter(|at| !mode.contains(at)).chain(mode.clone()).map(|at| at + header);
    let (refused, harmless) = flip(&good, at, |bench, bytes| {
        let mut bytes = bytes.to_vec();
        sum_again(&mut bytes[header..header + 512]);
        bench.install_file(&name, &gzip(&bytes))
    });
    assert!(refused > 150, "{refused}");
    // Modes, owners, a blank for the first zero of the size, times, the sum itself, a link's target,
    // names of owners, devices.
    let idle = [mode.clone(), 108..125, 136..156, 157..257, 265..345];
    let strange: Vec<_> = harmless
        .iter()
        .filter(|at| !idle.iter().any(|idle| idle.contains(&(*at - header))))
        .collect();
    assert!(strange.is_empty(), "{strange:?}");
    assert!(harmless.iter().any(|at| mode.contains(&(at - header))), "{harmless:?}");
}

fn sum_again(header: &mut [u8]) {
    header[148..156].fill(b' ');
    let sum: u32 = header.iter().map(|&byte| u32::from(byte)).sum();
    header[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
}

#[test]
fn in_a_tar_xz() {
    let (name, good) = (archive_name("tar.xz"), xz(&tar()));
    let (_, harmless) =
        flip(&good, positions(good.len()), |bench, bytes| bench.install_file(&name, bytes));
    assert_eq!(harmless, [0; 0], "every byte of it is covered by sums of its own");
}

/// The places of a zip's own records, each byte of which is flipped: the local header and the
/// central one of a file, and the end.
fn records(zip: &[u8]) -> Vec<usize> {
    let mut archive = ZipArchive::new(Cursor::new(zip)).unwrap();
    let file = archive.by_index(1).unwrap();
    let (local, data) = (file.header_start() as usize, file.data_start().unwrap() as usize);
    let central = file.central_header_start() as usize;
    let name = file.name_raw().len();
    (local..data).chain(central..central + 46 + name).chain(zip.len() - 22..zip.len()).collect()
}

/// Whether a byte of a record has no meaning for readers of stored and deflated files: the system
/// that made it, the version that it needs, some flags, times, numbers of disks, attributes.
fn is_idle(zip: &[u8], at: usize) -> bool {
    let records: [(&[u8], &[std::ops::Range<usize>]); 3] = [
        (b"PK\x03\x04", &[4..8, 10..14]),
        (b"PK\x01\x02", &[4..10, 12..16, 34..42]),
        (b"PK\x05\x06", &[4..6, 6..8]),
    ];
    let starts_with = |signature: &[u8], start: usize| zip[start..].starts_with(signature);
    records.iter().any(|(signature, idle)| {
        idle.iter().any(|range| {
            range
                .clone()
                .any(|offset| at.checked_sub(offset).is_some_and(|s| starts_with(signature, s)))
        })
    })
}

fn flip_zip(good: &[u8], install: impl Fn(&mut Bench, &[u8]) -> Result<Installed>) {
    let mut at = records(good);
    at.extend(positions(good.len()));
    let (_, harmless) = flip(good, at.into_iter(), install);
    let strange: Vec<_> = harmless.iter().filter(|at| !is_idle(good, **at)).collect();
    assert!(strange.is_empty(), "{strange:?} of {}", good.len());
}

#[test]
fn in_a_zip() {
    let good = zip(|path| format!("go/{path}"));
    let name = archive_name("zip");
    flip_zip(&good, |bench, bytes| bench.install_file(&name, bytes));
}

#[test]
fn in_a_module_zip() {
    let good = zip(|path| module().zip_name(path).unwrap().unwrap());
    flip_zip(&good, Bench::install_module);
}
