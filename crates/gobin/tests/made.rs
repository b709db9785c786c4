//! Executables that this test makes: what is found in them, and that no change of their bytes makes
//! the reader panic, hang, or take more than its bounds.

use goward_gobin::{Depth, Found, Program, Recorded, Refused, programs};
use goward_testkit::executable::Executable;

const LINES: &str = "path\texample.com/m\nmod\texample.com/m\tv1.2.3\th1:x=\n\
    dep\ta.example\tv0.1.0\th1:y=\nbuild\t-trimpath=true\nbuild\tGOOS=linux\n";

fn made() -> Vec<u8> {
    Executable::new("go1.24.3", LINES).with_glibc("2.34").bytes()
}

fn read(bytes: &[u8]) -> Result<Vec<Program>, Refused> {
    programs(&bytes, Depth::Debug)
}

#[test]
fn all_of_a_program_is_found() {
    let found = read(&made()).unwrap();
    let [program] = found.as_slice() else { panic!("{found:?}") };
    assert_eq!(program.info.version, b"go1.24.3");
    assert_eq!(program.info.lines(), LINES.as_bytes());
    assert_eq!((program.recorded, program.found), (Recorded::Inline, Found::Section));
    assert_eq!((program.os.as_deref(), program.arch.as_deref()), (Some("linux"), Some("amd64")));
    let needs = &program.needs;
    assert_eq!(needs.libraries, ["libc.so.6"]);
    assert_eq!(needs.glibc_at_least.as_deref(), Some("2.34"));
    assert_eq!(needs.interpreter.as_deref(), Some("/lib64/ld-linux-x86-64.so.2"));
    assert!(!needs.is_static() && !needs.musl() && !needs.symbols);
    let plain = read(&Executable::new("go1.24.3", "").bytes()).unwrap();
    assert!(plain[0].needs.is_static() && plain[0].info.lines().is_empty());
}

#[test]
fn without_sections_it_is_found_by_search() {
    let mut bytes = made();
    bytes[0x28..0x30].fill(0);
    bytes[0x3a..0x40].fill(0);
    let found = read(&bytes).unwrap();
    assert_eq!((found[0].found, &*found[0].info.version), (Found::Search, &b"go1.24.3"[..]));
    let at = bytes.windows(4).position(|four| four == b" Go ").unwrap();
    bytes[at] = b'x';
    assert!(matches!(read(&bytes), Err(Refused::NotGo)));
}

#[test]
fn pointers_of_both_orders_are_followed() {
    for (size, big) in [(8, false), (8, true), (4, true), (4, false)] {
        let mut bytes = made();
        let at = bytes.windows(4).position(|four| four == b" Go ").unwrap() - 1;
        let number = |number: u64| match (size, big) {
            (8, true) => number.to_be_bytes().to_vec(),
            (8, _) => number.to_le_bytes().to_vec(),
            (_, true) => (number as u32).to_be_bytes().to_vec(),
            _ => (number as u32).to_le_bytes().to_vec(),
        };
        // The text lies in the unused bytes of the lines.
        let base = 0x40_0000 + at as u64;
        let string = [number(base + 64), number(8)].concat();
        bytes[at + 14..at + 16].copy_from_slice(&[size as u8, u8::from(big)]);
        let pointer = number(base + 48);
        bytes[at + 16..at + 16 + pointer.len()].copy_from_slice(&pointer);
        bytes[at + 48..at + 48 + string.len()].copy_from_slice(&string);
        bytes[at + 64..at + 72].copy_from_slice(b"go1.16.9");
        let found = read(&bytes).unwrap();
        assert_eq!(found[0].info.version, b"go1.16.9", "{size} {big}");
        assert_eq!(found[0].recorded, Recorded::Pointers);
    }
}

#[test]
fn slices_and_archives_are_bounded() {
    let one = made();
    let member = |name: &str, bytes: &[u8]| {
        let head = format!("{name:<16}{:<12}{:<6}{:<6}{:<8}{:<10}`\n", 0, 0, 0, 644, bytes.len());
        let mut all = [head.as_bytes(), bytes].concat();
        all.resize(all.len().next_multiple_of(2), b'\n');
        all
    };
    let archive = [b"!<arch>\n".to_vec(), member("a.txt/", b"x"), member("go.o/", &one)].concat();
    let found = read(&archive).unwrap();
    assert_eq!((found.len(), found[0].part.as_deref()), (1, Some("go.o")));
    let nested = [b"!<arch>\n".to_vec(), member("in.a/", &archive)].concat();
    assert!(matches!(read(&nested), Err(Refused::NotGo)), "an archive in an archive stays closed");
    let package = member("__.PKGDEF/", b"go object plan9 386 go1.22.1 X:none\nbuild id\n");
    let found = read(&[b"!<arch>\n".to_vec(), package].concat()).unwrap();
    assert_eq!(found[0].info.version, b"go1.22.1");
    assert_eq!(found[0].os.as_deref(), Some("plan9"));
    // Two slices at the same place.
    let word = |number: u32| number.to_be_bytes();
    let slice = [word(7), word(3), word(4096), word(one.len() as u32), word(0)].concat();
    let mut fat = [word(0xcafe_babe).to_vec(), word(2).to_vec(), slice.clone(), slice].concat();
    fat.resize(4096, 0);
    fat.extend(&one);
    assert!(matches!(read(&fat), Err(Refused::Format)));
    fat[4..8].copy_from_slice(&word(1));
    assert_eq!(read(&fat).unwrap()[0].part.as_deref(), Some("amd64"));
}

/// Every byte, with values that mean much in headers, and every length.
#[test]
fn no_change_of_a_byte_makes_it_panic() {
    let whole = made();
    for at in 0..whole.len() {
        for value in [0, 1, 2, 0x7f, 0x80, 0xff, whole[at] ^ 1, whole[at].wrapping_add(8)] {
            let mut bytes = whole.clone();
            bytes[at] = value;
            let _ = read(&bytes);
        }
        let _ = read(&whole[..at]);
        // Offsets and sizes without bounds.
        let mut bytes = whole.clone();
        let end = (at + 8).min(bytes.len());
        bytes[at..end].fill(0xff);
        let _ = read(&bytes);
    }
}
