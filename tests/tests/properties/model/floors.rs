//! The model of floors: the floors of go.mod, go.work and `NAME+auto`, and the toolchains that run
//! for them.

use super::*;

impl Model<'_> {
    /// The result for a floor, by the rules of the book.
    pub(super) fn floor(&self, floor: &Floor, value: &Gotoolchain) -> Option<Expected> {
        let expected = match floor.wish {
            true => self.wish(floor, value)?,
            false => self.minimum(floor, value)?,
        };
        Some(self.or_way_out(expected))
    }

    pub(super) fn minimum(&self, floor: &Floor, value: &Gotoolchain) -> Option<Expected> {
        let base = self.base()?;
        let want = &floor.version;
        if base.version.as_ref().is_some_and(|version| version >= want) {
            return Some(self.in_base(base, floor, value));
        }
        let to_come = base.wants.as_ref().is_some_and(|wants| wants.is_above(want));
        let same = |release: &&'static str| parsed(release).same_minor(want);
        let best =
            self.above(floor).into_iter().max_by_key(|release| (same(release), parsed(release)));
        match best {
            Some(release) => {
                let asks = base.expected.asks.filter(|_| to_come);
                Some(Expected { asks, ..self.kept(release, value) })
            }
            None if to_come => Some(base.expected),
            None => self.asking(floor, value, self.without(floor, base, value)?),
        }
    }

    pub(super) fn wish(&self, floor: &Floor, value: &Gotoolchain) -> Option<Expected> {
        let want = &floor.version;
        let exactly = self.newest(|release| release == want);
        let named = floor.name.as_ref().filter(|_| !want.is_language());
        let custom = named.is_some_and(|name| toolchain::is_custom(name));
        if let Some(release) = exactly.filter(|_| named.is_some() && !custom) {
            return Some(self.kept(release, value));
        }
        // From here on, a default that makes no sense is an error.
        let base = self.base()?;
        if named.is_some() && base.version.as_ref() == Some(want) {
            return Some(self.in_base(base, floor, value));
        }
        if let Some(release) = exactly.filter(|_| custom) {
            return Some(self.kept(release, value));
        }
        let above = self.above(floor);
        let of_minor = above.iter().filter(|release| parsed(release).same_minor(want));
        if let Some(release) = of_minor.max_by_key(|release| parsed(release)) {
            return Some(self.kept(release, value));
        }
        let meanwhile = match above.iter().min_by_key(|release| parsed(release)) {
            Some(nearest) => self.kept(nearest, value),
            None => self.without(floor, base, value)?,
        };
        self.asking(floor, value, meanwhile)
    }

    /// The installed releases that meet the floor: prereleases only if it names one, and nothing
    /// else.
    pub(super) fn above(&self, floor: &Floor) -> Vec<&'static str> {
        let installed = self.world.installed.iter().copied();
        let all: Vec<&str> = installed.filter(|one| parsed(one) >= floor.version).collect();
        let releases: Vec<&str> =
            all.iter().copied().filter(|one| !parsed(one).is_prerelease()).collect();
        if releases.is_empty() && floor.version.is_prerelease() { all } else { releases }
    }

    /// The toolchain that runs if no installed one is for the floor, and none meets it.
    pub(super) fn without(
        &self,
        floor: &Floor,
        base: Base,
        value: &Gotoolchain,
    ) -> Option<Expected> {
        let meets = base.version.as_ref().is_some_and(|version| *version >= floor.version);
        if meets {
            return Some(self.in_base(base, floor, value));
        }
        let above = |wants: &Selector| wants.is_above(&floor.version);
        let to_come = base.expected.asks.is_some() && base.wants.as_ref().is_some_and(above);
        let modern = base.version.as_ref().is_some_and(|version| *version >= parsed("1.21"));
        if to_come || self.modules_off() || modern {
            return Some(base.expected);
        }
        Some(Expected { end: End::Missing, asks: None, gotoolchain: None })
    }

    /// The same, where the floor's own release may be installed first.
    pub(super) fn asking(
        &self,
        floor: &Floor,
        value: &Gotoolchain,
        meanwhile: Expected,
    ) -> Option<Expected> {
        let off = self.modules_off() && floor.of_module || value.up == Up::Path;
        let possible = !off && self.may_install(false);
        let asks = if possible { Some(floor.selector()) } else { meanwhile.asks.clone() };
        Some(Expected { asks, ..meanwhile })
    }

    pub(super) fn modules_off(&self) -> bool {
        self.variable("GO111MODULE").is_some_and(|value| value == b"off")
    }

    /// The base runs for a floor: the system's Go is kept where it is only for a wish.
    pub(super) fn in_base(&self, base: Base, floor: &Floor, value: &Gotoolchain) -> Expected {
        match (&base.expected.end, self.world.system) {
            (End::Runs(release), _) => self.kept(release, value),
            (End::System, Some(system)) if floor.wish => {
                let Expected { gotoolchain, .. } = self.kept(system, value);
                Expected { gotoolchain, ..base.expected }
            }
            _ => base.expected,
        }
    }

    /// `release` runs for a floor: does Go inside it stay there by itself?
    pub(super) fn kept(&self, release: &'static str, value: &Gotoolchain) -> Expected {
        let asked = self.go_answers_at_once();
        let old = parsed(release) < parsed("1.21");
        let goes_to = self.goes_to(release, value);
        let stays = goes_to == format!("go{release}") || self.modules_off() || asked || old;
        let up = if value.up == Up::Path { "path" } else { "auto" };
        // Go 1.21 goes on to its own version by another name, with any minimum.
        let line = self.module_file().and_then(|file| modfile::directive(&file.text, "toolchain"));
        let equal = line.and_then(|(text, _)| toolchain::name(&text)) == Some(parsed(release));
        let equal = equal && parsed(release).same_minor(&parsed("1.21"));
        let kept = if equal { "local".into() } else { format!("go{release}+{up}") };
        Expected { gotoolchain: (!stays).then_some(kept), ..runs(release) }
    }

    /// The toolchain that Go inside `release` would go to.
    pub(super) fn goes_to(&self, release: &str, value: &Gotoolchain) -> String {
        let mut chosen = value.name.clone().unwrap_or_else(|| format!("go{release}"));
        let mut least = toolchain::name(&chosen).expect("it was parsed");
        // Since 1.25 Go reads the module file for `p@v`, too.
        let reads = !self.call.is_package_at_version() || parsed(release) >= parsed("1.25");
        let Some(file) = self.module_file().filter(|_| reads) else { return chosen };
        let line = modfile::directive(&file.text, "toolchain").map(|(text, _)| text);
        if let Some(text) = line.filter(|text| !text.is_empty()) {
            // `default`, and names that Go refuses.
            let Some(named) = toolchain::name(&text) else { return chosen };
            let first = parsed(release).same_minor(&parsed("1.21"));
            if named > least || first && named == least {
                (chosen, least) = (text, named);
            }
        }
        if let Some((text, _)) = modfile::directive(&file.text, "go")
            && let Some(version) = version::parse(&text)
            && version > least
        {
            chosen = format!("go{text}{}", if version.is_language() { ".0" } else { "" });
        }
        chosen
    }
}
