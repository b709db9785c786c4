//! `goward use`: writes a project's toolchain into the file where the project keeps it.

mod answer;
mod foresight;
mod outcome;
mod says;
mod tool_versions;

use crate::commands::explain::needless;
use crate::context::Context;
use crate::failure::{Exit, Failure, Result};
use crate::newest::{ensure, predict};
use crate::on_path;
use crate::paths::{Shown as _, to_bytes, to_path};
use crate::project::{self, Form};
use crate::toolchain;
use crate::values::{self, Typed};
use answer::{Effect, Obtained};
use clap::Args;
use goward_gomod::{Kind as Which, Refused, Rules, Sole, Syntax};
use goward_installer::replace::{Follow, Place};
use goward_resolver::{
    Chain, ENV_LIMIT, FileText, Goenv, Host as _, MOD_LIMIT, Owner, Roots, Selector, Survey,
    Version, escaped,
};
use std::path::{Path, PathBuf};

/// Chooses.
#[derive(Debug, Args)]
#[command(after_help = "\
The exact version goes where the project keeps it: the nearest .go-version, or .tool-versions with a
line for Go, else a new .go-version beside the go.work or go.mod of this directory, else one here.
The status is 1 if Go refuses that version here, or if something else outranks it.

Examples:
  goward use 1.22               the newest Go 1.22, installed if it is missing
  goward use latest --as-given  write `latest` itself
  goward use 1.22 --here        for this directory, and not for all of the project
  goward use 1.22 -n --json     what would be written, and whether Go would take it
  goward use 1.22.10 --goenv    write GOTOOLCHAIN into the project's .goenv
  goward use 1.22.10 --go-mod   write the toolchain line of go.mod: a wish, for everyone")]
pub(crate) struct Use {
    /// The version for this project: 1.22.10, 1.22 (its newest patch), latest
    #[arg(value_name = "VERSION", value_parser = values::TYPED)]
    version: Typed,
    /// The project's directory; the file is written right there
    #[arg(long, value_name = "DIR")]
    project: Option<PathBuf>,
    /// Write in this directory, and change no file of a directory above (as --project .)
    #[arg(long, conflicts_with = "project")]
    here: bool,
    /// Write VERSION as it is typed, not the exact version that it comes to
    #[arg(long)]
    as_given: bool,
    /// Write GOTOOLCHAIN into .goenv
    #[arg(long)]
    goenv: bool,
    /// Write the toolchain line of go.work or go.mod
    #[arg(long, conflicts_with_all = ["goenv", "as_given"])]
    go_mod: bool,
    /// End with 0 though Go refuses the version here, or something outranks it
    #[arg(long)]
    allow_conflict: bool,
    /// Say what would be installed and written, and do neither
    #[arg(short = 'n', long)]
    dry_run: bool,
    /// Print JSON: file, line, from, to, version, installed, new, written, takes_effect, refused, why, hints
    #[arg(long)]
    json: bool,
}

/// A file and its new content.
struct Edit {
    place: Place,
    /// The present content, if goward makes the new one from it.
    old: Option<Vec<u8>>,
    new: Vec<u8>,
    /// The version that the file names at present.
    before: Option<String>,
    says: String,
    /// Whether the file has this content already.
    there: bool,
}

impl Use {
    pub(crate) fn run(mut self, cx: &mut Context) -> Result<()> {
        cx.output.keep_for_document(self.json);
        if self.here {
            self.project = Some(PathBuf::from("."));
        }
        if let Some(dir) = self.project.clone() {
            cx.ask_about(&dir)?;
        }
        let selector = toolchain::spelt(cx, self.version.selector.clone())?;
        self.check(&selector)?;
        let mut here = cx.survey()?;
        // Before an install for it: can goward write the file, and will Go take it?
        self.edit(cx, &here, selector.exact().filter(|_| self.form() == Form::Module))?;
        let foreseen = self.foresee(cx, &here, &selector)?;
        let obtained = if self.dry_run {
            Obtained { version: predict(cx, &here, &selector)?, new: false }
        } else {
            let toolchain = ensure(cx, &here, &selector)?;
            if toolchain.new {
                // The install takes time, and another process may change the files meanwhile.
                here = cx.survey()?;
            }
            Obtained { version: toolchain.version, new: toolchain.new }
        };
        let edit = self.edit(cx, &here, obtained.version.as_ref())?;
        let effect = if self.dry_run {
            cx.output.line(&match edit.there {
                true => edit.report(here.chain.directory.as_deref()),
                false => format!("would write {}: {}", edit.place.shown(), edit.says),
            });
            Effect { refused: foreseen.is_some(), failure: foreseen }
        } else {
            self.write(cx, &here, &edit, obtained.version.as_ref())?
        };
        on_path::Typed::of(here.chain.env(), "go", None).warn(cx);
        if self.json {
            self.answer(cx, (&here, &edit), &obtained, &effect)?;
        }
        effect.failure.map_or(Ok(()), |failure| self.end_with(cx, failure))
    }

    /// Writes the edit, and says what came of it.
    fn write(
        &self,
        cx: &Context,
        here: &Survey<'_>,
        edit: &Edit,
        version: Option<&Version>,
    ) -> Result<Effect> {
        let old = edit.old.as_deref().unwrap_or_default();
        let trusted = self.goenv && is_trusted(here.roots(), &edit.place, old);
        match &edit.old {
            _ if edit.there => {}
            Some(old) => edit.place.edit(old, &edit.new)?,
            None => edit.place.replace(&edit.new)?,
        }
        cx.output.note(&edit.report(here.chain.directory.as_deref()));
        self.name_contradiction(cx, here, edit);
        if trusted && edit.old.as_ref() != Some(&edit.new) {
            let path = edit.place.named().shown();
            let word = edit.place.named().word("FILE");
            let void = format!(
                "{path} changed, so your trust in it is void; to renew it, run: goward trust {word}"
            );
            let failure = Some(Failure::new(Exit::Failure, void));
            return Ok(Effect { failure, refused: false });
        }
        Ok(self.judge(cx, edit, version))
    }

    fn form(&self) -> Form {
        match (self.goenv, self.go_mod) {
            (true, _) => Form::Goenv,
            (_, true) => Form::Module,
            _ => Form::GoVersion,
        }
    }

    /// Refuses a selector that goward cannot write, with any toolchain installed.
    fn check(&self, selector: &Selector) -> Result<()> {
        let refuse = |why: String| Failure::new(Exit::Usage, why);
        let text = &self.version.text;
        Err(match (self.form(), selector) {
            (_, Selector::Linked(_)) => {
                refuse(format!("a project cannot ask for {text}: others have no tree of that name"))
                    .hint(format!(
                        "a linked tree is for you alone: go +{text}, or GOWARD_VERSION={text} in \
                         the environment"
                    ))
                    .hint("versions are written like 1.22.10, 1.22 or latest")
            }
            (_, Selector::Tip) => toolchain::tip(),
            (_, Selector::OldStable) if self.as_given => {
                refuse("oldstable is a word of the command line only".to_owned())
                    .hint("leave out --as-given, and the exact version is written")
            }
            (Form::Goenv | Form::Module, Selector::System) => {
                refuse("system can only be written into .go-version".to_owned())
                    .hint("leave out --goenv and --go-mod")
            }
            (Form::Goenv, Selector::Exact(_)) => return Ok(()),
            (Form::Goenv, _) if self.as_given => {
                refuse(format!("GOTOOLCHAIN takes an exact version only, and {text} is none"))
                    .hint("leave out --as-given, and the exact version is written")
            }
            _ => return Ok(()),
        })
    }

    fn edit(&self, cx: &Context, here: &Survey<'_>, version: Option<&Version>) -> Result<Edit> {
        let edit = self.new_edit(cx, here, version)?;
        // A larger file is another one; what goward cannot read, it cannot write.
        let there = edit.place.read(edit.new.len()).is_ok_and(|old| old == edit.new);
        Ok(Edit { there, ..edit })
    }

    fn new_edit(&self, cx: &Context, here: &Survey<'_>, version: Option<&Version>) -> Result<Edit> {
        let (chain, store) = (&here.chain, here.roots());
        let name = version.map(|version| format!("go{version}")).unwrap_or_default();
        match self.form() {
            Form::GoVersion => {
                let directory = self.directory(cx, chain)?;
                if let Some(file) = tool_versions::of(chain, &directory) {
                    let (place, old) = (find(store, &to_path(&file.path))?, &file.text.bytes);
                    return self.tool_versions_edit(place, old.clone(), version);
                }
                let says = match version {
                    Some(version) if !self.as_given => version.to_string(),
                    _ => self.version.text.clone(),
                };
                let place = find(store, &directory.join(".go-version"))?;
                let before = says::pin(chain, &place);
                let new = format!("{says}\n").into_bytes();
                Ok(Edit { place, old: None, new, before, says, there: false })
            }
            Form::Goenv => {
                let nearest = chain.goenv_path.as_deref().filter(|_| self.project.is_none());
                let path = match nearest {
                    Some(path) => to_path(path),
                    None => self.directory(cx, chain)?.join(".goenv"),
                };
                let place = find(store, &path)?;
                let old = place.read(ENV_LIMIT)?;
                let new = Goenv::with(&old, "GOTOOLCHAIN", &name);
                check_goenv(&place, &old, &new)?;
                let before = says::goenv(&place, &old);
                let says = format!("GOTOOLCHAIN={name}");
                Ok(Edit { place, old: Some(old), new, before, says, there: false })
            }
            Form::Module => {
                self.check_module_is_here(chain)?;
                module_edit(store, chain, &name, version)
            }
        }
    }

    /// With `--project` and `--here`, goward changes no module file of a directory above.
    fn check_module_is_here(&self, chain: &Chain<'_>) -> Result<()> {
        let (Some(Ok(module)), Some(dir)) = (&chain.module, &chain.directory) else {
            return Ok(());
        };
        let (file, dir) = (to_path(&module.path), to_path(dir));
        if self.project.is_none() || file.parent() == Some(dir.as_path()) {
            return Ok(());
        }
        let message = format!("there is no go.work or go.mod in {}", dir.shown());
        let parent = file.parent().map(|dir| dir.shown()).unwrap_or_default();
        Err(Failure::new(Exit::NotFound, message).hint(format!(
            "without --project and --here goward changes {}, which holds for all of {parent}",
            file.shown()
        )))
    }

    fn directory(&self, cx: &Context, chain: &Chain<'_>) -> Result<PathBuf> {
        let directory = match &self.project {
            Some(_) => chain.directory.as_deref().map(to_path),
            None => project::directory(chain),
        };
        directory.or_else(|| cx.machine.cwd().map(|cwd| to_path(&cwd))).ok_or_else(|| {
            Failure::new(Exit::Failure, "the current directory was deleted")
                .hint("say where, with --project DIR")
        })
    }
}

/// A project's file that goward will write.
pub(super) fn find(store: &Roots<'_>, path: &Path) -> Result<Place> {
    let vouched = |directory: &Path| store.vouches_for(&to_bytes(directory));
    Ok(Place::find_in(path, Follow::Beside, vouched)?)
}

fn module_edit(
    store: &Roots<'_>,
    chain: &Chain<'_>,
    name: &str,
    version: Option<&Version>,
) -> Result<Edit> {
    let module = match &chain.module {
        Some(Ok(module)) => module,
        Some(Err(error)) => return Err(error.clone().into()),
        None => {
            return Err(Failure::new(
                Exit::NotFound,
                "there is no go.work or go.mod here or above",
            )
            .hint("make one with: go mod init MODULE"));
        }
    };
    if version.is_some_and(|version| !version.knows_gotoolchain()) {
        let message =
            format!("{name} is below go1.21.0, which is the first to know toolchain lines");
        return Err(Failure::new(Exit::Usage, message).hint("leave out --go-mod"));
    }
    let place = find(store, &to_path(&module.path))?;
    let old = place.read(MOD_LIMIT)?;
    // Without a version, this only checks that the file can take a line.
    let value = version.map_or("default", |_| name);
    let kind = if chain.has_workspace() { Which::Workspace } else { Which::Module };
    let new = with_toolchain(&old, kind, value).map_err(|refused| {
        let path = place.named().shown();
        let failure =
            Failure::new(Exit::Usage, format!("cannot write a toolchain line into {path}"));
        let lines = refused.errors().iter().map(|error| error.line_of(&path));
        let failure =
            lines.fold(failure, |failure, line| failure.because(escaped(line.as_bytes())));
        failure.hint("mend the file first: Go refuses it, too")
    })?;
    check_size(&place, &new, MOD_LIMIT)?;
    if let Some(version) = version.filter(|_| kind == Which::Module) {
        check_need(&place, &old, version)?;
    }
    let before = says::toolchain_line(&place, &old, &new);
    let says = format!("toolchain {name}");
    Ok(Edit { place, old: Some(old), new, before, says, there: false })
}

/// goward does not write a toolchain line that Go takes out again: Go then refuses to build.
pub(super) fn check_need(place: &Place, text: &[u8], version: &Version) -> Result<()> {
    let Some(line) = needless::repeats(text, version) else { return Ok(()) };
    let path = place.named().shown();
    let message = format!(
        "toolchain go{version} would have no effect: {path}:{line} says go {version} already, and Go \
         refuses to build with both"
    );
    Err(Failure::new(Exit::Failure, message)
        .hint("leave it as it is: whatever runs must meet the go line")
        .hint(format!("to run that very release here, run: goward use {version}")))
}

/// goward does not write a file that it and the shim refuse to read.
pub(super) fn check_size(place: &Place, new: &[u8], limit: usize) -> Result<()> {
    if new.len() <= limit {
        return Ok(());
    }
    let path = place.named().shown();
    let message = format!("{path} would be larger than {limit} bytes, and then `go` refuses it");
    Err(Failure::new(Exit::Usage, message).hint("take out what it does not need"))
}

/// An edit must not turn a valid `.goenv` into one that goward refuses.
fn check_goenv(place: &Place, old: &[u8], new: &[u8]) -> Result<()> {
    check_size(place, new, ENV_LIMIT)?;
    let path = to_bytes(place.named());
    // No message of the parser repeats the file's text.
    let parse = |text: &[u8]| Goenv::parse(&path, FileText::of(Owner::Foreign, text));
    match parse(new) {
        Err(error) if parse(old).is_ok() => Err(error.into()),
        _ => Ok(()),
    }
}

/// A `go.work` or `go.mod` with its toolchain line set to `name`. Directives of a newer Go stay.
pub(super) fn with_toolchain(
    old: &[u8],
    kind: Which,
    name: &str,
) -> std::result::Result<Vec<u8>, Refused> {
    Syntax::parse(old, Rules::strict(kind))?.with(Sole::Toolchain, name)
}

/// Whether the user trusts the file before the edit, and it has a setting that needs trust.
pub(super) fn is_trusted(store: &Roots<'_>, place: &Place, old: &[u8]) -> bool {
    let path = to_bytes(place.named());
    let guarded = Goenv::parse(&path, FileText::of(Owner::Trusted, old))
        .is_ok_and(|goenv| goenv.first_guarded().is_some());
    guarded && goward_resolver::is_trusted(store, &path, old) == Ok(true)
}
