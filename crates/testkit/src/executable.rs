//! Executables as Go's linker makes them, for 64-bit Linux, as small as they can be: they have
//! everything that tools read, and no code.

/// The address at which the file is loaded.
const BASE: u64 = 0x40_0000;

/// An executable to make.
#[derive(Clone, Debug)]
pub struct Executable {
    /// The version that it claims: `go1.24.3`.
    pub version: String,
    /// The lines of modules and settings, each with its end.
    pub lines: String,
    /// The version of glibc that it needs, such as `2.34`; a static program without it.
    pub glibc: Option<String>,
}

/// A file that grows, and knows its addresses.
#[derive(Default)]
struct File(Vec<u8>);

impl File {
    /// Adds bytes at the next multiple of 16, and returns their offset.
    fn add(&mut self, bytes: &[u8]) -> u64 {
        self.0.resize(self.0.len().next_multiple_of(16), 0);
        let at = self.0.len() as u64;
        self.0.extend_from_slice(bytes);
        at
    }
}

/// Numbers of 64 bits.
fn words(numbers: &[u64]) -> Vec<u8> {
    numbers.iter().flat_map(|number| number.to_le_bytes()).collect()
}

/// A program header.
fn segment(kind: u32, flags: u32, at: u64, size: u64) -> Vec<u8> {
    let head = u64::from(kind) | u64::from(flags) << 32;
    words(&[head, at, BASE + at, BASE + at, size, size, 16])
}

/// A section header.
fn section(name: u32, kind: u32, flags: u64, (at, size): (u64, u64)) -> Vec<u8> {
    let address = if flags == 0 { 0 } else { BASE + at };
    words(&[u64::from(name) | u64::from(kind) << 32, flags, address, at, size, 0, 16, 0])
}

/// A text behind its length, as Go's linker writes it.
fn text(bytes: &[u8]) -> Vec<u8> {
    let (mut all, mut length) = (Vec::new(), bytes.len());
    while length >= 0x80 {
        all.push(length as u8 | 0x80);
        length >>= 7;
    }
    all.push(length as u8);
    all.extend_from_slice(bytes);
    all
}

impl Executable {
    /// A static program of this version, with lines as `go build` leaves them.
    pub fn new(version: &str, lines: &str) -> Executable {
        Executable { version: version.to_owned(), lines: lines.to_owned(), glibc: None }
    }

    /// The same, for a glibc of this version or a later one.
    pub fn with_glibc(self, version: &str) -> Executable {
        Executable { glibc: Some(version.to_owned()), ..self }
    }

    fn build_info(&self) -> Vec<u8> {
        let frame = [0x30_u8; 16];
        let lines = match self.lines.is_empty() {
            true => Vec::new(),
            false => [&frame, self.lines.as_bytes(), &frame].concat(),
        };
        let mut bytes = b"\xff Go buildinf:\x08\x02".to_vec();
        bytes.resize(32, 0);
        [bytes, text(self.version.as_bytes()), text(&lines)].concat()
    }

    /// The bytes of the file.
    pub fn bytes(&self) -> Vec<u8> {
        let mut file = File::default();
        let count = if self.glibc.is_some() { 3 } else { 1 };
        file.add(&vec![0; 64 + count * 56]);
        let mut segments = Vec::new();
        if let Some(version) = &self.glibc {
            segments = dynamic(&mut file, version);
        }
        let info = self.build_info();
        let at = file.add(&info);
        let names = b"\0.go.buildinfo\0.shstrtab\0";
        let strings = file.add(names);
        let sections = [
            section(0, 0, 0, (0, 0)),
            section(1, 1, 3, (at, info.len() as u64)),
            section(15, 3, 0, (strings, names.len() as u64)),
        ];
        let table = file.add(&sections.concat());
        let size = file.0.len() as u64;
        let load = segment(1, 6, 0, size);
        let mut head = b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\x02\0\x3e\0\x01\0\0\0".to_vec();
        head.extend(words(&[BASE, 64, table]));
        head.extend([0, 0, 0, 0, 64, 0, 56, 0, count as u8, 0, 64, 0, 3, 0, 2, 0]);
        let head = [head, load, segments].concat();
        file.0[..head.len()].copy_from_slice(&head);
        file.0
    }
}

/// Adds what a program that needs glibc has, and returns its program headers.
fn dynamic(file: &mut File, version: &str) -> Vec<u8> {
    let loader = b"/lib64/ld-linux-x86-64.so.2\0";
    let interpreter = file.add(loader);
    let strings = format!("\0libc.so.6\0GLIBC_{version}\0");
    let names = file.add(strings.as_bytes());
    // A library with one version: what to count, where its name is, where the version is.
    let library = words(&[1 | 1 << 16 | 1 << 32, 16]);
    let needed = words(&[2 << 48, 11]);
    let versions = file.add(&[library, needed].concat());
    let entries = words(&[
        1,
        1,
        5,
        BASE + names,
        10,
        strings.len() as u64,
        0x6fff_fffe,
        BASE + versions,
        0x6fff_ffff,
        1,
        0,
        0,
    ]);
    let table = file.add(&entries);
    let loader = segment(3, 4, interpreter, loader.len() as u64);
    [loader, segment(2, 6, table, entries.len() as u64)].concat()
}
