/// The magic cookie (RFC 8489 §5).
const COOKIE: [u8; 4] = [0x21, 0x12, 0xA4, 0x42];
const HEADER: usize = 20;
const USERNAME: u16 = 0x0006;
const MAX_ATTRIBUTES: usize = 32;

/// Whether a datagram is STUN by its first byte (RFC 7983 §7).
pub(super) fn is_stun(datagram: &[u8]) -> bool {
    datagram.first().is_some_and(|first| *first < 4) && datagram.get(4..8) == Some(&COOKIE[..])
}

/// Our part of a binding request's USERNAME, `ours:theirs` (RFC 8445 §7.2.2).
pub(super) fn local_ufrag(datagram: &[u8]) -> Option<&str> {
    let is_request = datagram.starts_with(&[0, 1]);
    let username = attribute(datagram, USERNAME).filter(|_| is_request && is_stun(datagram))?;
    std::str::from_utf8(username).ok()?.split(':').next()
}

fn attribute(datagram: &[u8], wanted: u16) -> Option<&[u8]> {
    let mut rest = datagram.get(HEADER..)?;
    for _ in 0..MAX_ATTRIBUTES {
        let [kind_high, kind_low, len_high, len_low] = *rest.first_chunk::<4>()?;
        let len = usize::from(u16::from_be_bytes([len_high, len_low]));
        let value = rest.get(4..4 + len)?;
        if u16::from_be_bytes([kind_high, kind_low]) == wanted {
            return Some(value);
        }
        // Values are padded to four bytes (RFC 8489 §14).
        rest = rest.get(4 + len.next_multiple_of(4)..)?;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(attributes: &[u8]) -> Vec<u8> {
        let mut packet = vec![0, 1, 0, attributes.len() as u8];
        packet.extend(COOKIE);
        packet.extend([7; 12]);
        packet.extend(attributes);
        packet
    }

    #[test]
    fn finds_our_ufrag_behind_other_attributes() {
        let attributes = [&[0x80, 0x22, 0, 3, b'a', b'b', b'c', 0][..], &[0, 6, 0, 9], b"ours:them\0\0\0"].concat();
        let packet = request(&attributes);
        assert_eq!(local_ufrag(&packet), Some("ours"));
        for cut in 0..packet.len() - 3 {
            assert_eq!(local_ufrag(&packet[..cut]), None);
        }
    }

    #[test]
    fn responses_and_other_protocols_have_none() {
        let mut response = request(&[0, 6, 0, 4, b'a', b':', b'b', b'c']);
        assert_eq!(local_ufrag(&response), Some("a"));
        response[0] = 1;
        assert_eq!(local_ufrag(&response), None);
        assert!(!is_stun(&[0x80, 8, 0, 0, 0x21, 0x12, 0xA4, 0x42]));
    }
}
