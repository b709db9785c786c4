//! What commands do with Go, by their texts.

use super::*;

fn built(commands: &Commands, local: bool) -> Builds {
    commands.builds(local, &Switch::default()).builds
}

#[test]
fn commands_of_go_are_words() {
    for text in [
        "go build ./...",
        "x && go  test",
        "CGO_ENABLED=0 go vet",
        "X=\"a b\" env Y='c' go vet",
        "/usr/local/go/bin/go mod download",
        "go test $(go list ./... | grep -v x) 2>&1 | tee log",
        "GOOS=linux \\\n  go build",
        "if go vet; then :; fi",
        "go install -ldflags '-s -w' ./cmd/x",
        "go install",
        "go run -race . x.org/y@v1",
        "go fmt ./...",
        "go run build.go",
        "go run -mod=mod build.go",
        "go work sync",
    ] {
        assert!(Commands::of(text, 1).go, "{text}");
    }
    for text in [
        "cargo build",
        "go version",
        "go install x.org/x@v1",
        "go run x.org/x@v1 ./...",
        "my-go test",
        "golangci-lint run",
        "go ",
    ] {
        assert!(!Commands::of(text, 1).go, "{text}");
    }
}

#[test]
fn a_flag_of_go_names_another_directory() {
    for text in [
        "set -e; cd x; go vet",
        "(cd x && go test)",
        "go -C x build",
        "cd \"$GITHUB_WORKSPACE/x\" && go build",
        "cd && go build",
        "go test -C ./x ./...",
        "go test -C=x",
        "go vet --C x",
        "go build --C=x .",
        "go mod tidy -C x",
    ] {
        let commands = Commands::of(text, 1);
        assert!(commands.here.is_none(), "{text}");
        assert_eq!(built(&commands, true), Builds::Doubtful, "{text}");
    }
    for text in ["abcd x", "go run . -C x", "make -C x", "git -C x log", "cd ./", "go -C . test"] {
        assert!(!Commands::of(text, 1).moves, "{text}");
    }
}

#[test]
fn steps_build_in_one_directory_or_move() {
    let steps = |text: &str| {
        let tree = crate::claims::yaml::load(text.as_bytes()).unwrap().unwrap();
        let (commands, directory) = Commands::of_steps(tree.items(), "wd");
        (commands.are_sure(), directory)
    };
    for (text, here, directory) in [
        ("[{script: go test}]", true, ""),
        ("[{script: go test, wd: a/b}, {script: npm ci, wd: web}]", true, "a/b"),
        ("[checkout, {run: {command: go test, wd: ./a}}, {run: go version}]", true, "a"),
        ("[{script: go test, wd: a}, {script: go vet}]", false, "a"),
        ("[{script: go test, wd: $(top)/a}]", false, ""),
        ("[{script: go test, wd: ../a}]", false, ""),
        ("[{script: cd b; go test, wd: a}]", false, ""),
        ("[{script: make, wd: a}]", false, ""),
    ] {
        assert_eq!(steps(text), (here, directory.to_owned()), "{text}");
    }
}

#[test]
fn what_they_build_is_said_only_where_it_is_known() {
    let builds = |text: &str, local| built(&Commands::of(text, 1), local);
    assert_eq!(builds("go build", true), Builds::Fixed);
    assert_eq!(builds("go build", false), Builds::Switching);
    assert_eq!(builds("GOTOOLCHAIN=auto go build", true), Builds::Switching);
    assert_eq!(builds("GOTOOLCHAIN=local go build", false), Builds::Fixed);
    for text in [
        "cd x; go build",
        "make",
        "make -C e2e test",
        "hugo",
        "go mod init hello && go build",
        "git clone https://x.org/x && go build",
        "git checkout release-1.24; go test",
        "echo $(make)",
        "if make; then echo y; fi",
        "go run x.org/mage@v1 build",
        "./build.sh",
        // Another Go, or one of another PATH.
        "docker run -v $PWD:/m golang:1.24 go test ./...",
        "python build.py --cmd \"go build\"",
        "/usr/lib/go-1.24/bin/go build",
        "sudo go test ./...",
        "bash -c 'go build'",
        "bash <<E\ngo build\nE",
        "find . -name x -exec go build {} +",
        "git submodule foreach go test ./...",
        // It has to fail.
        "! go build",
        // It may.
        "go vet ./... || true",
        // It looks at another module file, or at none.
        "go build -modfile=tools.mod",
        "GO111MODULE=off go get x.org/x",
        "export GO111MODULE=off; go get x.org/x",
        "rm go.work; go build",
        "f() {\n  go vet\n}\ncd x\nf",
    ] {
        assert_eq!(builds(text, true), Builds::Doubtful, "{text}");
    }
    for text in [
        "gofmt -l .",
        "go install x.org/x@v1",
        "X=1 go version; # make",
        "apt-get update && apt-get install -y git",
        "set -e\nif [ -f x ]; then echo y; fi\n",
        "# then run: go build\ngo version",
        "echo \"run go mod tidy\"",
        "cat <<'E' > x.sh\ngo test ./...\nE\n",
        "git commit -m 'go build'",
        "X=$(git describe)",
        "",
    ] {
        assert_eq!(builds(text, true), Builds::Unknown, "{text}");
    }
}

#[test]
fn what_comes_later_cannot_matter() {
    let sure = |text: &str| Commands::of(text, 1).are_sure();
    for text in [
        "go mod verify\ngit checkout v1\ngo test",
        "go test; cd x; go test",
        "go vet && make",
        "git checkout -- .\ngo test",
        "git checkout HEAD -- docs && go test",
        "git checkout -b release; go test",
        "cd \"$GITHUB_WORKSPACE\" && go build ./...",
        "cd ${{ github.workspace }}; go build ./...",
        "cd ./ && go build",
        "cd x; make; cd \"${GITHUB_WORKSPACE}\"; go build",
    ] {
        assert!(sure(text), "{text}");
    }
    for text in ["git checkout v1\ngo test", "cd x; go test", "go test || true\ncd x\ngo vet"] {
        assert!(!sure(text), "{text}");
    }
}

#[test]
fn a_gotoolchain_before_a_command_is_for_it_alone() {
    let said = |text: &str| Commands::of(text, 1).switch().says;
    let named = |version| {
        super::super::switch::Says::Named(goward_resolver::Version::parse(version).unwrap())
    };
    use super::super::switch::Says;
    for (text, wants) in [
        ("GOTOOLCHAIN=go1.22.4 go test", named("1.22.4")),
        ("env GOTOOLCHAIN=path go test", Says::Path),
        ("export GOTOOLCHAIN=local\ngo test", Says::Local),
        ("GOTOOLCHAIN=go1.22.4 go install x.org/x@v1\ngo test", Says::Nothing),
        ("docker build --build-arg GOTOOLCHAIN=go1.20.1 .\ngo test", Says::Nothing),
        ("echo GOTOOLCHAIN=go1.20.1\ngo test", Says::Nothing),
        ("echo GOTOOLCHAIN=local >> $GITHUB_ENV", Says::Local),
        ("go env -w GOTOOLCHAIN=local\ngo test", Says::Local),
        ("unset GOTOOLCHAIN\ngo test", Says::Unknown),
        ("\"GOTOOLCHAIN=local\" >> $env:GITHUB_ENV", Says::Local),
        ("$env:GOTOOLCHAIN = \"local\"\ngo test", Says::Local),
        ("GOTOOLCHAIN=local make\ngo test", Says::Nothing),
        ("cat >> $GITHUB_ENV <<E\nGOTOOLCHAIN=local\nE\n", Says::Local),
    ] {
        assert_eq!(said(text), wants, "{text}");
    }
}

#[test]
fn a_hint_says_in_which_line_goward_cannot_see() {
    let why = |text: &str| {
        let found = Commands::of(text, 7).builds(true, &Switch::default()).why;
        found.map(|why| format!("{} {}", why.line, why.words))
    };
    for (text, wants) in [
        ("set -e\nmake", "8 not seen: what `make` builds"),
        ("cd web\ngo build", "7 elsewhere after `cd web`"),
        ("x=1\n\ngit checkout v1\ngo build", "9 other files after `git checkout v1`"),
        ("go -C web build", "7 elsewhere by `go -C web build`"),
        ("./build.sh a", "7 not seen: what `./build.sh a` builds"),
        ("sudo go test", "7 `go test` may fail, or run another Go"),
    ] {
        assert_eq!(why(text).as_deref(), Some(wants), "{text}");
    }
    assert_eq!(why("go test"), None);
    let long = ["x", &" y".repeat(100)].concat();
    assert!(why(&long).is_some_and(|why| why.len() < 100));
}
