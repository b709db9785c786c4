//! The settings of an install: the variables, `config.toml`, and the layers of Go's own variables.

use crate::config::Config;
use crate::context::Context;
use crate::failure::{Exit, Failure, Result};
use crate::paths::{Shown as _, to_path};
use goward_installer::{Assurance, CONFIG, Mirror, Settings, Store};
use goward_resolver::{GoEnvFile, Host as _, Minimum, Owner, Source, Survey, path, quoted};
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::Path;

impl Context {
    /// The variables and `config.toml`, as far as they concern installing, by a survey of the
    /// directory.
    pub(crate) fn settings(&self, here: &Survey<'_>, store: &Store) -> Result<Settings> {
        // The flag outranks the variable, with any value.
        let outranked = |key: &str| self.offline && key == "GOWARD_OFFLINE";
        for key in ["GOWARD_OFFLINE", "GOWARD_MIRROR", "GOWARD_MIRROR_DIGESTS"] {
            let value = self.machine.var(key).filter(|_| !outranked(key));
            // A value that is no text is invalid, and goward does not go online by it.
            if value.is_some_and(|value| std::str::from_utf8(value).is_err()) {
                return Err(Failure::new(Exit::Usage, format!("{key} is not UTF-8 text")));
            }
        }
        let (file, owner) = (store.root().join(CONFIG), self.policy()?);
        let (config, below) = (self.config(&file)?, owner.map(|owner| &owner.config));
        let mut settings =
            config.settings(below, |key| self.text(key).filter(|_| !outranked(key)))?;
        settings.offline |= self.offline;
        settings.min_assurance = self.verify()?;
        if let Some(owner) = owner {
            let by = match self.text("GOWARD_MIRROR") {
                Some(_) => "GOWARD_MIRROR in the environment".to_owned(),
                None => file.shown(),
            };
            owner.judge_mirrors(&settings, &by)?;
            owner.judge_trust(settings.min_assurance, "GOWARD_VERIFY in the environment")?;
            settings.bound = owner.min_trust().map(|bound| (bound.value, bound.to_string()));
        }
        let proxied = settings.mirrors.iter().any(Mirror::is_proxy);
        let go = self.go_layers(here, proxied)?;
        let asked = settings.least_assurance() == Some(Assurance::ChecksumDatabase);
        if proxied || asked || go.get("GOSUMDB").is_none_or(|database| database != "off") {
            let used = settings.use_checksum_database(|key| go.get(key).cloned());
            used.map_err(|error| {
                let bound = settings.bound.as_ref().filter(|_| !proxied);
                let bound = bound.map(|(_, by)| format!("this machine's owner demands it: {by}"));
                Failure::from(error).hint_of(bound)
            })?;
        } else {
            tracing::info!("GOSUMDB=off: only the table and go.dev's index can vouch");
        }
        Ok(settings)
    }

    /// The least witness of installs, by the environment. The flag `--verify` outranks it.
    fn verify(&self) -> Result<Option<Assurance>> {
        let value = self.machine.var("GOWARD_VERIFY").filter(|value| !value.is_empty());
        let Some(value) = value else { return Ok(None) };
        let level = std::str::from_utf8(value)
            .map_err(|_| ())
            .and_then(|text| crate::values::level(text).map_err(|_| ()));
        level.map(Some).map_err(|()| {
            let message =
                format!("GOWARD_VERIFY={} in the environment means nothing", quoted(value));
            Failure::new(Exit::Usage, message).hint("write t0, t1, t2, t3 or none, or unset it")
        })
    }

    /// Names the switches of the environment whose values mean nothing, after a command that did not need
    /// them. One that does need them fails by them, as the shim does.
    pub(crate) fn warn_of_switches(&self) {
        let outranked = |key: &str| self.offline && key == "GOWARD_OFFLINE";
        for (_, refusal) in
            self.environment().unclear().into_iter().filter(|(key, _)| !outranked(key))
        {
            let (what, remedy) = refusal.lines().split_once('\n').unwrap_or_default();
            self.output.warning(&format!("{what} means nothing; {remedy}"));
        }
    }

    /// The least version that goward installs for a repository's file.
    pub(crate) fn minimum(&self, store: &Store) -> Result<Option<Minimum>> {
        let owner = self.policy()?;
        let own = match Minimum::of(&self.environment())? {
            Some(minimum) => Some(minimum),
            None => {
                let file = store.root().join(CONFIG);
                self.config(&file)?.minimum(&file)
            }
        };
        owner.map_or(Ok(own.clone()), |owner| owner.judge_minimum(own))
    }

    /// The configuration of the user's store, which lies at `path`.
    pub(crate) fn config(&self, path: &Path) -> Result<Config> {
        let roots = self.roots()?;
        let config = Config::read(&roots, path)?;
        if !self.warned.replace(true) {
            config.unknown.iter().for_each(|unknown| self.output.warning(unknown));
        }
        Ok(config)
    }

    /// The hint after a failed request where the project's `.goenv` sets a GOPROXY, which counts
    /// for Go alone.
    pub(crate) fn proxy_hint(&self) -> Option<String> {
        let Survey { chain, .. } = self.survey().ok()?;
        let (_, Source::Goenv(origin)) = chain.layers().get("GOPROXY")? else { return None };
        let path = to_path(&origin.path).word("FILE");
        let can_trust =
            chain.goenv.as_ref().is_some_and(|goenv| goenv.text.owner == Owner::Trusted);
        (can_trust && !chain.trusts_goenv()).then(|| {
            format!(
                "the GOPROXY of {origin} counts for go alone; to fetch toolchains by it, run: \
                 goward trust {path}, then: goward install --from proxy VERSION"
            )
        })
    }

    /// Go's variables about module proxies, for goward's own requests: see
    /// [`Context::go_layers`].
    pub(crate) fn go_variables(&self) -> Result<BTreeMap<&'static str, OsString>> {
        self.go_layers(&self.survey()?, true)
    }

    /// Requests follow the user: the environment, the go/env file if it is the user's (or root's)
    /// and not named by a relative path, which a repository could fill, and a `.goenv` only if the
    /// user trusts it. goward never asks a toolchain's own `go.env`, or a tree would choose the
    /// witness of the next.
    ///
    /// Where the proxies are only a way to the public checksum database, whose key goward knows,
    /// it leaves out a refused file. With `strict` such a file is an error.
    fn go_layers(
        &self,
        here: &Survey<'_>,
        strict: bool,
    ) -> Result<BTreeMap<&'static str, OsString>> {
        let Survey { chain, refusals, .. } = here;
        if let Some(refusal) = refusals.first().filter(|_| strict) {
            // The refused file could set the servers of requests, and the witness.
            return Err(refusal.clone().into());
        }
        let mut layers = chain.layers();
        layers.goenv = layers.goenv.filter(|_| chain.trusts_goenv());
        let relative = chain
            .env()
            .get("GOENV")
            .is_some_and(|at| !path::is_absolute(self.machine.system(), at));
        let own = |file: &&GoEnvFile| file.text.owner == Owner::Trusted;
        layers.go_env_file = layers.go_env_file.filter(|file| !relative && own(file));
        let of_go = ["GOPROXY", "GONOPROXY", "GOPRIVATE", "GOSUMDB", "GOAUTH"].into_iter();
        let of_go = of_go.filter_map(|key| Some((key, layers.get(key)?.0)));
        // They lead to `.netrc`, if a server needs an account. Any bytes are a path.
        let accounts = ["NETRC", "HOME", "USERPROFILE"].into_iter();
        let accounts = accounts.filter_map(|key| Some((key, self.machine.var(key)?)));
        Ok(of_go.chain(accounts).map(|(key, value)| (key, to_path(value).into())).collect())
    }
}
