//! The way through a proxy: the proxy's whole answer to `CONNECT` must arrive within the limit for
//! connecting.
//!
//! The HTTP library starts that limit anew for each part of the answer, so a proxy that sends a
//! byte now and then could hold it for ever.

use std::time::Instant;
use ureq::config::Config;
use ureq::unversioned::transport::time::Duration;
use ureq::unversioned::transport::{Buffers, ConnectionDetails, Connector, NextTimeout, Transport};

/// Puts the limit on each connection to a proxy.
#[derive(Debug)]
pub(super) struct Tunnels {
    /// Whether the agent uses a proxy.
    proxied: bool,
}

impl Tunnels {
    /// The limit for an agent with `config`.
    pub(super) fn of(config: &Config) -> Tunnels {
        Tunnels { proxied: config.proxy().is_some() }
    }
}

impl<In: Transport> Connector<In> for Tunnels {
    type Out = Connection<In>;

    fn connect(
        &self,
        details: &ConnectionDetails<'_>,
        chained: Option<In>,
    ) -> Result<Option<Connection<In>>, ureq::Error> {
        // The library asks for the connection to the proxy itself as for a direct one.
        let to_proxy = self.proxied && details.config.proxy().is_none();
        let opening = to_proxy.then(|| Opening { since: Instant::now(), answered: false });
        Ok(chained.map(|inner| Connection { inner, opening }))
    }
}

/// A connection to a proxy that has not opened the tunnel yet.
#[derive(Debug)]
struct Opening {
    since: Instant,
    /// Whether some of the answer has arrived.
    answered: bool,
}

#[derive(Debug)]
pub(super) struct Connection<T> {
    inner: T,
    /// `None` for any other connection, and once the tunnel is open.
    opening: Option<Opening>,
}

impl<T: Transport> Transport for Connection<T> {
    fn buffers(&mut self) -> &mut dyn Buffers {
        self.inner.buffers()
    }

    fn transmit_output(&mut self, amount: usize, timeout: NextTimeout) -> Result<(), ureq::Error> {
        // After the answer, the client speaks next.
        if self.opening.as_ref().is_some_and(|opening| opening.answered) {
            self.opening = None;
        }
        self.inner.transmit_output(amount, timeout)
    }

    fn await_input(&mut self, mut timeout: NextTimeout) -> Result<bool, ureq::Error> {
        if let (Some(opening), Duration::Exact(limit)) = (&self.opening, timeout.after) {
            let left = limit.checked_sub(opening.since.elapsed());
            let left = left.filter(|left| !left.is_zero());
            timeout.after = Duration::Exact(left.ok_or(ureq::Error::Timeout(timeout.reason))?);
        }
        let progress = self.inner.await_input(timeout)?;
        if let Some(opening) = &mut self.opening {
            opening.answered |= progress;
        }
        Ok(progress)
    }

    fn is_open(&mut self) -> bool {
        self.inner.is_open()
    }

    fn is_tls(&self) -> bool {
        self.inner.is_tls()
    }
}
