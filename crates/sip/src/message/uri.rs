use std::net::IpAddr;

/// What kind of address a URI is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scheme {
    Sip,
    Sips,
    Tel,
    /// One we do not serve (RFC 3261 §8.2.2.1: 416).
    Other,
}

/// A URI in its parts, as they stand (RFC 3261 §19.1, RFC 3966).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Uri<'a> {
    pub(crate) scheme: Scheme,
    /// The number of a `tel:`, too.
    pub(crate) user: Option<&'a str>,
    /// IPv6 in its brackets; empty for `tel:` and the unknown.
    pub(crate) host: &'a str,
    pub(crate) port: Option<u16>,
    params: &'a str,
    /// The whole of it.
    pub(crate) text: &'a str,
}

impl<'a> Uri<'a> {
    /// Reads a URI. None where it is none.
    pub(crate) fn parse(text: &'a str) -> Option<Self> {
        let clean =
            !text.is_empty() && !text.bytes().any(|b| b.is_ascii_whitespace() || b"<>\"".contains(&b) || b == 0);
        let (scheme, rest) = text.split_once(':').filter(|_| clean)?;
        let bare = Uri { scheme: Scheme::Other, user: None, host: "", port: None, params: "", text };
        if scheme.eq_ignore_ascii_case("sip") {
            sip(Uri { scheme: Scheme::Sip, ..bare }, rest)
        } else if scheme.eq_ignore_ascii_case("sips") {
            sip(Uri { scheme: Scheme::Sips, ..bare }, rest)
        } else if scheme.eq_ignore_ascii_case("tel") {
            let (number, params) = rest.split_once(';').unwrap_or((rest, ""));
            (!number.is_empty()).then_some(Uri { scheme: Scheme::Tel, user: Some(number), params, ..bare })
        } else {
            is_scheme(scheme).then_some(bare)
        }
    }

    /// The address that its host is, if it is one. No names are looked up.
    pub(crate) fn ip(&self) -> Option<IpAddr> {
        host_ip(self.host)
    }

    /// The value of a URI parameter: empty where it has none.
    pub(crate) fn param(&self, name: &str) -> Option<&'a str> {
        self.params.split(';').find_map(|param| {
            let (key, value) = param.split_once('=').unwrap_or((param, ""));
            key.eq_ignore_ascii_case(name).then_some(value)
        })
    }

    /// The user without its parameters, with `%XX` decoded: what was dialled, or who calls.
    pub(crate) fn user_text(&self) -> String {
        let user = self.user.unwrap_or_default();
        unescape(user.split(';').next().unwrap_or_default())
    }

    /// The telephone number that it names (RFC 3966 §5.1, RFC 3261 §19.1.6): a local one behind its context, an extension behind both.
    pub(crate) fn number(&self) -> String {
        let mut number = self.user_text();
        let param = |name: &str| {
            let of_user = self.user.unwrap_or_default().split(';').skip(1);
            let find = |param: &'a str| param.split_once('=').filter(|(key, _)| key.eq_ignore_ascii_case(name));
            of_user.chain(self.params.split(';')).find_map(find).map(|(_, value)| unescape(value))
        };
        if let Some(context) = param("phone-context").filter(|context| context.starts_with('+'))
            && !number.starts_with('+')
        {
            number.insert_str(0, &context);
        }
        if let Some(extension) = param("ext") {
            number = format!("{number};ext={extension}");
        }
        number
    }

    /// The URI without its headers, as it may stand in a request line (RFC 3261 §19.1.1).
    pub(crate) fn without_headers(&self) -> &'a str {
        match (self.scheme, self.text.rfind('@')) {
            (Scheme::Sip | Scheme::Sips, at) => {
                let start = at.unwrap_or(0);
                let end = self.text.get(start..).and_then(|rest| rest.find('?')).map_or(self.text.len(), |q| start + q);
                self.text.get(..end).unwrap_or(self.text)
            }
            (Scheme::Tel | Scheme::Other, _) => self.text,
        }
    }
}

/// An IPv4 address, or an IPv6 one in brackets.
pub(crate) fn host_ip(host: &str) -> Option<IpAddr> {
    match host.strip_prefix('[') {
        Some(rest) => rest.strip_suffix(']')?.parse().ok().map(IpAddr::V6),
        None => host.parse().ok().map(IpAddr::V4),
    }
}

/// Host and port, of a URI or a Via. The port may not be empty.
pub(crate) fn host_port(text: &str) -> Option<(&str, Option<u16>)> {
    let host_end = match text.strip_prefix('[') {
        Some(rest) => rest.find(']')? + 2,
        None => text.find(':').unwrap_or(text.len()),
    };
    let (host, rest) = text.split_at_checked(host_end)?;
    let (host, rest) = (host.trim_end(), rest.trim_start());
    let port = match rest.strip_prefix(':') {
        Some(port) => Some(super::text::number(port.trim().as_bytes())?),
        None if rest.is_empty() => None,
        None => return None,
    };
    is_host(host).then_some((host, port))
}

fn is_host(host: &str) -> bool {
    match host.strip_prefix('[') {
        // RFC 5118 §4.1, §4.10: be liberal inside the brackets; what is no address is reached by the flow.
        Some(rest) => rest.bytes().all(|b| b.is_ascii_hexdigit() || b":.]%".contains(&b)),
        None => !host.is_empty() && host.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._".contains(&b)),
    }
}

fn sip<'a>(uri: Uri<'a>, rest: &'a str) -> Option<Uri<'a>> {
    let (user, rest) = match rest.split_once('@') {
        Some((user, rest)) => (Some(user), rest),
        None => (None, rest),
    };
    // The password that may follow a colon is deprecated, and nobody's business.
    let user = user.map(|user| user.split(':').next().unwrap_or_default());
    let end = rest.find([';', '?']).unwrap_or(rest.len());
    let (host, rest) = rest.split_at_checked(end)?;
    let params = rest.split('?').next().unwrap_or_default();
    let (host, port) = host_port(host)?;
    Some(Uri { user, host, port, params: params.strip_prefix(';').unwrap_or_default(), ..uri })
}

fn is_scheme(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"+-.".contains(&b))
}

fn unescape(text: &str) -> String {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&byte, tail)) = rest.split_first() {
        let code = tail.get(..2).filter(|_| byte == b'%').and_then(|hex| std::str::from_utf8(hex).ok());
        match code.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            Some(decoded) => {
                out.push(decoded);
                rest = tail.get(2..).unwrap_or_default();
            }
            None => {
                out.push(byte);
                rest = tail;
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}
