//! The line that puts directories first on PATH, in the language of each shell.

use goward_govern::here_documents;
use std::path::Path;

/// The mark by which goward finds its own lines.
pub(crate) const MARK: &[u8] = b"# added by goward setup";

/// The end of each line.
const END: &[u8] = b"  # added by goward setup";

/// For any shell of the Bourne family. An empty PATH gets no empty element, which would be the
/// current directory.
pub(super) fn posix(dirs: &[Vec<u8>]) -> Vec<u8> {
    let list = dirs.join(&b':');
    let pattern = quoted(&[&list, &b":"[..]].concat());
    let path = quoted(&list);
    [
        &b"case \"$PATH:\" in "[..],
        &pattern,
        b"*) ;; *) export PATH=",
        &path,
        b"\"${PATH:+:$PATH}\" ;; esac",
        END,
    ]
    .concat()
}

/// The line changes PATH itself. With `--global` alone fish would keep a list of its own, which
/// then hides the one that outlives the shell.
pub(super) fn fish(dirs: &[Vec<u8>]) -> Vec<u8> {
    let dirs: Vec<_> = dirs.iter().map(|dir| fish_quoted(dir)).collect();
    let command = b"fish_add_path --path --move --prepend ";
    [command, dirs.join(&b' ').as_slice(), END].concat()
}

/// For csh and tcsh, whose `path` is the same as PATH.
pub(super) fn csh(dirs: &[Vec<u8>]) -> Vec<u8> {
    let dirs: Vec<_> = dirs.iter().map(|dir| csh_quoted(dir)).collect();
    let list = dirs.join(&b' ');
    let condition = [b"if (\"$path[1]\" != ", dirs[0].as_slice(), b") "].concat();
    [&condition, &b"set path = ("[..], &list, b" $path:q)", END].concat()
}

/// `split row` is for a PATH that is no list yet; of equal elements `uniq` keeps the first.
pub(super) fn nu(dirs: &[&str]) -> Vec<u8> {
    let dirs: Vec<_> = dirs.iter().map(|dir| double_quoted(dir.as_bytes())).collect();
    let list = dirs.join(&b' ');
    let before = b"$env.PATH = ($env.PATH | split row (char esep) | prepend [";
    [before, list.as_slice(), b"] | uniq)", END].concat()
}

/// Elvish's source has to be UTF-8, but may name any byte.
pub(super) fn elvish(dirs: &[Vec<u8>]) -> Vec<u8> {
    let dirs: Vec<_> = dirs.iter().map(|dir| double_quoted(dir)).collect();
    let list = dirs.join(&b' ');
    [
        &b"set paths = ["[..],
        &list,
        b" (each {|dir| if (not (has-value [",
        &list,
        b"] $dir)) { put $dir } } $paths)]",
        END,
    ]
    .concat()
}

/// For PowerShell where PATH is as on Unix.
pub(super) fn powershell(dirs: &[&str]) -> Vec<u8> {
    let dirs: Vec<_> = dirs.iter().map(|dir| powershell_quoted(dir)).collect();
    let list = dirs.join(", ");
    let rest = format!("@($env:PATH -split ':' | Where-Object {{ $_ -cnotin @({list}) }})");
    let line = format!("$env:PATH = (@({list}) + {rest}) -join ':'");
    [line.as_bytes(), END].concat()
}

/// For PowerShell on Windows: the command changes the user's PATH for good.
pub(crate) fn powershell_for_good(dirs: &[&Path]) -> String {
    let dirs: Vec<_> = dirs.iter().map(|dir| dir.to_string_lossy()).collect();
    let list = powershell_quoted(&format!("{};", dirs.join(";")));
    format!(
        "[Environment]::SetEnvironmentVariable('Path', {list} + \
         [Environment]::GetEnvironmentVariable('Path', 'User'), 'User')"
    )
}

/// In single quotes, in which no character is special but the quote itself.
fn quoted(text: &[u8]) -> Vec<u8> {
    between(b'\'', text, |byte| match byte {
        b'\'' => Some(br"'\''".to_vec()),
        _ => None,
    })
}

fn fish_quoted(text: &[u8]) -> Vec<u8> {
    between(b'\'', text, |byte| match byte {
        b'\\' | b'\'' => Some(vec![b'\\', byte]),
        _ => None,
    })
}

/// `!` acts between quotes, too, and `\` may, by a setting of the user: both stand outside.
fn csh_quoted(text: &[u8]) -> Vec<u8> {
    between(b'\'', text, |byte| match byte {
        b'\\' | b'\'' | b'!' => Some(vec![b'\'', b'\\', byte, b'\'']),
        _ => None,
    })
}

/// In double quotes as Nushell and Elvish have them, in which only `\` and `"` are special. A byte
/// that is no UTF-8 becomes `\xHH`, which only Elvish knows.
fn double_quoted(text: &[u8]) -> Vec<u8> {
    let mut quoted = vec![b'"'];
    for chunk in text.utf8_chunks() {
        for byte in chunk.valid().bytes() {
            if matches!(byte, b'\\' | b'"') {
                quoted.push(b'\\');
            }
            quoted.push(byte);
        }
        let escapes = chunk.invalid().iter().map(|byte| format!("\\x{byte:02x}"));
        quoted.extend(escapes.collect::<String>().bytes());
    }
    quoted.push(b'"');
    quoted
}

/// In single quotes. PowerShell knows five such characters; two of them stand for one.
fn powershell_quoted(text: &str) -> String {
    let mut quoted = String::from("'");
    for char in text.chars() {
        if matches!(char, '\'' | '\u{2018}'..='\u{201b}') {
            quoted.push(char);
        }
        quoted.push(char);
    }
    quoted.push('\'');
    quoted
}

/// Between two of `quote`; `escape` gives the text for a byte that is special there.
fn between(quote: u8, text: &[u8], escape: fn(u8) -> Option<Vec<u8>>) -> Vec<u8> {
    let mut quoted = vec![quote];
    for &byte in text {
        match escape(byte) {
            Some(instead) => quoted.extend(instead),
            None => quoted.push(byte),
        }
    }
    quoted.push(quote);
    quoted
}

/// `old` with `line` in it: in the place of an earlier line of goward's, else at the end. `None` if
/// `old` has it already.
pub(crate) fn with_line(old: &[u8], line: &[u8]) -> Option<Vec<u8>> {
    let mut new = Vec::with_capacity(old.len() + line.len() + 2);
    let (mut written, mut at_margin) = (false, false);
    for (present, indent) in own_marked(old) {
        let Some(indent) = indent else {
            new.extend_from_slice(present);
            continue;
        };
        // An indented one stays: without it a block of the user's could be empty, which is an error.
        if indent.is_empty() && std::mem::replace(&mut at_margin, true) {
            continue;
        }
        written = true;
        if present.trim_ascii() == line {
            new.extend_from_slice(present);
        } else {
            new.extend_from_slice(&[indent, line, b"\n"].concat());
        }
    }
    if !written {
        new.extend_from_slice(&[gap(old), line, b"\n"].concat());
    }
    (new != old).then_some(new)
}

/// `old` with `line` at its end, and with no other line of goward's but indented ones.
pub(crate) fn with_line_last(old: &[u8], line: &[u8]) -> Vec<u8> {
    let others =
        own_marked(old).filter(|(_, indent)| indent.is_none_or(|indent| !indent.is_empty()));
    let others: Vec<u8> = others.flat_map(|(present, _)| present).copied().collect();
    [others.as_slice(), gap(&others), line, b"\n"].concat()
}

/// Whether a line of goward's is in a start-up file.
pub(crate) fn has_line(text: &[u8]) -> bool {
    own_marked(text).any(|(_, indent)| indent.is_some())
}

/// The lines of a start-up file, with their ends. Each that is goward's has its indentation beside it.
/// The user may quote such a line in a comment or in a here-document, where it does nothing.
fn own_marked(text: &[u8]) -> impl Iterator<Item = (&[u8], Option<&[u8]>)> {
    here_documents::lines(text).map(|(present, is_text)| {
        let line = present.trim_ascii_start();
        let own = !is_text && !line.starts_with(b"#") && line.trim_ascii_end().ends_with(MARK);
        (present, own.then(|| &present[..present.len() - line.len()]))
    })
}

/// What has to stand between `old` and a further line, so that this is a line of its own.
fn gap(old: &[u8]) -> &'static [u8] {
    let (last, ends) = match old.strip_suffix(b"\n") {
        Some(last) => (last, true),
        None => (old, old.is_empty()),
    };
    // Behind a backslash a shell goes on with the next line, so that one has to be empty.
    match (ends, last.ends_with(b"\\")) {
        (true, false) => b"",
        (true, true) | (false, false) => b"\n",
        (false, true) => b"\n\n",
    }
}

/// `old` without the lines of `ours`, if it has one; and whether it has another line of goward's:
/// one for another root, or one that the user may have changed.
pub(crate) fn without_lines(old: &[u8], ours: &[Vec<u8>]) -> (Option<Vec<u8>>, bool) {
    let (mut new, mut found, mut other) = (Vec::with_capacity(old.len()), false, false);
    for (present, is_text) in here_documents::lines(old) {
        let line = present.trim_ascii_end();
        if !is_text && ours.iter().any(|ours| ours == line) {
            found = true;
        } else {
            other |= !is_text && line.ends_with(MARK);
            new.extend_from_slice(present);
        }
    }
    (found.then_some(new), other)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_added_once_and_moved_with_the_root() {
        let (one, two) = (posix(&[b"/a".to_vec()]), posix(&[b"/b".to_vec()]));
        // A line that is no UTF-8 stays as it is.
        let first = with_line(b"alias caf\xe9=y", &one).unwrap();
        assert_eq!(first, [b"alias caf\xe9=y\n", one.as_slice(), b"\n"].concat());
        assert_eq!(with_line(&first, &one), None);
        let moved = with_line(&[&first, &b"after\n"[..]].concat(), &two).unwrap();
        assert_eq!(moved, [b"alias caf\xe9=y\n", two.as_slice(), b"\nafter\n"].concat());
    }

    #[cfg(unix)]
    #[test]
    fn a_line_behind_a_backslash_stands_alone() {
        let line = posix(&[b"/a".to_vec()]);
        for old in ["", "x=1", "x=1\n", "x=1 \\", "x=1 \\\n", "x=1 \\\\\n", "\\", "\\\n"] {
            let new = with_line(old.as_bytes(), &line).unwrap();
            let script = [&new, &b"printf %s \"$PATH\""[..]].concat();
            let mut shell = goward_testkit::start::tool("sh");
            shell.arg("-c").arg(String::from_utf8(script).unwrap()).env("PATH", "/bin");
            let done = shell.output().unwrap();
            assert_eq!(String::from_utf8_lossy(&done.stdout), "/a:/bin", "{old:?}");
            assert_eq!(with_line(&new, &line), None, "{old:?}");
        }
    }

    #[test]
    fn a_line_moves_to_the_end() {
        let (one, two) = (posix(&[b"/a".to_vec()]), posix(&[b"/b".to_vec()]));
        let end = |old: &[&[u8]]| with_line_last(&old.concat(), &one);
        let expected = [b"x\xff\ny\n", one.as_slice(), b"\n"].concat();
        for old in [
            &[&b"x\xff\n"[..], &one, b"\ny\n"][..],
            &[b"x\xff\n", &two, b"\ny\n", &one],
            &[b"x\xff\ny"],
            &[&expected],
        ] {
            assert_eq!(end(old), expected);
        }
        assert_eq!(end(&[]), [one.as_slice(), b"\n"].concat());
    }

    /// Such a line does nothing, or is all that a block has.
    #[test]
    fn lines_that_the_user_quotes_or_indents_stay() {
        let line = posix(&[b"/a".to_vec()]);
        let text =
            |before: &str, after: &str| [before.as_bytes(), &line, after.as_bytes()].concat();
        let added = |old: &[u8]| [old, &line[..], b"\n"].concat();
        for old in
            [text("cat <<EOF\n", "\nEOF\n"), text("# ", "\n"), text("cat <<-E\n", "\n\tE\nx\n")]
        {
            assert_eq!(with_line(&old, &line), Some(added(&old)));
            assert_eq!(with_line(&added(&old), &line), None);
            assert_eq!(with_line_last(&added(&old), &line), added(&old));
            assert!(!has_line(&old) && has_line(&added(&old)));
            assert_eq!(without_lines(&added(&old), std::slice::from_ref(&line)).0, Some(old));
        }
        let block = text("if x; then\n\t", "\nfi\n");
        assert_eq!(with_line(&block, &line), None);
        assert_eq!(with_line_last(&block, &line), added(&block));
        assert_eq!(with_line(&added(&block), &line), None);
        assert_eq!(without_lines(&block, std::slice::from_ref(&line)), (None, true));
        let other = posix(&[b"/b".to_vec()]);
        let old = [b"if x; then\n\t", &other[..], b"\nfi\n"].concat();
        assert_eq!(with_line(&old, &line), Some(block));
    }

    #[test]
    fn only_the_very_lines_are_taken_out() {
        let ours = [posix(&[b"/a".to_vec()]), fish(&[b"/a".to_vec()])];
        let other = posix(&[b"/b".to_vec()]);
        let edited = [b"# ", ours[0].as_slice()].concat();
        for (lines, left, others) in [
            (
                vec![b"x\xff".to_vec(), ours[0].clone(), b"y".to_vec()],
                b"x\xff\ny\n".to_vec(),
                false,
            ),
            (vec![ours[1].clone(), ours[0].clone()], Vec::new(), false),
            (vec![ours[0].clone(), other.clone()], [&other[..], b"\n"].concat(), true),
        ] {
            let old = [lines.join(&b'\n'), b"\n".to_vec()].concat();
            assert_eq!(without_lines(&old, &ours), (Some(left), others));
        }
        assert_eq!(without_lines(&edited, &ours), (None, true));
        assert_eq!(without_lines(b"export PATH=/a\n", &ours), (None, false));
    }

    #[cfg(unix)]
    #[test]
    fn the_line_puts_the_directories_first_once() {
        use std::ffi::OsStr;
        use std::os::unix::ffi::OsStrExt as _;
        let line = posix(&[b"/it's here/shims".to_vec(), b"/r/$HOME/b\xff".to_vec()]);
        let script = [&line, &b"\n"[..], &line, b"\nprintf %s \"$PATH\""].concat();
        for (before, after) in [("/bin", &b":/bin"[..]), ("", b"")] {
            let mut shell = goward_testkit::start::tool("sh");
            shell.arg("-c").arg(OsStr::from_bytes(&script)).env("PATH", before);
            let path = [b"/it's here/shims:/r/$HOME/b\xff", after].concat();
            assert_eq!(shell.output().unwrap().stdout, path);
        }
    }

    /// The developers' machines have no PowerShell, so this test runs none.
    #[test]
    fn powershell_has_five_single_quotes() {
        let line = String::from_utf8(powershell(&["/it\u{2019}s '$x`"])).unwrap();
        assert!(line.starts_with("$env:PATH = (@('/it\u{2019}\u{2019}s ''$x`') + "), "{line}");
        let for_good = powershell_for_good(&[Path::new(r"C:\o'n")]);
        assert!(for_good.contains(r"'Path', 'C:\o''n;' + ["), "{for_good}");
    }
}
