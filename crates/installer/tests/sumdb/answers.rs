//! Lookups: which parts of an answer count, and which never do.

use crate::database::{H1, OTHER_H1, Served, record};
use crate::dist::chain;
use crate::kit::{Asker, module};
use crate::server::Answer;
use crate::signer::Signer;
use goward_installer::ErrorKind;

#[test]
fn a_proven_answer_is_taken() {
    for (before, after) in [(0, 0), (1, 0), (0, 1), (255, 0), (255, 1), (256, 7), (700, 69_000)] {
        let (served, asker) = (Served::with(before, after), Asker::new());
        let vouched = asker.look(&served).unwrap_or_else(|error| panic!("{}", chain(&error)));
        assert_eq!(vouched.h1().to_string(), H1);
        assert_eq!(vouched.record(), (before, before + 1 + after));
        assert_eq!((vouched.database(), vouched.module()), ("sum.test", &module("go1.23.4")));
        assert_eq!(asker.latest(), served.state().head(before + 1 + after));
    }
}

#[test]
fn an_answer_that_was_proven_once_needs_no_server() {
    let (served, mut asker) = (Served::with(300, 300), Asker::new());
    let vouched = asker.look(&served).unwrap();
    asker.settings.offline = true;
    assert_eq!(asker.look(&served).unwrap(), vouched);
    // The cached answer is proven again.
    let lookup = asker.cache().join(format!("lookup/{}", module("go1.23.4")));
    let text = std::fs::read_to_string(&lookup).unwrap();
    std::fs::write(&lookup, text.replace(H1, OTHER_H1)).unwrap();
    assert_eq!(asker.look(&served).unwrap_err().kind(), ErrorKind::Network, "it asks anew");
    asker.settings.offline = false;
    assert_eq!(asker.look(&served).unwrap(), vouched);
}

#[test]
fn offline_no_server_is_asked() {
    let (served, mut asker) = (Served::with(3, 3), Asker::new());
    asker.settings.offline = true;
    let error = asker.look(&served).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Network);
    assert!(chain(&error).contains("offline"), "{}", chain(&error));
}

#[test]
fn a_module_that_no_server_has_seen_is_not_found() {
    let (served, asker) = (Served::with(3, 3), Asker::new());
    let error = asker.ask(&served.gosumdb, &module("go1.23.99")).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
    assert!(chain(&error).contains("v0.0.1-go1.23.99.linux-amd64"), "{}", chain(&error));
}

/// B145: notes that another key has signed.
#[test]
fn another_key_is_not_believed() {
    for other in [Signer::new("sum.test", 2), Signer::new("sum.evil", 1)] {
        let (served, asker) = (Served::with(9, 9), Asker::new());
        let key = served.state().signer.verifier_key();
        served.state().signer = other;
        let text = asker.refused(&served);
        let name = key.rsplit_once('+').unwrap().0;
        assert!(text.contains(&format!("must be signed by {name}")), "{text}");
        assert_eq!(asker.latest(), "", "no head was kept");
    }
}

/// B146, and signatures of something else.
#[test]
fn a_head_without_its_signature_is_not_believed() {
    let cut = |at: &'static str| {
        move |answer: Vec<u8>| {
            let text = String::from_utf8(answer).unwrap();
            text.as_bytes()[..text.find(at).unwrap()].to_vec()
        }
    };
    let (served, asker) = (Served::with(9, 9), Asker::new());
    for at in ["go.sum database", "\n— ", "— ", "sum.test "] {
        served.tamper("lookup/", cut(at));
        asker.refused(&served);
    }
    served.tamper("lookup/", |answer| {
        String::from_utf8(answer).unwrap().replace("\n19\n", "\n20\n").into_bytes()
    });
    assert!(asker.refused(&served).contains("does not fit the signed text"));
    served.tamper("lookup/", |_| vec![b'x'; 70_000]);
    assert!(chain(&asker.look(&served).unwrap_err()).contains("larger than 65536 bytes"));
    assert_eq!(asker.latest(), "");
}

/// B147 (CVE-2026-42501): a true record, of another module.
#[test]
fn an_answer_about_something_else_is_no_answer() {
    let (served, asker) = (Served::with(9, 9), Asker::new());
    let (asked, other) = (module("go1.23.5"), module("go1.23.55"));
    served.state().add(&asked, &record(&other, H1));
    let error = asker.ask(&served.gosumdb, &asked).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Verification);
    assert!(chain(&error).contains(&format!("says nothing about {asked}")), "{}", chain(&error));
}

/// B148 (CVE-2026-56864): lines that are in the answer, but not in the record.
#[test]
fn only_the_records_own_lines_count() {
    let asked = module("go1.23.5");
    let line = format!("golang.org/toolchain {} {H1}\n", asked.version());
    // Signed beside the tree hash, where the format leaves room.
    let (served, asker) = (Served::with(9, 9), Asker::new());
    served.state().add(&asked, "golang.org/x/mod v0.1.0 h1:abc=\n");
    served.state().extra = line.clone();
    let error = asker.ask(&served.gosumdb, &asked).unwrap_err();
    assert!(chain(&error).contains("says nothing about"), "{}", chain(&error));
    // A record with a hash keeps it, whatever stands beside it.
    let known = module("go1.23.4");
    served.state().extra = record(&known, OTHER_H1);
    assert_eq!(asker.look(&served).unwrap().h1().to_string(), H1);

    // Not signed at all: before, within and behind the record.
    let (served, asker) = (Served::with(9, 9), Asker::new());
    let evil = record(&known, OTHER_H1);
    for (place, with) in [
        ("9\n", format!("9\n{evil}")),
        ("\n\ngo.sum", format!("\n{evil}\ngo.sum")),
        ("\n\ngo.sum", format!("\n\n{evil}\ngo.sum")),
        ("\n\ngo.sum", format!("\n\n{evil}go.sum")),
        ("\n\n— ", format!("\n{evil}\n— ")),
        (H1, OTHER_H1.to_owned()),
    ] {
        served.tamper("lookup/", move |answer| {
            let text = String::from_utf8(answer).unwrap();
            assert!(text.contains(place));
            text.replacen(place, &with, 1).into_bytes()
        });
        asker.refused(&served);
    }
}

/// B153, B154: hashes of another kind, or of files that cannot be hashed.
#[test]
fn other_hashes_do_not_stand_for_the_zips() {
    let asked = module("go1.23.5");
    let version = asked.version();
    let line = |version: &str, hash: &str| format!("golang.org/toolchain {version} {hash}\n");
    for (text, words) in [
        (line(&format!("{version}/go.mod"), H1), "says nothing about"),
        (line(&version, &H1.replace("h1:", "h2:")), "no h1 hash"),
        (line(&version, &H1[..40]), "malformed hash"),
        (line(&version, &format!("{H1} ")), "malformed hash"),
        (format!("golang.org/toolchain/v2 {version} {H1}\n"), "says nothing about"),
        (format!("{}{}", line(&version, H1), line(&version, OTHER_H1)), "more than one"),
    ] {
        let (served, asker) = (Served::with(9, 9), Asker::new());
        served.state().add(&asked, &text);
        let error = asker.ask(&served.gosumdb, &asked).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Verification);
        assert!(chain(&error).contains(words), "{text}: {}", chain(&error));
    }
    let (served, asker) = (Served::with(9, 9), Asker::new());
    let both = format!("{}{}", line(&version, &H1.replace("h1:", "h9:")), line(&version, H1));
    served.state().add(&asked, &both);
    assert_eq!(asker.ask(&served.gosumdb, &asked).unwrap().h1().to_string(), H1);
}

/// B156, and other wrong numbers.
#[test]
fn a_record_must_be_where_the_answer_says() {
    let (served, asker) = (Served::with(9, 9), Asker::new());
    for (number, words) in [
        ("19", "cannot be in a tree of size 19"),
        ("9223372036854775807", "cannot be in a tree"),
        ("18446744073709551615", "cannot be in a tree"),
        ("18446744073709551616", "not a record"),
        ("-1", "not a record"),
        ("8", "in the log, but"),
        ("0", "in the log, but"),
    ] {
        let with = format!("{number}\ngolang.org/toolchain ");
        served.tamper("lookup/", move |answer| {
            let text = String::from_utf8(answer).unwrap();
            text.replacen("9\ngolang.org/toolchain ", &with, 1).into_bytes()
        });
        let text = asker.refused(&served);
        assert!(text.contains(words), "{number}: {text}");
    }
}

#[test]
fn a_server_that_fails_is_a_failure_of_the_network() {
    let (served, asker) = (Served::with(9, 9), Asker::new());
    for (start, status) in [("lookup/", "500 x"), ("tile/", "500 x"), ("tile/", "404 Not Found")] {
        served.state().tamper = Some(Box::new(move |path, content| {
            if path.starts_with(start) { Answer::status(status) } else { Answer::ok(content) }
        }));
        let error = asker.look(&served).unwrap_err();
        let wanted =
            if status.starts_with("500") { ErrorKind::Network } else { ErrorKind::NotFound };
        assert_eq!(error.kind(), wanted, "{start} {status}: {}", chain(&error));
        assert!(chain(&error).contains(&served.server.url), "{}", chain(&error));
    }
}
