//! A mirror over TLS, with a certificate made for the test: none lies in the repository to expire
//! there.

use goward_testkit::loopback::Loopback;
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair, date_time_ymd};
use rustls::pki_types::{CertificateDer, PrivatePkcs8KeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};
use std::sync::Arc;

/// The certificate that a server shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shown {
    Good,
    /// Signed by the authority, for this host, until 2020.
    Expired,
    /// From 2090 on.
    Early,
    /// Signed by the authority, for `go.example`.
    OtherHost,
    /// Signed by itself alone.
    SelfSigned,
}

/// A certificate authority that exists for one test.
pub(crate) struct Authority {
    issuer: Issuer<'static, KeyPair>,
    pem: String,
}

impl Authority {
    pub(crate) fn new() -> Authority {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new([]).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let pem = params.self_signed(&key).unwrap().pem();
        Authority { issuer: Issuer::new(params, key), pem }
    }

    /// The certificate that clients are to trust.
    pub(crate) fn pem(&self) -> &str {
        &self.pem
    }

    fn config(&self, shown: Shown) -> ServerConfig {
        let host = if shown == Shown::OtherHost { "go.example" } else { "127.0.0.1" };
        let mut params = CertificateParams::new([host.to_owned()]).unwrap();
        match shown {
            Shown::Expired => params.not_after = date_time_ymd(2020, 1, 1),
            Shown::Early => params.not_before = date_time_ymd(2090, 1, 1),
            Shown::Good | Shown::OtherHost | Shown::SelfSigned => {}
        }
        let key = KeyPair::generate().unwrap();
        let certificate = match shown {
            Shown::SelfSigned => params.self_signed(&key),
            _ => params.signed_by(&key, &self.issuer),
        };
        let chain: Vec<CertificateDer<'static>> = vec![certificate.unwrap().der().clone()];
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ServerConfig::builder_with_provider(provider);
        let config = config.with_safe_default_protocol_versions().unwrap().with_no_client_auth();
        let key = PrivatePkcs8KeyDer::from(key.serialize_der());
        config.with_single_cert(chain, key.into()).unwrap()
    }

    /// Puts TLS before the plain server at `target`; the URL of the whole.
    pub(crate) fn serve(&self, shown: Shown, target: &str) -> String {
        let config = Arc::new(self.config(shown));
        let target = target.trim_start_matches("http://").to_owned();
        // A client that hangs up on a bad certificate is part of the tests.
        let port = Loopback::start(move |client| drop(pass(client, Arc::clone(&config), &target)));
        format!("https://{}", port.address())
    }
}

/// Hands each request of one connection to `target`, and its answer back.
fn pass(client: TcpStream, config: Arc<ServerConfig>, target: &str) -> std::io::Result<()> {
    let connection = ServerConnection::new(config).map_err(std::io::Error::other)?;
    let mut client = StreamOwned::new(connection, client);
    loop {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            let mut byte = [0];
            if client.read(&mut byte)? == 0 {
                return Ok(());
            }
            head.push(byte[0]);
        }
        let mut server = TcpStream::connect(target)?;
        server.write_all(&head)?;
        server.shutdown(Shutdown::Write)?;
        std::io::copy(&mut server, &mut client)?;
        client.flush()?;
    }
}
