//! The effect of a `.goenv` without trust, by each variable that Go knows. It changes no source of
//! modules, no witness for them, no program that runs, no place of a write, and no setting of the
//! user's.

use goward_resolver::{FileText, Goenv, Owner, Tier};
use goward_tests::binaries::workspace;
use goward_tests::mirror::tree;
use goward_tests::sandbox::Sandbox;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;

const GO: &str = "1.27.3";

/// The variables that a repository may choose, with any settings of the user's: the toolchain and
/// the target.
const CHOICES: [&str; 13] = [
    "GOTOOLCHAIN",
    "GOOS",
    "GOARCH",
    "GO386",
    "GOAMD64",
    "GOARM",
    "GOARM64",
    "GOMIPS",
    "GOMIPS64",
    "GOPPC64",
    "GORISCV64",
    "GOWASM",
    "GOLOONG64",
];

/// The variables that Go computes from the target, from `CGO_ENABLED` and from experiments.
const COMPUTED: [&str; 6] = ["CGO_ENABLED", "GOEXE", "GOGCCFLAGS", "GOVERSION", "CC", "CXX"];

/// The variables that a repository may set if the user has not set them.
const YIELDING: [&str; 6] =
    ["CGO_ENABLED", "GO111MODULE", "GOEXPERIMENT", "GOFIPS140", "GOFLAGS", "GOPROXY"];

/// Values that an enemy or a project may want to set.
const VALUES: [&str; 33] = [
    "x",
    "/x",
    "./x",
    "1",
    "0",
    "on",
    "off",
    "auto",
    "local",
    "path",
    "direct",
    "*",
    "none",
    "latest",
    "linux",
    "arm64",
    "v1",
    "7",
    "power9",
    "rva20u64",
    "go1.27.3",
    "go1.27.3+auto",
    "go1.27.3-evil",
    "https://evil.example",
    "https://evil.example,direct",
    "https://goproxy.cn",
    "https://goproxy.cn,direct",
    "-v -mod=vendor -tags=a",
    "--trimpath",
    "-toolexec=./x",
    "-buildvcs=true",
    "-mod=mod",
    "git ./x",
];

/// How asking Go for its variables ended.
enum Answer {
    /// Go tells its variables.
    Are(Variables),
    /// goward wants the user's trust, or would never apply it.
    NeedsConsent,
    /// It is no value for this key, for goward or for Go.
    Senseless,
}

/// Settings of users and their companies, which no file may hide.
const OWN: &str = "GOPROXY=https://corp.example,direct\nGOPRIVATE=corp.example/*\nGONOSUMDB=corp\n\
    GOFLAGS=-mod=readonly\nCGO_ENABLED=0\nGO111MODULE=on\nGOFIPS140=off\nGOVCS=*:off\n\
    GOSUMDB=sum.golang.org\nGOINSECURE=corp.example/x\nGOAUTH=off\n";

type Variables = BTreeMap<String, String>;

/// The variables of `internal/cfg.KnownEnv`, and those that `go env` prints besides.
fn known(printed: &Variables) -> BTreeSet<String> {
    let source = fs::read_to_string(tree(GO).join("src/internal/cfg/cfg.go")).expect("it is there");
    let list = source.split("const KnownEnv = `").nth(1).expect("the list is where it was");
    let list = list.split('`').next().expect("it ends");
    let listed: BTreeSet<String> = list.split_whitespace().map(str::to_owned).collect();
    assert!(listed.len() > 55 && listed.contains("GOPROXY"), "{listed:?}");
    listed.into_iter().chain(printed.keys().cloned()).collect()
}

struct Scene {
    sandbox: Sandbox,
    project: PathBuf,
}

impl Scene {
    /// Go's own answer about its variables.
    fn ask(&self, shim: bool) -> Answer {
        let args = ["env", "-json"];
        let call = match shim {
            true => self.sandbox.go(&self.project, &args),
            false => self.sandbox.direct(GO, &self.project, &args),
        };
        let outcome = call.unset("GOPROXY").run();
        if shim && outcome.status.code() == Some(125) {
            outcome.nothing_on_stdout().says(".goenv:1");
            let consent = ["needs your trust", "trusted or not"];
            let consent = consent.iter().any(|words| outcome.stderr.contains(words));
            return if consent { Answer::NeedsConsent } else { Answer::Senseless };
        }
        if shim && outcome.status.code() != Some(0) {
            // A target or an experiment that Go does not know.
            outcome.nothing_on_stdout().says("go: ");
            return Answer::Senseless;
        }
        outcome.code(0);
        let mut variables: Variables = serde_json::from_str(&outcome.stdout).expect("it is JSON");
        // The name of a directory that each call makes anew.
        if let Some(flags) = variables.get_mut("GOGCCFLAGS") {
            let words = flags.split(' ').filter(|word| !word.contains("-prefix-map="));
            *flags = words.collect::<Vec<_>>().join(" ");
        }
        Answer::Are(variables)
    }

    /// Tries every setting. `own` holds the user's settings.
    fn try_all(&self, state: &str, own: &[&str]) {
        let Answer::Are(bare) = self.ask(false) else { panic!("bare Go answers") };
        for key in known(&bare) {
            let mut refused = false;
            for value in VALUES {
                let text = format!("{key}={value}\n");
                let parsed = Goenv::parse(b"/x", FileText::of(Owner::Trusted, text.as_bytes()));
                let tier = parsed.map_or(Tier::Never, |file| file.settings[0].tier);
                // One that needs trust in any case says as much as all.
                if matches!(tier, Tier::Guarded | Tier::Never | Tier::Invalid) && refused {
                    continue;
                }
                fs::write(self.project.join(".goenv"), &text).expect("the sandbox is ours");
                match self.ask(true) {
                    Answer::NeedsConsent => refused = true,
                    Answer::Senseless => {}
                    Answer::Are(now) => self.judge(state, own, &key, value, &bare, &now),
                }
            }
        }
    }

    fn judge(
        &self,
        state: &str,
        own: &[&str],
        key: &str,
        value: &str,
        bare: &Variables,
        now: &Variables,
    ) {
        let names: BTreeSet<&String> = bare.keys().chain(now.keys()).collect();
        let differs = |name: &&&String| bare.get(**name) != now.get(**name);
        let differs: Vec<&str> = names.iter().filter(differs).map(|name| name.as_str()).collect();
        let what = format!("{state}: {key}={value} changes {differs:?}");
        if differs.is_empty() {
            return;
        }
        let public = ["https://goproxy.cn", "https://goproxy.cn,direct", "direct", "off"];
        let plain = ["-v -mod=vendor -tags=a", "--trimpath"];
        match key {
            // The level of another architecture shows up in the place of this one's.
            _ if CHOICES.contains(&key) => {}
            "GOPROXY" => assert!(public.contains(&value) && !own.contains(&key), "{what}"),
            "GOFLAGS" => assert!(plain.contains(&value) && !own.contains(&key), "{what}"),
            "GO111MODULE" => assert!(value == "on" && !own.contains(&key), "{what}"),
            _ => assert!(YIELDING.contains(&key) && !own.contains(&key), "{what}"),
        }
        let choice = CHOICES.contains(&key);
        let may = |name: &str| {
            name == key
                || choice && (CHOICES.contains(&name) || COMPUTED.contains(&name))
                || matches!(key, "CGO_ENABLED" | "GOEXPERIMENT") && COMPUTED.contains(&name)
        };
        assert!(differs.iter().all(|name| may(name)), "{what}");
    }
}

fn scene(name: &str) -> Scene {
    let sandbox = Sandbox::with(name, &[GO]);
    let project = sandbox.project("p");
    Scene { sandbox, project }
}

fn keys(text: &str) -> Vec<&str> {
    text.lines().filter_map(|line| line.split_once('=')).map(|(key, _)| key).collect()
}

#[test]
fn over_nothing() {
    scene("harmless").try_all("nothing set", &[]);
}

#[test]
fn over_the_go_env_file() {
    let scene = scene("harmless-user");
    scene.sandbox.go_env_file(OWN);
    scene.try_all("go/env", &keys(OWN));
}

#[test]
fn over_the_toolchains_go_env() {
    let scene = scene("harmless-tree");
    let file = scene.sandbox.toolchain(GO).join("go.env");
    // The tree shares its files with the mirror.
    fs::remove_file(&file).expect("the sandbox is ours");
    fs::write(&file, format!("{OWN}GOTOOLCHAIN=auto\n")).expect("the sandbox is ours");
    scene.try_all("go.env", &keys(OWN));
}

/// The shim takes the table of the book.
#[test]
fn each_public_proxy_of_the_book() {
    let scene = scene("harmless-proxies");
    let page = workspace().join("docs/src/reference/public-proxies.md");
    let page = fs::read_to_string(page).expect("the book has the page");
    let rows = page.lines().filter_map(|line| line.strip_prefix("| `https://"));
    let urls: Vec<String> =
        rows.map(|row| format!("https://{}", row.split('`').next().unwrap())).collect();
    assert!(urls.len() >= 4, "{urls:?}");
    for url in urls {
        fs::write(scene.project.join(".goenv"), format!("GOPROXY={url},direct\n")).unwrap();
        let Answer::Are(now) = scene.ask(true) else { panic!("{url} is not applied") };
        assert_eq!(now["GOPROXY"], format!("{url},direct"));
    }
}
