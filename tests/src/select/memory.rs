//! Makes the world of a case in memory, as the resolver's [`Host`].

use super::case::{Bytes, Case, SOMEBODY_ELSE, Step, System};
use super::layout::Layout;
use goward_resolver::Host;
use goward_resolver::accounts::UserDatabase;
use std::collections::BTreeMap;

// The fuzz targets have this file by its path.
#[path = "memory/host.rs"]
mod host;

/// More links than this on one path are a circle.
const MAX_LINKS: usize = 40;
/// The longest path that a system can name, its final NUL included.
const MAX_PATH: usize = 4096;

/// A machine in memory.
#[derive(Clone, Debug)]
pub struct Memory {
    system: System,
    nodes: BTreeMap<Bytes, Node>,
    next: u64,
    cwd: Bytes,
    exe: Bytes,
    database: UserDatabase,
    /// The environment of the next call.
    pub env: BTreeMap<Bytes, Bytes>,
}

#[derive(Clone, Debug)]
struct Node {
    id: u64,
    /// The path as it was made, since Windows finds it in any case.
    path: Bytes,
    what: What,
    owner: u32,
    group: u32,
    mode: u32,
}

/// The user of cases, and its group.
const CALLER: u32 = 1000;

#[derive(Clone, Debug)]
enum What {
    Dir,
    File {
        bytes: Bytes,
        holes: u64,
        executable: bool,
        shim: bool,
    },
    Link(Bytes),
    /// The null device.
    Null,
    /// A FIFO, a socket, another device.
    Other,
}

/// The end of a walk along a path.
enum End<'a> {
    There(&'a Node),
    Absent,
    Circle,
}

impl Memory {
    /// The world of `case`.
    pub fn new(case: &Case, layout: &Layout) -> Memory {
        let exe = layout.exe();
        let mut memory = Memory {
            system: layout.system,
            nodes: BTreeMap::new(),
            next: 1,
            cwd: layout.path(&case.cwd),
            exe: layout.path(format!("goward/shims/go{exe}").as_bytes()),
            database: UserDatabase::default(),
            env: layout.environment(case).into_iter().collect(),
        };
        for dir in ["w", "home", "goward/toolchains", "goward/bin", "goward/shims"] {
            memory.put(&layout.path(dir.as_bytes()), What::Dir);
        }
        for name in ["go", "gofmt"] {
            let path = layout.path(format!("goward/shims/{name}{exe}").as_bytes());
            memory.put(&path, program(true));
        }
        memory.put(&layout.path(format!("goward/bin/goward{exe}").as_bytes()), program(false));
        for version in &case.installed {
            memory.install(layout, version);
        }
        if let Some(version) = &case.system_go {
            memory.tree(layout, b"system", format!("go{version}").as_bytes());
        }
        if let Some(text) = &case.default {
            memory.put(&layout.path(b"goward/default"), text_file(text));
        }
        for step in &case.steps {
            memory.step(layout, step);
        }
        memory.enter(memory.cwd.clone());
        memory
    }

    /// Makes an installed toolchain.
    pub fn install(&mut self, layout: &Layout, version: &str) {
        let root = format!("goward/toolchains/go{version}");
        self.tree(layout, root.as_bytes(), format!("go{version}").as_bytes());
    }

    /// Sets the current directory, which is made if it is not there.
    pub fn enter(&mut self, dir: Bytes) {
        if self.node(&dir).is_none() {
            self.put(&dir, What::Dir);
        }
        self.cwd = dir;
    }

    /// `path` with its links resolved, or as it is.
    pub fn resolved(&self, path: &[u8]) -> Bytes {
        self.canonical(path).unwrap_or_else(|| path.to_vec())
    }

    fn tree(&mut self, layout: &Layout, root: &[u8], version: &[u8]) {
        let at = |below: &str| layout.path(&[root, below.as_bytes()].concat());
        self.put(&at("/pkg/tool/linux_amd64"), What::Dir);
        self.put(&at("/VERSION"), text_file(&[version, b"\ntime 2024\n"].concat()));
        self.put(&at("/src/go.mod"), text_file(b"module std\n"));
        self.put(&at("/src/vendor/modules.txt"), text_file(b"# none\n"));
        self.put(&at("/go.env"), text_file(b"GOTOOLCHAIN=auto\n"));
        for name in ["go", "gofmt"] {
            self.put(&at(&format!("/bin/{name}{}", layout.exe())), program(false));
        }
    }

    fn step(&mut self, layout: &Layout, step: &Step) {
        let at = |path: &Bytes| layout.path(path);
        match step {
            Step::Tree(root, version) => self.tree(layout, root, version),
            Step::Link(name, root) => {
                let link = layout.path(&[b"goward/links/", name.as_slice()].concat());
                self.put(&link, What::Link(at(root)));
            }
            Step::Program(path) | Step::Script(path, _) => self.put(&at(path), program(false)),
            Step::File(path, text) => self.put(&at(path), text_file(&layout.text(text))),
            Step::Append(path, more) => self.edit(&at(path), |bytes, _| bytes.extend(more)),
            Step::Pad(path, size) => {
                // The mark has to be one that the file's reader skips.
                let mark: &[u8] = if path.ends_with(b"go.mod") { b"//" } else { b"#" };
                let line = [mark, &[b'x'; 60], b"\n"].concat();
                let size = *size as usize;
                self.edit(&at(path), |bytes, _| {
                    let missing = size.saturating_sub(bytes.len());
                    bytes.extend(line.iter().cycle().take(missing));
                });
            }
            Step::Sparse(path, size) => {
                self.put(&at(path), text_file(b""));
                self.edit(&at(path), |_, holes| *holes = *size);
            }
            Step::Dir(path) | Step::Mkdir(path) => self.put(&at(path), What::Dir),
            Step::Symlink(path, target) => self.put(&at(path), What::Link(layout.value(target))),
            Step::Device(path, device) if device == b"/dev/null" => {
                self.put(&at(path), What::Null);
            }
            Step::Fifo(path) | Step::Socket(path) | Step::Device(path, _) => {
                self.put(&at(path), What::Other);
            }
            Step::Mode(path, mode) => self.mark(&at(path), |node| node.mode = *mode),
            Step::Foreign(path) => self.mark(&at(path), |node| node.owner = SOMEBODY_ELSE),
            Step::Group(path) => self.mark(&at(path), |node| node.group = SOMEBODY_ELSE),
            Step::Trusted(path) => {
                let copy = self.trust_copy(layout, &at(path));
                if let Ok(Some(text)) = self.read(&at(path), usize::MAX) {
                    self.put(&copy, text_file(&text.bytes));
                }
            }
            Step::Untrusted(path) => {
                let copy = self.trust_copy(layout, &at(path));
                self.remove(&copy);
            }
            Step::ShimCopy(path) | Step::ShimLink(path) => self.put(&at(path), program(true)),
            Step::Remove(path) => self.remove(&at(path)),
            Step::Deep(dir, size) => {
                let mut path = at(dir);
                while path.len() < *size {
                    path.push(b'/');
                    path.extend(vec![b'd'; (size - path.len()).min(200)]);
                }
                self.put(&path, What::Dir);
                self.cwd = path;
            }
            Step::Vanish(_) => {}
        }
    }

    /// The copy lies below the root's `trust`, at the true path of the directory. A drive is a
    /// directory there.
    fn trust_copy(&self, layout: &Layout, path: &[u8]) -> Bytes {
        let mut copy = layout.path(b"goward/trust");
        let parts = self.parts(path);
        let Some(name) = parts.last() else { return copy };
        let directory = self.resolved(&path[..path.len() - name.len()]);
        let windows = self.system == System::Windows;
        for part in self.parts(&directory).chain([name]) {
            copy.push(if windows { b'\\' } else { b'/' });
            copy.extend(part.iter().filter(|b| !windows || **b != b':'));
        }
        copy
    }

    fn put(&mut self, path: &[u8], what: What) {
        let parts: Vec<Bytes> = self.parts(path).map(<[u8]>::to_vec).collect();
        for depth in 0..=parts.len() {
            let own = depth == parts.len();
            let (key, path) = (self.key(&parts[..depth]), self.spelled(&parts[..depth]));
            let what = if own { what.clone() } else { What::Dir };
            let known = self.nodes.get(&key).map(|node| &node.what);
            if matches!((&what, known), (What::Dir, Some(What::Dir))) {
                continue;
            }
            let id = self.next;
            let mode = match &what {
                What::Dir | What::File { executable: true, .. } => 0o755,
                What::Link(_) => 0o777,
                What::File { .. } | What::Null | What::Other => 0o644,
            };
            let fresh = || Node { id, path, what, owner: CALLER, group: CALLER, mode };
            if own {
                self.nodes.insert(key, fresh());
            } else {
                self.nodes.entry(key).or_insert_with(fresh);
            }
            self.next += 1;
        }
    }

    fn remove(&mut self, path: &[u8]) {
        let parts: Vec<Bytes> = self.parts(path).map(<[u8]>::to_vec).collect();
        self.nodes.remove(&self.key(&parts));
    }

    fn mark(&mut self, path: &[u8], mark: impl FnOnce(&mut Node)) {
        let parts: Vec<Bytes> = self.parts(path).map(<[u8]>::to_vec).collect();
        let key = self.key(&parts);
        mark(self.nodes.get_mut(&key).expect("a case marks what it made"));
    }

    fn edit(&mut self, path: &[u8], edit: impl FnOnce(&mut Bytes, &mut u64)) {
        self.mark(path, |node| {
            if let What::File { bytes, holes, .. } = &mut node.what {
                edit(bytes, holes);
            }
        });
    }

    fn is_separator(&self, byte: u8) -> bool {
        byte == b'/' || (byte == b'\\' && self.system == System::Windows)
    }

    fn parts<'p>(&self, path: &'p [u8]) -> impl Iterator<Item = &'p [u8]> + use<'p> {
        let windows = self.system == System::Windows;
        path.split(move |b| *b == b'/' || (*b == b'\\' && windows))
            .filter(|part| !part.is_empty() && *part != b".")
    }

    fn key(&self, parts: &[Bytes]) -> Bytes {
        let joined = parts.join(&b'/');
        if self.system == System::Windows { joined.to_ascii_lowercase() } else { joined }
    }

    fn spelled(&self, parts: &[Bytes]) -> Bytes {
        match self.system {
            System::Windows if parts.len() == 1 => [parts[0].as_slice(), b"\\"].concat(),
            System::Windows => parts.join(&b'\\'),
            _ => [b"/".as_slice(), &parts.join(&b'/')].concat(),
        }
    }

    /// A path from the current directory is walked from there.
    fn absolute(&self, path: &[u8]) -> Bytes {
        let rooted = match self.system {
            System::Windows => path.get(1) == Some(&b':'),
            _ => path.first().is_some_and(|b| self.is_separator(*b)),
        };
        if rooted { path.to_vec() } else { [self.cwd.as_slice(), b"/", path].concat() }
    }

    fn walk(&self, path: &[u8], follow: bool) -> End<'_> {
        let mut links = 0;
        if path.is_empty() || path.len() >= MAX_PATH {
            return End::Absent;
        }
        let mut todo: Vec<Bytes> = self.parts(&self.absolute(path)).map(<[u8]>::to_vec).collect();
        todo.reverse();
        let mut done: Vec<Bytes> = Vec::new();
        let mut node = self.nodes.get(b"".as_slice());
        while let Some(part) = todo.pop() {
            match node {
                Some(node) if matches!(node.what, What::Dir) && node.mode != 0 => {}
                _ => return End::Absent,
            }
            if part == b".." {
                done.pop();
                node = self.nodes.get(&self.key(&done));
                continue;
            }
            done.push(part);
            let Some(next) = self.nodes.get(&self.key(&done)) else { return End::Absent };
            if let What::Link(target) = &next.what
                && (follow || !todo.is_empty())
            {
                links += 1;
                if links > MAX_LINKS {
                    return End::Circle;
                }
                done.pop();
                let target = target.clone();
                if target.first().is_some_and(|b| self.is_separator(*b))
                    || target.get(1) == Some(&b':')
                {
                    done.clear();
                }
                let parts: Vec<Bytes> = self.parts(&target).map(<[u8]>::to_vec).collect();
                todo.extend(parts.into_iter().rev());
                node = self.nodes.get(&self.key(&done));
                continue;
            }
            node = Some(next);
        }
        node.map_or(End::Absent, End::There)
    }

    fn node(&self, path: &[u8]) -> Option<&Node> {
        match self.walk(path, true) {
            End::There(node) => Some(node),
            _ => None,
        }
    }
}

fn text_file(text: &[u8]) -> What {
    What::File { bytes: text.to_vec(), holes: 0, executable: false, shim: false }
}

fn program(shim: bool) -> What {
    What::File { bytes: b"\x7fELF".to_vec(), holes: 0, executable: true, shim }
}
