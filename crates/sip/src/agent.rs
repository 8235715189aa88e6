use std::net::IpAddr;

use base::{Boot, Mono, NodeId, Now};

use crate::{Input, Output};

/// A SIP user agent without sockets.
#[derive(Debug)]
pub struct UserAgent;

impl UserAgent {
    /// Starts with nothing configured.
    pub fn new(_node: NodeId, _boot: Boot, _seed: [u8; 32]) -> Self {
        UserAgent
    }

    /// Takes one input; drain `poll_output` after it.
    pub fn handle(&mut self, _input: Input<'_>, _now: Now) {}

    /// Does what has become due.
    pub fn handle_timeout(&mut self, _now: Now) {}

    /// What is to be done next.
    pub fn poll_output(&mut self) -> Option<Output> {
        None
    }

    /// When `handle_timeout` is wanted next.
    pub fn poll_timeout(&self) -> Option<Mono> {
        None
    }
}

/// The address that a SIP URI names, where its host is one.
pub fn uri_address(_uri: &str) -> Option<IpAddr> {
    None
}
