//! Keys: as telephone events (RFC 4733), and as tones in the voice (ITU-T Q.23, Q.24) where no events were agreed.

mod receive;
mod send;
mod tones;

pub(crate) use receive::{Listener, Press};
pub(crate) use send::{Keypad, Tone};
pub(crate) use tones::Tones;

const KEYS: [char; 16] = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', '*', '#', 'A', 'B', 'C', 'D'];

/// The key of an event code (RFC 4733 §3.2, table 7).
fn key(event: u8) -> Option<char> {
    KEYS.get(usize::from(event)).copied()
}

/// The event code of a key.
fn event(key: char) -> Option<u8> {
    KEYS.iter().position(|known| *known == key.to_ascii_uppercase()).map(|event| event as u8)
}

/// The four bytes of an event: code, end bit and volume, duration (RFC 4733 §2.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Event {
    pub(crate) code: u8,
    pub(crate) end: bool,
    pub(crate) duration: u16,
}

impl Event {
    pub(crate) const SIZE: usize = 4;
    /// −10 dBm0, in the middle of what networks send.
    const VOLUME: u8 = 10;

    fn read(payload: &[u8]) -> Option<Self> {
        let [code, flags, high, low] = *payload.first_chunk::<{ Event::SIZE }>()?;
        Some(Event { code, end: flags & 0x80 != 0, duration: u16::from_be_bytes([high, low]) })
    }

    pub(crate) fn bytes(self) -> [u8; Event::SIZE] {
        let [high, low] = self.duration.to_be_bytes();
        [self.code, u8::from(self.end) << 7 | Event::VOLUME, high, low]
    }
}
