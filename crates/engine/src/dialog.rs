//! A dialog as the journal keeps it: sealed, with all that a BYE after a crash needs.

use std::net::SocketAddr;

use base::Pii;
use serde::{Deserialize, Serialize};
use sip::{DialogRecord, Flow, Transport};

/// The context under which dialogs are sealed.
pub(crate) const CONTEXT: &str = "dialog";

/// Fields are named, added only with defaults, never renamed: old journals are read by new engines.
#[derive(Serialize, Deserialize)]
struct Stored {
    call_id: String,
    local: String,
    remote: String,
    target: String,
    routes: Vec<String>,
    cseq: u32,
    tcp: bool,
    #[serde(default)]
    tls: bool,
    local_address: SocketAddr,
    remote_address: SocketAddr,
    rtp_port: Option<u16>,
}

/// A dialog and the RTP port of its leg.
#[derive(Debug, PartialEq)]
pub(crate) struct KeptDialog {
    pub(crate) dialog: DialogRecord,
    pub(crate) rtp_port: Option<u16>,
}

impl KeptDialog {
    /// The bytes to seal.
    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        let dialog = &self.dialog;
        let stored = Stored {
            call_id: dialog.call_id.clone(),
            local: dialog.local.reveal().clone(),
            remote: dialog.remote.reveal().clone(),
            target: dialog.target.reveal().clone(),
            routes: dialog.routes.clone(),
            cseq: dialog.cseq,
            tcp: dialog.flow.transport == Transport::Tcp,
            tls: dialog.flow.transport == Transport::Tls,
            local_address: dialog.flow.local,
            remote_address: dialog.flow.remote,
            rtp_port: self.rtp_port,
        };
        serde_json::to_vec(&stored).unwrap_or_default()
    }

    /// Reads them back; the connection of that run is gone.
    pub(crate) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let stored: Stored = serde_json::from_slice(bytes).ok()?;
        let transport = match (stored.tls, stored.tcp) {
            (true, _) => Transport::Tls,
            (false, true) => Transport::Tcp,
            (false, false) => Transport::Udp,
        };
        let flow = Flow { transport, local: stored.local_address, remote: stored.remote_address, connection: None };
        let dialog = DialogRecord {
            call_id: stored.call_id,
            local: Pii::new(stored.local),
            remote: Pii::new(stored.remote),
            target: Pii::new(stored.target),
            routes: stored.routes,
            cseq: stored.cseq,
            flow,
        };
        Some(KeptDialog { dialog, rtp_port: stored.rtp_port })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_back_what_it_wrote_without_the_connection() {
        let flow = Flow {
            transport: Transport::Tls,
            local: "127.0.0.1:5060".parse().unwrap(),
            remote: "[::1]:5070".parse().unwrap(),
            connection: None,
        };
        let dialog = DialogRecord {
            call_id: "a@b".into(),
            local: Pii::new("<sip:400@x>;tag=1".into()),
            remote: Pii::new("<sip:13800000000@x>;tag=2".into()),
            target: Pii::new("sip:13800000000@127.0.0.1".into()),
            routes: vec!["<sip:p;lr>".into()],
            cseq: 3,
            flow,
        };
        let kept = KeptDialog { dialog, rtp_port: Some(10_000) };
        assert_eq!(KeptDialog::from_bytes(&kept.to_bytes()), Some(kept));
    }

    #[test]
    fn a_dialog_of_a_release_without_tls_is_read() {
        let old = br#"{"call_id":"a","local":"l","remote":"r","target":"t","routes":[],"cseq":1,"tcp":true,
            "local_address":"127.0.0.1:5060","remote_address":"127.0.0.1:5070","rtp_port":null}"#;
        assert_eq!(KeptDialog::from_bytes(old).unwrap().dialog.flow.transport, Transport::Tcp);
    }
}
