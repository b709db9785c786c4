//! Certificates of mirrors: F21.

use super::tls::{Authority, Shown};
use goward_testkit::files::Server;
use goward_testkit::release::archive;
use goward_tests::call::Call;
use goward_tests::release::SmallRelease;
use goward_tests::sandbox::Sandbox;
use std::path::PathBuf;

const VERSION: &str = SmallRelease::VERSION;

/// A mirror behind TLS, and an authority that signs for it.
struct Scene {
    sandbox: Sandbox,
    mirror: Server,
    url: String,
    /// The file with the authority.
    pem: PathBuf,
}

impl Scene {
    fn new(shown: Shown) -> Scene {
        let sandbox = Sandbox::empty("tls");
        let mirror = Server::start(SmallRelease::make(&sandbox).dir());
        let authority = Authority::new();
        let url = authority.serve(shown, &mirror.url());
        let pem = sandbox.write("authority.pem", authority.pem());
        Scene { sandbox, mirror, url, pem }
    }

    fn install(&self) -> Call {
        let call = self.sandbox.goward(&["install", VERSION]).env("GOWARD_MIRROR", &self.url);
        call.env("GOWARD_MIRROR_DIGESTS", "own")
    }

    /// The install must fail for the reason `why`, name the host, and not be tried again.
    #[track_caller]
    fn refused(&self, call: &Call, why: &[&str]) {
        let outcome = call.run();
        outcome.code(4).nothing_on_stdout().says(self.url.trim_start_matches("https://"));
        for why in why {
            outcome.says(why);
        }
        assert!(!outcome.stderr.contains("trying again"), "{outcome}");
        assert!(!self.sandbox.toolchain(VERSION).exists());
        assert_eq!(self.mirror.total(), 0, "nothing was said to a server that has proved nothing");
    }
}

#[test]
fn an_authority_counts_where_it_is_named() {
    let scene = Scene::new(Shown::Good);
    scene.refused(&scene.install(), &["UnknownIssuer", "SSL_CERT_FILE"]);
    scene.install().env("SSL_CERT_FILE", &scene.pem).run().code(0);
    assert_eq!(scene.mirror.count(&archive(VERSION)), 1);
    // Another one is no help.
    let scene = Scene::new(Shown::Good);
    let other = scene.sandbox.write("other.pem", Authority::new().pem());
    scene.refused(&scene.install().env("SSL_CERT_FILE", other), &["invalid peer certificate"]);
}

#[test]
fn a_certificate_must_fit_the_host_and_the_day() {
    for (shown, why) in [
        (
            Shown::Expired,
            ["not valid after 2020-01-01T00:00:00Z", "check the date of this machine"],
        ),
        (Shown::Early, ["not valid before 2090-01-01T00:00:00Z", "check the date of this machine"]),
        (Shown::OtherHost, ["not valid for name \"127.0.0.1\"", "go.example"]),
        (Shown::SelfSigned, ["invalid peer certificate", "SSL_CERT_FILE"]),
    ] {
        let scene = Scene::new(shown);
        let install = scene.install().env("SSL_CERT_FILE", &scene.pem);
        scene.refused(&install, &why);
        if matches!(shown, Shown::Expired | Shown::Early) {
            scene.refused(&install, &["this machine says it is 20", "T"]);
            assert!(!install.run().stderr.contains("UNIX"), "seconds are no date");
        }
    }
}

/// A mirror of files needs no certificate: a bad one elsewhere, or none at all, changes nothing.
#[test]
fn files_need_no_certificate() {
    let scene = Scene::new(Shown::Expired);
    let install = scene.install().env("SSL_CERT_FILE", &scene.pem);
    scene.refused(&install, &["expired"]);
    let files = goward_testkit::url::of_file(&scene.sandbox.dir().join("small-mirror"));
    install.env("GOWARD_MIRROR", files).run().code(0);
    assert_eq!(scene.mirror.total(), 0);
}
