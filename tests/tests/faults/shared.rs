//! Copies that share their blocks with the original, on a file system that can do that.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use goward_testkit::release::needed;
use goward_testkit::start::{find, tool};
use goward_testkit::untested::{Lack, is_root, not_tested};
use goward_tests::sandbox::{Sandbox, files_below};

use crate::scene::{OURS, manifest};
use crate::trace::{can_trace, record};

/// The bytes of the large file of the tree.
const LARGE: usize = 24 << 20;

/// The file system of an image, unmounted when dropped.
struct Image(PathBuf);

impl Image {
    /// Makes one of that kind and mounts it; none where this machine cannot.
    fn mount(sandbox: &Sandbox, kind: &str) -> Option<Image> {
        let what = format!("copies on {kind}");
        let Some(make) = find(&format!("mkfs.{kind}")) else {
            not_tested(&what, Lack::Rare, "there is no program that makes one");
            return None;
        };
        let (file, dir) = (sandbox.dir().join("image"), sandbox.dir().join("mounted"));
        fs::create_dir_all(&dir).expect(OURS);
        let image = fs::File::create(&file).expect(OURS);
        image.set_len(512 << 20).expect(OURS);
        let make = make.to_str().expect("ASCII");
        let file = file.to_str().expect("ASCII");
        let done = |program: &str, args: &[&str]| {
            tool(program).args(args).output().is_ok_and(|output| output.status.success())
        };
        let name = dir.to_str().expect("ASCII");
        let can = done("sh", &["-c", &format!("'{make}' -q '{file}'")])
            && done("mount", &["-o", "loop", file, name]);
        if !can {
            not_tested(&what, Lack::Rare, "this system mounts none");
        }
        can.then(|| Image(dir))
    }

    /// The bytes in use, as they will lie on the disk.
    fn used(&self) -> u64 {
        assert!(tool("sync").arg("-f").arg(&self.0).status().is_ok_and(|done| done.success()));
        let facts = rustix::fs::statvfs(&self.0).expect("it is mounted");
        (facts.f_blocks - facts.f_bfree) * facts.f_frsize
    }
}

impl Drop for Image {
    fn drop(&mut self) {
        let _ = tool("umount").arg("-l").arg(&self.0).status();
    }
}

/// A tree of Go with one large file, of which no two parts are alike.
fn tree(sandbox: &Sandbox, dir: &Path) {
    for (name, mode, content) in needed("1.22.10", "echo go version go1.22.10 here") {
        let text = String::from_utf8(content).expect("it is text");
        let file = sandbox.write(dir.join(name), &text);
        fs::set_permissions(file, Permissions::from_mode(mode)).expect(OURS);
    }
    let mut state = 1_u64;
    let bytes = (0..LARGE / 8).flat_map(|_| {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        state.to_le_bytes()
    });
    fs::write(dir.join("pkg/large"), bytes.collect::<Vec<u8>>()).expect(OURS);
}

#[test]
fn a_copy_takes_no_room_and_is_a_file_of_its_own() {
    if !is_root("copies that share their blocks") {
        return;
    }
    for kind in ["btrfs", "xfs"] {
        let sandbox = Sandbox::empty("shared");
        let Some(image) = Image::mount(&sandbox, kind) else { continue };
        let (original, store) = (image.0.join("original"), image.0.join("store"));
        tree(&sandbox, &original);
        let (before, files) = (image.used(), manifest(&original));
        let from = original.to_str().expect("ASCII");
        let adopt = sandbox.goward(&["adopt", from, "--unverified"]);
        adopt.env("GOWARD_ROOT", &store).env("GOWARD_OFFLINE", "1").run().code(0);
        let copy = store.join("toolchains/go1.22.10");
        assert_eq!(manifest(&copy), files, "{kind}");
        let more = image.used().saturating_sub(before);
        assert!(more < LARGE as u64 / 4, "{kind}: {more} bytes more are in use");
        // What is written to one of the two is not in the other.
        fs::write(original.join("pkg/large"), "changed").expect(OURS);
        let verified = sandbox.goward(&["verify", "go1.22.10"]);
        verified.env("GOWARD_ROOT", &store).env("GOWARD_OFFLINE", "1").run().code(0);
        assert_eq!(manifest(&copy), files, "{kind}");
    }
}

/// Where the file system cannot, one try is enough for a whole tree.
#[test]
fn one_try_tells_that_a_file_system_cannot() {
    if !can_trace("tries to share blocks") {
        return;
    }
    let sandbox = Sandbox::empty("unshared");
    let original = sandbox.dir().join("original");
    tree(&sandbox, &original);
    let store = sandbox.dir().join("store");
    let adopt = sandbox.goward(&["adopt", original.to_str().expect("ASCII"), "--unverified"]);
    let adopt = adopt.env("GOWARD_ROOT", &store).env("GOWARD_OFFLINE", "1");
    let calls = record(&adopt, "ioctl", &sandbox.dir().join("calls"));
    assert_eq!(manifest(&store.join("toolchains/go1.22.10")), manifest(&original));
    let tries = calls.iter().filter(|call| call.args.contains("FICLONE")).count();
    // All but the empty one.
    let files = files_below(&original).iter().filter(|file| file.1 > 0).count();
    assert!(tries == 1 || tries == files, "{tries} tries for {files} files");
}
