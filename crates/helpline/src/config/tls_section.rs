//! TLS of SIP: what we show, and whom we believe.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::sign::CertifiedKey;

use super::document::Places;
use super::fault::Fault;
use super::read::{Node, Read, section};
use super::sip_section::SipSection;

section! {
    /// `[trunk.<name>.tls]` and `[operator.<id>.tls]`: who the other side is over TLS. A change needs a restart.
    TlsSection {
        /// The name in its certificate, sent to it as well. Without it: its address must stand there.
        name: Option<TlsName> = None,
        /// PEM file of the authorities that may vouch for it. Without it: those that the system trusts.
        roots: Option<PathBuf> = None,
        /// PEM file of its very certificate, believed whatever name and dates it bears: for what is self-signed.
        pinned: Option<PathBuf> = None,
        /// PEM file of the certificate, with its chain, that we show it when we connect.
        certificate: Option<PathBuf> = None,
        /// PEM file of its key.
        key: Option<PathBuf> = None,
        /// Whether it must show a certificate when it connects to us.
        demand: bool = false,
    }
}

/// What stands for a trunk that says nothing: the system's authorities, its own name.
pub(super) const SYSTEM: TlsSection =
    TlsSection { name: None, roots: None, pinned: None, certificate: None, key: None, demand: false };

/// A certificate chain with its key.
pub(crate) type Identity = Arc<CertifiedKey>;

/// TLS of SIP.
#[derive(Clone, Debug, Default)]
pub(crate) struct SipTls {
    /// What the listener shows. None: what the pages show.
    pub(crate) own: Option<Identity>,
    /// Who has settings of their own; the first that fits counts.
    pub(crate) peers: Vec<TlsPeer>,
    /// The addresses of all trunks and operators.
    pub(crate) known: Vec<sip::Trunk>,
}

/// The other side of connections to and from these addresses.
#[derive(Clone, Debug)]
pub(crate) struct TlsPeer {
    /// Where it is.
    pub(crate) at: sip::Trunk,
    /// The name that its certificate must bear; None: its address.
    pub(crate) name: Option<ServerName<'static>>,
    /// Who may vouch for it.
    pub(crate) trust: Trust,
    /// What we show it when we connect.
    pub(crate) own: Option<Identity>,
    /// It must prove who it is when it connects, too.
    pub(crate) demand: bool,
}

/// Who may vouch for somebody.
#[derive(Clone, Debug)]
pub(crate) enum Trust {
    /// The system's authorities.
    System,
    /// These authorities.
    Roots(Vec<CertificateDer<'static>>),
    /// Nobody: it is one of these certificates.
    Pinned(Vec<CertificateDer<'static>>),
}

/// Somewhere, and its settings, if it has any.
type At = (sip::Trunk, Option<TlsSection>);

/// All of it. The phones of operators, which stand at one address each, come before trunks with their networks.
pub(super) fn settings(
    sip: &SipSection,
    (phones, lines): (Vec<At>, Vec<At>),
    folder: &Path,
    places: &Places,
    faults: &mut Vec<Fault>,
) -> SipTls {
    let place = |section: String| Place { section, folder, places };
    let own = place("sip".to_owned()).identity(sip.certificate.clone(), sip.key.clone(), faults);
    let known = phones.iter().chain(&lines).map(|(at, _)| at.clone()).collect();
    let named = |kind: &'static str, all: Vec<At>| all.into_iter().map(move |(at, tls)| (kind, at, tls));
    let mut peers = Vec::new();
    for (kind, at, tls) in named("operator", phones).chain(named("trunk", lines)) {
        let section = format!("{kind}.{}.tls", at.name);
        peers.extend(tls.map(|tls| tls.peer(at, &place(section), faults)));
    }
    SipTls { own, peers, known }
}

impl TlsSection {
    /// The same, where it names nobody, for this host (RFC 5922 §7.1: the domain that was asked for must stand in the certificate).
    pub(super) fn or_named(self, host: Option<&str>) -> Self {
        let host = || ServerName::try_from(host?.to_owned()).ok().map(TlsName);
        TlsSection { name: self.name.or_else(host), ..self }
    }

    /// Reads the files.
    pub(super) fn peer(self, at: sip::Trunk, place: &Place<'_>, faults: &mut Vec<Fault>) -> TlsPeer {
        if self.roots.is_some() && self.pinned.is_some() {
            faults.push(place.fault("pinned", "leaves nothing for roots to vouch for; name one of the two"));
        }
        if self.demand && self.roots.is_none() && self.pinned.is_none() {
            let message =
                "with the system's authorities would let in whoever has any certificate; name roots or pinned";
            faults.push(place.fault("demand", message));
        }
        let mut read = |file: Option<&PathBuf>, name| file.and_then(|file| place.certificates(name, file, faults));
        let pinned = read(self.pinned.as_ref(), "pinned").map(Trust::Pinned);
        let roots = read(self.roots.as_ref(), "roots").map(Trust::Roots);
        TlsPeer {
            at,
            name: self.name.map(|name| name.0),
            trust: pinned.or(roots).unwrap_or(Trust::System),
            own: place.identity(self.certificate, self.key, faults),
            demand: self.demand,
        }
    }
}

/// A section that names PEM files, relative to the folder of the main file.
pub(super) struct Place<'p> {
    pub(super) section: String,
    pub(super) folder: &'p Path,
    pub(super) places: &'p Places,
}

impl Place<'_> {
    fn fault(&self, key: &str, message: impl Into<String>) -> Fault {
        self.places.fault(&format!("{}.{key}", self.section), message)
    }

    /// The keys `certificate` and `key`, which come together.
    pub(super) fn identity(
        &self,
        certificate: Option<PathBuf>,
        key: Option<PathBuf>,
        faults: &mut Vec<Fault>,
    ) -> Option<Identity> {
        match (certificate, key) {
            (Some(certificate), Some(key)) => {
                let chain = self.certificates("certificate", &certificate, faults);
                let key = self.key(&key, faults);
                self.fitting(chain?, key?, faults)
            }
            (None, None) => None,
            (Some(_), None) => {
                faults.push(self.fault("certificate", "needs key beside it"));
                None
            }
            (None, Some(_)) => {
                faults.push(self.fault("key", "needs certificate beside it"));
                None
            }
        }
    }

    fn fitting(
        &self,
        chain: Vec<CertificateDer<'static>>,
        key: PrivateKeyDer<'static>,
        faults: &mut Vec<Fault>,
    ) -> Option<Identity> {
        let made = CertifiedKey::from_der(chain, key, &rustls::crypto::ring::default_provider());
        let fault = |error| faults.push(self.fault("key", format!("does not fit the certificate: {error}")));
        made.map_err(fault).ok().map(Arc::new)
    }

    fn certificates(&self, key: &str, file: &Path, faults: &mut Vec<Fault>) -> Option<Vec<CertificateDer<'static>>> {
        let file = self.folder.join(file);
        let read = CertificateDer::pem_file_iter(&file).and_then(Iterator::collect::<Result<Vec<_>, _>>);
        match read {
            Ok(certificates) if !certificates.is_empty() => Some(certificates),
            Ok(_) => {
                faults.push(self.fault(key, format!("there is no certificate in {}", file.display())));
                None
            }
            Err(error) => {
                faults.push(self.fault(key, format!("{} cannot be read: {error}", file.display())));
                None
            }
        }
    }

    fn key(&self, file: &Path, faults: &mut Vec<Fault>) -> Option<PrivateKeyDer<'static>> {
        let file = self.folder.join(file);
        let fault = |error| faults.push(self.fault("key", format!("{} cannot be read: {error}", file.display())));
        PrivateKeyDer::from_pem_file(&file).map_err(fault).ok()
    }
}

/// A name that a certificate may bear.
#[derive(Clone, Debug)]
pub(super) struct TlsName(ServerName<'static>);

impl Read for TlsName {
    fn read(node: &Node<'_>, faults: &mut Vec<Fault>) -> Option<Self> {
        node.parsed("a host name, like sip.carrier.example", faults, |text| {
            ServerName::try_from(text.to_owned()).ok().map(TlsName)
        })
    }
}
