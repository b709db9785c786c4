//! `go.mod`, `go.work` and `modules.txt` by the crate that reads them as Go does: no input is too
//! odd, errors and directives have the right places, and an edit changes its own line and nothing
//! else.

use crate::bounds::linear;
use goward_gomod::{File, Kind, Place, Position, Refused, Release, Rules, Sole, Syntax, vendored};

/// Checks one file, by several rules.
pub(crate) fn check(data: &[u8]) {
    let newest = Rules::strict(Kind::Module);
    for rules in [newest, newest.of(Release(21)), Rules::strict(Kind::Workspace)] {
        if let Some(file) = read(data, rules) {
            edits(&file, rules);
        }
        structure(data, rules);
    }
    let lax = read(data, Rules::lax());
    assert!(lax.is_some() || read(data, newest).is_none(), "a dependency is read more strictly");
    let listed = linear(8 * data.len(), || vendored(data));
    let lines = 1 + data.iter().filter(|b| **b == b'\n').count();
    assert!(
        listed.iter().all(|entry| !entry.module.path.is_empty() && entry.line as usize <= lines)
    );
}

fn read(data: &[u8], rules: Rules) -> Option<File> {
    // A line of two bytes takes a hundred in memory, and the allocator counts every allocation on
    // the way.
    match linear(8 * data.len(), || File::parse(data, rules)) {
        Ok(file) => {
            assert_eq!(file.syntax().source(), data);
            let places = places(&file);
            for place in &places {
                is_at(data, place.start);
                assert!(place.start.offset < place.end && place.end as usize <= data.len());
            }
            Some(file)
        }
        Err(refused) => {
            are_at(data, &refused);
            None
        }
    }
}

fn are_at(data: &[u8], refused: &Refused) {
    assert!(!refused.errors().is_empty() && !refused.to_string().is_empty());
    refused.errors().iter().for_each(|error| is_at(data, error.position()));
}

/// Line and column are those of the offset.
fn is_at(data: &[u8], position: Position) {
    let before = &data[..position.offset as usize];
    let start = before.iter().rposition(|b| *b == b'\n').map_or(0, |at| at + 1);
    let line = 1 + before.iter().filter(|b| **b == b'\n').count();
    assert_eq!(position.line as usize, line);
    let mut column = 1;
    let mut rest = &before[start..];
    while !rest.is_empty() {
        let valid =
            (1..=rest.len().min(4)).find(|length| std::str::from_utf8(&rest[..*length]).is_ok());
        rest = &rest[valid.unwrap_or(1)..];
        column += 1;
    }
    assert_eq!(position.column, column);
}

fn places(file: &File) -> Vec<Place> {
    let mut places: Vec<Place> = file.module.iter().map(|it| it.place).collect();
    places.extend(file.go.iter().chain(&file.toolchain).map(|it| it.place));
    places.extend(file.godebug.iter().map(|it| it.place));
    places.extend(file.require.iter().map(|it| it.place));
    places.extend(file.exclude.iter().map(|it| it.place));
    places.extend(file.replace.iter().map(|it| it.place));
    places.extend(file.retract.iter().map(|it| it.place));
    places.extend(file.tool.iter().chain(&file.ignore).chain(&file.uses).map(|it| it.place));
    places
}

/// All that a file says but for one of its lines, and but for where it says it.
fn other_lines(file: &File, but: Sole) -> String {
    let mut file = file.clone();
    match but {
        Sole::Go => file.go = None,
        Sole::Toolchain => file.toolchain = None,
    }
    let nowhere = Place::default();
    file.module.iter_mut().for_each(|it| it.place = nowhere);
    file.go.iter_mut().chain(&mut file.toolchain).for_each(|it| it.place = nowhere);
    file.godebug.iter_mut().for_each(|it| it.place = nowhere);
    file.require.iter_mut().for_each(|it| it.place = nowhere);
    file.exclude.iter_mut().for_each(|it| it.place = nowhere);
    file.replace.iter_mut().for_each(|it| it.place = nowhere);
    file.retract.iter_mut().for_each(|it| it.place = nowhere);
    let paths = file.tool.iter_mut().chain(&mut file.ignore).chain(&mut file.uses);
    paths.for_each(|it| it.place = nowhere);
    let File { module, go, toolchain, godebug, require, exclude, replace, retract, .. } = &file;
    let (tool, ignore, uses) = (&file.tool, &file.ignore, &file.uses);
    format!(
        "{module:?} {go:?} {toolchain:?} {godebug:?} {require:?} {exclude:?} {replace:?} \
         {retract:?} {tool:?} {ignore:?} {uses:?}"
    )
}

/// Edits of a file that Go takes.
fn edits(file: &File, rules: Rules) {
    for (sole, value) in [(Sole::Go, "1.22"), (Sole::Toolchain, "go1.22.10")] {
        let old = file.syntax().source();
        let others = other_lines(file, sole);
        let mut syntax = file.syntax().clone();
        syntax.set(sole, value).expect("the file has no fault");
        let set = File::of(syntax.clone()).expect("it has none now");
        let said = if sole == Sole::Go { &set.go } else { &set.toolchain };
        assert_eq!(said.as_ref().expect("it was set").value, value);
        assert_eq!(other_lines(&set, sole), others);
        let was = if sole == Sole::Go { &file.go } else { &file.toolchain };
        let changed = was.as_ref().map_or(0, |it| it.value.as_bytes().len());
        assert!(kept(old, syntax.source()) >= old.len() - changed);

        syntax.set(sole, value).expect("the file has no fault");
        assert_eq!(syntax.source(), set.syntax().source());
        assert!(syntax.drop(sole).expect("the file has no fault"));
        let dropped = File::of(syntax.clone()).expect("it has none now");
        assert_eq!(other_lines(&dropped, sole), others);
        assert!(!syntax.drop(sole).expect("the file has no fault"));
        // One of the blank lines at the end goes with the line.
        let text = old.trim_ascii_end();
        let tidy = !text.is_empty() && matches!(&old[text.len()..], b"\n" | b"\r\n");
        if was.is_none() && rules == Rules::strict(Kind::Module) && tidy {
            assert_eq!(syntax.source(), old, "{}", syntax.source().escape_ascii());
        }
    }
}

/// How many bytes of `old` stand at the beginning and at the end of `new`.
fn kept(old: &[u8], new: &[u8]) -> usize {
    let head = old.iter().zip(new).take_while(|(a, b)| a == b).count();
    let tail = old[head..].iter().rev().zip(new[head..].iter().rev());
    head + tail.take_while(|(a, b)| a == b).count()
}

/// An edit of a structure whose lines need no meaning changes it, or leaves it as it is.
fn structure(data: &[u8], rules: Rules) {
    let Ok(old) = linear(8 * data.len(), || Syntax::parse(data, rules)) else { return };
    for (sole, value) in [(Sole::Go, "1.22"), (Sole::Toolchain, "default"), (Sole::Go, "x\ny")] {
        let mut new = old.clone();
        match new.set(sole, value) {
            Ok(()) => assert_ne!(value, "x\ny"),
            Err(refused) => {
                are_at(data, &refused);
                assert_eq!(new.source(), data);
            }
        }
        if let Err(refused) = new.drop(sole) {
            are_at(data, &refused);
            assert_eq!(new.source(), data);
        }
    }
}
