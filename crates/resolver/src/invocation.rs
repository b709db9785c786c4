//! What was typed: the tool, `+SELECTOR`, `-C DIR`, and the few commands that select otherwise.

use crate::host::{Host, Os};
use crate::list::holds;
use crate::name::ToolchainName;
use crate::path::{base_name, is_absolute};
use alloc::vec::Vec;

/// A command line, taken apart as far as selection needs it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invocation<'a> {
    /// What the shim was called as.
    pub tool: Tool,
    /// The text behind `+` in the first argument.
    pub selector: Option<&'a [u8]>,
    /// The directory of `-C`, in any of the spellings that Go accepts.
    pub chdir: Option<&'a [u8]>,
    os: Os,
    /// The arguments that Go will see, without `-C DIR`.
    arguments: Vec<&'a [u8]>,
}

/// What the shim answers as.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Tool {
    /// `go`.
    Go,
    /// `gofmt`.
    Gofmt,
    /// One release by name, `go1.22.10`.
    Named(ToolchainName),
}

impl Tool {
    /// The program's name inside a toolchain's `bin`.
    pub fn program(&self) -> &'static str {
        match self {
            Tool::Gofmt => "gofmt",
            Tool::Go | Tool::Named(_) => "go",
        }
    }
}

impl<'a> Invocation<'a> {
    /// Takes `argv` apart; `argv[0]` is the name called.
    pub fn parse(host: &dyn Host, argv: &[&'a [u8]]) -> Invocation<'a> {
        let tool = tool(host, argv.first().copied().unwrap_or_default());
        let mut arguments: Vec<&[u8]> = argv.iter().skip(1).copied().collect();
        let selector = match (&tool, arguments.first()) {
            (Tool::Go | Tool::Gofmt, Some([b'+', selector @ ..])) => Some(selector),
            _ => None,
        };
        if selector.is_some() {
            arguments.remove(0);
        }
        let chdir = if tool == Tool::Gofmt { None } else { take_chdir(&mut arguments) };
        Invocation { tool, selector, chdir, os: host.os(), arguments }
    }

    /// `go install p@v` and `go run p@v`: built outside the current module, so its files do not
    /// select.
    pub fn is_package_at_version(&self) -> bool {
        let Some((&command, rest)) = self.arguments.split_first() else { return false };
        if self.tool == Tool::Gofmt || !matches!(command, b"install" | b"run") {
            return false;
        }
        let Some(package) = package_argument(command, rest) else { return false };
        let Some(at) = package.iter().position(|&b| b == b'@') else { return false };
        let (path, version) = (&package[..at], &package[at + 1..]);
        let local = matches!(package, b"." | b"..")
            || package.starts_with(b"./")
            || package.starts_with(b"../");
        !local
            && !is_absolute(self.os, package)
            && !path.is_empty()
            && !version.is_empty()
            && !matches!(path, b"go" | b"toolchain")
    }

    /// `go env GOTOOLCHAIN`, `go env -w GOTOOLCHAIN=…` and `-u`, `go env GOMOD`, `go env GOWORK`:
    /// Go answers these with whatever toolchain is at hand, so that a pin that cannot be installed can
    /// still be seen and mended.
    pub fn repairs_gotoolchain(&self) -> bool {
        self.go_answers_locally()
            || matches!(
                self.arguments[..],
                [b"env", b"GOMOD" | b"GOWORK"] | [b"env", b"-u", b"GOTOOLCHAIN"]
            )
    }

    /// Whether Go itself answers a way out without switching, whatever `GOTOOLCHAIN` says. `go env -w`
    /// with another setting is no way out.
    pub(crate) fn go_answers_locally(&self) -> bool {
        match self.arguments[..] {
            [b"env", b"GOTOOLCHAIN"] => true,
            [b"env", b"-w", setting] => setting.starts_with(b"GOTOOLCHAIN="),
            _ => false,
        }
    }

    /// Whether every Go loads the workspace for this command. Some load it for `get`, `fix` and `tool`,
    /// and are not foretold.
    pub(crate) fn loads_workspace(&self) -> bool {
        let without = match self.arguments[..] {
            [b"mod", sub, ..] => holds("edit init tidy vendor", sub),
            [command, ..] => holds("bug clean fix fmt get telemetry tool work", command),
            [] => true,
        };
        !without && !self.is_quiet() && !self.is_package_at_version()
    }

    /// Whether every Go reads the module's own file for this command. Some read it for `doc` and `tool`, and
    /// are not foretold.
    pub(crate) fn loads_module(&self) -> bool {
        let without = match self.arguments[..] {
            [b"mod", b"init", ..] => true,
            [command, ..] => holds("bug doc telemetry tool work", command),
            [] => true,
        };
        !without && !self.is_quiet() && !self.is_package_at_version()
    }

    /// The arguments that Go will see, without `-C DIR`.
    pub fn arguments(&self) -> &[&'a [u8]] {
        &self.arguments
    }

    /// Whether the command works below the module's floor and must stay quiet about it.
    pub(crate) fn is_quiet(&self) -> bool {
        let command = self.arguments.first().copied();
        self.tool == Tool::Gofmt || matches!(command, None | Some(b"version" | b"env" | b"help"))
    }
}

/// The tool by `argv[0]`, else by the executable's own name (`exec -a x go`).
fn tool(host: &dyn Host, argv0: &[u8]) -> Tool {
    let of = |name: &[u8]| {
        let name = core::str::from_utf8(base_name(host.os(), name)).ok()?;
        let windows = host.os() == Os::Windows;
        let suffix = name.len().saturating_sub(4);
        let name = match name.split_at_checked(suffix) {
            Some((stem, ext)) if windows && ext.eq_ignore_ascii_case(".exe") => stem,
            _ => name,
        };
        let is = |tool: &str| if windows { name.eq_ignore_ascii_case(tool) } else { name == tool };
        match name {
            _ if is("go") => Some(Tool::Go),
            _ if is("gofmt") => Some(Tool::Gofmt),
            _ if !name.starts_with("go1.") => None,
            _ => ToolchainName::parse(name).map(Tool::Named),
        }
    };
    of(argv0).or_else(|| of(&host.exe()?)).unwrap_or(Tool::Go)
}

/// Commands that run, and the two groups whose subcommands do (`cmd/go/main.go`, `lookupCmd`).
const COMMANDS: &str = "bug build clean doc env fix fmt generate get help install list run \
    telemetry test tool version vet";
const MOD: &str = "download edit graph init tidy vendor verify why";
const WORK: &str = "edit init sync use vendor";

/// Removes `-C DIR` where Go accepts it: right behind `go`, or right behind the command
/// (`cmd/go/main.go`, `handleChdirFlag`).
fn take_chdir<'a>(arguments: &mut Vec<&'a [u8]>) -> Option<&'a [u8]> {
    let may_be = |argument: &&[u8]| argument.starts_with(b"-C") || argument.starts_with(b"--C");
    if !arguments.iter().take(3).any(may_be) {
        return None;
    }
    let used = match arguments[..] {
        [b"mod", sub, ..] if holds(MOD, sub) => 2,
        [b"work", sub, ..] if holds(WORK, sub) => 2,
        [b"mod" | b"work", ..] => 1,
        [command, ..] if holds(COMMANDS, command) => 1,
        _ => 0,
    };
    let flag = *arguments.get(used)?;
    if matches!(flag, b"-C" | b"--C") {
        let dir = *arguments.get(used + 1)?;
        arguments.drain(used..used + 2);
        return Some(dir);
    }
    let dir = flag.strip_prefix(b"-C=").or_else(|| flag.strip_prefix(b"--C="))?;
    arguments.remove(used);
    Some(dir)
}

/// Flags of `go install` and `go run` that take their value from the next argument.
const VALUE_FLAGS: &str = "p asmflags compiler buildmode gcflags gccgoflags mod modfile overlay \
    installsuffix ldflags pgo pkgdir tags toolexec covermode coverpkg debug-actiongraph \
    debug-runtime-trace debug-trace";
const BOOL_FLAGS: &str =
    "a n v x asan buildvcs json linkshared msan race trimpath work modcacherw cover i";

/// The package argument as Go finds it before it can parse flags
/// (`cmd/go/internal/toolchain/select.go`, `maybeSwitchForGoInstallVersion`).
fn package_argument<'a>(command: &[u8], arguments: &[&'a [u8]]) -> Option<&'a [u8]> {
    let mut rest = arguments.iter().copied();
    while let Some(argument) = rest.next() {
        if argument == b"--" {
            return rest.next();
        }
        let Some(flag) = argument.strip_prefix(b"-") else { return Some(argument) };
        let flag = flag.strip_prefix(b"-").unwrap_or(flag);
        if flag.contains(&b'=') || holds(BOOL_FLAGS, flag) {
            continue;
        }
        if holds(VALUE_FLAGS, flag) || (command == b"run" && flag == b"exec") {
            rest.next()?;
            continue;
        }
        // Unknown: `run` gives up, `install` takes the last argument that is no flag.
        if command == b"run" {
            return None;
        }
        return rest.last().filter(|last| !last.starts_with(b"-"));
    }
    None
}
