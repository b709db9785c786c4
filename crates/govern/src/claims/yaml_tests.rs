//! YAML as a tree with places.

use super::*;

/// Found by a fuzz target: for YAML alone it ends a line, so no place behind it would be right.
#[test]
fn a_lone_carriage_return_is_refused() {
    for (text, line) in [("a: {b: o}\rc: d", 1), ("a: b\r\n# x\rc: d\n", 2)] {
        assert_eq!(load(text.as_bytes()).err().map(|error| error.line), Some(line), "{text:?}");
    }
}

/// Found by a fuzz target: a key without a value, and without a newline.
#[test]
fn a_value_that_is_left_out_is_in_a_line_of_the_file() {
    for text in ["? a: [b]", "a: 1\n?   steps: [checkout]", "a: 1\nb:", "- a\n-"] {
        let last = u32::try_from(text.lines().count()).unwrap();
        let found = load(text.as_bytes()).unwrap().unwrap();
        assert!(lines(&found).into_iter().all(|line| line <= last), "{text:?}");
    }
}

/// The lines of all nodes.
fn lines(node: &Node) -> Vec<u32> {
    let mut all = vec![node.line];
    match &node.value {
        Value::Scalar { .. } => {}
        Value::List(list) => all.extend(list.iter().flat_map(|node| lines(node))),
        Value::Map(map) => {
            all.extend(
                map.entries().iter().flat_map(|(key, value)| [lines(key), lines(value)].concat()),
            );
        }
    }
    all
}

/// Found by a fuzz target: the file has no such line.
#[test]
fn a_file_that_ends_too_early_is_at_fault_in_its_last_line() {
    for (text, line) in
        [("rueouto: {timeou't", 1), ("go: [1.27.x", 1), ("a: b\nc: {d", 2), ("[\n", 1)]
    {
        assert_eq!(load(text.as_bytes()).err().map(|error| error.line), Some(line), "{text}");
    }
}

#[test]
fn scalars_keep_text_style_and_place() {
    let tree = load("a: 1.20\nb: ['1.20', &x 1.30, *x]\n".as_bytes()).unwrap().unwrap();
    let a = tree.get("a").unwrap();
    assert_eq!((a.text(), a.is_plain(), a.line, a.columns), (Some("1.20"), true, 1, (4, 8)));
    let b = tree.get("b").unwrap();
    assert!(!b.items()[0].is_plain());
    assert_eq!((b.items()[0].columns, b.items()[0].column()), ((6, 10), Some(6)));
    let escaped = load(b"- \"1.\\x32\"\n").unwrap().unwrap();
    assert_eq!((escaped.items()[0].text(), escaped.items()[0].column()), (Some("1.2"), None));
    assert!(Rc::ptr_eq(&b.items()[1], &b.items()[2]));
}

#[test]
fn a_key_has_its_first_value_also_among_many() {
    for count in [3, FEW, FEW + 1, 1_000] {
        let more: String = (0..count - 2).map(|n| format!("k{n}: {n}\n")).collect();
        let tree = load(format!("a: 1\n{more}a: 2\n").as_bytes()).unwrap().unwrap();
        let text = |key: &str| tree.get(key).and_then(|value| value.text());
        assert_eq!((text("a"), text("k0"), text("b")), (Some("1"), Some("0"), None));
        assert_eq!(tree.entries().len(), count);
    }
}

#[test]
fn hostile_files_end() {
    let deep = "[".repeat(100_000);
    assert!(load(deep.as_bytes()).is_err());
    let deep = "[".repeat(DEEPEST + 2) + &"]".repeat(DEEPEST + 2);
    assert_eq!(load(deep.as_bytes()).unwrap_err().why, "too deep");
    let laughs: String =
        (1..60).map(|n| format!("a{n}: &a{n} [*a{}, *a{}]\n", n - 1, n - 1)).collect();
    let laughs = load(format!("a0: &a0 x\n{laughs}").as_bytes()).unwrap_err();
    assert_eq!((laughs.line, laughs.why), (16, "too large"));
    let text = format!("a: &a {}\nb: [{}]\n", "x".repeat(64_000), "*a, ".repeat(200));
    assert_eq!(load(text.as_bytes()).unwrap_err().why, "too large");
    let few = load(b"a: &a [x, y]\nb: [*a, *a]\n").unwrap().unwrap();
    assert_eq!(few.weight, 1 + 1 + 3 + 1 + 7);
    assert!(load("- x\n".repeat(200_000).as_bytes()).is_err());
    assert!(load(b"\xff").is_err());
    assert!(load(b"a: [").is_err());
    assert!(load(b"").unwrap().is_none());
    let texts = |bytes: &[u8]| load_all(bytes).map(|all| all.len());
    assert_eq!(
        (texts(b""), texts(b"a: 1\n---\nb: 2\n"), texts(b"---\na\n")),
        (Ok(0), Ok(2), Ok(1))
    );
    assert!(load_all("---\n- [x, y]\n".repeat(30_000).as_bytes()).is_err());
    let json = load(b"{\"a\": [1,],}").unwrap().unwrap();
    assert_eq!(json.get("a").unwrap().items().len(), 1);
}
