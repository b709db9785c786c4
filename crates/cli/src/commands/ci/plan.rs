//! `goward ci plan`: the Go of a job, its environment, and the caches that it may restore.

mod answer;
mod bring;
mod close;
mod input;
mod wishes;

pub(super) use input::OneOf;

use super::caches;
use super::files::Files;
use super::state::{self, State};
use super::surroundings::{Surroundings, is_hosted, text};
use crate::commands::setup;
use crate::context::Context;
use crate::failure::{Failure, Result};
use answer::Answer;
use bring::Bringer;
use clap::Args;
use goward_govern::ci::lines::Setting;
use goward_govern::ci::system::System;
use goward_installer::Format;
use goward_resolver::Version;
use std::path::{Path, PathBuf};

/// Plans a job. An empty value counts as none: an action hands over all its inputs.
#[derive(Debug, Default, Args)]
#[command(after_help = "\
Without --apply it changes and installs nothing, and prints what a job would get. With --apply it makes the root,
takes Go from the runner's tool cache (by a link; by a copy where other users could change the tree), installs what
is missing, sets the default, and on GitHub writes GITHUB_ENV, GITHUB_PATH and GITHUB_OUTPUT.

Examples:
  goward ci plan
  goward ci plan --go-version 1.25.x --json
  goward ci plan --apply --go-line minor      each module gets the minor of its go line")]
pub(crate) struct Plan {
    /// Do it; without, only say it
    #[arg(long)]
    apply: bool,
    /// Print JSON (its fields: see the page JSON of the book)
    #[arg(long)]
    json: bool,
    /// The Go of the whole job, one selector a line; the first is the pin, all are installed
    #[arg(long, value_name = "TEXT")]
    go_version: Option<String>,
    /// A file that says the Go of the whole job, as setup-go reads it
    #[arg(long, value_name = "FILE")]
    go_version_file: Option<String>,
    /// What runs where the repository states nothing [default: stable]
    #[arg(long, value_name = "SELECTOR")]
    default_version: Option<String>,
    /// What a go line means: a minimum, or its own minor
    #[arg(long, value_name = "HOW", value_parser = OneOf(&["minimum", "minor"]))]
    go_line: Option<String>,
    /// Ask the mirrors for their newest releases
    #[arg(long)]
    check_latest: bool,
    /// The architecture: this machine's, by Go's name or the runner's
    #[arg(long, value_name = "ARCH")]
    architecture: Option<String>,
    /// Which caches the job may use
    #[arg(long, value_name = "MODE", value_parser = OneOf(&["auto", "true", "false", "read"]))]
    cache: Option<String>,
    /// Files of the checkout by which caches are found again [default: each go.sum]
    #[arg(long, value_name = "GLOB")]
    cache_dependency_path: Vec<String>,
    /// Leave what the checkout asks for to the first call of go
    #[arg(long)]
    no_install: bool,
    /// Who must confirm a checksum, at least; trees of the tool cache have no witness
    #[arg(long, value_name = "LEVEL", value_parser = OneOf(&["t0", "t1", "t2", "t3", "none"]))]
    verify: Option<String>,
    /// Where this step and later ones take Go from, as GOWARD_MIRROR
    #[arg(long, value_name = "URLS")]
    mirror: Option<String>,
    /// The least version that a file of the repository may ask for
    #[arg(long, value_name = "VERSION")]
    minimum: Option<String>,
    /// The values of the matrix, which tell jobs apart
    #[arg(long, value_name = "JSON")]
    matrix: Option<String>,
    /// Goward's root in this job
    #[arg(long, value_name = "DIR")]
    root: Option<String>,
    /// The CI system [default: the one of the environment]
    #[arg(long, value_name = "NAME", value_parser = OneOf(&SYSTEMS))]
    system: Option<String>,
}

const SYSTEMS: [&str; 6] = System::NAMES;

impl Plan {
    pub(super) fn run(mut self, cx: &mut Context) -> Result<()> {
        self.drop_empty();
        cx.output.keep_for_document(self.json);
        let system = self.system.as_deref().and_then(System::parse);
        let around = Surroundings::of(cx, system)?;
        caches::check_place(&around)?;
        let inputs = self.inputs(&around)?;
        let root = self.root(cx, &around)?;
        let usual = caches::Usual::of(cx)?;
        self.enter(cx, &root, &inputs)?;
        cx.ask_about(&around.checkout)?;
        let files = match self.apply && around.system == System::Github {
            true => Some(Files::of(cx, &around)?),
            false => None,
        };
        if self.apply {
            setup::put_in_place(cx, &cx.store()?)?;
        }
        let mut bringer = Bringer::open(cx, &self, (&around, inputs.verify))?;
        let mut answer = Answer::new(around.system, &root, self.apply);
        wishes::meet(&self, &inputs, &mut bringer, &mut answer)?;
        bringer.adopt_others();
        answer.take(bringer);
        self.look_after_caches(cx, &around, (&inputs, &usual), &mut answer)?;
        if let Some(files) = files {
            files.write(answer.env(), answer.path(), &answer.outputs())?;
        }
        answer.foresee(cx)?;
        answer.print(cx, self.json)
    }

    /// The root: the one that is named, else one of the job's machine.
    fn root(&self, cx: &Context, around: &Surroundings) -> Result<PathBuf> {
        let named = self.root.clone().or_else(|| cx.text("GOWARD_ROOT")).map(PathBuf::from);
        let own = || -> Result<Option<PathBuf>> {
            if around.system != System::Github {
                return Ok(None);
            }
            let lasting = around.tools(cx).filter(|_| !is_hosted(cx));
            let temporary = || around.temporary(cx);
            Ok(match lasting {
                Some(tools) => Some(tools.join("goward").join("root")),
                None => temporary()?.map(|temporary| temporary.join("goward")),
            })
        };
        let root = match named {
            Some(named) => Some(named),
            None => own()?,
        };
        match root {
            Some(root) => {
                std::path::absolute(&root).map_err(|error| Failure::io("find", &root, &error))
            }
            None => Ok(cx.store()?.root().to_owned()),
        }
    }

    /// From here on goward acts as a later step will: with the root and the settings of the job.
    fn enter(&self, cx: &mut Context, root: &Path, inputs: &input::Inputs) -> Result<()> {
        let mut set = vec![("GOWARD_ROOT", text(root)?)];
        set.extend(inputs.settings());
        cx.set(&set);
        Ok(())
    }

    /// The environment of later steps.
    fn surround(
        &self,
        cx: &Context,
        inputs: &input::Inputs,
        places: &caches::Shared,
        answer: &mut Answer,
    ) -> Result<()> {
        let store = cx.store()?;
        let mut env: Vec<Setting> = vec![("GOWARD_ROOT", text(store.root())?)];
        env.extend(answer.pin().map(|pin| ("GOWARD_VERSION", pin.to_owned())));
        env.extend(inputs.settings());
        env.extend(places.settings.iter().cloned());
        let directories = [Some(store.shims_dir()), Some(store.bin_dir()), places.bin.clone()];
        let path = directories.iter().flatten().map(|dir| text(dir)).collect::<Result<_>>()?;
        answer.surround(env, path);
        Ok(())
    }

    /// Decides about the caches and the environment, and keeps what later commands of the job need.
    fn look_after_caches(
        &self,
        cx: &Context,
        around: &Surroundings,
        (inputs, usual): (&input::Inputs, &caches::Usual),
        answer: &mut Answer,
    ) -> Result<()> {
        let file = state::file(cx)?;
        let earlier = State::of(cx, &file)?.filter(|state| !state.caches.is_empty());
        let go = answer.go_version().and_then(Version::parse);
        let wish = caches::Wish {
            mode: self.cache.as_deref().unwrap_or_default(),
            patterns: &self.cache_dependency_path,
            matrix: self.matrix.as_deref(),
            go: go.as_ref(),
        };
        let grounds = caches::Grounds::of(around, &wish)?;
        let mut parts = caches::parts(&grounds, &wish)?;
        let shared = caches::Shared::of(cx, around, (usual, &grounds), earlier.as_ref())?;
        self.surround(cx, inputs, &shared, answer)?;
        let caches = match &earlier {
            // A step before this one has restored them, and its end saves them.
            Some(earlier) => caches::of_another_step(&earlier.caches),
            None => caches::plan(cx, around, &shared, (&grounds, &parts))?,
        };
        if self.apply {
            caches::hide(around)?;
        }
        if self.apply && earlier.is_none() {
            caches::make_anew(cx, around, &shared)?;
        }
        answer.caches(&file, &caches);
        if self.apply {
            let env = answer.env().iter().map(|(name, value)| ((*name).to_owned(), value.clone()));
            let (env, path) = (env.collect(), answer.path().to_vec());
            let mut caches: Vec<_> = caches.into_iter().map(|decided| decided.cache).collect();
            if let Some(earlier) = earlier {
                (caches, parts) = (earlier.caches, earlier.parts);
            }
            let (job, checkout) = (state::job(cx), around.checkout.clone());
            let (format, system) = (Format::default(), around.system.name().to_owned());
            State { format, job, env, path, checkout, caches, system, parts }.write(&file)?;
        }
        Ok(())
    }
}
