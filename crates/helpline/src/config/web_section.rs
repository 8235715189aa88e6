//! `[web]`: where the pages stand.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use super::document::Places;
use super::fault::Fault;
use super::read::section;
use super::sip_section::everywhere;

section! {
    /// `[web]`: where the pages stand. A change needs a restart.
    WebSection {
        /// HTTPS sockets.
        https: Vec<SocketAddr> = everywhere(8443),
        /// HTTP sockets, without encryption: loopback only.
        http: Vec<SocketAddr> = Vec::new(),
        /// PEM file of the certificate with its chain, relative to this file. Without one the engine makes its own.
        certificate: Option<PathBuf> = None,
        /// PEM file of its key.
        key: Option<PathBuf> = None,
        /// Host names that the pages are reached by: in the self-made certificate, and allowed as Origin.
        names: Vec<String> = vec!["localhost".to_owned()],
    }
}

/// Where the pages stand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Web {
    /// HTTPS sockets.
    pub(crate) https: Vec<SocketAddr>,
    /// HTTP sockets, all on loopback.
    pub(crate) http: Vec<SocketAddr>,
    /// What HTTPS shows.
    pub(crate) certificate: Certificate,
    /// Host names that the pages are reached by.
    pub(crate) names: Vec<String>,
}

/// What HTTPS shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Certificate {
    /// Made by the engine, kept in the data folder; browsers warn once.
    SelfMade,
    /// From PEM files.
    Files {
        /// The chain,
        certificate: PathBuf,
        /// and the key.
        key: PathBuf,
    },
}

impl WebSection {
    /// Checks sockets, and certificate against key.
    pub(super) fn settings(self, folder: &Path, places: &Places, faults: &mut Vec<Fault>) -> Web {
        for (index, socket) in self.http.iter().enumerate().filter(|(_, socket)| !socket.ip().is_loopback()) {
            let message = format!("{socket} would carry passwords in clear; use web.https, or a loopback address");
            faults.push(places.fault(&format!("web.http[{index}]"), message));
        }
        if self.https.is_empty() && self.http.is_empty() {
            faults.push(places.fault("web.https", "and web.http name no socket: no operator could sign in"));
        }
        let certificate = match (self.certificate, self.key) {
            (Some(certificate), Some(key)) => {
                let [certificate, key] = [("certificate", certificate), ("key", key)].map(|(name, file)| {
                    let file = folder.join(file);
                    if !file.is_file() {
                        let message = format!("there is no file {}", file.display());
                        faults.push(places.fault(&format!("web.{name}"), message));
                    }
                    file
                });
                Certificate::Files { certificate, key }
            }
            (None, None) => Certificate::SelfMade,
            (Some(_), None) => {
                faults.push(places.fault("web.certificate", "needs web.key beside it"));
                Certificate::SelfMade
            }
            (None, Some(_)) => {
                faults.push(places.fault("web.key", "needs web.certificate beside it"));
                Certificate::SelfMade
            }
        };
        Web { https: self.https, http: self.http, certificate, names: self.names }
    }
}
