//! Stands in for `go`, `gofmt` and `goward` where only the selection is tested.
//!
//! As a toolchain's program it reports its call: a word, its own path, its arguments and its
//! environment, each ended by NUL. Under the name `goward` it records its arguments and makes the
//! toolchains that the file `makes` in the directory of orders lists, or fails.

use goward_resolver::{Home, escaped};
use std::io::{self, Write as _};
use std::path::Path;
use std::process::ExitCode;

fn main() -> ExitCode {
    let done = std::env::current_exe().and_then(|exe| {
        if exe.ends_with("goward/bin/goward") { provide(&exe) } else { report(&exe) }
    });
    // 9 is no code that a shim gives by itself.
    done.unwrap_or(ExitCode::from(9))
}

fn report(exe: &Path) -> io::Result<ExitCode> {
    let mut text = b"fake-go\0".to_vec();
    let mut field = |bytes: &[u8]| {
        text.extend_from_slice(bytes);
        text.push(0);
    };
    field(exe.as_os_str().as_encoded_bytes());
    field(std::env::args_os().count().to_string().as_bytes());
    for arg in std::env::args_os() {
        field(arg.as_encoded_bytes());
    }
    for (key, value) in std::env::vars_os() {
        field(&[key.as_encoded_bytes(), b"=", value.as_encoded_bytes()].concat());
    }
    io::stdout().write_all(&text)?;
    Ok(ExitCode::SUCCESS)
}

fn provide(exe: &Path) -> io::Result<ExitCode> {
    let missing = || io::Error::from(io::ErrorKind::NotFound);
    let orders = exe.with_file_name("orders");
    let args: Vec<_> = std::env::args_os().skip(1).collect();
    let mut record = args.iter().map(|arg| arg.as_encoded_bytes()).collect::<Vec<_>>().join(&0);
    record.push(1);
    let asked = orders.join("asked");
    std::fs::File::options().create(true).append(true).open(asked)?.write_all(&record)?;
    let makes = std::fs::read_to_string(orders.join("makes"))?;
    if makes.is_empty() {
        // Where nothing else can run, goward says the whole error.
        let words: Vec<_> = std::env::args().skip(2).collect();
        let by = words.iter().skip_while(|word| *word != "--wanted-by").nth(1);
        if let (Some(by), false) = (by, words.iter().any(|word| word == "--impatient")) {
            let home = std::env::var_os("HOME").unwrap_or_default();
            let home = Home::new(&[home.as_encoded_bytes()], &[escaped]);
            let by = home.shorten(by);
            let said = format!("goward: error: Go {}, wanted by {by}, is not installed", words[0]);
            io::stderr().write_all(format!("{said}\n").as_bytes())?;
        }
        return Ok(ExitCode::from(4));
    }
    let root = exe.parent().and_then(Path::parent).ok_or_else(missing)?;
    for version in makes.lines() {
        let tree = root.join(format!("toolchains/go{version}"));
        for dir in ["bin", "pkg/tool/linux_amd64", "src"] {
            std::fs::create_dir_all(tree.join(dir))?;
        }
        std::fs::write(tree.join("VERSION"), format!("go{version}\n"))?;
        std::fs::write(tree.join("src/go.mod"), "module std\n")?;
        for name in ["go", "gofmt"] {
            std::fs::hard_link(exe, tree.join("bin").join(name))?;
        }
    }
    Ok(ExitCode::SUCCESS)
}
