//! The defaults of each manager, laid out as it lays them out.
#![expect(clippy::unwrap_used, reason = "a test ends with the first surprise")]

use super::*;
use goward_shim::OsHost;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::PathBuf;

struct Home(tempfile::TempDir);

impl Home {
    fn new() -> Home {
        Home(tempfile::tempdir().unwrap())
    }

    fn at(&self, name: &str) -> PathBuf {
        let path = self.0.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        path
    }

    fn write(&self, name: &str, text: impl AsRef<[u8]>) {
        fs::write(self.at(name), text).unwrap();
    }

    fn tree(&self, name: &str, version: &str) {
        self.write(&format!("{name}/VERSION"), format!("{version}\n"));
        self.write(&format!("{name}/bin/go"), "");
    }

    fn link(&self, name: &str, target: &str) {
        symlink(target, self.at(name)).unwrap();
    }

    /// `MANAGER FILE:LINE SELECTOR` of each, and `MANAGER FILE WHY` of the silent ones.
    fn all(&self, vars: &[(&str, &str)]) -> Vec<String> {
        let top = self.0.path().display().to_string();
        let bytes = |text: &str| text.replace('@', &top).into_bytes();
        let vars = [("HOME", "@")].into_iter().chain(vars.iter().copied());
        let host = OsHost::new(vars.map(|(key, value)| (bytes(key), bytes(value))));
        let (found, silent) = all(&Environment::new(&host));
        let short = |file: &[u8]| String::from_utf8(file.to_vec()).unwrap().replace(&top, "@");
        let found = found.into_iter().map(|one| {
            let line = one.line.map(|line| format!(":{line}")).unwrap_or_default();
            let wants = one.wants.map_or("-".to_owned(), |wants| wants.to_string());
            format!("{} {}{line} {wants}", one.peer.name, short(&one.file))
        });
        let silent = silent.into_iter();
        let silent =
            silent.map(|one| format!("{} {} {}", one.peer.name, short(&one.file), one.why.why()));
        found.chain(silent).collect()
    }
}

#[test]
fn each_manager_remembers_its_default_where_it_does() {
    let home = Home::new();
    home.write(".goenv/version", "1.22.9\n");
    home.write(
        ".gvm/environments/default",
        "export GVM_ROOT; GVM_ROOT=\"/x\"\nexport gvm_go_name; gvm_go_name=\"go1.20\"\n\
         export gvm_pkgset_name; gvm_pkgset_name=\"global\"\n",
    );
    home.write(".config/mise/config.toml", "[settings]\ngo = 1\n[tools]\ngo = '1.22'\n");
    home.write(".proto/.prototools", "go = '1.21.13'\n");
    home.tree(".g/versions/1.22.5", "go1.22.5");
    home.link(".g/go", "versions/1.22.5");
    home.tree(".goup/go1.23.4", "go1.23.4");
    home.link(".goup/current", "go1.23.4");
    home.tree(".gobrew/versions/1.22.6/go", "go1.22.6");
    home.link(".gobrew/current", "versions/1.22.6/go");
    home.tree(".go/.versions/1.22.7", "go1.22.7");
    home.link(".go/bin", ".versions/1.22.7/bin");
    let expected = [
        "goenv @/.goenv/version:1 1.22.9",
        "gvm @/.gvm/environments/default:2 1.20",
        "g @/.g/go 1.22.5",
        "g @/.go/bin 1.22.7",
        "goup @/.goup/current 1.23.4",
        "gobrew @/.gobrew/current 1.22.6",
        "proto @/.proto/.prototools:1 1.21.13",
        "mise @/.config/mise/config.toml:4 1.22",
    ];
    assert_eq!(home.all(&[]), expected);
    home.write("x/version", "system\n");
    home.write("m.toml", "tools.go = 'latest'");
    let moved = home.all(&[("GOENV_ROOT", "@/x"), ("MISE_GLOBAL_CONFIG_FILE", "@/m.toml")]);
    assert_eq!(moved[0], "goenv @/x/version:1 system");
    assert_eq!(moved[7], "mise @/m.toml:1 latest");
}

/// Nothing of a stranger's file becomes more than a version.
#[test]
fn hostile_files_say_nothing() {
    let home = Home::new();
    assert_eq!(home.all(&[]), [""; 0]);
    for text in ["../../x", "\u{1b}[2J", "mytree", "1.22;rm -rf ~", "$(id)", "go1.23.2-corp"] {
        home.write(".goenv/version", text);
        home.write(".gvm/environments/default", format!("gvm_go_name=\"{text}\""));
        let said = home.all(&[]);
        assert_eq!(said[0], "goenv @/.goenv/version:1 -", "{text}");
        assert_eq!(said[1], "gvm @/.gvm/environments/default:1 -", "{text}");
    }
    home.write(".goenv/version", b"\xff\xfe\n");
    home.write(".gvm/environments/default", "# gvm_go_name=go1.22.10\nexport other; x=1\n");
    assert_eq!(home.all(&[]), ["goenv @/.goenv/version:1 -"]);
    home.write(".goenv/version", vec![b'1'; pins::LIMIT + 1]);
    fs::remove_dir_all(home.at(".gvm")).unwrap();
    let fifo = home.at(".proto/.prototools");
    assert!(goward_testkit::start::tool("mkfifo").arg(fifo).status().unwrap().success());
    home.write(".version-fox/.vfox.toml", "[tools");
    assert_eq!(
        home.all(&[]),
        [
            "goenv @/.goenv/version it cannot be read",
            "proto @/.proto/.prototools it cannot be read",
            "vfox @/.version-fox/.vfox.toml it is not valid TOML",
        ]
    );
}

/// A link counts only as far as it stays with its manager.
#[test]
fn a_link_elsewhere_is_no_default() {
    let home = Home::new();
    home.tree("elsewhere", "go1.22.10");
    home.link(".goup/current", "../elsewhere");
    home.link(".g/go", "nowhere");
    // A directory in the place of the link.
    home.tree(".gobrew/current", "go1.22.10");
    assert_eq!(home.all(&[]), [""; 0]);
}

#[test]
fn a_package_set_of_gvm_is_found() {
    let home = Home::new();
    let set = |text: &str| {
        home.write(".gvm/environments/default", text);
        let top = home.0.path().as_os_str().as_encoded_bytes().to_vec();
        let host = OsHost::new([(b"HOME".to_vec(), top)]);
        package_set(&Environment::new(&host)).map(|set| set.line.unwrap())
    };
    assert_eq!(set("export gvm_pkgset_name; gvm_pkgset_name=\"global\"\n"), None);
    assert_eq!(set("x=1\nexport gvm_pkgset_name; gvm_pkgset_name=\"mine\"\n"), Some(2));
    assert_eq!(set("x=1\n"), None);
}
