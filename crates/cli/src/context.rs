//! What every command works with.

use crate::config::{self, Config};
use crate::exit::Exit;
use crate::failure::{Failure, Result};
use crate::machine::Machine;
use crate::output::Output;
use crate::paths::{Shown as _, to_bytes, to_path};
use goward_installer::{Mirror, Platform, Settings, Store};
use goward_resolver::{
    Chain, Environment, Host as _, Invocation, Minimum, Plan, Source, decide, path,
};
use std::cell::Cell;
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::Path;

/// The machine, the way to the user, and what the user set globally.
pub(crate) struct Context {
    /// The machine as the shim sees it.
    pub(crate) machine: Machine,
    /// The way to the user.
    pub(crate) output: Output,
    /// `-v`.
    pub(crate) verbose: bool,
    /// `--refresh`: believe no cached index.
    pub(crate) refresh: bool,
    /// `--keep-archives`.
    pub(crate) keep_archives: bool,
    /// `--offline`.
    offline: bool,
    /// Whether the configuration's unknown keys were named.
    warned: Cell<bool>,
}

impl Context {
    /// For the global flags as given.
    pub(crate) fn new(output: Output, verbose: bool, offline: bool) -> Context {
        let mut machine = Machine::new();
        Platform::runs_on(machine.arch());
        if offline {
            machine.set("GOWARD_OFFLINE", "1");
        }
        Context {
            machine,
            output,
            verbose,
            refresh: false,
            keep_archives: false,
            offline,
            warned: Cell::new(false),
        }
    }

    /// The user's store.
    pub(crate) fn store(&self) -> Result<Store> {
        let env = Environment::new(&self.machine);
        let roots = goward_resolver::Store::locate(&env)?;
        let root = roots.root.as_deref().ok_or_else(|| {
            Failure::new(Exit::Failure, "there is no home directory to keep toolchains in")
                .hint("set HOME, or set GOWARD_ROOT to a directory of your own")
        })?;
        let mut store = Store::open(to_path(root))?;
        if roots.is_vouched() {
            store.vouch();
        }
        Ok(store)
    }

    /// The variables and `config.toml`, as far as they concern installing.
    pub(crate) fn settings(&self, store: &Store) -> Result<Settings> {
        for key in ["GOWARD_OFFLINE", "GOWARD_MIRROR", "GOWARD_MIRROR_DIGESTS"] {
            // What is not text cannot be what it should be, and is no reason to go online.
            if self.machine.var(key).is_some_and(|value| std::str::from_utf8(value).is_err()) {
                return Err(Failure::new(Exit::Usage, format!("{key} is not UTF-8 text")));
            }
        }
        let config = self.config(&store.root().join(config::NAME))?;
        let mut settings = config.settings(|key| self.machine.text(key))?;
        settings.offline |= self.offline;
        settings.refresh = self.refresh;
        settings.keep_archives = self.keep_archives;
        let proxied = settings.mirrors.iter().any(Mirror::is_proxy);
        let go = self.go_layers(proxied)?;
        if proxied || go.get("GOSUMDB").is_none_or(|database| database != "off") {
            settings.ask_go(|key| go.get(key).cloned())?;
        } else {
            tracing::info!("GOSUMDB=off: only the table and go.dev's index can vouch");
        }
        Ok(settings)
    }

    /// The least version that a repository's file may have installed.
    pub(crate) fn minimum(&self, store: &Store) -> Result<Option<Minimum>> {
        let set = Minimum::of(&Environment::new(&self.machine))?;
        let file = store.root().join(config::NAME);
        Ok(match set {
            Some(minimum) => Some(minimum),
            None => self.config(&file)?.minimum(&file),
        })
    }

    /// The configuration of the user's store, which lies at `path`.
    fn config(&self, path: &Path) -> Result<Config> {
        let env = Environment::new(&self.machine);
        let config = Config::read(&goward_resolver::Store::locate(&env)?, path)?;
        if !self.warned.replace(true) {
            config.unknown().iter().for_each(|unknown| self.output.warning(unknown));
        }
        Ok(config)
    }

    /// What a person should know where a request failed and a project has a way of its own, which
    /// counts for Go alone.
    pub(crate) fn proxy_hint(&self) -> Option<String> {
        let env = Environment::new(&self.machine);
        let roots = goward_resolver::Store::locate(&env).ok()?;
        let (chain, _) = Chain::survey(&env, Invocation::parse(&self.machine, &[b"go"]), &roots);
        let Source::Goenv(origin) = chain.layers().get("GOPROXY")?.source else { return None };
        let path = to_path(&origin.path).word("FILE");
        let can_trust = chain.goenv.as_ref().is_some_and(|goenv| !goenv.foreign);
        (can_trust && !chain.trusts_goenv(&roots)).then(|| {
            format!(
                "the GOPROXY of {origin} counts for go alone; to fetch toolchains by it, run: \
                 goward trust {path}, then: goward install --from proxy VERSION"
            )
        })
    }

    /// What goward's own requests take for Go's variables about module proxies: see
    /// [`Context::go_layers`].
    pub(crate) fn go_variables(&self) -> Result<BTreeMap<&'static str, OsString>> {
        self.go_layers(true)
    }

    /// Requests follow what the user has said: the environment, the go/env file if it is the
    /// user's (or root's) and not named by a relative path, which a repository could fill, and a
    /// `.goenv` only if it is trusted. A toolchain's own `go.env` is never asked, or a tree would
    /// decide who vouches for the next.
    ///
    /// Where the proxies are only a way to the public checksum database, whose key is known, a
    /// file that is refused is left out instead of being an error (`strict`).
    fn go_layers(&self, strict: bool) -> Result<BTreeMap<&'static str, OsString>> {
        let env = Environment::new(&self.machine);
        let roots = goward_resolver::Store::locate(&env)?;
        let invocation = Invocation::parse(&self.machine, &[b"go"]);
        let (chain, refusals) = Chain::survey(&env, invocation, &roots);
        if let Some(refusal) = refusals.into_iter().next().filter(|_| strict) {
            // What it would set may be where to send requests, and whom to believe.
            return Err(refusal.into());
        }
        let mut layers = chain.layers();
        layers.goenv = layers.goenv.filter(|_| chain.trusts_goenv(&roots));
        let relative =
            env.get("GOENV").is_some_and(|at| !path::is_absolute(self.machine.system(), at));
        layers.go_env_file = layers.go_env_file.filter(|file| !relative && !file.foreign);
        let mut found = BTreeMap::new();
        for key in ["GOPROXY", "GONOPROXY", "GOPRIVATE", "GOSUMDB", "GOAUTH"] {
            if let Some(value) = layers.get(key) {
                found.insert(key, to_path(value.bytes).into());
            }
        }
        // Where `.netrc` is, should an account be needed: any bytes are a path.
        for key in ["NETRC", "HOME", "USERPROFILE"] {
            if let Some(value) = self.machine.var(key) {
                found.insert(key, to_path(value).into());
            }
        }
        Ok(found)
    }

    /// What `go ARGS` would do now.
    pub(crate) fn plan(&self, args: &[&[u8]]) -> Result<Plan> {
        let mut argv: Vec<&[u8]> = vec![b"go"];
        argv.extend(args);
        Ok(*decide(&self.machine, &argv)?)
    }

    /// Goes to another directory, as `cd` would.
    pub(crate) fn enter(&mut self, dir: &Path) -> Result<()> {
        let os = self.machine.system();
        let here = self.machine.var("PWD").map(<[u8]>::to_vec).unwrap_or_default();
        let logical = path::absolute(os, &here, &to_bytes(dir));
        std::env::set_current_dir(dir).map_err(|error| Failure::io("enter", dir, &error))?;
        self.machine.set("PWD", logical);
        Ok(())
    }
}
