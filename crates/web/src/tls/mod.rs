//! The certificate: from files, or made here for trials.

mod self_made;

use std::fs;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::sign::{CertifiedKey, SingleCertAndKey};
use sha2::{Digest, Sha256};

/// Where the certificate comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Tls {
    /// PEM files: a chain, own certificate first, and its key.
    Files {
        /// The chain.
        certificate: PathBuf,
        /// Its private key.
        key: PathBuf,
    },
    /// Made by ourselves, kept in a folder across starts, for localhost and these names. Browsers warn of it once.
    SelfMade {
        /// Where it is kept.
        folder: PathBuf,
        /// Further names and addresses.
        names: Vec<String>,
    },
}

/// A certificate that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A file could not be read or written.
    #[error("failed to use {}", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// A file is not what it should be.
    #[error("failed to read PEM from {}", path.display())]
    Pem {
        /// Which.
        path: PathBuf,
        /// Why.
        #[source]
        source: rustls::pki_types::pem::Error,
    },
    /// Certificate and key do not fit each other, or rustls cannot use them.
    #[error("failed to use the certificate and its key")]
    Rustls(#[from] rustls::Error),
    /// It could not be made.
    #[error("failed to make a certificate")]
    Make(#[from] rcgen::Error),
}

/// A certificate ready for use.
#[derive(Debug)]
pub(crate) struct Loaded {
    pub(crate) config: Arc<ServerConfig>,
    /// SHA-256 of the certificate, as browsers show it.
    pub(crate) fingerprint: String,
}

impl Tls {
    /// Reads the certificate, making it first where that is asked for and none is there.
    pub(crate) fn load(&self) -> Result<Loaded, TlsError> {
        let identity = self.identity()?;
        let fingerprint = identity.cert.first().map(|certificate| fingerprint(certificate)).unwrap_or_default();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let mut config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_cert_resolver(Arc::new(SingleCertAndKey::from(identity)));
        config.alpn_protocols = vec![b"http/1.1".to_vec()]; // a WebSocket is an HTTP/1.1 upgrade
        Ok(Loaded { config: Arc::new(config), fingerprint })
    }

    /// The certificate and its key, made first where that is asked for and none is there. Whoever else speaks TLS may show it, too.
    pub fn identity(&self) -> Result<Arc<CertifiedKey>, TlsError> {
        match self {
            Tls::Files { certificate, key } => read(certificate, key),
            Tls::SelfMade { folder, names } => {
                let files = self_made::ensure(folder, names, jiff::Timestamp::now())?;
                read(&files.certificate, &files.key)
            }
        }
    }
}

fn read(certificate: &PathBuf, key: &PathBuf) -> Result<Arc<CertifiedKey>, TlsError> {
    let pem = |path: &PathBuf| fs::read(path).map_err(|source| TlsError::File { path: path.clone(), source });
    let chain = CertificateDer::pem_slice_iter(&pem(certificate)?)
        .collect::<Result<Vec<_>, _>>()
        .map_err(|source| TlsError::Pem { path: certificate.clone(), source })?;
    let private =
        PrivateKeyDer::from_pem_slice(&pem(key)?).map_err(|source| TlsError::Pem { path: key.clone(), source })?;
    Ok(Arc::new(CertifiedKey::from_der(chain, private, &rustls::crypto::ring::default_provider())?))
}

fn fingerprint(certificate: &[u8]) -> String {
    Sha256::digest(certificate).iter().map(|byte| format!("{byte:02X}")).collect::<Vec<_>>().join(":")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_self_made_certificate_stays_the_same_across_starts() {
        let folder = std::env::temp_dir().join(format!("helpline-web-tls-{}", std::process::id()));
        let tls = Tls::SelfMade { folder: folder.clone(), names: vec!["desk.example".into(), "192.0.2.7".into()] };
        let first = tls.load().unwrap();
        assert_eq!(first.fingerprint.len(), 32 * 3 - 1);
        assert_eq!(tls.load().unwrap().fingerprint, first.fingerprint);
        let renamed = Tls::SelfMade { folder: folder.clone(), names: vec![] };
        assert_ne!(renamed.load().unwrap().fingerprint, first.fingerprint, "other names, another certificate");
        fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn a_missing_file_is_named() {
        let tls = Tls::Files { certificate: "/nowhere/chain.pem".into(), key: "/nowhere/key.pem".into() };
        assert_eq!(tls.load().unwrap_err().to_string(), "failed to use /nowhere/chain.pem");
    }
}
