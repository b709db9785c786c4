//! Which files of a Go tree are programs.

/// The source of a file's mode.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Modes {
    /// The archive or the tree: a witness vouched for it as a whole, or none did.
    Told,
    /// Go's own rule: the witness knows names and contents only.
    Gos,
}

impl Modes {
    /// Whether the file `path`, relative to the tree, becomes executable; `told` is the archive's
    /// word.
    pub(super) fn executable(self, path: &str, told: bool) -> bool {
        match self {
            Modes::Told => told,
            Modes::Gos => is_executable(path),
        }
    }
}

/// The files that Go's tarballs mark executable, by their names below `go/`
/// (`cmd/distpack/pack.go`, function `mode`, the same from Go 1.21 to 1.27). The modes in zip
/// archives are not reliable.
pub(super) fn is_executable(path: &str) -> bool {
    let file = path.rsplit('/').next().unwrap_or(path);
    path.starts_with("bin/")
        || path.starts_with("pkg/tool/")
        || [".bash", ".sh", ".pl", ".rc"].iter().any(|suffix| path.ends_with(suffix))
        || is_runner(file)
}

/// `go_?*_?*_exec`, such as `go_js_wasm_exec`.
fn is_runner(file: &str) -> bool {
    let inner = file.strip_prefix("go_").and_then(|rest| rest.strip_suffix("_exec"));
    let Some(inner) = inner else { return false };
    inner.char_indices().any(|(at, c)| c == '_' && at > 0 && at + 1 < inner.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_are_those_of_gos_tarballs() {
        for path in [
            "bin/go",
            "bin/gofmt.exe",
            "pkg/tool/linux_amd64/compile",
            "src/make.bash",
            "src/cmd/vendor/x/mkall.sh",
            "src/regexp/syntax/make_perl_groups.pl",
            "src/all.rc",
            "lib/wasm/go_js_wasm_exec",
            "go_a_b_exec",
            "misc/go_a__b_exec",
        ] {
            assert!(is_executable(path), "{path}");
        }
        for path in [
            "VERSION",
            "bin",
            "src/bin/go",
            "pkg/include/x.h",
            "src/make.bat",
            "src/x.bash/y.go",
            "lib/wasm/go_wasm_exec",
            "lib/go__x_exec",
            "lib/go_x__exec",
            "lib/go_exec",
            "lib/go__exec",
            "lib/wasm/go_js_wasm_exec.go",
        ] {
            assert!(!is_executable(path), "{path}");
        }
    }
}
