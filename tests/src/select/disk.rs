//! Makes the world of a case as real files.

use super::case::{Bytes, Case, Installer, SOMEBODY_ELSE, Step};
use super::layout::Layout;
use goward_testkit::start::tool;
use std::ffi::{OsStr, OsString};
use std::fs::{self, File, Permissions};
use std::io::{self, Write as _};
use std::os::unix::ffi::{OsStrExt as _, OsStringExt as _};
use std::os::unix::fs::{PermissionsExt as _, lchown, symlink};
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};

/// The user that cases run as which root's powers would spoil.
pub const UNPRIVILEGED: u32 = 65534;

/// The programs that worlds are made of, all in one directory so that they can be hard-linked.
#[derive(Debug)]
pub struct Programs {
    /// The built shim.
    pub shim: PathBuf,
    /// The program that reports, and that plays goward.
    pub fake: PathBuf,
}

/// A path from bytes.
pub fn os_path(bytes: &[u8]) -> PathBuf {
    PathBuf::from(OsString::from_vec(bytes.to_vec()))
}

/// The directory in which a case's fake goward reads its orders and records its calls, outside the
/// case's tree.
pub fn orders(layout: &Layout) -> PathBuf {
    let mut base = layout.base.clone();
    base.extend(b".orders");
    os_path(&base)
}

/// Makes everything that `case` describes below its base. Returns the command's directory.
///
/// # Errors
/// When a file cannot be made, with its path.
pub fn make(case: &Case, layout: &Layout, programs: &Programs) -> io::Result<PathBuf> {
    let world = Maker { layout, programs };
    for dir in ["w", "home", "goward/toolchains", "goward/bin", "goward/shims"] {
        fs::create_dir_all(world.at(dir.as_bytes()))?;
    }
    for name in ["go", "gofmt"] {
        let shim = world.at(format!("goward/shims/{name}").as_bytes());
        fs::hard_link(&programs.shim, shim)?;
    }
    fs::hard_link(&programs.fake, world.at(b"goward/bin/goward"))?;
    world.give_orders(case)?;
    for version in &case.installed {
        let root = format!("goward/toolchains/go{version}");
        world.tree(root.as_bytes(), format!("go{version}").as_bytes())?;
    }
    if let Some(version) = &case.system_go {
        world.tree(b"system", format!("go{version}").as_bytes())?;
    }
    if let Some(text) = &case.default {
        world.file(b"goward/default", text)?;
    }
    let mut cwd = world.at(&case.cwd);
    for step in &case.steps {
        let context = |error: io::Error| io::Error::other(format!("{step:?}: {error}"));
        match step {
            Step::Deep(dir, size) => cwd = world.deep(dir, *size).map_err(context)?,
            step => world.step(step).map_err(context)?,
        }
    }
    if !cwd.exists() {
        fs::create_dir_all(&cwd)?;
    }
    Ok(cwd)
}

/// Gives everything below `dir` to [`UNPRIVILEGED`], except shared programs and another user's
/// files.
///
/// # Errors
/// When the caller is not root.
pub fn hand_over(dir: &Path) -> io::Result<()> {
    use std::os::unix::fs::MetadataExt as _;
    let meta = fs::symlink_metadata(dir)?;
    if meta.uid() == SOMEBODY_ELSE || (meta.is_file() && meta.nlink() > 1) {
        return Ok(());
    }
    if meta.is_dir() {
        for entry in fs::read_dir(dir)? {
            hand_over(&entry?.path())?;
        }
    }
    lchown(dir, Some(UNPRIVILEGED), Some(UNPRIVILEGED))
}

/// The entries of the tree: path, kind and size, one line each, sorted, without goward's installs.
pub fn snapshot(dir: &Path) -> Vec<String> {
    let mut lines = Vec::new();
    let mut todo = vec![dir.to_path_buf()];
    while let Some(dir) = todo.pop() {
        let Ok(entries) = fs::read_dir(&dir) else { continue };
        for entry in entries.flatten() {
            let path = entry.path();
            let Ok(meta) = fs::symlink_metadata(&path) else { continue };
            let name = path.as_os_str().as_bytes().escape_ascii().to_string();
            if dir.ends_with("goward/toolchains") {
                continue;
            }
            let size = if meta.is_file() { meta.len() } else { 0 };
            lines.push(format!("{name} {:?} {size}", meta.file_type()));
            if meta.is_dir() {
                todo.push(path);
            }
        }
    }
    lines.sort();
    lines
}

struct Maker<'a> {
    layout: &'a Layout,
    programs: &'a Programs,
}

impl Maker<'_> {
    fn at(&self, path: &[u8]) -> PathBuf {
        os_path(&self.layout.path(path))
    }

    fn give_orders(&self, case: &Case) -> io::Result<()> {
        let dir = orders(self.layout);
        fs::create_dir_all(&dir)?;
        fs::set_permissions(&dir, Permissions::from_mode(0o777))?;
        let versions = match &case.installer {
            Installer::Makes(versions) => versions.join("\n"),
            Installer::Off | Installer::Fails => String::new(),
        };
        fs::write(dir.join("makes"), versions)?;
        // The fake goward only knows its own path.
        symlink(&dir, self.at(b"goward/bin/orders"))
    }

    fn tree(&self, root: &[u8], version: &[u8]) -> io::Result<()> {
        let root = self.at(root);
        let tools = ["pkg/tool/linux_amd64", "bin", "src/vendor"];
        for dir in tools {
            fs::create_dir_all(root.join(dir))?;
        }
        fs::write(root.join("VERSION"), [version, b"\ntime 2024-12-03T00:00:00Z\n"].concat())?;
        fs::write(root.join("src/go.mod"), "module std\n")?;
        fs::write(root.join("src/vendor/modules.txt"), "# none\n")?;
        fs::write(root.join("go.env"), "GOTOOLCHAIN=auto\n")?;
        for name in ["go", "gofmt"] {
            let program = root.join("bin").join(name);
            if !program.exists() {
                fs::hard_link(&self.programs.fake, program)?;
            }
        }
        Ok(())
    }

    fn file(&self, path: &[u8], text: &[u8]) -> io::Result<()> {
        let path = self.fresh(path)?;
        fs::write(path, self.layout.text(text))
    }

    /// The path, with its directory made and nothing there.
    fn fresh(&self, path: &[u8]) -> io::Result<PathBuf> {
        let path = self.at(path);
        if let Some(dir) = path.parent() {
            fs::create_dir_all(dir)?;
        }
        match fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(path),
        }
    }

    fn step(&self, step: &Step) -> io::Result<()> {
        match step {
            Step::Tree(root, version) => self.tree(root, version),
            Step::Link(name, root) => {
                let link = self.fresh(&[b"goward/links/", name.as_slice()].concat())?;
                symlink(self.at(root), link)
            }
            Step::Program(path) => fs::hard_link(&self.programs.fake, self.fresh(path)?),
            Step::Script(path, body) => {
                let text = [b"#!/bin/sh\n", self.layout.text(body).as_slice(), b"\n"].concat();
                let path = self.fresh(path)?;
                fs::write(&path, text)?;
                fs::set_permissions(path, Permissions::from_mode(0o755))
            }
            Step::File(path, text) => self.file(path, text),
            Step::Append(path, text) => {
                let mut file = File::options().append(true).open(self.at(path))?;
                file.write_all(text)
            }
            Step::Pad(path, size) => self.pad(path, *size),
            Step::Sparse(path, size) => File::create(self.fresh(path)?)?.set_len(*size),
            Step::Dir(path) => {
                self.fresh(path)?;
                fs::create_dir_all(self.at(path))
            }
            Step::Mkdir(path) => fs::create_dir_all(self.at(path)),
            Step::Symlink(path, target) | Step::Device(path, target) => {
                let target = os_path(&self.layout.text(target));
                symlink(target, self.fresh(path)?)
            }
            Step::Fifo(path) => {
                let status = tool("mkfifo").arg(self.fresh(path)?).status()?;
                if status.success() { Ok(()) } else { Err(io::Error::other("mkfifo failed")) }
            }
            Step::Socket(path) => UnixListener::bind(self.fresh(path)?).map(drop),
            Step::Mode(path, mode) => {
                // The program is shared between cases, its permissions are not.
                let path = self.at(path);
                if path.is_file() {
                    let bytes = fs::read(&path)?;
                    fs::remove_file(&path)?;
                    fs::write(&path, bytes)?;
                }
                fs::set_permissions(path, Permissions::from_mode(*mode))
            }
            Step::Foreign(path) => lchown(self.at(path), Some(SOMEBODY_ELSE), Some(SOMEBODY_ELSE)),
            Step::Group(path) => lchown(self.at(path), None, Some(SOMEBODY_ELSE)),
            Step::Trusted(path) => {
                let copy = self.trust_copy(path)?;
                if let Some(dir) = copy.parent() {
                    fs::create_dir_all(dir)?;
                }
                fs::copy(self.at(path), copy).map(drop)
            }
            Step::Untrusted(path) => fs::remove_file(self.trust_copy(path)?),
            Step::ShimCopy(path) => fs::copy(&self.programs.shim, self.fresh(path)?).map(drop),
            Step::ShimLink(path) => fs::hard_link(&self.programs.shim, self.fresh(path)?),
            Step::Remove(path) => fs::remove_file(self.at(path)),
            Step::Deep(..) | Step::Vanish(_) => Ok(()),
        }
    }

    fn trust_copy(&self, path: &[u8]) -> io::Result<PathBuf> {
        let path = self.at(path);
        let directory = path.parent().map(fs::canonicalize).transpose()?.unwrap_or_default();
        let path = directory.join(path.file_name().unwrap_or_default());
        let below = path.strip_prefix("/").unwrap_or(&path);
        Ok(self.at(b"goward/trust").join(below))
    }

    /// Comment lines, in the one form that all the files know, up to `size` bytes. The last line
    /// has no line end.
    fn pad(&self, path: &[u8], size: u64) -> io::Result<()> {
        let mark: &[u8] = if path.ends_with(b"go.mod") { b"//" } else { b"#" };
        let mut bytes = fs::read(self.at(path))?;
        let size = size as usize;
        bytes.reserve(size);
        while bytes.len() < size {
            bytes.extend_from_slice(mark);
            bytes.extend_from_slice(&[b'x'; 60]);
            bytes.push(b'\n');
        }
        bytes.truncate(size);
        fs::write(self.at(path), bytes)
    }

    fn deep(&self, dir: &[u8], size: usize) -> io::Result<PathBuf> {
        let mut path = self.at(dir).into_os_string().into_vec();
        while path.len() + 201 < size {
            path.push(b'/');
            path.extend([b'd'; 200]);
        }
        while path.len() < size {
            path.push(b'/');
            path.extend(vec![b'd'; (size - path.len()).min(150)]);
        }
        let path = PathBuf::from(OsStr::from_bytes(&path));
        fs::create_dir_all(&path)?;
        Ok(path)
    }
}

/// The directory that the case deletes while its command runs in it.
pub fn vanishing(case: &Case, layout: &Layout) -> Option<PathBuf> {
    case.steps.iter().find_map(|step| match step {
        Step::Vanish(path) => Some(os_path(&layout.path(path))),
        _ => None,
    })
}

/// The words of a call that the fake goward recorded, one call per element.
pub fn asked(layout: &Layout) -> Vec<Vec<Bytes>> {
    let text = fs::read(orders(layout).join("asked")).unwrap_or_default();
    let calls = text.split(|b| *b == 1).filter(|call| !call.is_empty());
    calls.map(|call| call.split(|b| *b == 0).map(<[u8]>::to_vec).collect()).collect()
}
