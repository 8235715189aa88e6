//! The wire layer: each fault that rsip has is a test here, and rsip itself a second opinion.

mod faults;
mod rsip;
mod uris;

use super::Message;

/// A message, cut to its length.
fn read(bytes: &[u8]) -> Message<'_> {
    let mut message = Message::parse(bytes).expect("a SIP message");
    message.cut();
    message
}

/// An OPTIONS with further lines in its head.
fn with(lines: &str) -> Vec<u8> {
    with_bytes(lines.as_bytes())
}

fn with_bytes(lines: &[u8]) -> Vec<u8> {
    let mut out = b"OPTIONS sip:a@192.0.2.1 SIP/2.0\r\n".to_vec();
    let common = [
        ("Via", "Via: SIP/2.0/UDP 192.0.2.2;branch=z9hG4bK1\r\n"),
        ("From", "From: <sip:b@192.0.2.2>;tag=f\r\n"),
        ("To", "To: <sip:a@192.0.2.1>\r\n"),
        ("Call-ID", "Call-ID: c@192.0.2.2\r\n"),
        ("CSeq", "CSeq: 1 OPTIONS\r\n"),
    ];
    let given = String::from_utf8_lossy(lines).to_ascii_lowercase();
    for (name, line) in common {
        let name = name.to_ascii_lowercase();
        if !given.starts_with(&name) && !given.contains(&format!("\n{name}")) {
            out.extend_from_slice(line.as_bytes());
        }
    }
    out.extend_from_slice(lines);
    out.extend_from_slice(b"\r\n");
    out
}
