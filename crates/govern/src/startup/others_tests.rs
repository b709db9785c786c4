//! Lines of start-up files as other managers' guides give them.

use super::*;
use goward_shim::OsHost;

/// What each line of a file does: `LINE MANAGER` or `LINE KEY MANAGER`.
fn found(text: &[u8]) -> Vec<String> {
    let host = OsHost::new([(b"HOME".to_vec(), b"/h".to_vec()), (b"X".to_vec(), b"/x".to_vec())]);
    let env = Environment::new(&host);
    let lines = other_lines(&env, text, b"# added by goward setup").into_iter();
    let name = |peer: Option<Peer>| peer.map_or("-", |peer| peer.name);
    lines
        .map(|line| match line.does {
            Does::Enters(peer) => format!("{} {}", line.line, peer.name),
            Does::Sets(key, peer) => format!("{} {key} {}", line.line, name(peer)),
            Does::PutsGoroot => format!("{} $GOROOT/bin", line.line),
        })
        .collect()
}

#[test]
fn lines_of_other_managers_are_found_in_every_language() {
    for (line, expected) in [
        ("eval \"$(goenv init -)\"", "1 goenv"),
        ("eval \"$(mise activate zsh)\"", "1 mise"),
        ("[[ -s \"$HOME/.gvm/scripts/gvm\" ]] && source \"$HOME/.gvm/scripts/gvm\"", "1 gvm"),
        ("export GOROOT=/usr/local/go", "1 GOROOT Go's own installer"),
        ("export GOROOT=$(go env GOROOT)", "1 GOROOT -"),
        ("export GOROOT=\"$HOME/.goenv/versions/1.22.10\"", "1 GOROOT goenv"),
        ("set -gx GOPATH ~/go/1.22.10", "1 GOPATH goenv"),
        ("setenv GOBIN /h/.local/share/mise/installs/go/1.22.10/bin", "1 GOBIN mise"),
        ("export PATH=\"$HOME/.goup/current/bin:$PATH\"", "1 goup"),
        ("fish_add_path ~/sdk/go1.22.10/bin", "1 golang.org/dl"),
        ("export PATH=\"$GOROOT/bin:$PATH\"", "1 $GOROOT/bin"),
        ("set -gx PATH $GOROOT/bin $PATH", "1 $GOROOT/bin"),
    ] {
        assert_eq!(found(line.as_bytes()), [expected], "{line}");
    }
    let file =
        b"# goenv init\n\nx=1\r\nexport GOROOT=/x\neval x # goenv init # added by goward setup\n";
    assert_eq!(found(file), ["4 GOROOT -"]);
}

#[test]
fn other_lines_are_left_in_peace() {
    for line in [
        "export GOPATH=$HOME/go",
        "export GOBIN=$HOME/bin",
        "export GOPATH=$UNKNOWN/x",
        "export PATH=/usr/local/go/bin:$PATH",
        "export PATH=/opt/homebrew/bin:$PATH",
        "export PATH=$HOME/bin:$PATH",
        "export PATH=\"$PATH:$GOROOT/bin\"",
        "export PATH=\"$GOPATH/bin:$PATH\"",
        "export GOFLAGS=-mod=mod",
        "echo GOROOT=",
        "\u{1b}[2J",
    ] {
        assert_eq!(found(line.as_bytes()), [""; 0], "{line}");
    }
    assert_eq!(found(b"\xff\xfe\0 PATH=\xff"), [""; 0]);
    // A value that doubles again and again.
    let long = format!("export GOPATH={}", "$X".repeat(1 << 20));
    assert_eq!(found(long.as_bytes()), [""; 0]);
}
