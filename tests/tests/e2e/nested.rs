//! Calls of `go` below a call of `go`, and Go's own switching between installed toolchains.

use std::path::PathBuf;

use goward_tests::binaries::executable;
use goward_tests::call::Call;
use goward_tests::mirror::VERSIONS;
use goward_tests::proxy::ModuleProxy;
use goward_tests::sandbox::{Sandbox, version_of};

/// Runs its arguments from the second on in the directory that the first one names.
const ELSEWHERE: &str = r#"package main

import (
	"fmt"
	"os"
	"os/exec"
)

func main() {
	command := exec.Command(os.Args[2], os.Args[3:]...)
	command.Dir = os.Args[1]
	command.Env = append(os.Environ(), "PWD="+os.Args[1])
	command.Stdout, command.Stderr = os.Stdout, os.Stderr
	if err := command.Run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
"#;

/// Project `a` runs Go 1.22.10 by a pin and sets a proxy; project `b` is another one.
struct Two {
    sandbox: Sandbox,
    a: PathBuf,
    b: PathBuf,
}

impl Two {
    fn new() -> Two {
        let sandbox = Sandbox::with("nested", &VERSIONS);
        let (a, b) = (sandbox.project("a"), sandbox.project("b"));
        sandbox.set_default("1.27.3");
        sandbox.module(&a, "module a\n\ngo 1.21\n", ELSEWHERE);
        sandbox.write(a.join(".go-version"), "1.22.10\n");
        sandbox.write(a.join(".goenv"), "GOPROXY=https://goproxy.cn\nGOFLAGS=-v\n");
        Two { sandbox, a, b }
    }

    /// `go run` in `a` of a program that runs `go ARGS` in `b`.
    fn through_a(&self, args: &[&str]) -> Call {
        let run = ["run", ".", self.b.to_str().expect("ASCII"), "go"];
        self.sandbox.go(&self.a, &run).args(args).unset("GOPROXY")
    }
}

/// Before 1.24, `go run` leaves PATH alone, so that the nested call meets the shim.
#[test]
fn go_run_resolves_by_the_directory_of_the_nested_call() {
    let two = Two::new();
    assert_eq!(two.through_a(&["env", "GOVERSION"]).ok(), "go1.27.3", "the default");
    two.sandbox.write(two.b.join("go.mod"), "module b\n\ngo 1.21\n\ntoolchain go1.23.2\n");
    assert_eq!(two.through_a(&["env", "GOVERSION"]).ok(), "go1.23.2", "by go.mod");
    two.sandbox.write(two.b.join(".go-version"), "1.21.13\n");
    assert_eq!(two.through_a(&["env", "GOVERSION"]).ok(), "go1.21.13", "by .go-version");
}

/// For another project the shim takes back the variables that project `a` gave to its own call.
#[test]
fn nothing_of_one_project_reaches_another() {
    let two = Two::new();
    let outside = |key: &str| two.sandbox.go(&two.b, &["env", key]).unset("GOPROXY").ok();
    for key in ["GOTOOLCHAIN", "GOPROXY", "GOFLAGS", "GOROOT", "GOVERSION"] {
        assert_eq!(two.through_a(&["env", key]).ok(), outside(key), "{key}");
    }
    two.sandbox.write(two.b.join(".goenv"), "GOPROXY=https://goproxy.io\n");
    assert_eq!(two.through_a(&["env", "GOPROXY"]).ok(), "https://goproxy.io");
}

/// The shim does not take back a variable that a program below the first call set on purpose.
#[test]
fn a_variable_changed_in_between_stays() {
    let two = Two::new();
    let run = ["run", ".", two.b.to_str().unwrap(), "env", "GOPROXY=https://mine.example"];
    let run = two.sandbox.go(&two.a, &run).args(["go", "env", "GOPROXY"]).unset("GOPROXY");
    assert_eq!(run.ok(), "https://mine.example");
    let run = ["run", ".", two.b.to_str().unwrap(), "env", "GOTOOLCHAIN=go1.21.13"];
    let run = two.sandbox.go(&two.a, &run).args(["go", "env", "GOVERSION"]);
    assert_eq!(run.ok(), "go1.21.13");
}

/// The caller's own variables survive the way through two shims.
#[test]
fn the_callers_variables_reach_nested_calls() {
    let two = Two::new();
    let nested = two.through_a(&["env", "GOPROXY"]).env("GOPROXY", "https://caller.example");
    assert_eq!(nested.ok(), "https://caller.example");
}

/// `+SELECTOR` holds for everything below the call.
#[test]
fn a_selector_is_passed_on_to_nested_calls() {
    let two = Two::new();
    two.sandbox.write(two.b.join(".go-version"), "1.21.13\n");
    let run = ["+1.23", "run", ".", two.b.to_str().unwrap(), "go", "env", "GOVERSION"];
    assert_eq!(two.sandbox.go(&two.a, &run).ok(), "go1.23.2");
}

/// Test binaries find the parent's `bin` first on PATH; only a call by path meets the shim.
#[test]
fn go_test_and_go_generate() {
    let two = Two::new();
    two.sandbox.write(two.b.join(".go-version"), "1.23.2\n");
    let test = "package main\n\nimport (\n\t\"os/exec\"\n\t\"testing\"\n\t\"os\"\n)\n\n\
                func Test(t *testing.T) {\n\
                \tfor _, program := range []string{\"go\", os.Getenv(\"SHIM\")} {\n\
                \t\tcommand := exec.Command(program, \"env\", \"GOVERSION\")\n\
                \t\tcommand.Dir = os.Getenv(\"B\")\n\
                \t\tcommand.Env = append(os.Environ(), \"PWD=\"+command.Dir)\n\
                \t\tout, err := command.CombinedOutput()\n\
                \t\tt.Logf(\"got %s%v\", out, err)\n\t}\n}\n";
    two.sandbox.write(two.a.join("a_test.go"), test);
    let call = |args: &[&str]| {
        let call = two.sandbox.go(&two.a, args).env("SHIM", two.sandbox.shim());
        call.env("B", &two.b).run()
    };
    let tested = call(&["test", "-count=1", "-v", "."]);
    tested.code(0);
    let got: Vec<_> = tested.stdout.lines().filter_map(|line| line.split("got ").nth(1)).collect();
    assert_eq!(got, ["go1.22.10", "go1.23.2"], "{tested}");
    two.sandbox.write(two.a.join("gen.go"), "package main\n\n//go:generate go env GOVERSION\n");
    let generated = call(&["generate", "gen.go"]);
    assert_eq!(generated.code(0).stdout, "go1.22.10\n");
    let nested = two.sandbox.shim();
    let line = format!("package main\n\n//go:generate {} env GOVERSION\n", nested.display());
    two.sandbox.write(two.a.join("gen.go"), &line);
    assert_eq!(call(&["generate", "gen.go"]).code(0).stdout, "go1.22.10\n");
    let line =
        format!("package main\n\n//go:generate {} -C ../b env GOVERSION\n", nested.display());
    two.sandbox.write(two.a.join("gen.go"), &line);
    assert_eq!(call(&["generate", "gen.go"]).code(0).stdout, "go1.23.2\n", "GOROOT is dropped");
}

/// The ways in which a `go` command runs another program: each calls `$CHILD env KEYS` in
/// project `b`.
const WAYS: [&str; 4] = ["run", "test", "generate", "tool"];

/// Project `a` under `version`, set up for every one of [`WAYS`] that this version has.
#[cfg(unix)]
fn calling(version: &str) -> Two {
    let two = Two::new();
    let (a, sandbox) = (&two.a, &two.sandbox);
    sandbox.write(a.join(".go-version"), &format!("{version}\n"));
    sandbox.write(two.b.join(".go-version"), "1.23.2\n");
    let tool = if version == "1.27.3" { "\ntool a/elsewhere\n" } else { "" };
    sandbox.module(a, &format!("module a\n\ngo 1.21\n{tool}"), ELSEWHERE);
    sandbox.write(a.join("elsewhere/main.go"), ELSEWHERE);
    let generate = "//go:generate sh -c \"cd $B && $CHILD env $KEYS\"";
    sandbox.write(a.join("gen/gen.go"), &format!("package gen\n\n{generate}\n"));
    let test = "package t\n\nimport (\n\t\"os\"\n\t\"os/exec\"\n\t\"strings\"\n\t\"testing\"\n)\n\n\
                func Test(t *testing.T) {\n\
                \targs := append([]string{\"env\"}, strings.Fields(os.Getenv(\"KEYS\"))...)\n\
                \tcommand := exec.Command(os.Getenv(\"CHILD\"), args...)\n\
                \tcommand.Dir = os.Getenv(\"B\")\n\
                \tcommand.Env = append(os.Environ(), \"PWD=\"+command.Dir)\n\
                \tout, err := command.CombinedOutput()\n\
                \tos.WriteFile(os.Getenv(\"TOLD\"), out, 0666)\n\
                \tif err != nil {\n\t\tt.Fatal(err)\n\t}\n}\n";
    sandbox.write(a.join("t/t_test.go"), test);
    two
}

/// The output of `$CHILD env KEYS` in project `b` below `go WAY` in project `a`, line by line.
#[cfg(unix)]
fn told_below(two: &Two, way: &str, child: &std::path::Path, keys: &[&str]) -> Vec<String> {
    let told = two.sandbox.dir().join("told");
    let b = two.b.to_str().expect("ASCII");
    let elsewhere = [b, child.to_str().expect("ASCII"), "env"];
    let args = match way {
        "run" => [&["run", "."][..], &elsewhere, keys].concat(),
        "tool" => [&["tool", "elsewhere"][..], &elsewhere, keys].concat(),
        "generate" => vec!["generate", "./gen"],
        _ => vec!["test", "-count=1", "./t"],
    };
    let call = two.sandbox.go(&two.a, &args).unset("GOPROXY").env("CHILD", child).env("B", b);
    let outcome = call.env("KEYS", keys.join(" ")).env("TOLD", &told).run();
    outcome.code(0);
    let text = match way {
        "test" => std::fs::read_to_string(told).expect("the test wrote it"),
        _ => outcome.stdout,
    };
    text.lines().map(str::to_owned).collect()
}

/// For each way in which a `go` command runs a program: a shim that the program calls in another
/// directory decides by that directory, and sees the same as a shim after a direct call there.
#[cfg(unix)]
#[test]
fn a_shim_below_any_command_decides_by_its_own_directory() {
    let keys = ["GOVERSION", "GOROOT", "GOTOOLCHAIN", "GOPROXY", "GOFLAGS", "GOMOD", "GOENV"];
    for version in ["1.22.10", "1.27.3"] {
        let two = calling(version);
        let outside = two.sandbox.go(&two.b, &["env"]).args(keys).unset("GOPROXY").ok();
        let outside: Vec<_> = outside.split('\n').collect();
        assert_eq!(outside[0], "go1.23.2");
        for way in WAYS.into_iter().filter(|way| *way != "tool" || version == "1.27.3") {
            let told = told_below(&two, way, &two.sandbox.shim(), &keys);
            assert_eq!(told, outside, "go {way} under {version}");
        }
    }
}

/// By its name alone `go` is the shim only if Go did not put its own `bin` first on PATH. Otherwise
/// it is Go, and Go's own rules hold, as without goward.
#[cfg(unix)]
#[test]
fn go_by_name_below_any_command() {
    let go = std::path::Path::new("go");
    for version in ["1.22.10", "1.27.3"] {
        let two = calling(version);
        for way in WAYS.into_iter().filter(|way| *way != "tool" || version == "1.27.3") {
            let told = told_below(&two, way, go, &["GOVERSION"]);
            let shim = way == "run" && version == "1.22.10";
            let wanted = if shim { "go1.23.2".to_owned() } else { format!("go{version}") };
            assert_eq!(told, [wanted], "go {way} under {version}");
        }
    }
}

/// Go that has switched by itself marks its environment; a shim below it is not bound by that.
#[cfg(unix)]
#[test]
fn a_shim_below_a_go_that_switched_decides_by_its_own_directory() {
    let two = calling("1.22.10");
    std::fs::remove_file(two.a.join(".go-version")).unwrap();
    two.sandbox.write(two.a.join("go.mod"), "module a\n\ngo 1.27.3\n");
    let named = two.sandbox.shims().join("go1.21.13");
    let shim = two.sandbox.shim();
    let run = ["run", ".", two.b.to_str().unwrap(), shim.to_str().unwrap(), "env", "GOVERSION"];
    let run = two.sandbox.go(&two.a, &run).program(&named);
    assert_eq!(version_of(&two.sandbox.go(&two.a, &["version"]).program(&named)), "1.27.3");
    assert_eq!(run.ok(), "go1.23.2");
    let generate = two.sandbox.go(&two.a, &["generate", "./gen"]).program(&named);
    let generate = generate.env("B", &two.b).env("CHILD", shim).env("KEYS", "GOVERSION");
    assert_eq!(generate.ok(), "go1.23.2");
}

/// Below `-toolexec` Go has exported its whole environment: that toolchain goes on, in any
/// directory of the wrapper.
#[cfg(unix)]
#[test]
fn below_a_running_toolchain_that_toolchain_answers() {
    let two = Two::new();
    two.sandbox.write(two.b.join(".go-version"), "1.23.2\n");
    let log = two.sandbox.dir().join("log");
    let wrapper = two.sandbox.script(
        "tools/wrapper",
        &format!(
            "(cd {} && {} env GOVERSION) >> {}\nexec \"$@\"",
            two.b.display(),
            two.sandbox.shim().display(),
            log.display()
        ),
    );
    let toolexec = format!("-toolexec={}", wrapper.display());
    let built = two.sandbox.go(&two.a, &["build", "-a", &toolexec, "-o", "/dev/null", "unsafe"]);
    built.run().code(0);
    let vetted = two.sandbox.go(&two.a, &["vet", &toolexec, "."]).run();
    vetted.code(0);
    let log = std::fs::read_to_string(log).unwrap();
    assert!(!log.is_empty(), "the wrapper was never called");
    assert!(log.lines().all(|line| line == "go1.22.10"), "{log}");
}

/// A version-named command is that toolchain, to which Go's own rules apply: it may switch, and
/// finds installed toolchains by name on PATH, without a network.
#[test]
fn go_switches_to_installed_toolchains_by_itself() {
    let sandbox = Sandbox::with("switch", &VERSIONS);
    let project = sandbox.project("p");
    let named = sandbox.shims().join(executable("go1.21.13"));
    let call = sandbox.go(&project, &["version"]).program(&named);
    assert_eq!(version_of(&call), "1.21.13");
    sandbox.write(project.join("go.mod"), "module m\n\ngo 1.23.2\n");
    assert_eq!(version_of(&call), "1.23.2", "raised by Go");
    sandbox.write(project.join(".go-version"), "1.22.10\n");
    assert_eq!(version_of(&call), "1.23.2", "the chain is not asked");
    assert_eq!(version_of(&call.clone().env("GOTOOLCHAIN", "local")), "1.21.13");
    assert_eq!(version_of(&call.env("GOTOOLCHAIN", "go1.27.3")), "1.27.3");
}

/// A dependency needs more than the module says: Go notices in the middle of a command.
#[test]
fn go_mod_tidy_switches_in_the_middle() {
    for mode in ["path", "auto"] {
        let sandbox = Sandbox::with("tidy", &VERSIONS);
        sandbox.set_default("1.22.10");
        let project = sandbox.project("p");
        let dependency = sandbox.project("dependency");
        sandbox.module(
            &project,
            "module m\n\ngo 1.22\n\nrequire example.com/d v1.0.0\n\n\
             replace example.com/d => ../dependency\n",
            "package main\n\nimport _ \"example.com/d\"\n\nfunc main() {}\n",
        );
        sandbox.write(dependency.join("go.mod"), "module example.com/d\n\ngo 1.23.2\n");
        sandbox.write(dependency.join("d.go"), "package d\n");
        let tidy = sandbox.go(&project, &["mod", "tidy"]).env("GOTOOLCHAIN", mode);
        let tidy = tidy.env("GOPROXY", ModuleProxy::new(&sandbox).list_go(&["1.23.2"]).url()).run();
        tidy.code(0).says("switching to go1.23.2");
        let go_mod = std::fs::read_to_string(project.join("go.mod")).unwrap();
        assert!(go_mod.contains("\ngo 1.23.2\n"), "{go_mod}");
        assert_eq!(sandbox.version(&project), "1.23.2", "the next call");
    }
}

/// `go get go@VERSION` raises `go.mod` while it works; the next call follows.
#[test]
fn go_get_go_raises_the_module() {
    let sandbox = Sandbox::with("get", &VERSIONS);
    sandbox.set_default("1.21.13");
    let project = sandbox.project("p");
    sandbox.write(project.join("go.mod"), "module m\n\ngo 1.22\n");
    assert_eq!(sandbox.version(&project), "1.22.10");
    let proxy = ModuleProxy::new(&sandbox).list_go(&["1.22.10", "1.23.2"]).url();
    let get = sandbox.go(&project, &["get", "go@1.23.2"]).env("GOPROXY", proxy).run();
    get.code(0).says("switching to go1.23.2");
    let go_mod = std::fs::read_to_string(project.join("go.mod")).unwrap();
    assert!(go_mod.contains("go 1.23.2"), "{go_mod}");
    assert_eq!(sandbox.version(&project), "1.23.2");
    sandbox.go(&project, &["mod", "edit", "-go=1.27.3"]).run().code(0).silent();
    assert_eq!(sandbox.version(&project), "1.27.3");
    sandbox.go(&project, &["mod", "edit", "-go=1.21", "-toolchain=none"]).run().code(0).silent();
    assert_eq!(sandbox.version(&project), "1.21.13");
}
