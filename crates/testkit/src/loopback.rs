//! Sockets on this machine alone.

use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// A port that hands each of its connections to a function.
#[derive(Debug)]
pub struct Loopback {
    address: String,
    stopped: Arc<AtomicBool>,
}

impl Loopback {
    /// Listens on a free port, and calls `serve` with each connection, in a thread of its own.
    ///
    /// # Panics
    /// When loopback has no free port.
    pub fn start(serve: impl Fn(TcpStream) + Send + Sync + 'static) -> Loopback {
        let (listener, address) = silent();
        let stopped = Arc::new(AtomicBool::new(false));
        let (serve, over) = (Arc::new(serve), Arc::clone(&stopped));
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                if over.load(Ordering::SeqCst) {
                    return;
                }
                let Ok(stream) = stream else { continue };
                let serve = Arc::clone(&serve);
                std::thread::spawn(move || serve(stream));
            }
        });
        Loopback { address, stopped }
    }

    /// `127.0.0.1:PORT`.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// Closes the port. Connections that are open stay so.
    pub fn stop(&self) {
        self.stopped.store(true, Ordering::SeqCst);
        // This wakes the accepting thread, which then ends.
        let _ = TcpStream::connect(&self.address);
    }
}

/// A socket that accepts as many connections as the system queues for it, and never answers; and
/// its `127.0.0.1:PORT`.
///
/// # Panics
///
/// When loopback has no free port.
pub fn silent() -> (TcpListener, String) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("loopback has free ports");
    let address = listener.local_addr().expect("a bound socket has an address").to_string();
    (listener, address)
}

/// A `127.0.0.1:PORT` at which no program listens.
///
/// # Panics
///
/// When loopback has no free port.
pub fn closed() -> String {
    silent().1
}
