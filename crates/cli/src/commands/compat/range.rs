//! A range of minors, as `--matrix` has it.

use goward_resolver::Version;

/// From one minor to another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Range {
    from: Version,
    /// `None` for the newest known.
    to: Option<Version>,
}

impl Range {
    /// `1.21..1.27`, `1.21..latest` or `1.21..`.
    pub(super) fn parse(text: &str) -> Result<Range, String> {
        let wrong = || "write two minors such as 1.21..1.27, or 1.21..latest".to_owned();
        let (from, to) = text.split_once("..").ok_or_else(wrong)?;
        let minor = |text: &str| super::version(text).map(|version| version.language()).ok();
        let from = minor(from).ok_or_else(wrong)?;
        let to = match to {
            "" | "latest" => None,
            to => Some(minor(to).ok_or_else(wrong)?),
        };
        match &to {
            Some(to) if *to < from => Err(format!("{to} comes before {from}")),
            _ => Ok(Range { from, to }),
        }
    }

    /// Whether it holds a minor.
    pub(super) fn holds(&self, minor: &Version) -> bool {
        *minor >= self.from && self.to.as_ref().is_none_or(|to| minor <= to)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ends_may_be_open() {
        let minors = ["1.20", "1.21", "1.24", "1.27"].map(|text| Version::parse(text).unwrap());
        let held = |range: &str| {
            let range = Range::parse(range).unwrap();
            minors.iter().filter(|minor| range.holds(minor)).count()
        };
        assert_eq!([held("1.21..1.24"), held("1.21..latest"), held("go1.24.3..")], [2, 3, 2]);
        for wrong in ["", "..", "1.21", "1.24..1.21", "latest..1.21", "1.21..x", "1.21...1.24"] {
            assert!(Range::parse(wrong).is_err(), "{wrong}");
        }
    }
}
