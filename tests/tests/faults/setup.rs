//! `goward setup` killed at any change: the old program or the new one is there at every moment.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use goward_tests::binaries::binaries;
use goward_tests::sandbox::{Sandbox, copy_program};

use crate::full;
use crate::kill::{chosen, sweep};
use crate::scene::{OURS, list};
use crate::trace::{CHANGES, can_trace, record};

/// A program that does the same and is another file to the byte.
fn newer(program: &Path, to: &Path) -> Vec<u8> {
    copy_program(program, to);
    let mut file = fs::File::options().append(true).open(to).expect(OURS);
    file.write_all(b"newer").expect(OURS);
    drop(file);
    fs::read(to).expect(OURS)
}

#[test]
fn a_setup_at_every_change() {
    if !can_trace("setups killed at every change") {
        return;
    }
    let sandbox = Sandbox::empty("kill-setup");
    sandbox.install_script("1.22.10", "echo go version go1.22.10 script");
    sandbox.set_default("1.22.10");
    let release = sandbox.dir().join("release");
    fs::create_dir_all(&release).expect(OURS);
    let (shim, manager) = (&binaries().shim, &binaries().manager);
    let (go, goward) = (release.join("go"), release.join("goward"));
    let new = [newer(manager, &goward), newer(shim, &go)];
    let old = [manager, shim].map(|program| fs::read(program).expect(OURS));
    let setup = sandbox.goward(&["setup", "--yes"]).program(&goward).env("SHELL", "/bin/bash");
    let profile = sandbox.home().join(".bashrc");
    let places: [(PathBuf, usize); 3] =
        [(sandbox.manager(), 0), (sandbox.shim(), 1), (sandbox.shims().join("gofmt"), 1)];
    // The first one makes directories, too.
    setup.run().code(0);
    let line = fs::read_to_string(&profile).expect(OURS);
    let old_profile = sandbox.home().join(".bashrc.goward-old");
    let hidden = format!("# mine\n{line}PATH=/usr/bin:/bin\n");
    let before = || {
        for (place, which) in &places {
            let _ = fs::remove_file(place);
            copy_program(if *which == 0 { manager } else { shim }, place);
        }
        let _ = fs::remove_file(&old_profile);
        fs::write(&profile, &hidden).expect(OURS);
    };
    before();
    let points = record(&setup, CHANGES, &sandbox.dir().join("log"));
    let step = if full() { 1 } else { 15 };
    let points: Vec<_> = chosen(&points, 1).into_iter().step_by(step).collect();
    let project = sandbox.project("p");
    sweep("setup", &points, &setup, before, |when| {
        for (place, which) in &places {
            let is = fs::read(place).unwrap_or_else(|error| panic!("{when}: {error}"));
            assert!(is == old[*which] || is == new[*which], "{when}: half of {}", place.display());
        }
        assert_eq!(sandbox.version(&project), "1.22.10", "{when}");
        let text = fs::read_to_string(&profile).expect(OURS);
        assert!(text.starts_with("# mine\n"), "{when}: {text:?}");
        setup.run().code(0);
        for (place, which) in &places {
            assert!(fs::read(place).expect(OURS) == new[*which], "{when}: {}", place.display());
        }
        let text = fs::read_to_string(&profile).expect(OURS);
        assert_eq!(text, format!("# mine\nPATH=/usr/bin:/bin\n{line}"), "{when}");
        assert_eq!(fs::read_to_string(&old_profile).expect(OURS), hidden, "{when}");
        let dirs = [sandbox.shims(), sandbox.root().join("bin"), sandbox.home()];
        for entry in dirs.iter().flat_map(|dir| list(dir)) {
            let name = entry.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let ours = [".go.", ".gofmt.", ".goward.", "..bashrc."];
            let left = ours.iter().any(|start| name.starts_with(start));
            assert!(!left, "{when}: {} is left", entry.display());
        }
    });
}
