//! The connections of an agent: a limit for the way through a proxy, and a meter.
//!
//! A proxy's whole answer to `CONNECT` must arrive within the limit for connecting. The HTTP library
//! starts that limit anew for each part of the answer, so a proxy that sends a byte now and then
//! could hold it for ever.

use super::meter::Meter;
use std::sync::Arc;
use std::time::Instant;
use ureq::Agent;
use ureq::config::Config;
use ureq::unversioned::resolver::DefaultResolver;
use ureq::unversioned::transport::time::Duration;
use ureq::unversioned::transport::{
    Buffers, ConnectionDetails, Connector, DefaultConnector, NextTimeout, Transport,
};

/// An agent whose connections all pass the `meter`, if there is one.
pub(super) fn agent(config: Config, meter: Option<Arc<Meter>>) -> Agent {
    let watch = Watch { proxied: config.proxy().is_some(), meter };
    Agent::with_parts(config, DefaultConnector::default().chain(watch), DefaultResolver::default())
}

/// Puts limit and meter on each connection.
#[derive(Debug)]
struct Watch {
    /// Whether the agent uses a proxy.
    proxied: bool,
    meter: Option<Arc<Meter>>,
}

impl<In: Transport> Connector<In> for Watch {
    type Out = Connection<In>;

    fn connect(
        &self,
        details: &ConnectionDetails<'_>,
        chained: Option<In>,
    ) -> Result<Option<Connection<In>>, ureq::Error> {
        // The library asks for the connection to the proxy itself as for a direct one.
        let to_proxy = self.proxied && details.config.proxy().is_none();
        let opening = to_proxy.then(|| Opening { since: Instant::now(), answered: false });
        Ok(chained.map(|inner| Connection { inner, opening, meter: self.meter.clone() }))
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
struct Connection<T> {
    inner: T,
    /// `None` for any other connection, and once the tunnel is open.
    opening: Option<Opening>,
    meter: Option<Arc<Meter>>,
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
        self.meter.as_ref().map_or(Ok(()), |meter| meter.check_time())?;
        if let (Some(opening), Duration::Exact(limit)) = (&self.opening, timeout.after) {
            let left = limit.checked_sub(opening.since.elapsed());
            let left = left.filter(|left| !left.is_zero());
            timeout.after = Duration::Exact(left.ok_or(ureq::Error::Timeout(timeout.reason))?);
        }
        let before = self.inner.buffers().input().len();
        let progress = self.inner.await_input(timeout)?;
        if let Some(opening) = &mut self.opening {
            opening.answered |= progress;
        }
        let arrived = self.inner.buffers().input().len().saturating_sub(before);
        self.meter.as_ref().map_or(Ok(()), |meter| meter.count(arrived))?;
        Ok(progress)
    }

    fn is_open(&mut self) -> bool {
        self.inner.is_open()
    }

    fn is_tls(&self) -> bool {
        self.inner.is_tls()
    }
}
