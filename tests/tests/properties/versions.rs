//! The order of versions, on random versions: a total order, the plain reference's, and real Go's.

use crate::holds;
use crate::reference::version;
use goward_resolver::Version;
use goward_tests::sandbox::Sandbox;
use proptest::collection::vec;
use proptest::prelude::{Just, Strategy, any, prop_oneof};
use std::cell::RefCell;
use std::cmp::Ordering;
use std::fmt::Write as _;

/// A number as versions have them, and now and then one that they do not. Without `-`, from which
/// on `go/version` takes nothing into account.
fn number() -> impl Strategy<Value = String> {
    prop_oneof![
        8 => (0..30_u32).prop_map(|n| n.to_string()),
        2 => prop_oneof![Just("0"), Just("9"), Just("10"), Just("20"), Just("21")]
            .prop_map(String::from),
        1 => any::<u128>().prop_map(|n| n.to_string()),
        1 => prop_oneof![Just("01"), Just(""), Just("00"), Just("x"), Just("_1"), Just("+1")]
            .prop_map(String::from),
    ]
}

/// Text like a version: most are valid.
fn text() -> impl Strategy<Value = String> {
    let kind = prop_oneof![
        6 => Just(""),
        3 => Just("rc"),
        2 => Just("beta"),
        1 => Just("alpha"),
        1 => Just("z"),
        1 => Just("RC"),
    ];
    let major = prop_oneof![6 => Just("1".to_string()), 1 => number()];
    (major, vec(number(), 0..4), kind, prop_oneof![Just(String::new()), number()]).prop_map(
        |(major, numbers, kind, pre)| {
            let mut text = major;
            for number in numbers {
                write!(text, ".{number}").expect("memory does not fail");
            }
            if kind.is_empty() { text } else { text + kind + &pre }
        },
    )
}

fn valid() -> impl Strategy<Value = String> {
    let number = || {
        prop_oneof![
            8 => (0..30_u32).prop_map(|n| n.to_string()),
            1 => any::<u64>().prop_map(|n| n.to_string()),
        ]
    };
    let tail = prop_oneof![
        2 => Just(String::new()),
        4 => number().prop_map(|patch| format!(".{patch}")),
        2 => prop_oneof![Just("rc"), Just("beta"), Just("r")].prop_map(String::from),
        4 => (prop_oneof![Just("rc"), Just("beta"), Just("z")], number())
            .prop_map(|(kind, pre)| format!("{kind}{pre}")),
    ];
    let minor = prop_oneof![3 => 19..24_u32, 1 => 0..200_u32];
    let major = prop_oneof![12 => Just("1".to_string()), 1 => number()];
    prop_oneof![
        12 => (major, minor, tail).prop_map(|(major, minor, tail)| format!("{major}.{minor}{tail}")),
        1 => number(),
    ]
}

fn parsed(text: &str) -> Version {
    Version::parse(text).unwrap_or_else(|| panic!("refused: {text}"))
}

#[test]
fn the_order_is_total_and_the_references() {
    holds(20_000, &(valid(), valid(), valid()), |(a, b, c)| {
        let [x, y, z] = [&a, &b, &c].map(|text| parsed(text));
        let plain = |text: &str| version::parse(text);
        assert_eq!(x.cmp(&y), plain(&a).cmp(&plain(&b)), "{a} against {b}");
        assert_eq!(x.cmp(&y), y.cmp(&x).reverse(), "{a} against {b}");
        assert_eq!(x.partial_cmp(&y), Some(x.cmp(&y)));
        assert_eq!(x == y, x.cmp(&y) == Ordering::Equal, "{a} against {b}");
        assert_eq!(x.cmp(&x), Ordering::Equal);
        let mut sorted = [&x, &y, &z];
        sorted.sort();
        assert!(sorted[0] <= sorted[2], "{a} {b} {c}");
        assert!(sorted[0] != sorted[2] || sorted[0] == sorted[1], "{a} {b} {c}");
    });
}

/// Real Go, asked once about some thousand texts: which are versions, which language each belongs
/// to, and how each compares with the one before.
#[test]
fn real_go_agrees() {
    let texts: RefCell<Vec<String>> = RefCell::default();
    holds(4_000, &text(), |text| {
        // A text that is too long for goward is no question for Go.
        if text.len() <= 64 {
            texts.borrow_mut().push(text);
        }
    });
    let texts = texts.into_inner();
    let sandbox = Sandbox::with("property-versions", &["1.27.3"]);
    let program = sandbox.write("ask/main.go", include_str!("versions.go"));
    sandbox.write("ask/texts", &(texts.join("\n") + "\n"));
    let dir = program.parent().expect("it lies in a directory");
    let printed = sandbox.direct("1.27.3", dir, &["run", "main.go", "texts"]).run();
    printed.code(0);
    let answers: Vec<&str> = printed.stdout.lines().collect();
    assert_eq!(answers.len(), texts.len());
    let (mut before, mut versions) = (None::<(String, Version)>, 0);
    for (text, answer) in texts.iter().zip(answers) {
        let mut fields = answer.split(' ');
        let (valid, language, compared) = (fields.next(), fields.next(), fields.next());
        let version = Version::parse(text);
        assert_eq!(version.is_some(), valid == Some("true"), "{text:?}: {answer}");
        let Some(version) = version else { continue };
        versions += 1;
        let language = language.and_then(|text| Version::parse(text.strip_prefix("go")?));
        assert_eq!(Some(version.language()), language, "{text}: {answer}");
        if let Some((earlier, known)) = &before {
            let order = (version.cmp(known) as i8).to_string();
            assert_eq!(Some(order.as_str()), compared, "{text} against {earlier}");
        }
        before = Some((text.clone(), version));
    }
    assert!(versions > 1_000 && versions < texts.len(), "{versions} of {}", texts.len());
}
