//! Which commands of go refuse a module file that needs a later Go.

/// What a command looks at, and refuses if it needs a later Go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Asks {
    /// No module file, and it builds nothing.
    Nothing,
    /// Something else, or what is not known.
    Other,
    /// The go.mod alone.
    Module,
    /// The go.work, if there is one, and the go.mod.
    All,
}

/// The flags of `go clean` that make it look at no package.
const CACHES: [&str; 4] = ["cache", "fuzzcache", "modcache", "testcache"];

/// What a command looks at, by its arguments: what Go 1.21.13 and 1.22.10 refuse under `GOTOOLCHAIN=local` in a module
/// and in a workspace that need Go 1.23.0.
pub(super) fn asks(arguments: &[String]) -> Asks {
    let behind = match arguments.first() {
        Some(word) if is_directory_flag(word) => 1 + usize::from(!word.contains('=')),
        _ => 0,
    };
    let Some([name, rest @ ..]) = arguments.get(behind..) else { return Asks::Nothing };
    let first = rest.first().map(String::as_str);
    let flags = || rest.iter().map(String::as_str).filter_map(flag);
    if flags().any(|name| matches!(name, "h" | "help")) {
        return Asks::Nothing;
    }
    if flags().any(|name| name == "modfile") {
        return Asks::Other;
    }
    match (name.as_str(), first) {
        ("run", None) | ("mod" | "work", None) => Asks::Nothing,
        ("build" | "generate" | "list" | "test" | "vet", _) => Asks::All,
        ("install", _) => packages(rest, Asks::Nothing),
        ("run", _) => packages(rest, Asks::Other),
        ("clean", Some(_)) if rest.iter().all(|word| flag(word).is_some_and(is_cache)) => {
            Asks::Nothing
        }
        ("clean" | "fix" | "fmt" | "get", _) | ("mod", Some("tidy" | "vendor")) => Asks::Module,
        ("mod", Some("edit" | "help" | "init")) | ("work", Some("edit" | "help" | "init")) => {
            Asks::Nothing
        }
        ("mod", _) | ("work", Some("sync" | "use" | "vendor")) => Asks::All,
        ("bug" | "doc" | "env" | "help" | "telemetry" | "version", _) => Asks::Nothing,
        _ => Asks::Other,
    }
}

/// Of `go install` and `go run`: with a version they look at no module of here.
fn packages(arguments: &[String], with_version: Asks) -> Asks {
    let here = |word: &str| {
        matches!(word, "." | "..") || word.starts_with("./") || word.starts_with("../") || {
            word.ends_with(".go") && !word.starts_with('-') && !word.contains(['@', '$'])
        }
    };
    match arguments.iter().find(|word| here(word) || word.contains('@')) {
        Some(word) if here(word) => Asks::All,
        Some(_) => with_version,
        // The version may be in a variable.
        None if arguments.iter().any(|word| word.contains('$')) => Asks::Other,
        None => Asks::All,
    }
}

fn is_cache(name: &str) -> bool {
    CACHES.contains(&name)
}

/// The name of a flag, behind one dash or two.
fn flag(word: &str) -> Option<&str> {
    let name = word.strip_prefix('-')?;
    let name = name.strip_prefix('-').unwrap_or(name);
    name.split('=').next().filter(|name| !name.is_empty())
}

/// `-C dir`, `-C=dir`, each with one dash or two.
fn is_directory_flag(word: &str) -> bool {
    flag(word) == Some("C")
}

/// The directory to which go goes before it does anything.
pub(super) fn directory(arguments: &[String]) -> Option<&str> {
    // It has to be the first flag. Some commands have two words.
    let is_pair = arguments.first().is_some_and(|word| matches!(word.as_str(), "mod" | "work"));
    let before = arguments.iter().take(if is_pair { 3 } else { 2 });
    let at = before.into_iter().position(|word| word.starts_with('-'))?;
    let word = arguments.get(at).filter(|word| is_directory_flag(word))?;
    let next = || arguments.get(at + 1).map(String::as_str);
    Some(word.split_once('=').map(|(_, value)| value).or_else(next).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_known_which_commands_refuse_a_module_file() {
        let asks = |text: &str| {
            let words: Vec<String> = text.split_whitespace().map(str::to_owned).collect();
            asks(&words)
        };
        let all = "build ./...;build -n;test;vet x.go;generate;list;list std;list -m x.org/y@v1;install;\
            install x.org/x;install -race ./cmd/x;run x.go;run -mod=mod x.go;run . x.org/y@v1;\
            run ../x;run cmd/vet;mod download;mod download x.org/y@v1.0.0;mod graph;mod verify;\
            mod why m;work sync;work use .;work vendor;-C . build;-C=. build";
        let module = "fmt ./...;fix;get;get x.org/y@v1;clean;clean -i -cache;mod tidy;mod tidy -go=1.22;\
            mod vendor";
        let nothing = "env GOMOD;env -w GOFLAGS=;version;help;doc fmt;bug;telemetry off;clean -cache -modcache;\
            run;mod;mod edit -json;mod init m;work init;work edit -go=1.23.0;install x.org/x@v1;\
            build -h;test --help";
        let other = "tool x.org/y;run x.org/y@v1 .;run $TOOL;build -modfile=x.mod;unheard";
        for (wants, texts) in [
            (Asks::All, all),
            (Asks::Module, module),
            (Asks::Nothing, nothing),
            (Asks::Other, other),
        ] {
            for text in texts.split(';') {
                assert_eq!(asks(text), wants, "{text}");
            }
        }
    }
}
