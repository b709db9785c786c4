//! Which server goward asks, by `GOSUMDB` and `GOPROXY`.

use crate::database::Served;
use crate::dist::chain;
use crate::kit::{Asker, module};
use crate::server::{Answer, Server};
use goward_installer::{Error, ErrorKind};

/// Asks about go1.23.4 with the key alone, so that only a proxy can answer: the database itself
/// would be at `https://sum.test`, which does not exist.
fn ask(served: &Served, goproxy: &str) -> Result<(), Error> {
    let mut asker = Asker::new();
    asker.goproxy = goproxy.to_owned();
    let key = served.gosumdb.split(' ').next().unwrap();
    asker.ask(key, &module("go1.23.4")).map(drop)
}

#[test]
fn a_proxy_that_says_so_stands_for_the_database() {
    let served = Served::with(9, 9);
    let proxy = format!("{}proxy", served.server.url);
    ask(&served, &proxy).unwrap();
    assert_eq!(served.server.count("/proxy/sumdb/sum.test/supported"), 1);
    assert_eq!(served.server.count("/proxy/sumdb/sum.test/tile/8/0/000.p/19"), 1);
    assert_eq!(served.server.count("/tile/8/0/000.p/19"), 0);

    // A proxy is trusted no more than the database would be.
    served.tamper("tile/", |tile| tile.iter().map(|byte| byte ^ 1).collect());
    let error = ask(&served, &proxy).unwrap_err();
    let server = format!("sum.test at {proxy}/sumdb/sum.test/");
    assert!(chain(&error).contains(&server), "{}", chain(&error));
}

#[test]
fn proxies_are_passed_over_as_the_list_says() {
    let served = Served::with(9, 9);
    let good = format!("{}proxy", served.server.url);
    let none = Server::start(|_| Answer::status("404 Not Found"));
    let gone = Server::start(|_| Answer::status("410 Gone"));
    let broken = Server::start(|_| Answer::status("500 Broken"));
    let dead = "http://127.0.0.1:9";
    for list in [
        format!("{},{good}", none.url),
        format!("{}|{},{good}", none.url, gone.url),
        format!("{}|{good}", broken.url),
        format!("{dead}|{good}"),
        format!("{good},{}", broken.url),
    ] {
        ask(&served, &list).unwrap_or_else(|error| panic!("{list}: {}", chain(&error)));
    }
    for list in [
        format!("{},{good}", broken.url),
        format!("{dead},{good}"),
        broken.url.clone(),
        format!("{}|{}", broken.url, none.url),
        format!("{}|off", broken.url),
    ] {
        let error = ask(&served, &list).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Network, "{list}");
        assert!(chain(&error).contains("does not say whether it serves sum.test"), "{list}");
    }
    // At the end of the list stands the database itself.
    for list in [format!("{},direct", none.url), none.url.clone(), "off".into(), "direct".into()] {
        let error = ask(&served, &list).unwrap_err();
        assert!(chain(&error).contains("https://sum.test/lookup/"), "{list}: {}", chain(&error));
    }
    assert!(
        chain(&ask(&served, &format!("{}|direct", broken.url)).unwrap_err())
            .contains("https://sum.test/")
    );
}

#[test]
fn a_url_in_gosumdb_goes_past_every_proxy() {
    let (served, mut asker) = (Served::with(9, 9), Asker::new());
    asker.goproxy = format!("{}proxy", served.server.url);
    asker.look(&served).unwrap();
    assert_eq!(served.server.count("/proxy/sumdb/sum.test/supported"), 0);
}
