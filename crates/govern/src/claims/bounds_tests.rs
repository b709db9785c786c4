//! Files that would take a square of time, or more room than a file has.

use super::super::*;

fn claims_of(path: &str, text: &str) -> Vec<String> {
    let repository = Repository::of(&[("go.mod", "module m\n\ngo 1.25.0\n"), (path, text)]);
    let claims = Claims::read(&repository, &RepoHost::new(&repository), &[]);
    let said = |claim: &Claim| {
        let all = claim.said.iter().map(|said| said.says.to_string()).collect::<Vec<_>>().join(" ");
        format!("{} {all} {}", claim.kind.id(), claim.said[0].at.line)
    };
    let open = claims.unresolved.iter().map(|open| format!("open {}", open.at.line));
    let found =
        claims.findings.iter().map(|finding| format!("{} {}", finding.rule, finding.at.line));
    claims.claims.iter().map(said).chain(open).chain(found).collect()
}

/// A chain of stages, and one name for all, made a search of every stage for every stage.
#[test]
fn stages_are_resolved_once_and_bounded() {
    let last = "COPY . .\nRUN go build\n";
    for from in [|_: usize| "FROM s AS s\n".to_owned(), |n| format!("FROM s{n} AS s{}\n", n + 1)] {
        let stages = |count| (1..count).map(from).collect::<String>();
        let file = |count| format!("FROM golang:1.20 AS s\nFROM s AS s1\n{}{last}", stages(count));
        assert_eq!(claims_of("Dockerfile", &file(999)), ["image 1.20 1"]);
        assert_eq!(claims_of("Dockerfile", &file(1_000)), ["file-unreadable 1001"]);
    }
    let builds = |text: &str| {
        let repository = Repository::of(&[("Dockerfile", text)]);
        let claims = Claims::read(&repository, &RepoHost::new(&repository), &[]);
        claims.claims.iter().map(|claim| claim.uses.builds()).collect::<Vec<_>>()
    };
    let chain = "FROM golang:1.20 AS a\nCOPY . .\nFROM a AS b\nENV GOTOOLCHAIN=auto\nFROM b\n";
    assert_eq!(builds(chain), [Builds::Unknown]);
    assert_eq!(builds(&format!("{chain}RUN go build\n")), [Builds::Switching]);
    assert_eq!(builds(&format!("{chain}RUN go vet\nFROM a\nRUN go build\n")), [Builds::Fixed]);
    let long = format!("ARG A=golang:1{}\nFROM {}\n", "0".repeat(1_000), "$A".repeat(1_000));
    assert_eq!(claims_of("Dockerfile", &long), ["open 2"]);
}

/// Defaults of arguments in terms of others would multiply.
#[test]
fn arguments_that_refer_to_others_are_bounded() {
    let others = |count: usize| (0..count).map(|n| format!("ARG A{n}=x\n")).collect::<String>();
    let file = |count| format!("ARG V=1.27\n{}ARG I=golang:$V\nFROM $I\n", others(count));
    assert_eq!(claims_of("Dockerfile", &file(98)), ["image 1.27 1"]);
    assert_eq!(claims_of("Dockerfile", &file(99)), Vec::<String>::new());
    let long =
        |count: usize| format!("ARG X={}\nARG I=golang:1.27-$X\nFROM $I\n", "x".repeat(count));
    assert_eq!(claims_of("Dockerfile", &long(500)), ["image 1.27 2"]);
    assert_eq!(claims_of("Dockerfile", &long(501)), ["open 3"]);
    let doubles: String = (1..99).map(|n| format!("ARG A{n}=$A{}$A{0}\n", n - 1)).collect();
    let chain: String = (1..80_000).map(|n| format!("ARG A{n}=$A{}\n", n - 1)).collect();
    for (more, wants) in [(doubles, "open 100"), (chain, "image latest 80001")] {
        let file = format!("ARG A0=x\n{more}FROM golang:$A98\n");
        assert_eq!(claims_of("Dockerfile", &file), [wants]);
    }
}

/// Each form multiplies: steps by steps before, values by values of values, jobs by shared names.
#[test]
fn workflows_that_multiply_are_refused() {
    const PATH: &str = ".github/workflows/x.yml";
    let step =
        |with: &str| format!("      - uses: actions/setup-go@v5\n        with: {{{with}}}\n");
    let job = "jobs:\n  j:\n    runs-on: x\n    steps:\n      - uses: actions/checkout@v4\n";
    let file = |count: usize, with: &str| format!("{job}{}", step(with).repeat(count));
    let version = "go-version: '1.20'";
    assert_eq!(claims_of(PATH, &file(1_000, version)).len(), 1_000);
    assert_eq!(claims_of(PATH, &file(1_001, version)), ["file-unreadable 1"]);
    let many = file(1_000, version);
    let paths: Vec<_> = (10..31).map(|n| format!(".github/workflows/{n}.yml")).collect();
    let files: Vec<_> = paths.iter().map(|path| (path.as_str(), many.as_str())).collect();
    let repository = Repository::of(&[&files[..], &[("z/mise.toml", "")]].concat());
    let claims = Claims::read(&repository, &RepoHost::new(&repository), &[]);
    let found: Vec<_> = claims.findings.iter().map(|found| found.at.file.as_str()).collect();
    assert_eq!((claims.claims.len(), found), (20_000, vec![".github/workflows/30.yml"]));
    assert!(claims.findings[0].message.ends_with("more than 20,000 claims in all files"));
    let gone = |count: u32| {
        let steps = (0..count).map(|n| step(&format!("go-version-file: gone{n:03}.mod")));
        claims_of(PATH, &[job, &steps.collect::<String>()].concat())
    };
    assert!(gone(10).iter().all(|found| found.starts_with("version-file-missing")));
    assert_eq!((gone(10).len(), gone(900)), (10, vec!["file-unreadable 1".to_owned()]));
    let rows = |name: &str, of: &str| format!("        {name}: [{}]\n", of.repeat(100));
    let matrix = [
        rows("a", "\"${{ matrix.b }}\", "),
        rows("b", "\"${{ matrix.c }}\", "),
        rows("c", "\"${{ matrix.d }}\", "),
        rows("d", "'', "),
    ];
    let matrix = format!("strategy:\n      matrix:\n{}    steps:\n", matrix.concat());
    let file = job.replace("steps:\n", &matrix) + &step("go-version: '${{ matrix.a }}'");
    assert_eq!(claims_of(PATH, &file), ["file-unreadable 1"]);
    let shared: String = (0..1_000).map(|n| format!("  K{n}: x\n")).collect();
    let jobs: String = (0..200).map(|n| format!("  j{n}: {{}}\n")).collect();
    let file = format!("env:\n{shared}jobs:\n{jobs}");
    assert_eq!(claims_of(PATH, &file), ["file-unreadable 1"]);
    let laughs: String =
        (1..60).map(|n| format!("a{n}: &a{n} [*a{}, *a{}]\n", n - 1, n - 1)).collect();
    assert_eq!(claims_of(PATH, &format!("a0: &a0 x\n{laughs}")), ["file-unreadable 16"]);
}

/// A search through all keys for each of them took a square of time: minutes for each of these.
#[test]
fn a_key_for_each_line_is_found_at_once() {
    let jobs: String = (0..30_000).map(|n| format!("a{n}: {{}}\n")).collect();
    assert_eq!(claims_of(".gitlab-ci.yml", &jobs), Vec::<String>::new());
    let images = "image: a\n".repeat(30_000);
    assert_eq!(claims_of("compose.yml", &images), Vec::<String>::new());
}

#[test]
fn targets_of_an_earthfile_are_bounded() {
    let targets = |count: usize| {
        (0..count).map(|n| format!("t{n}:\n    FROM golang:1.25\n")).collect::<String>()
    };
    assert_eq!(claims_of("Earthfile", &targets(1_001)).len(), 1);
    let bare =
        |count: usize| (0..count).map(|n| format!("t{n}:\n    RUN true\n")).collect::<String>();
    assert_eq!(
        claims_of("Earthfile", &(bare(1_001) + "u:\n    FROM golang:1.25\n")),
        ["file-unreadable 2001"]
    );
}
