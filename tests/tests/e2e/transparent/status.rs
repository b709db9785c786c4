//! How a run ends: the shim is gone by then.

use super::start::Stage;

#[test]
fn every_exit_code_passes() {
    let stage = Stage::new("every");
    for code in 0..=255 {
        let start = stage.start().var("STATE_THEN", format!("exit {code}"));
        let end = start.run(&stage, &stage.sandbox.shim());
        assert_eq!(end.status.code(), Some(code), "{end}");
        assert_eq!(end.stderr, "", "{end}");
    }
}
