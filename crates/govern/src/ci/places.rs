//! The directories of Go's that a job shares with later ones, as Go would find them outside of the checkout: no
//! file of the repository chooses them.

use goward_resolver::path::{elements, is_absolute, join};
use goward_resolver::{GoTrees, Host, Layers};

/// Directories, by absolute paths.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Places {
    /// Where `go install` puts programs.
    pub bin: Option<Vec<u8>>,
    /// `GOMODCACHE`.
    pub modules: Option<Vec<u8>>,
}

impl Places {
    /// By layers that know no file of the repository.
    pub fn of(layers: &Layers<'_>) -> Places {
        let host = layers.env.host();
        let modules = GoTrees::of(layers).module_cache().map(<[u8]>::to_vec);
        Places { bin: bin(layers, host), modules }
    }
}

fn bin(layers: &Layers<'_>, host: &dyn Host) -> Option<Vec<u8>> {
    let os = host.os();
    let absolute = |path: &[u8]| is_absolute(os, path).then(|| path.to_vec());
    if let Some((value, _)) = layers.get("GOBIN") {
        return absolute(value);
    }
    let first = layers.get("GOPATH").and_then(|(list, _)| elements(os, list).next());
    let gopath = match first {
        Some(first) if !first.is_empty() => absolute(first)?,
        _ => join(os, &host.home()?, "go"),
    };
    Some(join(os, &gopath, "bin"))
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use goward_resolver::Environment;
    use goward_shim::OsHost;

    fn of(vars: &[(&str, &str)]) -> Places {
        let vars = [&[("HOME", "/home/g"), ("GOENV", "off")], vars].concat();
        let host = OsHost::new(
            vars.iter().map(|(key, value)| (key.as_bytes().to_vec(), value.as_bytes().to_vec())),
        );
        let env = Environment::new(&host);
        Places::of(&Layers { env: &env, goenv: None, go_env_file: None })
    }

    #[test]
    fn places_are_go_s_own() {
        let text = |path: Option<Vec<u8>>| path.map(|path| String::from_utf8(path).unwrap());
        for (vars, bin, modules) in [
            (&[][..], "/home/g/go/bin", "/home/g/go/pkg/mod"),
            (&[("GOPATH", "/a:/b")], "/a/bin", "/a/pkg/mod"),
            (&[("GOBIN", "/x"), ("GOMODCACHE", "/m")], "/x", "/m"),
        ] {
            let found = of(vars);
            assert_eq!(text(found.bin).as_deref(), Some(bin));
            assert_eq!(text(found.modules).as_deref(), Some(modules));
        }
        let relative = of(&[("GOBIN", "x"), ("GOMODCACHE", "y")]);
        assert_eq!((relative.bin, relative.modules), (None, None));
    }
}
