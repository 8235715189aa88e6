//! Who we are over TLS, and how others prove who they are.

mod pinned;

use std::io;
use std::net::IpAddr;
use std::sync::Arc;

use rustls::client::WantsClientCert;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::server::WebPkiClientVerifier;
use rustls::sign::SingleCertAndKey;
use rustls::{ClientConfig, ClientConnection, ConfigBuilder, RootCertStore, ServerConfig, ServerConnection};

use self::pinned::Pinned;
use crate::config::{Identity, SipTls, TlsPeer, Trust};

/// Where systems keep whom they trust: Debian and its like, Red Hat and its like.
const SYSTEM: [&str; 2] = ["/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt"];

/// TLS for SIP, ready for use.
pub(crate) struct Tls {
    known: Vec<sip::Trunk>,
    peers: Vec<Peer>,
    /// Whoever has no settings of their own: the system's authorities, and our certificate to whoever connects.
    others: Ends,
}

struct Peer {
    at: sip::Trunk,
    name: Option<ServerName<'static>>,
    ends: Ends,
}

/// Both ends of a connection: opened by us, and by them.
struct Ends {
    client: Arc<ClientConfig>,
    /// None without a listener.
    server: Option<Arc<ServerConfig>>,
}

impl Tls {
    /// Prepares for `settings`. `own`: what the listener shows; None without one.
    pub(crate) fn new(settings: &SipTls, own: Option<&Identity>) -> Result<Self, rustls::Error> {
        let system = Arc::new(system_roots());
        let peer = |peer: &TlsPeer| {
            let ends = Ends {
                client: client(peer, &system)?,
                server: own.map(|own| server(own, peer.demand.then_some(&peer.trust), &system)).transpose()?,
            };
            Ok(Peer { at: peer.at.clone(), name: peer.name.clone(), ends })
        };
        let others = Ends {
            client: Arc::new(builder()?.with_root_certificates(system.clone()).with_no_client_auth()),
            server: own.map(|own| server(own, None, &system)).transpose()?,
        };
        let peers = settings.peers.iter().map(peer).collect::<Result<_, rustls::Error>>()?;
        Ok(Tls { known: settings.known.clone(), peers, others })
    }

    /// Whether a trunk or an operator stands at this address.
    pub(crate) fn knows(&self, address: IpAddr) -> bool {
        self.known.iter().any(|known| known.holds(address))
    }

    /// The beginning of a connection that `from` opened.
    pub(crate) fn accept(&self, from: IpAddr) -> io::Result<ServerConnection> {
        let ends = self.peer(from).map_or(&self.others, |peer| &peer.ends);
        let config = ends.server.clone().ok_or(io::ErrorKind::NotConnected)?;
        ServerConnection::new(config).map_err(io::Error::other)
    }

    /// The beginning of a connection to `to`, who must prove to be what its settings name, else to be at this very address.
    pub(crate) fn connect(&self, to: IpAddr) -> io::Result<ClientConnection> {
        let peer = self.peer(to);
        let name = peer.and_then(|peer| peer.name.clone()).unwrap_or(ServerName::IpAddress(to.into()));
        let config = peer.map_or(&self.others, |peer| &peer.ends).client.clone();
        ClientConnection::new(config, name).map_err(io::Error::other)
    }

    fn peer(&self, address: IpAddr) -> Option<&Peer> {
        self.peers.iter().find(|peer| peer.at.holds(address))
    }
}

type Builder<S> = Result<ConfigBuilder<ClientConfig, S>, rustls::Error>;

fn builder() -> Builder<rustls::WantsVerifier> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions()
}

fn client(peer: &TlsPeer, system: &Arc<RootCertStore>) -> Result<Arc<ClientConfig>, rustls::Error> {
    let builder: ConfigBuilder<ClientConfig, WantsClientCert> = match &peer.trust {
        Trust::System => builder()?.with_root_certificates(system.clone()),
        Trust::Roots(roots) => builder()?.with_root_certificates(store(roots)?),
        Trust::Pinned(pinned) => {
            builder()?.dangerous().with_custom_certificate_verifier(Arc::new(Pinned::new(pinned.clone())))
        }
    };
    Ok(Arc::new(match &peer.own {
        Some(own) => builder.with_client_cert_resolver(Arc::new(SingleCertAndKey::from(own.clone()))),
        None => builder.with_no_client_auth(),
    }))
}

/// `demanded`: by what whoever connects must prove who they are.
fn server(
    own: &Identity,
    demanded: Option<&Trust>,
    system: &Arc<RootCertStore>,
) -> Result<Arc<ServerConfig>, rustls::Error> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ServerConfig::builder_with_provider(provider.clone()).with_safe_default_protocol_versions()?;
    let by_roots = |roots: Arc<RootCertStore>| {
        let verifier = WebPkiClientVerifier::builder_with_provider(roots, provider.clone()).build();
        verifier.map_err(|error| rustls::Error::General(error.to_string()))
    };
    let builder = match demanded {
        None => builder.with_no_client_auth(),
        Some(Trust::System) => builder.with_client_cert_verifier(by_roots(system.clone())?),
        Some(Trust::Roots(roots)) => builder.with_client_cert_verifier(by_roots(Arc::new(store(roots)?))?),
        Some(Trust::Pinned(pinned)) => builder.with_client_cert_verifier(Arc::new(Pinned::new(pinned.clone()))),
    };
    Ok(Arc::new(builder.with_cert_resolver(Arc::new(SingleCertAndKey::from(own.clone())))))
}

fn store(roots: &[CertificateDer<'static>]) -> Result<RootCertStore, rustls::Error> {
    let mut store = RootCertStore::empty();
    for root in roots {
        store.add(root.clone())?;
    }
    Ok(store)
}

/// Whom the system trusts; what it lists and rustls cannot use is left out.
fn system_roots() -> RootCertStore {
    let mut store = RootCertStore::empty();
    let named = std::env::var("SSL_CERT_FILE").ok();
    let files = named.iter().map(String::as_str).chain(SYSTEM);
    if let Some(certificates) = files.filter_map(|file| CertificateDer::pem_file_iter(file).ok()).next() {
        store.add_parsable_certificates(certificates.filter_map(Result::ok));
    }
    store
}
