//! Digest authentication as its user sees it (RFC 3261 §22, RFC 7616, RFC 8760): from a challenge to the line that answers it.

use std::fmt::Write;

use base::Pii;
use md5::{Digest, Md5};
use sha2::{Sha256, Sha512_256};

use crate::message::{Message, Name, split, trim, unquoted};

/// A name and its secret at a carrier. Neither is ever printed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Login {
    /// The name.
    pub user: Pii<String>,
    /// Its secret.
    pub password: Pii<String>,
    /// The realm that it is for. None: whatever the trunk names.
    pub realm: Option<String>,
}

/// Who asks: the other side itself, or a proxy on the way to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Asker {
    Agent,
    Proxy,
}

/// The hashes that we know, the weakest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Hash {
    Md5,
    Sha256,
    Sha512256,
}

/// What has to be answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Challenge {
    asker: Asker,
    realm: String,
    pub(crate) nonce: String,
    opaque: Option<String>,
    hash: Hash,
    /// As it was written; None: MD5 by default.
    algorithm: Option<String>,
    /// `-sess`: the nonces go into the secret as well.
    session: bool,
    /// `qop=auth` is offered; else none is, as in RFC 2069.
    auth: bool,
    /// The nonce was only too old: the secret is right.
    pub(crate) stale: bool,
}

/// The request that is to be believed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Asked<'a> {
    pub(crate) method: &'a str,
    pub(crate) uri: &'a str,
    /// How often this nonce is used, this time counted.
    pub(crate) count: u32,
    pub(crate) cnonce: &'a str,
}

impl Challenge {
    /// The strongest challenge of a 401 or 407 that we can answer; of equals, the first. RFC 8760 §2.4 leaves the choice to us.
    pub(crate) fn of(response: &Message<'_>, login: &Login) -> Option<Self> {
        let of = |name, asker| {
            response.values(name).flat_map(challenges).filter_map(move |text| Challenge::read(text, asker))
        };
        let fits = |challenge: &Challenge| login.realm.as_ref().is_none_or(|realm| *realm == challenge.realm);
        let mut all: Vec<Challenge> = of(Name::WwwAuthenticate, Asker::Agent)
            .chain(of(Name::ProxyAuthenticate, Asker::Proxy))
            .filter(fits)
            .collect();
        // A stable sort: the first of the strongest stays the first.
        all.sort_by_key(|challenge| std::cmp::Reverse(challenge.hash));
        all.into_iter().next()
    }

    fn read(params: Vec<(String, String)>, asker: Asker) -> Option<Self> {
        let get = |name: &str| params.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone());
        let algorithm = get("algorithm");
        let (hash, session) = hash(algorithm.as_deref().unwrap_or("MD5"))?;
        let qop = get("qop");
        let auth = qop.as_ref().is_some_and(|all| all.split(',').any(|one| one.trim().eq_ignore_ascii_case("auth")));
        // What asks for the body's integrity and for nothing less cannot be had.
        if qop.is_some() && !auth {
            return None;
        }
        Some(Challenge {
            asker,
            realm: get("realm")?,
            nonce: get("nonce")?,
            opaque: get("opaque"),
            hash,
            algorithm,
            session,
            auth,
            stale: get("stale").is_some_and(|stale| stale.eq_ignore_ascii_case("true")),
        })
    }

    /// The whole line that answers it, with its line break.
    pub(crate) fn answer(&self, login: &Login, asked: Asked<'_>) -> String {
        let Asked { method, uri, count, cnonce } = asked;
        let (user, realm, nonce) = (login.user.reveal(), &self.realm, &self.nonce);
        let hash = |text: String| self.hash.hex(text.as_bytes());
        let secret = hash(format!("{user}:{realm}:{}", login.password.reveal()));
        let secret = if self.session { hash(format!("{secret}:{nonce}:{cnonce}")) } else { secret };
        let request = hash(format!("{method}:{uri}"));
        let response = match self.auth {
            true => hash(format!("{secret}:{nonce}:{count:08x}:{cnonce}:auth:{request}")),
            false => hash(format!("{secret}:{nonce}:{request}")),
        };
        let name = match self.asker {
            Asker::Agent => "Authorization",
            Asker::Proxy => "Proxy-Authorization",
        };
        let mut line = format!(
            "{name}: Digest username=\"{}\", realm=\"{}\", nonce=\"{}\", uri=\"{uri}\", response=\"{response}\"",
            escaped(user),
            escaped(realm),
            escaped(nonce)
        );
        if let Some(algorithm) = &self.algorithm {
            let _ = write!(line, ", algorithm={algorithm}");
        }
        if let Some(opaque) = &self.opaque {
            let _ = write!(line, ", opaque=\"{}\"", escaped(opaque));
        }
        if self.auth || self.session {
            let _ = write!(line, ", cnonce=\"{cnonce}\"");
        }
        if self.auth {
            let _ = write!(line, ", qop=auth, nc={count:08x}");
        }
        line.push_str("\r\n");
        line
    }
}

impl Hash {
    fn hex(self, text: &[u8]) -> String {
        match self {
            Hash::Md5 => hex(&Md5::digest(text)),
            Hash::Sha256 => hex(&Sha256::digest(text)),
            Hash::Sha512256 => hex(&Sha512_256::digest(text)),
        }
    }
}

fn hash(algorithm: &str) -> Option<(Hash, bool)> {
    let upper = algorithm.to_ascii_uppercase();
    let (name, session) = match upper.strip_suffix("-SESS") {
        Some(name) => (name, true),
        None => (upper.as_str(), false),
    };
    let hash = match name {
        "MD5" => Hash::Md5,
        "SHA-256" => Hash::Sha256,
        "SHA-512-256" => Hash::Sha512256,
        _ => return None,
    };
    Some((hash, session))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"")
}

/// The parameters of every Digest challenge in one header line. A line should hold one; some hold several, behind commas.
fn challenges(line: &[u8]) -> Vec<Vec<(String, String)>> {
    let mut all: Vec<Option<Vec<(String, String)>>> = Vec::new();
    for piece in split(line, b',').map(trim) {
        let (scheme, piece) = scheme(piece);
        match scheme {
            Some(name) if name.eq_ignore_ascii_case(b"digest") => all.push(Some(Vec::new())),
            Some(_) => all.push(None),
            None => {}
        }
        if let (Some(Some(params)), Some(param)) = (all.last_mut(), param(piece)) {
            params.push(param);
        }
    }
    all.into_iter().flatten().collect()
}

/// `Digest realm="x"` as the scheme and the rest; a bare `nonce="y"` has no scheme.
fn scheme(piece: &[u8]) -> (Option<&[u8]>, &[u8]) {
    let word = piece.iter().position(|b| b.is_ascii_whitespace() || *b == b'=').unwrap_or(piece.len());
    let (name, rest) = piece.split_at_checked(word).unwrap_or((piece, &[]));
    let rest = trim(rest);
    if rest.starts_with(b"=") { (None, piece) } else { (Some(name), rest) }
}

fn param(piece: &[u8]) -> Option<(String, String)> {
    let equals = piece.iter().position(|b| *b == b'=')?;
    let (name, value) = piece.split_at_checked(equals)?;
    let name = std::str::from_utf8(trim(name)).ok()?.to_ascii_lowercase();
    Some((name, unquoted(trim(value.get(1..)?))?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn login(user: &str, password: &str) -> Login {
        Login { user: Pii::new(user.into()), password: Pii::new(password.into()), realm: None }
    }

    fn challenged(lines: &str, login: &Login) -> Option<Challenge> {
        let text = format!("SIP/2.0 401 Unauthorized\r\n{lines}\r\n\r\n");
        Challenge::of(&Message::parse(text.as_bytes()).unwrap(), login)
    }

    fn response(line: &str) -> &str {
        line.split("response=\"").nth(1).unwrap().split('"').next().unwrap()
    }

    /// RFC 7616 §3.9.1, with the method and URI of HTTP: the sums are the same.
    #[test]
    fn the_examples_of_rfc_7616() {
        let both = "WWW-Authenticate: Digest realm=\"http-auth@example.org\", qop=\"auth, auth-int\", algorithm=MD5, \
                    nonce=\"7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v\", opaque=\"FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS\"\r\n\
                    WWW-Authenticate: Digest realm=\"http-auth@example.org\", qop=\"auth, auth-int\", algorithm=SHA-256, \
                    nonce=\"7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v\", opaque=\"FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS\"";
        let login = login("Mufasa", "Circle of Life");
        let cnonce = "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ";
        let asked = Asked { method: "GET", uri: "/dir/index.html", count: 1, cnonce };
        let strongest = challenged(both, &login).unwrap();
        let line = strongest.answer(&login, asked);
        assert_eq!(response(&line), "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1");
        assert!(line.starts_with("Authorization: Digest username=\"Mufasa\""), "{line}");
        assert!(line.contains(", algorithm=SHA-256, ") && line.ends_with("qop=auth, nc=00000001\r\n"), "{line}");
        let weak = challenged(both.split("\r\n").next().unwrap(), &login).unwrap();
        assert_eq!(response(&weak.answer(&login, asked)), "8ca523f5e9506fed4657c9700eebdbec");
    }

    /// RFC 2069 as its erratum 749 has it: no qop, no cnonce.
    #[test]
    fn an_old_challenge_without_qop() {
        let login = login("Mufasa", "CircleOfLife");
        let old =
            "Proxy-Authenticate: Digest realm=\"testrealm@host.com\", nonce=\"dcd98b7102dd2f0e8b11d0f600bfb0c093\"";
        let asked = Asked { method: "GET", uri: "/dir/index.html", count: 1, cnonce: "x" };
        let line = challenged(old, &login).unwrap().answer(&login, asked);
        assert_eq!(response(&line), "1949323746fe6a43ef61f9606e7febea");
        assert!(line.starts_with("Proxy-Authorization: ") && !line.contains("cnonce") && !line.contains("algorithm"));
    }

    #[test]
    fn what_cannot_be_answered_is_passed_over() {
        let login = login("a", "b");
        let bad = [
            "WWW-Authenticate: Basic realm=\"x\"",
            "WWW-Authenticate: Digest realm=\"x\", nonce=\"n\", qop=\"auth-int\"",
            "WWW-Authenticate: Digest realm=\"x\", nonce=\"n\", algorithm=AKAv1-MD5",
            "WWW-Authenticate: Digest realm=\"x\"",
            "WWW-Authenticate: Digest realm=\"x, nonce=\"n\"",
            "WWW-Authenticate: ,,=,\"",
        ];
        for line in bad {
            assert_eq!(challenged(line, &login), None, "{line}");
        }
        let mixed = format!("{}\r\nWWW-Authenticate: Basic realm=\"y\", Digest realm=\"z, q\", NONCE = n1", bad[1]);
        let chosen = challenged(&mixed, &login).unwrap();
        assert_eq!((chosen.realm.as_str(), chosen.nonce.as_str(), chosen.auth), ("z, q", "n1", false));
    }

    #[test]
    fn a_login_for_one_realm_is_told_to_no_other() {
        let login = Login { realm: Some("carrier".into()), ..login("a", "b") };
        let line = |realm: &str| format!("WWW-Authenticate: Digest realm=\"{realm}\", nonce=\"n\"");
        assert!(challenged(&line("carrier"), &login).is_some());
        assert!(challenged(&line("elsewhere"), &login).is_none());
    }

    #[test]
    fn quotes_and_the_session_form_are_written_as_they_must() {
        let login = login("a\"b", "b");
        let line =
            "WWW-Authenticate: Digest realm=\"r \\\"q\\\"\", nonce=\"n\", algorithm=MD5-sess, qop=auth, stale=TRUE";
        let challenge = challenged(line, &login).unwrap();
        assert!(challenge.stale && challenge.session);
        let line = challenge.answer(&login, Asked { method: "BYE", uri: "sip:a@b", count: 0x1f, cnonce: "c" });
        assert!(line.contains("username=\"a\\\"b\", realm=\"r \\\"q\\\"\"") && line.contains("nc=0000001f"), "{line}");
        assert_eq!(format!("{login:?}").matches("b\"").count(), 0);
    }
}
