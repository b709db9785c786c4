//! Start-up files as people have them, and the line in them that decides last.

use super::*;

const OURS: &str = "case \"$PATH:\" in x*) ;; esac  # added by goward setup";

/// The culprit as `FILE:LINE MANAGER`, of files of the home directory `/h`, where `/usr/local/go/bin`
/// and `/h/sdk/go1.22.10/bin` have a `go`, and goenv, gvm and mise are used.
fn found(files: &[(&str, &str)], session: &[&str]) -> Option<String> {
    let read = |file: &Path| {
        let found = files.iter().find(|(name, _)| Path::new("/h").join(name) == file);
        found.map(|(_, text)| text.replace("OURS", OURS).into_bytes())
    };
    let has_go = |dir: &Path| {
        ["/usr/local/go/bin", "/h/sdk/go1.22.10/bin"].iter().any(|known| Path::new(known) == dir)
    };
    let machine = Machine {
        home: Path::new("/h"),
        mark: b"# added by goward setup",
        read: &read,
        var: &|key| (key == "SDK").then(|| b"/h/sdk".to_vec()),
        has_go: &has_go,
        is_used: &|peer| matches!(peer.name, "goenv" | "gvm" | "mise"),
    };
    let session: Vec<_> = session.iter().map(|name| Path::new("/h").join(name)).collect();
    let culprit = culprit(&machine, &session)?;
    let none = if culprit.without_goroot { "GOROOT" } else { "-" };
    let name = culprit.init.map_or(none, |init| init.peer.name);
    let file = culprit.file.strip_prefix("/h").unwrap().to_string_lossy().into_owned();
    Some(format!("{file}:{} {name}", culprit.line))
}

/// In one file, whose first line is another and whose second is goward's.
fn behind(line: &str) -> Option<String> {
    found(&[("rc", &format!("# mine\nOURS\n{line}\n"))], &["rc"])
}

#[test]
fn lines_that_put_another_go_first_are_found_in_every_language() {
    for line in [
        "export PATH=/usr/local/go/bin:$PATH",
        "PATH=\"/usr/local/go/bin:${PATH}\"; export PATH",
        "export PATH=\"$SDK/go1.22.10/bin:$HOME/bin:$PATH\"",
        "export PATH=~/sdk/go1.22.10/bin:$PATH",
        "[ -d /usr/local/go ] && PATH=/usr/local/go/bin${PATH:+:$PATH}",
        "path=(/usr/local/go/bin $path)",
        "set path = (/usr/local/go/bin $path:q)",
        "setenv PATH /usr/local/go/bin:$PATH",
        "fish_add_path --path --move /usr/local/go/bin",
        "fish_add_path $HOME/sdk/go1.22.10/bin",
        "set -gx PATH /usr/local/go/bin $PATH",
        "set paths = [/usr/local/go/bin $@paths]",
        "$env.PATH = ($env.PATH | prepend '/usr/local/go/bin')",
        // goward's directory is gone.
        "PATH=/usr/bin:/bin",
        "PATH=/usr/bin; export PATH",
        "true && PATH=/usr/bin X=y && true",
        "if true; then export PATH=/usr/bin; fi",
        "export GOROOT=/usr/local/go PATH=/usr/bin",
    ] {
        assert_eq!(behind(line).as_deref(), Some("rc:3 -"), "{line}");
        let before = found(&[("rc", &format!("{line}\nOURS\n"))], &["rc"]);
        assert_eq!(before, None, "goward's line comes later than {line}");
    }
    let goroot = "export GOROOT=/usr/local/go\nexport PATH=$GOROOT/bin:$PATH";
    assert_eq!(behind(goroot).as_deref(), Some("rc:4 -"));
}

/// goenv's guide gives such a line. Without goenv nothing sets GOROOT.
#[test]
fn the_directory_of_a_goroot_that_is_not_known_is_another() {
    for line in [
        "export PATH=\"$GOROOT/bin:$PATH\"",
        "PATH=$HOME/bin:${GOROOT}/bin:$PATH",
        "set -gx PATH $GOROOT/bin/ $PATH",
        "fish_add_path $GOROOT/bin",
        "export GOROOT=; PATH=$GOROOT/bin:$PATH",
    ] {
        assert_eq!(behind(line).as_deref(), Some("rc:3 GOROOT"), "{line}");
    }
    let known = "export GOROOT=/usr/local/go\nPATH=$GOROOT/bin:$PATH";
    assert_eq!(behind(known).as_deref(), Some("rc:4 -"));
    let asked = "export GOROOT=$(go env GOROOT)\nPATH=$GOROOT/bin:$PATH";
    assert_eq!(behind(asked).as_deref(), Some("rc:4 GOROOT"));
    let empty = "export GOROOT=/opt/none\nPATH=$GOROOT/bin:$PATH";
    assert_eq!(behind(empty), None, "no go is in that tree");
    for line in ["export PATH=$PATH:$GOROOT/bin", "export PATH=\"$GOPATH/bin:$PATH\""] {
        assert_eq!(behind(line), None, "{line}");
    }
}

/// They are text for a command.
#[test]
fn lines_of_here_documents_decide_nothing() {
    let text = "OURS\ncat <<EOF\nPATH=/usr/bin\nEOF\n";
    assert_eq!(found(&[("rc", text)], &["rc"]), None);
    let text = "cat <<EOF\nOURS\nEOF\nOURS\ncat <<EOF\nOURS\nEOF\nPATH=/usr/bin\n";
    assert_eq!(found(&[("rc", text)], &["rc"]).as_deref(), Some("rc:8 -"));
    let text = "OURS\nPATH=/usr/bin\ncat <<EOF\nOURS\nEOF\n";
    assert_eq!(found(&[("rc", text)], &["rc"]).as_deref(), Some("rc:2 -"));
}

#[test]
fn managers_are_known_by_their_lines() {
    for (line, name) in [
        ("eval \"$(goenv init -)\"", "goenv"),
        ("goenv init - | source", "goenv"),
        ("export PATH=\"$HOME/.goenv/shims:$PATH\"", "goenv"),
        ("[[ -s \"$HOME/.gvm/scripts/gvm\" ]] && source \"$HOME/.gvm/scripts/gvm\"", "gvm"),
        ("eval \"$(~/.local/bin/mise activate bash)\"", "mise"),
    ] {
        assert_eq!(behind(line), Some(format!("rc:3 {name}")), "{line}");
    }
    // It has no toolchain here.
    assert_eq!(behind(". $HOME/.asdf/asdf.sh"), None);
    assert!(peers::init(b"eval \"$(mise activate zsh)\"").unwrap().at_each_prompt);
    assert!(!peers::init(b"goenv init - | source").unwrap().at_each_prompt);
}

#[test]
fn other_lines_are_left_in_peace() {
    for line in [
        "",
        "# export PATH=/usr/local/go/bin:$PATH",
        "  # goenv init",
        "export PATH=$PATH:/usr/local/go/bin",
        "export PATH=\"$HOME/bin:$PATH\"",
        "export GOPATH=/usr/local/go/bin",
        "export MANPATH=/usr/share/man",
        "fish_add_path --append /usr/local/go/bin",
        "path+=(/usr/local/go/bin)",
        "echo PATH",
        "PATH=\"$(some-program):$PATH\"",
        "PATH=`some-program`/bin:$PATH",
        ". ~/missing",
        "PATH=/usr/bin:/bin some-program",
        "alias x=y; env PATH=/usr/local/go/bin:$PATH go version",
        "alias ll='ls -l'",
        "\u{ff}\u{1b}[2J",
    ] {
        assert_eq!(behind(line), None, "{line}");
    }
    assert_eq!(found(&[("rc", "PATH=/usr/bin\n")], &["rc"]), None, "goward has no line there");
    assert_eq!(found(&[], &["rc"]), None);
}

#[test]
fn files_are_read_in_the_order_of_the_shell() {
    let fish =
        [("conf.d/goward.fish", "OURS"), ("config.fish", "\nfish_add_path /usr/local/go/bin")];
    let order = ["conf.d/goward.fish", "config.fish"];
    assert_eq!(found(&fish, &order).as_deref(), Some("config.fish:2 -"));
    assert_eq!(found(&fish, &["config.fish", "conf.d/goward.fish"]), None);
    // A login file that reads the other one too early.
    let rc = "OURS\neval \"$(goenv init -)\"\n";
    let login = [(".bashrc", rc), (".profile", "OURS\nif true; then\n  . ~/.bashrc\nfi\n")];
    assert_eq!(found(&login, &[".profile"]).as_deref(), Some(".bashrc:2 goenv"));
    let mended = [(".bashrc", rc), (".profile", "[ -f ~/.bashrc ] && . ~/.bashrc\nOURS\n")];
    assert_eq!(found(&mended, &[".profile"]), None);
    // Files in a circle.
    let circle = [("a", "OURS\n. ~/b\n"), ("b", "source $HOME/a\nPATH=/bin\n")];
    assert_eq!(found(&circle, &["a"]).as_deref(), Some("b:2 -"));
}
