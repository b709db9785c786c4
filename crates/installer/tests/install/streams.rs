//! Archives that end too early or too late, or are no archives.

use crate::dist::{World, chain, toolchain};
use goward_installer::ErrorKind;
use goward_testkit::tar::gzip;

fn refused(id: &str, archive: &[u8], says: &str) {
    let error = World::with_archive(archive, "tar.gz").fails();
    assert_eq!(error.kind(), ErrorKind::Verification, "{id}: {}", chain(&error));
    assert!(chain(&error).contains(says), "{id}: {}", chain(&error));
}

#[test]
fn damaged_streams_are_refused() {
    let tar = toolchain();
    let (bytes, gz) = (tar.bytes(), tar.gz());
    refused("B109", &gzip(&tar.cut()), "no end mark");
    refused("B110 tar", &gzip(&bytes[..1300]), "the tar archive is damaged");
    refused("B110 gzip", &gz[..gz.len() / 2], "gzip stream is damaged");
    let mut one_zero_block = tar.cut();
    one_zero_block.extend([0; 512]);
    refused("B111", &gzip(&one_zero_block), "no end mark");
    refused("B112 tar", &gzip(&[&bytes[..], b"junk"].concat()), "after the end of the archive");
    refused("B112 gzip", &[&gz[..], b"junk"].concat(), "after the end of the gzip stream");
    let mut crc = gz.clone();
    let at = crc.len() - 8;
    crc[at] ^= 1;
    refused("B113", &crc, "gzip stream is damaged");
    refused("B114", &gz[..gz.len() - 5], "gzip stream is damaged");
    refused("B115", &[gz.clone(), gzip(b"")].concat(), "after the end of the gzip stream");
    refused("B120", b"<html>sign in, please</html>", "gzip stream is damaged");
    refused("B121", b"PK\x03\x04 and so on", "gzip stream is damaged");
    refused("B122", b"", "gzip stream is damaged");
}

#[test]
fn b116_bombs_stop_early() {
    let mut tar = toolchain();
    tar.file("go/zeros", &vec![0; 120 << 20]);
    refused("B116", &tar.gz(), "it unpacks to more than");
}

#[test]
fn b118_sizes_that_lie_are_noticed() {
    let mut tar = toolchain();
    tar.header(b"go/huge", b'0', 0o644, (8 << 30) - 1);
    refused("B118 huge", &tar.gz(), "too large");
    let mut tar = toolchain();
    tar.header(b"go/short", b'0', 0o644, 100 << 10).content(b"short");
    refused("B118 short", &gzip(&tar.cut()), "shorter than it says");
}
