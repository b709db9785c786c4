//! Two lists of packages, and what cgo is to them.

use super::*;

fn listed(text: &str) -> Vec<Package> {
    serde_json::Deserializer::from_str(text).into_iter().map(|one| one.unwrap()).collect()
}

fn told(needs: &Needs) -> Vec<(&str, Weight, String)> {
    let told = needs.users.iter();
    told.map(|user| (user.package.as_str(), user.weight, user.chain.join(" "))).collect()
}

const APP: &str = r#"{"ImportPath":"m/cmd","Name":"main","Module":{"Path":"m","Main":true},"GoFiles":["a.go"],
    "Imports":["m/db","net/http","C"]}"#;
const HTTP: &str = r#"{"ImportPath":"net/http","Standard":true,"DepOnly":true,"GoFiles":["h.go"],"Imports":["net"]}
    {"ImportPath":"runtime/cgo","Standard":true,"DepOnly":true,"CgoFiles":["cgo.go"]}"#;

#[test]
fn a_package_needs_cgo_by_what_is_left_without() {
    let net = r#"{"ImportPath":"net","Standard":true,"DepOnly":true,"CgoFiles":["c.go"],"GoFiles":["n.go"]}"#;
    let db = r#"{"ImportPath":"m/db","Name":"db","Module":{"Path":"m","Main":true},"GoFiles":["d.go"],
        "Imports":["d/sqlite","d/opt"]}"#;
    let sqlite = r#"{"ImportPath":"d/sqlite","Module":{"Path":"d","Version":"v1.0.0"},"DepOnly":true,
        "CgoFiles":["s.go"],"CgoPkgConfig":["sqlite3"],"Imports":["C","d/inner"]}"#;
    let inner = r#"{"ImportPath":"d/inner","DepOnly":true,"CgoFiles":["i.go"]}"#;
    let opt = r#"{"ImportPath":"d/opt","DepOnly":true,"CgoFiles":["o_cgo.go"],"GoFiles":["o.go"]}"#;
    let with = [APP, HTTP, net, db, sqlite, inner, opt].concat();
    let bare = r#"{"ImportPath":"net","Standard":true,"DepOnly":true,"GoFiles":["n.go","go.go"]}
        {"ImportPath":"d/sqlite","DepOnly":true,"Error":{"Err":"build constraints exclude all Go files in /x"}}
        {"ImportPath":"d/opt","DepOnly":true,"GoFiles":["o.go","o_go.go"]}"#;
    let without = [APP, HTTP, db, bare].concat();
    let needs = Needs::of(listed(&with), listed(&without));
    assert_eq!(
        told(&needs),
        [
            ("d/sqlite", Weight::Required, "m/cmd m/db d/sqlite".to_owned()),
            ("d/opt", Weight::Optional, "m/cmd m/db d/opt".to_owned()),
            ("net", Weight::Standard, "m/cmd net/http net".to_owned()),
        ]
    );
    assert_eq!(needs.users[0].module.as_deref(), Some("d v1.0.0"));
    assert_eq!((needs.users[0].pkg_config.join(" "), needs.asked), ("sqlite3".to_owned(), 1));
    assert_eq!((needs.weight(), needs.unloaded), (Some(Weight::Required), None));
}

#[test]
fn without_programs_all_packages_count() {
    let package = |path: &str, files: &str| {
        format!(
            r#"{{"ImportPath":"{path}","Name":"x","Module":{{"Path":"m","Main":true}},{files}}}"#
        )
    };
    let with = package("m/a", r#""CgoFiles":["a.go"]"#) + &package("m/b", r#""GoFiles":["b.go"]"#);
    // A package that a pattern names is not listed where it has no file.
    let without = package("m/b", r#""GoFiles":["b.go"]"#);
    let needs = Needs::of(listed(&with), listed(&without));
    assert_eq!(told(&needs), [("m/a", Weight::Required, "m/a".to_owned())]);
    // What no program imports is no part of a program.
    let program = APP.replace(r#""Imports":["m/db","net/http","C"]"#, r#""Imports":[]"#);
    let needs = Needs::of(listed(&(program.clone() + &with)), listed(&(program + &without)));
    assert_eq!(needs.weight(), None);
}

#[test]
fn what_no_build_can_load_is_told() {
    let failing = r#"{"ImportPath":"m/db","Error":{"Err":"build constraints\n  exclude all Go files in /x"}}"#;
    let lists = || listed(&[APP, failing].concat());
    let needs = Needs::of(lists(), lists());
    let (path, why) = needs.unloaded.unwrap();
    assert_eq!(
        (path.as_str(), why.as_str()),
        ("m/db", "build constraints exclude all Go files in /x")
    );
    assert_eq!(needs.users, []);
}

/// What only the build without cgo needs and cannot load, and runtime/cgo, which does not link without.
#[test]
fn a_stand_in_that_cannot_be_built_needs_cgo() {
    let package = |files: &str, imports: &str| {
        format!(
            r#"{{"ImportPath":"m","Name":"main","Module":{{"Path":"m","Main":true}},{files},"Imports":[{imports}]}}"#
        )
    };
    let inner = r#"{"ImportPath":"d/in","DepOnly":true,"GoFiles":["i.go"],"Imports":["d/absent"]}"#;
    let absent = r#"{"ImportPath":"d/absent","DepOnly":true,"Error":{"Err":"no required module provides it"}}"#;
    let with = package(r#""CgoFiles":["c.go"]"#, r#""C""#);
    let without = package(r#""GoFiles":["g.go"]"#, r#""d/in""#);
    let needs =
        Needs::of(listed(&with), listed(&[&without, inner, absent].map(String::from).concat()));
    assert_eq!(told(&needs), [("m", Weight::Required, "m".to_owned())]);
    assert_eq!(needs.unloaded, None);
    // A package that both need is no want of cgo.
    let both = [&with.replace(r#""C""#, r#""C","d/absent""#), absent].map(String::from).concat();
    let needs =
        Needs::of(listed(&both), listed(&[&without, inner, absent].map(String::from).concat()));
    assert_eq!(needs.unloaded.map(|(path, _)| path).as_deref(), Some("d/absent"));
    let handles = package(r#""GoFiles":["h.go"]"#, r#""runtime/cgo""#);
    let runtime =
        r#"{"ImportPath":"runtime/cgo","Standard":true,"DepOnly":true,"GoFiles":["handle.go"]}"#;
    let list = || listed(&[&handles, runtime].map(String::from).concat());
    assert_eq!(told(&Needs::of(list(), list())), [("m", Weight::Required, "m".to_owned())]);
}

/// Go says nothing of a package of which only tests are left.
#[test]
fn tests_alone_are_no_package() {
    let with =
        r#"{"ImportPath":"m/c","Name":"c","Module":{"Path":"m","Main":true},"CgoFiles":["c.go"]}"#;
    let without = r#"{"ImportPath":"m/c","Name":"c","Module":{"Path":"m","Main":true}}"#;
    let needs = Needs::of(listed(with), listed(without));
    assert_eq!(told(&needs), [("m/c", Weight::Required, "m/c".to_owned())]);
    assert_eq!(Needs::of(listed(without), listed(without)).users, []);
}

/// A file for cgo that Go cannot load says nothing of the build without.
#[test]
fn a_mistake_with_cgo_alone_bars_cgo_alone() {
    let package = |more: &str| {
        format!(r#"{{"ImportPath":"m","Name":"main","Module":{{"Path":"m","Main":true}},{more}}}"#)
    };
    let with =
        package(r#""CgoFiles":["c.go"],"Error":{"Err":"pattern x: no matching files found"}"#);
    let needs = Needs::of(listed(&with), listed(&package(r#""GoFiles":["g.go"]"#)));
    assert_eq!((&needs.unloaded, needs.weight()), (&None, None));
    assert_eq!(needs.unloaded_with.unwrap().1, "pattern x: no matching files found");
}
