//! Command lines, from the book's page on the chain and the help texts of `go`.

/// The parts of a command line that matter to selection.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Call {
    /// The text behind `+`.
    pub(crate) selector: Option<Vec<u8>>,
    /// DIR of `-C DIR`.
    pub(crate) chdir: Option<Vec<u8>>,
    /// The other words, without the program's name.
    pub(crate) words: Vec<Vec<u8>>,
    /// Whether the call is one of `gofmt`.
    pub(crate) gofmt: bool,
}

/// The commands, and those of `go mod` and `go work`.
const COMMANDS: &str = "bug build clean doc env fix fmt generate get help install list run \
    telemetry test tool version vet";
const MOD: &str = "download edit graph init tidy vendor verify why";
const WORK: &str = "edit init sync use vendor";

/// Takes a call of `go` or `gofmt` apart; the name has no directory.
pub(crate) fn parse(argv: &[Vec<u8>]) -> Call {
    let mut call = Call { gofmt: argv[0] == b"gofmt", ..Call::default() };
    call.words = argv[1..].to_vec();
    if call.words.first().is_some_and(|word| word.starts_with(b"+")) {
        call.selector = Some(call.words.remove(0)[1..].to_vec());
    }
    if !call.gofmt {
        take_chdir(&mut call);
    }
    call
}

fn is(word: Option<&Vec<u8>>, all: &str) -> bool {
    word.is_some_and(|word| all.split_whitespace().any(|known| known.as_bytes() == word))
}

/// `-C DIR` stands right behind `go` or right behind the command.
fn take_chdir(call: &mut Call) {
    let words = &call.words;
    let (first, second) = (words.first(), words.get(1));
    let command = if is(first, COMMANDS) {
        1
    } else if is(first, "mod") || is(first, "work") {
        let subcommands = if is(first, "mod") { MOD } else { WORK };
        if is(second, subcommands) { 2 } else { 1 }
    } else {
        0
    };
    let Some(flag) = words.get(command).cloned() else { return };
    if flag == b"-C" || flag == b"--C" {
        if command + 1 < words.len() {
            call.words.remove(command);
            call.chdir = Some(call.words.remove(command));
        }
    } else if flag.starts_with(b"-C=") || flag.starts_with(b"--C=") {
        let equals = flag.iter().position(|b| *b == b'=').expect("it has one");
        call.words.remove(command);
        call.chdir = Some(flag[equals + 1..].to_vec());
    }
}

/// Flags of `go install` and `go run` whose value is the next word, and those that have none.
const WITH_VALUE: &str = "p asmflags compiler buildmode gcflags gccgoflags mod modfile overlay \
    installsuffix ldflags pgo pkgdir tags toolexec covermode coverpkg debug-actiongraph \
    debug-runtime-trace debug-trace";
const WITHOUT: &str =
    "a n v x asan buildvcs json linkshared msan race trimpath work modcacherw cover i";

impl Call {
    /// `go install p@v` and `go run p@v`.
    pub(crate) fn is_package_at_version(&self) -> bool {
        let run = is(self.words.first(), "run");
        if self.gofmt || !(run || is(self.words.first(), "install")) {
            return false;
        }
        self.package(run).is_some_and(|package| {
            let begins = |with: &[u8]| package.starts_with(with);
            let Some(at) = package.iter().position(|b| *b == b'@') else { return false };
            let (path, version) = (&package[..at], &package[at + 1..]);
            let local = begins(b"./") || begins(b"../") || begins(b"/");
            let named = !path.is_empty() && !version.is_empty();
            named && !local && path != b"go" && path != b"toolchain"
        })
    }

    /// The first word that is no flag and no flag's value. Behind a flag that is not known `run`
    /// finds none, and `install` takes the last word if it is no flag.
    fn package(&self, run: bool) -> Option<&Vec<u8>> {
        let mut at = 1;
        loop {
            let word = self.words.get(at)?;
            if word == b"--" {
                return self.words.get(at + 1);
            }
            if !word.starts_with(b"-") {
                return Some(word);
            }
            let name = word.strip_prefix(b"--").unwrap_or(&word[1..]).to_vec();
            if name.contains(&b'=') || is(Some(&name), WITHOUT) {
                at += 1;
            } else if is(Some(&name), WITH_VALUE) || run && name == b"exec" {
                at += 2;
            } else if run {
                return None;
            } else {
                let last = self.words.last()?;
                let behind = self.words.len() - 1 > at;
                return (behind && !last.starts_with(b"-")).then_some(last);
            }
        }
    }

    /// Whether it shows or mends a setting that may be the fault.
    pub(crate) fn repairs_gotoolchain(&self) -> bool {
        let words: Vec<&[u8]> = self.words.iter().map(Vec::as_slice).collect();
        match words[..] {
            [b"env", b"GOTOOLCHAIN" | b"GOMOD" | b"GOWORK"] => true,
            [b"env", b"-w", setting] => setting.starts_with(b"GOTOOLCHAIN="),
            [b"env", b"-u", b"GOTOOLCHAIN"] => true,
            _ => false,
        }
    }
}
