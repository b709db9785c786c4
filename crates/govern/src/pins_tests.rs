//! Files of other managers, as people and strangers write them.
#![expect(clippy::unwrap_used, reason = "a test ends with the first surprise")]

use super::*;
use goward_shim::OsHost;
use std::fs;

/// The statement of a file with this text: its line, the selector and the text.
fn said(form: Form, text: &[u8]) -> Result<Option<(usize, Option<String>, String)>, Unread> {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("f.toml");
    fs::write(&file, text).unwrap();
    let host = OsHost::new([]);
    let found = statement(&host, file.as_os_str().as_encoded_bytes(), form)?;
    Ok(found.map(|found| {
        let wants = found.wants.map(|wants| wants.to_string());
        (found.line.unwrap(), wants, String::from_utf8(found.text).unwrap())
    }))
}

#[test]
fn only_the_key_of_the_right_table_counts() {
    let mise = "[settings]\ngo = 'x'\n[tools]\nnode = '20'\n  go = \"1.22\" # why\n";
    let found = said(Form::Mise, mise.as_bytes()).unwrap().unwrap();
    assert_eq!(found, (5, Some("1.22".to_owned()), "go = \"1.22\" # why".to_owned()));
    for (form, text, expected) in [
        (Form::Mise, "tools.go = '1.22.10'", Some((1, Some("1.22.10")))),
        (Form::Mise, "[tools]\ngo = ['1.21.13', '1.22']", Some((2, Some("1.21.13")))),
        (Form::Mise, "[tools]\ngo = { version = 'latest' }", Some((2, Some("latest")))),
        (Form::Mise, "[tools.go]\nversion = 'prefix:1.22'", Some((1, Some("1.22")))),
        (Form::Mise, "[tools]\n'core:go' = 'v1.22.10'", Some((2, Some("1.22.10")))),
        (Form::Mise, "go = '1.22'\n[env]\ngo = '1'", None),
        (Form::Mise, "[tools]\nnode = '20'", None),
        (Form::Mise, "tools = 'go'", None),
        (
            Form::Vfox,
            "[other]\ngolang = 1\n[tools]\ngolang = '1.22.10'",
            Some((4, Some("1.22.10"))),
        ),
        (Form::Proto, "node = '20'\ngo = '~1.22'\n[plugins]\ngo = 'x'", Some((2, Some("~1.22")))),
        (Form::Proto, "[tools]\ngo = '1.22'", None),
        // goward has no selector for these.
        (Form::Mise, "[tools]\ngo = 'ref:main'", Some((2, None))),
        (Form::Mise, "[tools]\ngo = '../../x'", Some((2, None))),
        (Form::Mise, "[tools]\ngo = 'mytree'", Some((2, None))),
        (Form::Mise, "[tools]\ngo = \"1.22\\ngolang 1.20\"", Some((2, None))),
        (Form::Mise, "[tools]\ngo = \"\\u001b[2J\"", Some((2, None))),
        (Form::Mise, "[tools]\ngo = 1.22", Some((2, None))),
        (Form::Mise, "[tools]\ngo = []", Some((2, None))),
        (Form::Proto, "go = ''", Some((1, None))),
    ] {
        let found = said(form, text.as_bytes()).unwrap();
        let found = found.as_ref().map(|(line, wants, _)| (*line, wants.as_deref()));
        assert_eq!(found, expected, "{text}");
    }
}

#[test]
fn what_cannot_be_read_is_told() {
    assert_eq!(said(Form::Mise, b"[tools]\ngo = '\xff'"), Err(Unread::NotText));
    for text in ["[tools", "go = ", "[tools]\ngo = 1\ngo = 2", &"[".repeat(10_000)] {
        assert_eq!(said(Form::Mise, text.as_bytes()), Err(Unread::NotToml), "{text:.20}");
    }
    assert_eq!(said(Form::Mise, &vec![b'#'; LIMIT + 1]), Err(Unread::Closed));
    let dir = tempfile::tempdir().unwrap();
    let host = OsHost::new([]);
    let at = |name: &str| dir.path().join(name).into_os_string().into_encoded_bytes();
    assert_eq!(statement(&host, &at("absent"), Form::Proto), Ok(None));
    let fifo = goward_testkit::start::tool("mkfifo").arg(dir.path().join("fifo")).status();
    assert!(fifo.unwrap().success());
    assert_eq!(statement(&host, &at("fifo"), Form::Proto), Err(Unread::Closed));
    // A link may lead to a secret: its text is not for messages.
    fs::write(dir.path().join("real"), "go = '1.22'").unwrap();
    std::os::unix::fs::symlink("real", dir.path().join("link")).unwrap();
    let quotable = |name| statement(&host, &at(name), Form::Proto).unwrap().unwrap().quotable;
    assert_eq!((quotable("real"), quotable("link")), (true, false));
}

#[test]
fn constructs_without_an_equal_are_named() {
    let dir = tempfile::tempdir().unwrap();
    fs::create_dir(dir.path().join(".gvm_local")).unwrap();
    fs::write(dir.path().join(".go-pkgset"), "mine\n").unwrap();
    let mise =
        "[env]\nGOFLAGS = '-mod=mod'\nPATH = 'x'\nGOPATH = '/x'\n'GO\\n' = ''\n'GO-X' = '1'\n";
    fs::write(dir.path().join("mise.toml"), mise).unwrap();
    let host = OsHost::new([]);
    let top = dir.path().as_os_str().as_encoded_bytes();
    let found: Vec<_> = constructs(&host, top)
        .into_iter()
        .map(|one| {
            let file = String::from_utf8(one.file[top.len() + 1..].to_vec()).unwrap();
            (one.peer.name, file, one.line, one.variable)
        })
        .collect();
    let row =
        |peer, file: &str, line, variable: &str| (peer, file.to_owned(), line, variable.to_owned());
    let expected = [
        row("gvm", ".go-pkgset", None, "GOPATH"),
        row("gvm", ".gvm_local", None, "GOPATH"),
        row("mise", "mise.toml", Some(2), "GOFLAGS"),
        row("mise", "mise.toml", Some(4), "GOPATH"),
    ];
    assert_eq!(found, expected);
}

#[test]
fn a_name_is_a_release_or_nothing() {
    let of = |name| of_name(&ToolchainName::parse(name).unwrap()).map(|wants| wants.to_string());
    assert_eq!(of("go1.22.10").as_deref(), Some("1.22.10"));
    assert_eq!(of("go1.19").as_deref(), Some("1.19"));
    assert_eq!(of("go1.23.2-corp"), None);
}
