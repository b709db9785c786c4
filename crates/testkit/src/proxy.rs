//! An HTTP proxy on loopback that notes requests.

use std::io::{BufRead, BufReader, Read, Result, Write};
use std::net::TcpStream;
use std::sync::{Arc, Mutex};

use crate::loopback::Loopback;

/// The note of a proxy when it reads an account for a server.
pub const ACCOUNT: &str = "authorization:";

/// A proxy that connects every request to one server, or refuses it.
#[derive(Debug)]
pub struct Proxy {
    /// Its URL.
    pub url: String,
    asked: Log,
}

type Log = Arc<Mutex<Vec<String>>>;

impl Proxy {
    /// A proxy before the server at `target`, a `HOST:PORT`; or one that answers each request with
    /// `refusal`.
    pub fn start(target: &str, refusal: Option<&'static str>) -> Proxy {
        let asked = Log::default();
        let (log, target) = (Arc::clone(&asked), target.to_owned());
        let pass = move |client: TcpStream| drop(pass(&client, &target, refusal, &log));
        Proxy { url: format!("http://{}", Loopback::start(pass).address()), asked }
    }

    /// The first line of each request, and [`ACCOUNT`] for each account that was read.
    ///
    /// # Panics
    /// When a thread of the proxy did.
    pub fn asked(&self) -> Vec<String> {
        self.asked.lock().expect("no panic while locked").clone()
    }
}

fn note(log: &Log, what: &str) {
    log.lock().expect("no panic while locked").push(what.to_owned());
}

fn pass(client: &TcpStream, target: &str, refusal: Option<&str>, log: &Log) -> Result<()> {
    let mut reader = BufReader::new(client);
    let mut first = String::new();
    reader.read_line(&mut first)?;
    let mut line = String::from("a header");
    while !line.trim_end().is_empty() {
        line.clear();
        reader.read_line(&mut line)?;
        if line.to_lowercase().starts_with(ACCOUNT) {
            note(log, ACCOUNT);
        }
    }
    note(log, first.trim_end());
    let mut to_client = client;
    if let Some(refusal) = refusal {
        return write!(to_client, "HTTP/1.1 {refusal}\r\nContent-Length: 0\r\n\r\n");
    }
    let mut server = TcpStream::connect(target)?;
    write!(to_client, "HTTP/1.1 200 Connected\r\n\r\n")?;
    let mut back = server.try_clone()?;
    let mut sink = client.try_clone()?;
    std::thread::spawn(move || std::io::copy(&mut back, &mut sink));
    let mut buffer = [0; 4096];
    loop {
        match reader.read(&mut buffer)? {
            0 => return Ok(()),
            read => {
                if String::from_utf8_lossy(&buffer[..read]).to_lowercase().contains(ACCOUNT) {
                    note(log, ACCOUNT);
                }
                server.write_all(&buffer[..read])?;
            }
        }
    }
}
