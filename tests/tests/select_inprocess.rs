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

#[test]
fn no_row_and_no_bad_input_is_missing() {
    let all = cases().expect("the case files are well formed");
    let stands = |prefix: &str| {
        all.iter().any(|case| {
            let rest = case.id.strip_prefix(prefix);
            rest.is_some_and(|rest| !rest.starts_with(|c: char| c.is_ascii_digit()))
        })
    };
    for row in 1..=63 {
        assert!(stands(&format!("M{row:02}")), "row {row} of the matrix has no case");
        let named = |case: &goward_tests::select::Case| {
            let number = case.id[1..].split(|c: char| !c.is_ascii_digit()).next();
            !case.id.starts_with('M')
                || number.and_then(|n| n.parse().ok()) != Some(row)
                || case.title.starts_with(&format!("Row {row}"))
        };
        assert!(all.iter().all(named), "a case of row {row} does not name it first");
    }
    for input in 1..=80 {
        assert!(stands(&format!("B{input:02}")), "bad input {input} has no case");
    }
}
