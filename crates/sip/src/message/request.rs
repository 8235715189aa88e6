use super::method::Method;

/// A request in the making: its lines in order.
#[derive(Debug)]
pub(crate) struct RequestText(String);

impl RequestText {
    /// The request line and our Via, asking for the port (RFC 3581 §3).
    pub(crate) fn new(method: Method, uri: &str, transport: &str, sent_by: &str, branch: &str) -> Self {
        let mut text = String::with_capacity(1024);
        for piece in
            [method.name(), " ", uri, " SIP/2.0\r\nVia: SIP/2.0/", transport, " ", sent_by, ";rport;branch=", branch]
        {
            text.push_str(piece);
        }
        text.push_str("\r\nMax-Forwards: 70\r\n");
        RequestText(text)
    }

    /// One header line.
    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        for piece in [name, ": ", value, "\r\n"] {
            self.0.push_str(piece);
        }
        self
    }

    /// Whole lines.
    pub(crate) fn lines(mut self, lines: &str) -> Self {
        self.0.push_str(lines);
        self
    }

    /// CSeq.
    pub(crate) fn cseq(self, number: u32, method: Method) -> Self {
        let value = format!("{number} {}", method.name());
        self.header("CSeq", &value)
    }

    /// Content-Length, the empty line, and the body, which is SDP.
    pub(crate) fn finish(mut self, sdp: &[u8]) -> Vec<u8> {
        if !sdp.is_empty() {
            self.0.push_str("Content-Type: application/sdp\r\n");
        }
        let text = self.header("Content-Length", &sdp.len().to_string());
        let mut bytes = text.0.into_bytes();
        bytes.extend_from_slice(b"\r\n");
        bytes.extend_from_slice(sdp);
        // Kept as long as it may have to be sent again.
        bytes.shrink_to_fit();
        bytes
    }
}
