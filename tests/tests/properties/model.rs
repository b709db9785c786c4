//! The chain a second time: the book's pages "The chain", "Pins, floors and conflicts" and "What Go
//! is given", written down in their order, without a thought for speed. It shares no code with the
//! resolver. Everything lies below the base directory of [`World`], `/t`.

use crate::reference::environment::{self, Setting, Tier};
use crate::reference::invocation::{self, Call};
use crate::reference::modfile;
use crate::reference::selector::Selector;
use crate::reference::toolchain::{self, Gotoolchain, Up};
use crate::reference::version::{self, Version};
use crate::world::{File, World};

#[path = "model/floors.rs"]
mod floors;
#[path = "model/pins.rs"]
mod pins;
#[path = "model/settings.rs"]
mod settings;

use pins::{go_version, selector_in};

/// How a call ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// Status 125: a setting makes no sense, or the shim must not follow it.
    Refused,
    /// Status 127: there is no toolchain that may run.
    Missing,
    /// This toolchain of the store runs.
    Runs(&'static str),
    /// The system's Go runs.
    System,
    /// Any toolchain that is there runs.
    AtHand,
    /// Any toolchain that is there may run.
    Perhaps,
}

/// The expected result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Expected {
    pub(crate) end: End,
    /// The selector that the shim asks goward to install first.
    pub(crate) asks: Option<Selector>,
    /// The child's `GOTOOLCHAIN` if it differs from the caller's.
    pub(crate) gotoolchain: Option<String>,
}

/// The floor of a module file or of `NAME+auto`.
#[derive(Clone, Debug)]
struct Floor {
    version: Version,
    /// The toolchain, if a toolchain line or `GOTOOLCHAIN` wishes for one.
    name: Option<String>,
    /// Whether it is a wish for a minor, and not a minimum.
    wish: bool,
    /// Whether the module file asks.
    of_module: bool,
}

impl Floor {
    /// The selector that goward installs for it: the named release, or the newest of the minor.
    fn selector(&self) -> Selector {
        if self.name.is_some() && !self.version.is_language() {
            return Selector::Exact(self.version.clone());
        }
        Selector::Conditions(vec![("=".into(), self.version.language())])
    }
}

/// How the lines of a module file are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Lines {
    Usual,
    Minor,
    Minimum,
}

/// The base: the toolchain that runs without a module file.
struct Base {
    expected: Expected,
    /// The version of the toolchain that is there.
    version: Option<Version>,
    /// The selector that goward would have to install.
    wants: Option<Selector>,
}

/// The files and variables that one call reads.
pub(crate) struct Model<'w> {
    world: &'w World,
    call: Call,
    goenv: Vec<Setting>,
    /// The directories that files are looked for in, nearest first.
    directories: Vec<String>,
}

/// The model's result for `world`.
pub(crate) fn expect(world: &World) -> Expected {
    let refused = Expected { end: End::Refused, asks: None, gotoolchain: None };
    let Some(model) = Model::read(world) else { return refused };
    // A call that mends a GOTOOLCHAIN without a meaning goes through, with any other fault.
    let mends = model.call.repairs_gotoolchain() && model.call.selector.is_none();
    let broken =
        model.variable("GOTOOLCHAIN").is_some_and(|v| toolchain::gotoolchain(&v).is_none());
    let mut expected = match model.decide() {
        None if mends && broken => model.at_hand(),
        decided => decided.unwrap_or(refused),
    };
    if !matches!(expected.end, End::Runs(_) | End::System) {
        expected.gotoolchain = None;
        return expected;
    }
    if model.go_answers_at_once() {
        expected.gotoolchain = None;
    }
    let (had, own) = (model.env("GOTOOLCHAIN"), model.goenv_value("GOTOOLCHAIN"));
    if expected.gotoolchain.is_none() && had.is_none() {
        // The shim exports a value that the `.goenv` sets and the caller does not.
        expected.gotoolchain = own.map(|value| String::from_utf8_lossy(&value).into_owned());
    }
    let same = |value: &String| Some(value.as_bytes()) == had;
    if expected.gotoolchain.as_ref().is_some_and(same) {
        expected.gotoolchain = None;
    }
    expected
}

fn runs(release: &'static str) -> Expected {
    Expected { end: End::Runs(release), asks: None, gotoolchain: None }
}

fn parsed(release: &str) -> Version {
    version::parse(release).expect("the world has real versions")
}

impl<'w> Model<'w> {
    /// Reads the files of every call; `None` if a `.goenv` forbids it to go on.
    fn read(world: &'w World) -> Option<Model<'w>> {
        let call = invocation::parse(&world.argv);
        let mut start = world.cwd.to_string();
        if let Some(dir) = &call.chdir {
            start = format!("{start}/{}", String::from_utf8_lossy(dir));
        }
        let mut directories = vec![start.clone()];
        while let Some(slash) = start.rfind('/') {
            start.truncate(slash);
            directories.push(start.clone());
        }
        directories.push(String::new());
        let mut model = Model { world, call, goenv: Vec::new(), directories };
        if let Some(file) = model.nearest(".goenv") {
            model.goenv = environment::goenv(&file.text).ok()?;
            let guarded = model.goenv.iter().any(|setting| setting.tier == Tier::Guarded);
            let hiding = model.goenv.iter().any(|setting| model.hides(setting));
            if (guarded || hiding) && (file.foreign || !file.trusted) {
                return None;
            }
        }
        Some(model)
    }

    /// Nine levels, the first that names a toolchain decides. `None` is a refusal.
    fn decide(&self) -> Option<Expected> {
        let lines = self.lines()?;
        if let Some(text) = &self.call.selector {
            return self.pin(&selector_in(text, true)?, true);
        }
        if let Some(text) = self.env("GOWARD_VERSION") {
            return self.pin(&selector_in(text, true)?, false);
        }
        let value = self.variable("GOTOOLCHAIN");
        let value = match value {
            None => Gotoolchain { name: None, up: Up::Auto },
            Some(text) => toolchain::gotoolchain(&text)?,
        };
        match (&value.name, value.up) {
            (Some(name), Up::No) => return Some(self.named(name)),
            (Some(name), _) => {
                let version = toolchain::name(name)?;
                let name = Some(name.clone());
                let own = Floor { version, name, wish: true, of_module: false };
                let floor = match self.module_floor(lines) {
                    Some(module) if module.version > own.version => module,
                    _ => own,
                };
                return self.floor(&floor, &value);
            }
            (None, _) => {}
        }
        if let Some(words) = self.pin_file() {
            return self.pin(&self.preferred(&words?, false)?, false);
        }
        match self.module_floor(lines) {
            Some(floor) => self.floor(&floor, &value),
            None => Some(self.or_way_out(self.base()?.expected)),
        }
    }

    /// The two commands that Go answers before it looks at `GOTOOLCHAIN`.
    fn go_answers_at_once(&self) -> bool {
        let words: Vec<&[u8]> = self.call.words.iter().map(Vec::as_slice).collect();
        match words[..] {
            [b"env", b"GOTOOLCHAIN"] => true,
            [b"env", b"-w", setting] => setting.starts_with(b"GOTOOLCHAIN="),
            _ => false,
        }
    }

    /// Level 6: the floor of the module file, if the call looks at it.
    fn module_floor(&self, lines: Lines) -> Option<Floor> {
        let local = self.variable("GOTOOLCHAIN").is_some_and(|value| value == b"local");
        if local || self.call.is_package_at_version() {
            return None;
        }
        let modern = |version: &Version| *version >= parsed("1.21");
        let file = self.module_file()?;
        let (least, raised) = insisted(file);
        let least = least.filter(modern);
        let named = modfile::directive(&file.text, "toolchain")
            .and_then(|(text, _)| Some((toolchain::name(&text)?, text)))
            .filter(|(version, _)| modern(version))
            .filter(|(version, _)| least.as_ref().is_none_or(|least| version >= least));
        if let Some((version, name)) = named {
            let wish = lines != Lines::Minimum;
            return Some(Floor { version, name: wish.then_some(name), wish, of_module: true });
        }
        let wish = lines == Lines::Minor && !raised;
        Some(Floor { version: least?, name: None, wish, of_module: true })
    }

    /// The version on which Go will insist, for pins.
    fn stated_floor(&self) -> Option<Version> {
        if self.call.is_package_at_version() { None } else { insisted(self.module_file()?).0 }
    }

    /// The module file that Go would read.
    fn module_file(&self) -> Option<&'w File> {
        match self.variable("GOWORK").as_deref() {
            Some(b"off") => self.nearest("go.mod"),
            None | Some(b"auto") => self.nearest("go.work").or_else(|| self.nearest("go.mod")),
            Some(path) if path.starts_with(b"/") => {
                let named = |file: &&File| format!("/t/{}", file.path()).as_bytes() == path;
                self.world.files.iter().find(named).or_else(|| self.nearest("go.mod"))
            }
            // Go refuses it, and says so itself.
            Some(_) => None,
        }
    }

    /// Whether goward may install a toolchain: an explicit request (`asked`) or `GOTOOLCHAIN` allows it.
    fn may_install(&self, asked: bool) -> bool {
        let allowed = match self.variable("GOTOOLCHAIN") {
            None => true,
            Some(value) => toolchain::gotoolchain(&value).is_none_or(|value| {
                value.up == Up::Auto || value.up == Up::No && value.name.is_some()
            }),
        };
        let possible = self.world.may_install && self.env("GOWARD_OFFLINE").is_none();
        possible && (asked || allowed)
    }

    /// The newest installed release that `fits`.
    fn newest(&self, fits: impl Fn(&Version) -> bool) -> Option<&'static str> {
        let installed = self.world.installed.iter().copied();
        installed.filter(|release| fits(&parsed(release))).max_by_key(|release| parsed(release))
    }

    /// `GOTOOLCHAIN` as a value names one: that release, nothing else, and Go honours it itself.
    fn named(&self, name: &str) -> Expected {
        let want = toolchain::name(name).expect("it was parsed");
        let found = self.newest(|release| *release == want && !toolchain::is_custom(name));
        if let Some(release) = found {
            return runs(release);
        }
        let asks = (self.may_install(false) && !toolchain::is_custom(name))
            .then_some(Selector::Exact(want));
        self.or_way_out(Expected { end: End::Missing, asks, gotoolchain: None })
    }

    /// A pin by a selector of goward's; `asked` if the command line says it.
    fn pin(&self, want: &Selector, asked: bool) -> Option<Expected> {
        let local = Some("local".to_string());
        let outside = !asked && self.call.is_package_at_version() && !self.call.gofmt;
        let downloads = self.may_download();
        let gotoolchain = if outside && downloads { Some("auto".into()) } else { local };
        if *want == Selector::System {
            return Some(self.or_way_out(self.system()));
        }
        // If no release of the selector can meet the floor, goward need not ask a server.
        let reaches = |floor: &Version| match want {
            Selector::Exact(_) => false,
            want => !want.is_below(floor),
        };
        let floor = self.stated_floor().filter(reaches);
        let meets = |release: &Version| floor.as_ref().is_none_or(|floor| release >= floor);
        let asks = (installable(want) && self.may_install(asked)).then(|| want.clone());
        if let Some(release) = self.newest(|release| want.matches(release) && meets(release)) {
            // Who types it means the newest that there is.
            let asks = asks.filter(|want| asked && *want == Selector::Latest);
            return Some(Expected { asks, gotoolchain, ..runs(release) });
        }
        let next_best = self.newest(|release| want.matches(release));
        let end = next_best.map_or(End::Missing, End::Runs);
        Some(self.or_way_out(Expected { end, asks, gotoolchain }))
    }

    /// Whether Go may go up for a tool by itself.
    fn may_download(&self) -> bool {
        let allowed = self.variable("GOTOOLCHAIN").is_none_or(|value| {
            toolchain::gotoolchain(&value).is_some_and(|value| value.up == Up::Auto)
        });
        allowed && self.env("GOWARD_OFFLINE").is_none()
    }

    /// Levels 7 to 9.
    fn base(&self) -> Option<Base> {
        let passed = self.directories.iter().any(|dir| dir == "home");
        let at_home = if passed && self.home_is_a_project() { None } else { self.pin_in("home") };
        let default = self.world.default.as_ref();
        let default = default.map(|text| go_version(text));
        // Only goward's own default may name a link, and it goes before other users'.
        let (at_home, default) = (at_home.map(|said| (said, false)), default.map(|s| (s, true)));
        let chosen = match self.home_is_anothers() {
            true => default.or(at_home),
            false => at_home.or(default),
        };
        let mut wants = None;
        let expected = if let Some((said, linked)) = chosen {
            let want = self.preferred(&said?, linked)?;
            wants = Some(want.clone()).filter(installable);
            self.default(&want)
        } else {
            let newest = self.newest(|release| !release.is_prerelease());
            match (self.world.system, newest) {
                (None, Some(release)) => runs(release),
                _ => self.system(),
            }
        };
        let version = match (&expected.end, self.world.system) {
            (End::Runs(release), _) => Some(parsed(release)),
            (End::System, system) => system.map(parsed),
            _ => None,
        };
        // If goward may install nothing, no toolchain will come.
        let wants = wants.filter(|_| expected.asks.is_some());
        Some(Base { expected, version, wants })
    }

    fn default(&self, want: &Selector) -> Expected {
        if *want == Selector::System {
            return self.system();
        }
        if let Some(release) = self.newest(|release| want.matches(release)) {
            return runs(release);
        }
        let asks = (installable(want) && self.may_install(false)).then(|| want.clone());
        Expected { end: End::Missing, asks, gotoolchain: None }
    }

    /// The next Go on PATH, untouched.
    fn system(&self) -> Expected {
        let end = if self.world.system.is_some() { End::System } else { End::Missing };
        Expected { end, asks: None, gotoolchain: None }
    }

    /// A command that shows or mends settings runs with any toolchain at hand, and installs
    /// nothing. A user who asks for a toolchain in that very command means that one.
    fn or_way_out(&self, expected: Expected) -> Expected {
        let stuck = expected.asks.is_some() || expected.end == End::Missing;
        let mends = self.call.repairs_gotoolchain() && self.call.selector.is_none();
        if stuck && mends { self.at_hand() } else { expected }
    }

    fn at_hand(&self) -> Expected {
        // An older Go does not know the variable, and may or may not be any help.
        let modern = |release: &&str| parsed(release) >= parsed("1.21");
        let known = self.world.installed.iter().chain(&self.world.system).any(modern);
        let end = if known { End::AtHand } else { End::Perhaps };
        Expected { end, asks: None, gotoolchain: None }
    }
}

/// The version on which Go insists by a module file: its go line, raised by its directives, and
/// whether these raised it.
fn insisted(file: &File) -> (Option<Version>, bool) {
    let says = modfile::directive(&file.text, "toolchain").map(|(text, _)| text);
    let says = says.filter(|text| !text.is_empty());
    let go = modfile::directive(&file.text, "go").and_then(|(text, _)| version::parse(&text));
    let go = go.filter(|_| says.is_none_or(|text| toolchain::name(&text).is_some()));
    match (go, modfile::feature(&file.text)) {
        (go, Some((since, ..))) if go.as_ref().is_none_or(|go| since > *go) => (Some(since), true),
        (go, _) => (go, false),
    }
}

/// Whether there is anything that could be installed for it.
fn installable(want: &Selector) -> bool {
    !matches!(want, Selector::Linked(_) | Selector::System)
}
