//! `goward setup` and lines of start-up files that come later than its own, tried in the shells
//! themselves; its lines taken out again; jobs of GitHub Actions.

use crate::machine::{Machine, Ran, ran, script};
use crate::setup::unpacked;
use goward_testkit::start;
use goward_testkit::untested::{Lack, not_tested};
use std::path::PathBuf;

/// A machine with goenv, one of whose toolchains is there.
pub(crate) fn with_goenv() -> Machine {
    let m = Machine::new();
    let shims = m.path("home/.goenv/shims");
    script(&shims.join("go"), "echo goenv");
    let line = format!("export PATH=\"{}:$PATH\"", shims.display());
    script(&m.path("home/.goenv/bin/goenv"), &format!("echo '{line}'"));
    m.write("home/.goenv/versions/1.21.13/VERSION", "go1.21.13\n");
    m
}

/// `goward setup ARGS` for that shell, without a terminal.
fn setup(m: &Machine, shell: &str, args: &[&str]) -> Ran {
    let there = m.path("archive/goward");
    let goward = if there.exists() { there } else { unpacked(m) };
    let mut all = vec!["setup"];
    all.extend(args);
    ran(m.command_of(&goward, &all).env("SHELL", format!("/bin/{shell}")).output().unwrap(), m)
}

/// The `go` that such a shell finds; `None` if it is not installed.
fn go_in(m: &Machine, shell: &str, flag: &str) -> Option<String> {
    let Some(program) = start::find(shell) else {
        not_tested(&format!("goward setup in {shell}"), Lack::Shell, "it is not installed");
        return None;
    };
    let home = m.path("home");
    let env = [("HOME", home.as_os_str()), ("PATH", "/usr/bin:/bin".as_ref())];
    let mut command = start::program(program, env);
    command.args([flag, "command -v go"]).current_dir(&home).stdin(std::process::Stdio::null());
    let stdout = ran(command.output().unwrap(), m).stdout;
    Some(stdout.lines().last().unwrap_or_default().to_owned())
}

const OURS: &str = "@/home/.goward/shims/go";
const THEIRS: &str = "@/home/.goenv/shims/go";
const INIT: &str = "eval \"$($HOME/.goenv/bin/goenv init -)\"";

#[test]
fn a_later_line_is_named_and_goward_moves_behind_it_if_that_is_wanted() {
    for (shell, rc) in [("bash", ".bashrc"), ("zsh", ".zshrc")] {
        let m = with_goenv();
        setup(&m, shell, &[]);
        let file = format!("home/{rc}");
        let before = m.read(&file) + INIT + "\nalias x=y\n";
        m.write(&file, &before);
        assert!(go_in(&m, shell, "-ic").is_none_or(|go| go == THEIRS), "{shell}");
        let told = setup(&m, shell, &[]);
        assert_eq!(told.code, 1, "it did not take effect");
        assert_eq!(
            told.stderr,
            format!(
                "goward: warning: ~/{rc}:2 puts the go of goenv before goward's in a new shell: {INIT}\n\
                 goward: to put goward's line behind it, run: goward setup --yes\n\
                 goward: error: new shells still do not run goward's `go`: a line named above comes later\n"
            ),
            "{shell}"
        );
        let dry = setup(&m, shell, &["--dry-run"]);
        assert_eq!(dry.code, 0);
        assert_eq!(dry.stdout, format!("would ask to put goward's line at the end of ~/{rc}\n"));
        assert_eq!(m.read(&file), before, "{shell}");
        let moved = setup(&m, shell, &["--yes"]);
        assert_eq!(moved.code, 0, "{}", moved.stderr);
        let after = m.read(&file);
        assert!(after.starts_with(&format!("{INIT}\nalias x=y\ncase ")), "{shell}: {after}");
        assert_eq!(after.matches("# added by goward setup\n").count(), 1);
        assert_eq!(m.read(&format!("{file}.goward-old")), before, "{shell}");
        assert!(moved.stderr.contains("goward: open a new shell, and `go` is goward's\n"));
        assert!(go_in(&m, shell, "-ic").is_none_or(|go| go == OURS), "{shell}");
        // From now on there is nothing to say, and the copy stays as it was.
        assert!(!setup(&m, shell, &["--yes"]).stderr.contains("warning"), "{shell}");
        assert_eq!(m.read(&file), after);
        m.write(&file, &(after + "PATH=/usr/bin:/bin\n"));
        setup(&m, shell, &["--yes"]);
        assert_eq!(m.read(&format!("{file}.goward-old")), before, "{shell}");
        assert!(go_in(&m, shell, "-ic").is_none_or(|go| go == OURS), "{shell}");
        let stays = setup(&m, shell, &["--remove"]).stderr;
        assert!(stays.contains(&format!("goward: ~/{rc}.goward-old is a start-up file as it was")));
    }
}

/// goenv's guide gives the line; goenv is gone.
#[test]
fn a_line_with_a_goroot_that_nothing_sets_is_named() {
    let m = Machine::new();
    setup(&m, "bash", &[]);
    let line = "export PATH=\"$GOROOT/bin:$PATH\"";
    m.write("home/.bashrc", &(m.read("home/.bashrc") + line + "\n"));
    let told = setup(&m, "bash", &[]);
    let says = format!(
        "goward: warning: ~/.bashrc:2 puts $GOROOT/bin, which is /bin where GOROOT is not set, before \
         goward's in a new shell: {line}\n"
    );
    assert!(told.code == 1 && told.stderr.starts_with(&says), "{}", told.stderr);
    assert!(!told.stderr.contains("and `go` is goward's"), "{}", told.stderr);
    let left = &m.json(&["import"])["leftovers"][0];
    assert_eq!((&left["line"], &left["text"]), (&2.into(), &line.into()), "{left}");
    assert!(left["why"].as_str().unwrap().starts_with("it puts $GOROOT/bin first"), "{left}");
    let moved = setup(&m, "bash", &["--yes"]);
    assert_eq!(moved.code, 0, "{}", moved.stderr);
    assert!(go_in(&m, "bash", "-ic").is_none_or(|go| go == OURS));
}

#[test]
fn fish_reads_its_own_file_last() {
    let m = with_goenv();
    setup(&m, "fish", &[]);
    let config = "home/.config/fish/config.fish";
    m.write(config, "fish_add_path --move --path $HOME/.goenv/shims\n");
    assert!(go_in(&m, "fish", "-c").is_none_or(|go| go == THEIRS));
    let told = setup(&m, "fish", &[]).stderr;
    assert!(told.contains("warning: ~/.config/fish/config.fish:1 puts the go of goenv "), "{told}");
    setup(&m, "fish", &["--yes"]);
    assert!(go_in(&m, "fish", "-c").is_none_or(|go| go == OURS));
    let line = "fish_add_path --path --move --prepend '";
    assert!(m.read(config).lines().last().unwrap().starts_with(line));
    assert!(!setup(&m, "fish", &[]).stderr.contains("warning"));
    // Both lines go with the others.
    let gone = setup(&m, "fish", &["--remove"]);
    assert_eq!(gone.code, 0, "{}", gone.stderr);
    assert_eq!(m.read(config), "fish_add_path --move --path $HOME/.goenv/shims\n");
    assert!(!m.path("home/.config/fish/conf.d/goward.fish").exists());
}

#[test]
fn a_login_file_that_reads_the_other_one_too_early_is_seen_through() {
    let m = with_goenv();
    m.write("home/.profile", "# mine\n");
    setup(&m, "bash", &[]);
    // Behind goward's line in both.
    let rc = m.read("home/.bashrc") + INIT + "\n";
    m.write("home/.bashrc", &rc);
    let profile = m.read("home/.profile") + "if [ -f ~/.bashrc ]; then\n  . ~/.bashrc\nfi\n";
    m.write("home/.profile", &profile);
    assert!(go_in(&m, "bash", "-lc").is_none_or(|go| go == THEIRS));
    let told = setup(&m, "bash", &[]).stderr;
    let line = "~/.bashrc:2 puts the go of goenv before goward's in a new shell: ";
    assert_eq!(told.matches(line).count(), 1, "{told}");
    assert_eq!(told.matches("warning").count(), 1, "both kinds of shells read it: {told}");
    setup(&m, "bash", &["--yes"]);
    for flag in ["-lc", "-ic"] {
        assert!(go_in(&m, "bash", flag).is_none_or(|go| go == OURS), "{flag}");
    }
    assert_eq!(m.read("home/.profile"), profile, "nothing is wrong there any more");
    // A file that is no start-up file stays as it is.
    m.write("home/mine.sh", "PATH=/usr/bin:/bin\n");
    let profile = profile + ". \"$HOME/mine.sh\"\n";
    m.write("home/.profile", &profile);
    assert!(
        setup(&m, "bash", &[]).stderr.contains("warning: ~/mine.sh:1 puts another go, or none,")
    );
    setup(&m, "bash", &["--yes"]);
    assert_eq!(m.read("home/mine.sh"), "PATH=/usr/bin:/bin\n");
    assert!(go_in(&m, "bash", "-lc").is_none_or(|go| go == OURS));
}

#[test]
fn a_manager_that_acts_at_each_prompt_is_not_raced() {
    let m = Machine::new();
    m.write("home/.local/share/mise/installs/go/1.23.2/VERSION", "go1.23.2\n");
    setup(&m, "zsh", &[]);
    let rc = m.read("home/.zshrc") + "eval \"$(mise activate zsh)\"\n";
    m.write("home/.zshrc", &rc);
    let ran = setup(&m, "zsh", &["--yes"]);
    assert_eq!(ran.code, 1, "no line of goward's can help");
    let said = ran.stderr;
    assert!(
        said.contains("~/.zshrc:2 puts the go of mise before goward's in a new shell: "),
        "{said}"
    );
    assert!(
        said.contains("goward: mise does so at each prompt, so no line can come later"),
        "{said}"
    );
    assert!(!said.contains("open a new shell"), "{said}");
    assert_eq!(m.read("home/.zshrc"), rc);
}

/// goward follows a link to dotfiles, and names the place; another user's it leaves.
#[test]
fn a_link_to_dotfiles_stays_one() {
    let m = with_goenv();
    m.write("home/dotfiles/bashrc", "");
    std::os::unix::fs::symlink("dotfiles/bashrc", m.path("home/.bashrc")).unwrap();
    setup(&m, "bash", &[]);
    m.write("home/dotfiles/bashrc", &(m.read("home/.bashrc") + INIT + "\n"));
    let said = setup(&m, "bash", &["--yes"]).stderr;
    let place = "~/dotfiles/bashrc (to which ~/.bashrc leads)";
    assert!(said.contains(&format!("goward's line is at the end of {place} now\n")), "{said}");
    assert!(m.path("home/.bashrc").is_symlink());
    assert!(m.path("home/dotfiles/bashrc.goward-old").is_file());
}

#[test]
fn another_users_file_is_named_and_not_written() {
    if !goward_testkit::untested::is_root("a start-up file of another user") {
        return;
    }
    let m = with_goenv();
    setup(&m, "bash", &[]);
    let text = m.read("home/.bashrc") + INIT + "\n";
    let file = m.write("home/.bashrc", &text);
    std::os::unix::fs::chown(&file, Some(65534), None).unwrap();
    let told = setup(&m, "bash", &[]);
    assert_eq!(told.code, 1, "{}", told.stderr);
    assert!(told.stderr.contains("warning: ~/.bashrc:2 puts the go of goenv"), "{}", told.stderr);
    let refused = setup(&m, "bash", &["--yes"]);
    assert_eq!(refused.code, 1, "{}", refused.stderr);
    assert!(refused.stderr.contains("it is a file of user 65534\n"), "{}", refused.stderr);
    assert_eq!(m.read("home/.bashrc"), text);
    assert!(!m.path("home/.bashrc.goward-old").exists());
}

#[test]
fn a_line_of_a_stranger_reaches_no_terminal() {
    let m = with_goenv();
    setup(&m, "bash", &[]);
    let odd = format!("PATH=/bin # \u{1b}]0;x\u{7}{}\n", "y".repeat(200));
    m.write("home/.bashrc", &(m.read("home/.bashrc") + &odd));
    let said = setup(&m, "bash", &[]).stderr;
    let line = said.lines().find(|line| line.contains(".bashrc:2")).unwrap();
    assert!(line.contains(r"PATH=/bin # \x1b]0;x\x07yyy") && line.ends_with('…'), "{line}");
}

#[test]
fn what_setup_wrote_is_taken_out_and_nothing_else() {
    let m = Machine::new();
    m.write("home/.zshrc", "alias x=y\n");
    setup(&m, "zsh", &[]);
    let other = "case x in x) ;; esac  # added by goward setup\n";
    m.write("home/.profile", other);
    let dry = setup(&m, "zsh", &["--remove", "--dry-run"]);
    assert!(dry.stdout.contains("would remove from ~/.zshrc: case "), "{}", dry.stdout);
    assert!(m.read("home/.zshrc").contains("goward"));
    let gone = setup(&m, "zsh", &["--remove"]);
    assert_eq!(gone.code, 0, "{}", gone.stderr);
    assert_eq!(m.read("home/.zshrc"), "alias x=y\n");
    assert_eq!(m.read("home/.zprofile"), "");
    assert_eq!(m.read("home/.profile"), other);
    assert!(gone.stderr.contains("~/.profile has a line of goward's for another root"));
    assert!(m.root("bin/goward").is_file(), "the rest stays");
    let again = setup(&m, "zsh", &["--remove"]);
    assert_eq!((again.code, again.stdout.as_str()), (0, ""));
    assert!(again.stderr.contains("no start-up file has a line of goward's for this root\n"));
}

/// The runner's file as a job has it.
fn in_a_job(m: &Machine, file: &PathBuf, args: &[&str]) -> Ran {
    let mut all = vec!["setup"];
    all.extend(args);
    let there = m.path("archive/goward");
    let goward = if there.exists() { there } else { unpacked(m) };
    let mut command = m.command_of(&goward, &all);
    command.env("GITHUB_ACTIONS", "true").env("GITHUB_PATH", file);
    ran(command.output().unwrap(), m)
}

#[test]
fn a_job_of_github_actions_has_goward_in_its_later_steps() {
    let m = Machine::new().with("SHELL", "/opt/unknown");
    let file = m.write("runner/add_path_1", "/opt/x/bin");
    let dirs = ["bin", "shims"].map(|dir| m.root(dir).display().to_string());
    let dry = in_a_job(&m, &file, &["--dry-run"]);
    assert!(dry.stdout.contains("would add ~/.goward/shims to @/runner/add_path_1\n"));
    let said = in_a_job(&m, &file, &[]);
    assert_eq!(said.code, 0, "{}", said.stderr);
    let note = "goward: later steps of this job have ~/.goward/shims first on PATH\n";
    assert!(said.stderr.ends_with(note), "no shell is known, and none is needed: {}", said.stderr);
    let text = format!("/opt/x/bin\n{}\n{}\n", dirs[0], dirs[1]);
    assert_eq!(m.read("runner/add_path_1"), text);
    in_a_job(&m, &file, &[]);
    assert_eq!(m.read("runner/add_path_1"), text, "once");
    in_a_job(&m, &m.write("runner/other", ""), &["--no-modify-path"]);
    assert_eq!(m.read("runner/other"), "");
}

/// A job's steps read no start-up file, so a later line in one is in nobody's way.
#[test]
fn in_a_job_a_later_line_does_not_count() {
    let m = with_goenv();
    setup(&m, "bash", &[]);
    m.write("home/.bashrc", &(m.read("home/.bashrc") + INIT + "\n"));
    let file = m.write("runner/add_path_1", "");
    let m = m.with("SHELL", "/bin/bash");
    let said = in_a_job(&m, &file, &[]);
    assert_eq!(said.code, 0, "{}", said.stderr);
    assert!(said.stderr.contains("warning: ~/.bashrc:2 puts the go of goenv"), "{}", said.stderr);
}

/// Root's files in a user's home directory would be in that user's way for ever.
#[test]
fn under_sudo_setup_says_whose_files_it_changes() {
    let m = Machine::new().with("SUDO_USER", "gopher");
    let said = setup(&m, "bash", &["--dry-run"]);
    let about = "goward: warning: under sudo this is about root's own files, in @/home; to set up goward \
                 for gopher, run it without sudo: goward setup\n";
    assert!(said.code == 0 && said.stderr.contains(about), "{}", said.stderr);
    if !goward_testkit::untested::is_root("a home directory of another user") {
        return;
    }
    std::os::unix::fs::chown(m.path("home"), Some(65534), None).unwrap();
    for flag in ["--dry-run", "--yes", "--remove"] {
        let said = setup(&m, "bash", &[flag]);
        assert_eq!(said.code, 2, "{flag}: {}", said.stderr);
        assert_eq!(
            said.stderr,
            "goward: error: HOME is another user's directory, and sudo would put root's files into \
             it\n    HOME is @/home\nhint: to set up goward for yourself, run it without sudo: goward setup\n\
             hint: for root itself, run: sudo -H \"$(command -v goward)\" setup\n",
            "{flag}"
        );
    }
    assert!(!m.path("home/.bashrc").exists());
}

#[test]
fn what_is_not_the_runners_file_is_not_written() {
    let m = Machine::new();
    let fifo = m.path("fifo");
    assert!(start::tool("mkfifo").arg(&fifo).status().unwrap().success());
    let target = m.write("target", "");
    let link = m.path("link");
    std::os::unix::fs::symlink(&target, &link).unwrap();
    let relative = PathBuf::from("../target");
    for file in [fifo, link, m.path("home"), m.path("absent"), relative] {
        let said = in_a_job(&m, &file, &[]);
        assert_eq!(said.code, 1, "{}", said.stderr);
        assert!(said.stderr.contains("is not a regular file\nhint: "), "{}", said.stderr);
    }
    assert_eq!(m.read("target"), "");
}
