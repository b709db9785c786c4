//! The selection contract, in process: every case of `select/*.txt` on a machine in memory.

use std::io::Write as _;

use goward_tests::select::{World, cases, inprocess};

#[test]
fn every_case_holds_in_process() {
    let all = cases().expect("the case files are well formed");
    let only = std::env::var("SELECT_CASE").unwrap_or_default();
    let (mut passed, mut failures) = (0, Vec::new());
    for case in all.iter().filter(|case| case.id.starts_with(&only)) {
        if case.only == Some(World::Disk) {
            continue;
        }
        let wrong = inprocess::run(case);
        if wrong.is_empty() {
            passed += 1;
        } else {
            let wrong = wrong.join("\n    ");
            failures.push(format!("{} ({})\n  {}\n    {wrong}", case.id, case.place, case.title));
        }
    }
    let counts = format!("{} cases; in process {passed} hold, {} fail", all.len(), failures.len());
    writeln!(std::io::stderr(), "{counts}").expect("stderr is open");
    assert!(passed + failures.len() > 0, "no case begins with {only:?}");
    assert!(failures.is_empty(), "{} cases fail:\n{}", failures.len(), failures.join("\n"));
}
