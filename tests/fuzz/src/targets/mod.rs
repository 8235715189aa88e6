mod media;
mod sip;

/// Code that reads what comes from outside.
#[derive(Clone, Copy, Debug)]
pub struct Target {
    /// Its name, and its folder's under `corpus/`.
    pub name: &'static str,
    read: fn(&[u8]),
}

impl Target {
    /// Reads one input; panics where something that must hold does not.
    pub fn run(&self, input: &[u8]) {
        (self.read)(input);
    }
}

/// All targets.
pub const TARGETS: &[Target] = &[
    Target { name: "rtp", read: media::rtp },
    Target { name: "rtcp", read: media::rtcp },
    Target { name: "stun", read: media::stun },
    Target { name: "sdp", read: media::sdp },
    Target { name: "sip", read: sip::message },
    Target { name: "sip_answer", read: sip::answer },
];

/// The target of this name.
pub fn target(name: &str) -> Option<Target> {
    TARGETS.iter().find(|target| target.name == name).copied()
}
