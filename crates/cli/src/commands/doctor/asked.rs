//! The servers that installs and Go ask, asked once each.

use crate::context::Context;
use crate::failure::{Exit, Failure, Result};
use crate::workshop::Workshop;
use goward_govern::doctor::facts::Server;
use goward_installer::Reach;

/// What came out.
#[derive(Default)]
pub(super) struct Asked {
    pub(super) servers: Vec<Server>,
    /// Why some were not asked: the reason, and whether it may be meant.
    pub(super) unasked: Vec<(String, bool)>,
}

impl Asked {
    /// Asks the mirrors and the proxies of `GOPROXY` for their lists, and the checksum database for its head.
    ///
    /// # Errors
    /// If goward is offline.
    pub(super) fn of(cx: &Context) -> Result<Asked> {
        let mut asked = Asked::default();
        let mut workshop = match Workshop::open(cx) {
            Ok(workshop) => workshop,
            // The page says what is wrong with them, and makes the other checks.
            Err(failure) => {
                asked.unasked.push((whole(&failure), false));
                return Ok(asked);
            }
        };
        if workshop.settings.offline {
            let failure =
                Failure::new(Exit::Network, "--network asks servers, and goward is offline");
            return Err(failure.hint(
                "to use the network, leave out --offline, GOWARD_OFFLINE and offline in config.toml",
            ));
        }
        let reach = |workshop: &Workshop<'_>| cx.watched(|watch| workshop.installer(watch).reach());
        asked.add(reach(&workshop));
        let database = cx.watched(|watch| workshop.installer(watch).reach_database());
        asked.servers.extend(database.map(|one| server(one, "head of its log")));
        match with_proxies(cx, &mut workshop) {
            Ok(()) => asked.add(reach(&workshop)),
            Err((failure, is_meant)) => {
                let message = failure.message.unwrap_or_default();
                asked.unasked.push((format!("no module proxy was asked: {message}"), is_meant));
            }
        }
        Ok(asked)
    }

    fn add(&mut self, all: Vec<Reach>) {
        self.servers.extend(all.into_iter().map(|one| server(one, "list")));
    }
}

/// Makes the module proxies of `GOPROXY` the mirrors. The error has whether it is the user's wish.
fn with_proxies(
    cx: &Context,
    workshop: &mut Workshop<'_>,
) -> std::result::Result<(), (Failure, bool)> {
    let go = cx.go_variables().map_err(|failure| (failure, false))?;
    let is_off = |key: &str| go.get(key).is_some_and(|value| value == "off");
    let is_meant = is_off("GOPROXY");
    let settings = &mut workshop.settings;
    // Without the database Go takes no toolchain of a proxy, but it takes modules: this asks whether the proxy answers.
    let asks = |key: &&str| *key != "GOSUMDB" || !is_off(key);
    let used =
        settings.use_module_proxies(|key| Some(key).filter(asks).and_then(|key| go.get(key)));
    used.map_err(|error| (error.into(), is_meant))?;
    let owner = cx.policy().map_err(|failure| (failure, false))?;
    let judged = owner.map_or(Ok(()), |owner| owner.judge_mirrors(settings, "GOPROXY"));
    judged.map_err(|failure| (failure, true))
}

fn server(one: Reach, wanted: &'static str) -> Server {
    Server {
        url: one.url,
        millis: one.time.as_millis(),
        fault: one.fault.map(|error| reason(error.into())),
        wanted,
    }
}

/// The message with its cause, such as the status of the answer.
fn reason(failure: Failure) -> String {
    let causes = failure.causes.into_iter().take(1);
    failure.message.into_iter().chain(causes).collect::<Vec<_>>().join(": ")
}

/// The message with its causes and remedies. None of them is about a flag: there was none.
fn whole(failure: &Failure) -> String {
    failure.one_line()
}
