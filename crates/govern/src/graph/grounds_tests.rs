//! Tests of which files Go may open.

use super::super::asked::ModFile;
use super::*;
use std::fs;
use std::os::unix::fs::symlink;

/// A workspace in a repository, with a member, what that replaces, and a secret outside.
struct Trees {
    dir: tempfile::TempDir,
    top: PathBuf,
}

impl Trees {
    fn new() -> Trees {
        let dir = tempfile::tempdir().unwrap();
        let trees = Trees { top: dir.path().join("r"), dir };
        fs::create_dir_all(trees.top.join(".git")).unwrap();
        trees.write("r/.git/config", "[x]\n\ttoken = tangerine\n");
        trees.write("secret", "tangerine\n");
        trees.write("secrets/go.mod", "module tangerine\n");
        trees.write("r/go.work", "go 1.21\n\nuse ./m\n\nreplace x => ./x\n");
        trees.write(
            "r/m/go.mod",
            "module m\n\ngo 1.21\n\nreplace y => ../y\nreplace z => ../../z\n",
        );
        for module in ["r/x", "r/y", "z"] {
            trees.write(&format!("{module}/go.mod"), "module other\n");
        }
        trees
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.dir.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// Looks as both commands do, at the workspace and at the member alone.
    fn looked(&self) -> Result<(), Error> {
        for (name, kind) in [("go.work", Kind::Workspace), ("m/go.mod", Kind::Module)] {
            let path = self.top.join(name);
            let grounds = Grounds::around(&path)?;
            let file = ModFile::read(&grounds, &path, kind)?;
            grounds.look(&file.path, &file.file, kind)?;
            grounds.read(&path.with_file_name("go.sum"), SUM_LIMIT)?;
        }
        Ok(())
    }
}

const FILES: [&str; 11] = [
    "r/go.work",
    "r/go.work.sum",
    "r/vendor/modules.txt",
    "r/x/go.mod",
    "r/m/go.mod",
    "r/m/go.sum",
    "r/m/vendor/modules.txt",
    "r/y/go.mod",
    "z/go.mod",
    "r/x",
    "r/m/vendor",
];

#[test]
fn what_lies_in_the_repository_is_opened() {
    let trees = Trees::new();
    trees.looked().unwrap();
    // A link that stays there.
    fs::rename(trees.top.join("m/go.mod"), trees.top.join("shared.mod")).unwrap();
    symlink("../shared.mod", trees.top.join("m/go.mod")).unwrap();
    trees.looked().unwrap();
    // The caller's own way there is none of the repository's.
    let way = trees.dir.path().join("way");
    symlink(&trees.top, &way).unwrap();
    Trees { top: way, dir: trees.dir }.looked().unwrap();
}

#[test]
fn nothing_else_is_opened() {
    type Spoil = fn(&Path, &Path);
    let spoils: &[(&str, Spoil)] = &[
        ("secret", |dir, path| symlink(dir.join("secret"), path).unwrap()),
        ("git's own", |dir, path| symlink(dir.join("r/.git/config"), path).unwrap()),
        ("endless", |_, path| symlink("/dev/zero", path).unwrap()),
        ("a terminal", |_, path| symlink("/dev/tty", path).unwrap()),
        #[cfg(target_os = "linux")]
        ("a pipe of the process", |_, path| symlink(of_a_pipe(), path).unwrap()),
        ("a FIFO", |_, path| {
            let made = goward_testkit::start::tool("mkfifo").arg(path).status().unwrap();
            assert!(made.success());
        }),
        ("huge", |_, path| fs::File::create(path).unwrap().set_len(1 << 30).unwrap()),
    ];
    for file in FILES {
        for &(name, spoil) in spoils {
            let trees = Trees::new();
            let path = trees.dir.path().join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            if path.is_dir() || path.file_name() == Some(OsStr::new("vendor")) {
                let _ = fs::remove_dir_all(&path);
                if name != "secret" {
                    continue;
                }
                trees.write("secrets/modules.txt", "# tangerine v1.0.0\n");
                symlink(trees.dir.path().join("secrets"), &path).unwrap();
            } else {
                let _ = fs::remove_file(&path);
                spoil(trees.dir.path(), &path);
            }
            let refused = trees.looked().expect_err(&format!("{file}: {name}"));
            let Error::Read(_, why) = &refused else { panic!("{file}, {name}: {refused}") };
            let right = why.kind() == ErrorKind::FileTooLarge || why.to_string() == NOT_OURS;
            assert!(right, "{file}, {name}: {refused}");
        }
    }
}

#[test]
fn requirements_have_a_bound() {
    let trees = Trees::new();
    let lines: String = (0..=50_000).map(|at| format!("require m{at}.x v1.0.0\n")).collect();
    trees.write("r/m/go.mod", &format!("module m\n\ngo 1.21\n{lines}"));
    let refused = trees.looked().unwrap_err().to_string();
    assert!(refused.ends_with("it has more than 50000 requirements"), "{refused}");
}

/// Which are looked at, one by one, before Go starts.
#[test]
fn directories_have_a_bound() {
    let trees = Trees::new();
    let lines: String = (0..=MOST_DIRECTORIES).map(|at| format!("use ./m{at}\n")).collect();
    trees.write("r/go.work", &format!("go 1.21\n{lines}"));
    let refused = trees.looked().unwrap_err().to_string();
    assert!(refused.ends_with("it names more than 10000 directories"), "{refused}");
}

/// What /dev/stderr is where it is a pipe: a link to a name that no directory has.
#[cfg(target_os = "linux")]
fn of_a_pipe() -> PathBuf {
    static PIPE: std::sync::OnceLock<(std::io::PipeReader, std::io::PipeWriter)> =
        std::sync::OnceLock::new();
    let (reader, _) = PIPE.get_or_init(|| std::io::pipe().unwrap());
    PathBuf::from(format!("/proc/self/fd/{}", std::os::fd::AsRawFd::as_raw_fd(reader)))
}
