//! Weighing the chain: the first level that names a toolchain wins.

use crate::chain::Chain;
use crate::error::Error;
use crate::go_line::GoLine;
use crate::gotoolchain::{Gotoolchain, Mode};
use crate::level::ChainLevel;
use crate::modfile::Floor;
use crate::policy::Minimum;
use crate::printable::quoted;
use crate::resolve::Resolver;
use crate::selection::{Selection, Want};
use crate::selector::Selector;
use crate::source::Source;
use crate::text;

/// The variable that selects above all files.
pub(crate) const VERSION: &str = "GOWARD_VERSION";

/// Levels 1 to 6, by the user's policy.
#[inline(never)]
pub(crate) fn select(resolver: &Resolver<'_>) -> Result<Selection, Error> {
    let chain = resolver.chain;
    let minimum = Minimum::of(chain.env())?;
    let mut question = Question::new(resolver, chain.go_line()?);
    let mut selection = Selection::base();
    for level in ChainLevel::ALL.iter().take(ChainLevel::SELECTING) {
        if question.answer(*level, &mut selection)? {
            break;
        }
    }
    if let Some(minimum) = minimum {
        minimum.judge(&mut selection)?;
    }
    Ok(selection)
}

/// Which toolchain is wanted: asked of one level after the other.
pub(crate) struct Question<'r> {
    resolver: &'r Resolver<'r>,
    lines: GoLine,
    /// The one `GOTOOLCHAIN` that counts, from the second level on.
    pub(crate) gotoolchain: Option<(Gotoolchain, Source)>,
}

impl<'r> Question<'r> {
    pub(crate) fn new(resolver: &'r Resolver<'r>, lines: GoLine) -> Question<'r> {
        Question { resolver, lines, gotoolchain: None }
    }

    /// Whether the next level names a toolchain, which then is what is `selected`: a selection is too
    /// large to be handed on from function to function. Levels from the default on are asked by
    /// [`Resolver::base`].
    #[inline(never)]
    pub(crate) fn answer(
        &mut self,
        level: ChainLevel,
        selected: &mut Selection,
    ) -> Result<bool, Error> {
        let chain = self.resolver.chain;
        match level {
            ChainLevel::CommandLine => match chain.invocation.selector {
                Some(text) => by_text(text, "+", Source::CommandLine, selected),
                None => Ok(false),
            },
            ChainLevel::Environment => match chain.env().get(VERSION) {
                Some(text) => {
                    by_text(text, "GOWARD_VERSION=", Source::Environment(VERSION), selected)
                }
                None => {
                    self.gotoolchain = chain.gotoolchain()?;
                    self.by_gotoolchain(level, selected)
                }
            },
            ChainLevel::Goenv | ChainLevel::GoEnvFile => self.by_gotoolchain(level, selected),
            ChainLevel::PinFile => self.by_pin(selected),
            ChainLevel::Module => self.by_module(selected),
            ChainLevel::Default | ChainLevel::System | ChainLevel::Newest => Ok(false),
        }
    }

    #[inline(never)]
    fn by_pin(&self, selected: &mut Selection) -> Result<bool, Error> {
        let Some(pin) = self.resolver.chain.parsed_pin()? else { return Ok(false) };
        selected.want = Want::Pin(self.resolver.preferred(&pin)?);
        selected.source = Source::PinFile(pin.origin);
        Ok(true)
    }

    #[inline(never)]
    fn by_module(&self, selected: &mut Selection) -> Result<bool, Error> {
        let value = self.gotoolchain.as_ref();
        let value = value.map_or(&Gotoolchain::AUTO, |(value, _)| value);
        let module = module_floor(self.resolver.chain, value, self.lines)?;
        Ok(module.map(|module| floor(module, value.mode, selected)).is_some())
    }

    /// The layer that sets `GOTOOLCHAIN`, if it is this level.
    #[inline(never)]
    fn by_gotoolchain(&self, level: ChainLevel, selected: &mut Selection) -> Result<bool, Error> {
        let Some((value @ Gotoolchain { name: Some(name), mode }, source)) = &self.gotoolchain
        else {
            return Ok(false);
        };
        if source.level() != Some(level) {
            return Ok(false);
        }
        let chain = self.resolver.chain;
        if *mode == Mode::Fixed {
            selected.want = Want::Name(name.clone());
            selected.source = source.clone();
            return Ok(true);
        }
        let own = Floor {
            version: name.version().clone(),
            name: Some(name.clone()),
            wish: true,
            feature: None,
            source: source.clone(),
        };
        // The file raises `NAME+auto` only if it asks for more than NAME.
        let module = module_floor(chain, value, self.lines)?;
        let more = module.filter(|module| module.version > own.version);
        floor(more.unwrap_or(own), *mode, selected);
        Ok(true)
    }
}

/// ChainLevel 6: what the module files ask for, unless `GOTOOLCHAIN=local` or `p@v` switch it off.
fn module_floor(
    chain: &Chain<'_>,
    value: &Gotoolchain,
    lines: GoLine,
) -> Result<Option<Floor>, Error> {
    if value.is_local() || chain.invocation.is_package_at_version() {
        return Ok(None);
    }
    match &chain.module {
        Some(Ok(module)) => Ok(module.floor(lines)),
        Some(Err(error)) => Err(error.clone()),
        None => Ok(None),
    }
}

#[inline(never)]
fn by_text(
    text: &[u8],
    prefix: &str,
    source: Source,
    selected: &mut Selection,
) -> Result<bool, Error> {
    selected.want = Want::Pin(typed(text, prefix)?);
    selected.source = source;
    Ok(true)
}

fn floor(floor: Floor, mode: Mode, selected: &mut Selection) {
    selected.source = floor.source.clone();
    selected.want = Want::Floor { floor, mode };
}

/// A selector from the command line or the environment.
fn typed(text: &[u8], prefix: &str) -> Result<Selector, Error> {
    let selector = core::str::from_utf8(text).ok().and_then(|text| Selector::parse(text).ok());
    match selector {
        Some(Selector::OldStable) => Err(Error::malformed(text!(
            "{}oldstable: only goward itself knows which release that is\nrun: goward exec \
             oldstable -- go, or write a version such as {}1.22",
            prefix,
            prefix
        ))),
        Some(Selector::Tip) | None => Err(Error::malformed(text!(
            "not a Go version: {}{}\nwrite one such as {}1.22.10, {}1.22 or {}latest",
            prefix,
            quoted(text),
            prefix,
            prefix,
            prefix
        ))),
        Some(selector) => Ok(selector),
    }
}
