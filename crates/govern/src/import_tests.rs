//! Plans of each kind of tree, default and pin.

use super::*;

fn named(peer: &'static str, wants: Option<&str>) -> Statement {
    Statement {
        peer: Peer { name: peer },
        file: Vec::new(),
        line: Some(1),
        text: Vec::new(),
        quotable: true,
        owner: Owner::Trusted,
        version: None,
        wants: wants.map(|wants| Selector::parse(wants).expect("a selector")),
    }
}

#[test]
fn a_tree_is_copied_only_if_it_is_proven() {
    let facts = Facts::default();
    let unasked = || -> Proof { panic!("its files do not matter") };
    assert_eq!(step(Facts { there: true, ..facts }, unasked).0, Step::Nothing);
    let foreign = Facts { foreign: Some(12345), built: true, own: true, ..facts };
    assert_eq!(step(foreign, unasked), (Step::Nothing, Why::Foreign(12345)));
    assert_eq!(step(Facts { own: true, ..facts }, unasked).0, Step::Link);
    assert_eq!(step(Facts { custom: true, ..facts }, unasked).0, Step::Link);
    assert_eq!(step(Facts { built: true, ..facts }, unasked), (Step::Install, Why::Built));
    for (proof, expected) in [
        (Proof::Proven, Step::Copy),
        (Proof::Differs("x".to_owned()), Step::Install),
        (Proof::Unknown, Step::Install),
        (Proof::Unreachable("offline".to_owned()), Step::Nothing),
        (Proof::Impossible("denied".to_owned()), Step::Nothing),
    ] {
        let (step, why) = step(facts, || proof.clone());
        assert_eq!((step, &why), (expected, &Why::Database(proof)));
        assert!(!why.to_string().is_empty());
    }
}

#[test]
fn one_default_counts_at_most() {
    let goenv = named("goenv", Some("1.22.10"));
    let gvm = named("gvm", Some("1.20.1"));
    let there = |_: &Selector| There::Yes;
    let chosen = |found: &[Statement], first: Option<&'static str>, is_set: bool| {
        defaults(found, first.map(|name| Peer { name }), is_set, &there)
    };
    assert_eq!(chosen(std::slice::from_ref(&goenv), None, false), [Chosen::Yes]);
    assert_eq!(chosen(std::slice::from_ref(&goenv), None, true), [Chosen::Set]);
    let both = [goenv.clone(), gvm.clone()];
    assert_eq!(chosen(&both, None, false), [Chosen::Contradicted; 2]);
    assert_eq!(chosen(&both, Some("gvm"), false), [Chosen::Outranked, Chosen::Yes]);
    assert_eq!(chosen(&both, Some("mise"), false), [Chosen::Contradicted; 2]);
    let same = [goenv.clone(), named("mise", Some("1.22.10"))];
    assert_eq!(chosen(&same, None, false), [Chosen::Yes, Chosen::Outranked]);
    // What cannot be taken contradicts nothing.
    let foreign = Statement { owner: Owner::Foreign, ..gvm };
    let with = [goenv.clone(), foreign, named("g", None)];
    assert_eq!(chosen(&with, None, false), [Chosen::Yes, Chosen::Foreign, Chosen::Unclear]);
    for (there, expected) in [(There::No, Chosen::Absent), (There::Unverified, Chosen::Unverified)]
    {
        let chosen = defaults(std::slice::from_ref(&goenv), None, false, &|_| there);
        assert_eq!(chosen, [expected]);
        assert!(!chosen[0].why().is_empty());
    }
    assert!(defaults(&[], None, false, &there).is_empty());
}

#[test]
fn a_pin_is_written_where_there_is_none() {
    let mise = named("mise", Some("1.22"));
    let (same, other) = (Selector::parse("1.22"), Selector::parse("1.23.2"));
    let (same, other) = (same.expect("a selector"), other.expect("a selector"));
    let one = std::slice::from_ref(&mise);
    assert_eq!(pins(one, None), [Pinned::Written]);
    assert_eq!(pins(one, Some(Ok(&same))), [Pinned::There]);
    assert_eq!(pins(one, Some(Ok(&other))), [Pinned::Overruled("1.23.2".to_owned())]);
    let refused = pins(one, Some(Err("nonsense")));
    assert_eq!(refused, [Pinned::Overruled("nonsense".to_owned())]);
    assert_eq!(refused[0].to_string(), "the file that goward reads there says nonsense");
    let proto = named("proto", Some("1.22"));
    assert_eq!(pins(&[mise.clone(), proto], None), [Pinned::Written, Pinned::Twin]);
    let contrary = [mise.clone(), named("proto", Some("1.21.13"))];
    assert_eq!(pins(&contrary, None), [Pinned::Contradicted, Pinned::Contradicted]);
    assert_eq!(pins(&[named("mise", None), mise], None), [Pinned::Unclear, Pinned::Written]);
}
