//! What is decided of a target, by what was found out.

use super::need::{Needs, Weight};
use super::target::{Port, Target, takes_linker};

/// Whether a program can be built for a target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Without cgo.
    Pure,
    /// With cgo, by the compiler of this number among those that were looked for.
    Compiler(usize),
    /// It takes a C compiler, and there is none that works.
    Missing,
    /// Not at all.
    Unsupported(Bar),
}

/// What stands in the way. A stranger may have written its texts: escape them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Bar {
    /// The release does not build for that pair.
    Port,
    /// A package cannot be loaded there, and why; without a name no package is for that platform.
    Package(String, String),
    /// A package needs cgo, and the release has none there.
    Cgo,
}

impl Verdict {
    /// Whether it can be built.
    #[must_use]
    pub fn is_ready(&self) -> bool {
        matches!(self, Verdict::Pure | Verdict::Compiler(_))
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Verdict::Pure | Verdict::Compiler(_) => "ready",
            Verdict::Missing => "missing compiler",
            Verdict::Unsupported(_) => "unsupported",
        }
    }
}

/// Whether a build for a target takes a C compiler, whatever `CGO_ENABLED` says.
pub(super) fn takes_compiler(target: &Target, needs: &Needs) -> bool {
    needs.weight() == Some(Weight::Required) || takes_linker(target)
}

/// Decides. `enabled` is whether cgo is on as things are; `works` finds a compiler, and is asked only where one takes
/// part: with `true` where any will do, else for the one that Go would call.
pub(super) fn decide(
    (target, port): (&Target, Option<&Port>),
    needs: &Needs,
    enabled: bool,
    works: &mut dyn FnMut(bool) -> Option<usize>,
) -> Verdict {
    let Some(port) = port else { return Verdict::Unsupported(Bar::Port) };
    if let Some((package, why)) = &needs.unloaded {
        return Verdict::Unsupported(Bar::Package(package.clone(), why.clone()));
    }
    let must = takes_compiler(target, needs);
    if must && !port.cgo {
        return Verdict::Unsupported(Bar::Cgo);
    }
    if let Some((package, why)) = &needs.unloaded_with {
        return match must {
            true => Verdict::Unsupported(Bar::Package(package.clone(), why.clone())),
            false => Verdict::Pure,
        };
    }
    match (must, enabled && needs.weight().is_some()) {
        (true, _) => works(true).map_or(Verdict::Missing, Verdict::Compiler),
        (false, true) => works(false).map_or(Verdict::Pure, Verdict::Compiler),
        (false, false) => Verdict::Pure,
    }
}

#[cfg(test)]
mod tests {
    use super::super::need::User;
    use super::super::target::port;
    use super::*;

    fn needs(weight: Option<Weight>) -> Needs {
        let user = |weight| User {
            package: "d".to_owned(),
            module: None,
            weight,
            chain: vec!["m".to_owned(), "d".to_owned()],
            pkg_config: Vec::new(),
        };
        Needs { users: weight.map(user).into_iter().collect(), ..Needs::default() }
    }

    /// Decides for a pair by Go 1.27, where the compiler of Go's own choice, and any other, works or not.
    fn decided(
        pair: &str,
        weight: Option<Weight>,
        enabled: bool,
        [own, any]: [bool; 2],
    ) -> Verdict {
        let target = Target::parse(pair).unwrap();
        let mut works = |others: bool| match (own, any && others) {
            (true, _) => Some(0),
            (_, true) => Some(1),
            _ => None,
        };
        let port = port(&target, 27);
        decide((&target, port.as_ref()), &needs(weight), enabled, &mut works)
    }

    #[test]
    fn a_compiler_takes_part_where_cgo_does() {
        use Verdict::{Compiler, Missing, Pure, Unsupported};
        let (standard, required) = (Some(Weight::Standard), Some(Weight::Required));
        for (pair, weight, enabled, works, expected) in [
            ("linux/arm64", None, true, [true, true], Pure),
            ("linux/arm64", standard, false, [true, true], Pure),
            ("linux/amd64", standard, true, [true, true], Compiler(0)),
            // Another compiler than the one that Go calls is for those that cannot do without.
            ("linux/amd64", standard, true, [false, true], Pure),
            ("linux/amd64", Some(Weight::Optional), false, [true, true], Pure),
            ("linux/arm64", required, false, [true, true], Compiler(0)),
            ("linux/arm64", required, false, [false, true], Compiler(1)),
            ("linux/arm64", required, true, [false, false], Missing),
            ("plan9/amd64", required, false, [true, true], Unsupported(Bar::Cgo)),
            ("plan9/amd64", standard, false, [false, false], Pure),
            ("windows/arm", None, false, [true, true], Unsupported(Bar::Port)),
            ("ios/arm64", None, false, [false, false], Missing),
            ("android/arm64", None, false, [false, false], Pure),
        ] {
            let verdict = decided(pair, weight, enabled, works);
            assert_eq!(verdict, expected, "{pair} {weight:?} {enabled} {works:?}");
        }
    }

    #[test]
    fn a_package_that_is_for_other_systems_bars_it() {
        let target = Target::parse("linux/arm64").unwrap();
        let unloaded = Some(("m/w".to_owned(), "excluded".to_owned()));
        let needs = Needs { unloaded, ..needs(Some(Weight::Required)) };
        let port = port(&target, 27);
        let verdict = decide((&target, port.as_ref()), &needs, true, &mut |_| Some(0));
        let bar = Bar::Package("m/w".to_owned(), "excluded".to_owned());
        assert_eq!((verdict.is_ready(), &verdict), (false, &Verdict::Unsupported(bar)));
        // One that fails with cgo alone bars what cannot do without.
        for (weight, ready) in [(Some(Weight::Required), false), (Some(Weight::Standard), true)] {
            let unloaded_with = Some(("m/w".to_owned(), "no such file".to_owned()));
            let needs = Needs { unloaded_with, ..self::needs(weight) };
            let verdict = decide((&target, port.as_ref()), &needs, true, &mut |_| Some(0));
            assert_eq!(
                (verdict.is_ready(), verdict == Verdict::Pure),
                (ready, ready),
                "{weight:?}"
            );
        }
    }
}
