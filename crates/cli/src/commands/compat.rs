//! `goward compat`: which toolchains a module can have.

mod asked;
mod json;
mod pin;
mod range;
mod text;
mod trials;

use crate::context::Context;
use crate::failure::{Exit, Failure, Result};
use clap::{Args, ValueHint};
use goward_resolver::Version;
use range::Range;
use std::path::PathBuf;

/// Shows.
#[derive(Debug, Args)]
#[command(after_help = "\
It runs Go on this tree, and may use the network as `go list` does; --offline forbids that. Packages with cgo
run compilers and pkg-config. It asks the newest Go that is installed and meets the go line, with copies of
go.mod and go.work: no file here changes. With --test the module's own tests run, and may do anything.
A go line, the dependencies, directives, imports, symbols of the standard library and the language say
which release is the least. Nothing old has to be installed for that. --build and --matrix try what is.

Examples:
  goward compat                            the least release, why, and which to take
  goward compat --build                    the same, and try the least and the newest that are installed
  goward compat --matrix 1.21..latest      build and vet with the newest patch of each minor
  goward compat --at-most 1.22             for CI: status 7 if it needs more than Go 1.22
  goward compat --from 1.24 --to 1.27      also what that upgrade changes though the go line stays
  goward use \"$(goward compat --print)\"    pin the release that it says to take")]
pub(crate) struct Compat {
    /// The directory of the module or workspace [default: this one]
    #[arg(value_name = "DIR", value_hint = ValueHint::DirPath)]
    dir: Option<PathBuf>,
    /// Try installed releases: from the least on until one builds, and from the newest down
    #[arg(long, conflicts_with_all = ["matrix", "print"])]
    build: bool,
    /// Also run the tests where something is tried
    #[arg(long)]
    test: bool,
    /// Try the newest installed patch of each minor from A to B (latest: the newest known)
    #[arg(long, value_name = "A..B", value_parser = Range::parse, conflicts_with = "print")]
    matrix: Option<Range>,
    /// Print only the release to take
    #[arg(long, conflicts_with = "json")]
    print: bool,
    /// End with status 7 if it needs a later release than this one (1.22: any patch of it)
    #[arg(long, value_name = "VERSION", value_parser = version)]
    at_most: Option<Version>,
    /// The release before an upgrade [default: that of the pin, else of the go line]
    #[arg(long, value_name = "VERSION", value_parser = version)]
    from: Option<Version>,
    /// The release behind an upgrade [default: the newest known]
    #[arg(long, value_name = "VERSION", value_parser = version)]
    to: Option<Version>,
    /// Print JSON (its fields: see the page JSON of the book)
    #[arg(long)]
    json: bool,
}

impl Compat {
    pub(crate) fn run(self, cx: &mut Context) -> Result<()> {
        if self.test && !self.build && self.matrix.is_none() {
            let message = "--test needs --build or --matrix: only they try releases";
            return Err(Failure::new(Exit::Usage, message).hint("add --build"));
        }
        if let Some(dir) = &self.dir {
            cx.ask_about(dir)?;
        }
        let told = asked::ask(cx, &self)?;
        if self.print {
            let take = told.recommended.as_ref().ok_or_else(|| told.nothing_to_take())?;
            cx.output.line(take.version.as_str());
            text::untidy(&told).iter().for_each(|line| cx.output.warning(line));
        } else if self.json {
            json::print(cx, &told)?;
        } else {
            text::print(cx, &told);
        }
        self.judge(&told)
    }

    /// Whether it may need what it needs, and builds where its go line says so.
    fn judge(&self, told: &asked::Told) -> Result<()> {
        let floor = &told.report.floor;
        if let Some(most) = &self.at_most
            && is_above(floor, most)
        {
            let report = &told.report;
            let message = match report
                .above
                .as_ref()
                .filter(|above| above.language() < most.language())
            {
                // None of the releases between was tried.
                Some(above) => format!(
                    "Go {above} does not pass and Go {floor} does; {most} may, and is not installed"
                ),
                None => format!("it needs Go {floor}, which is more than {most}"),
            };
            return Err(Failure::new(Exit::Found, message));
        }
        let Some(hole) = told.hole().filter(|_| self.matrix.is_some()) else { return Ok(()) };
        let (version, fails) = (&hole.version, hole.fails_at());
        let message = format!("Go {version} {fails}, although the go line promises that version");
        Err(Failure::new(Exit::Found, message))
    }
}

/// Whether a floor is above the release, or the minor, that is the most.
fn is_above(floor: &Version, most: &Version) -> bool {
    match *most == most.language() {
        true => floor.language() > *most,
        false => floor > most,
    }
}

/// A version with or without `go`.
fn version(text: &str) -> std::result::Result<Version, String> {
    let bare = text.strip_prefix("go").unwrap_or(text);
    Version::parse(bare).ok_or_else(|| "write a version such as 1.22 or 1.22.10".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_minor_is_all_its_patches() {
        for (floor, most, expected) in [
            ("1.22", "1.22", false),
            ("1.22.5", "1.22", false),
            ("1.22.5", "1.22.4", true),
            ("1.22", "1.22.4", false),
            ("1.23", "1.22.10", true),
            ("1.20", "1.20", false),
            ("1.9", "1.10", false),
        ] {
            let [floor, most] = [floor, most].map(|text| version(text).unwrap());
            assert_eq!(is_above(&floor, &most), expected, "{floor} {most}");
        }
        assert_eq!(version("go1.22.10").unwrap().as_str(), "1.22.10");
        assert!(version("latest").is_err());
    }
}
