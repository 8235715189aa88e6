//! Small tools over bytes: headers may hold anything but a line break.

/// Without white space at both ends.
pub(crate) fn trim(text: &[u8]) -> &[u8] {
    text.trim_ascii()
}

/// Whether `text` is a token (RFC 3261 §25.1).
pub(crate) fn is_token(text: &[u8]) -> bool {
    !text.is_empty() && text.iter().all(|b| b.is_ascii_alphanumeric() || b"-.!%*_+`'~".contains(b))
}

/// A decimal number that fits; nothing but digits.
pub(crate) fn number<N: std::str::FromStr>(text: &[u8]) -> Option<N> {
    let digits = !text.is_empty() && text.iter().all(u8::is_ascii_digit);
    digits.then(|| std::str::from_utf8(text).ok()?.parse().ok()).flatten()
}

/// Cuts at each `separator` that stands outside quotes and angle brackets.
pub(crate) fn split(text: &[u8], separator: u8) -> Split<'_> {
    Split { rest: Some(text), separator }
}

/// The pieces of [`split`].
#[derive(Clone, Debug)]
pub(crate) struct Split<'a> {
    rest: Option<&'a [u8]>,
    separator: u8,
}

impl<'a> Iterator for Split<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        let text = self.rest?;
        match find_outside(text, self.separator) {
            Some(at) => {
                let (piece, rest) = text.split_at(at);
                self.rest = rest.get(1..);
                Some(piece)
            }
            None => {
                self.rest = None;
                Some(text)
            }
        }
    }
}

/// Where `wanted` first stands outside quotes and angle brackets.
pub(crate) fn find_outside(text: &[u8], wanted: u8) -> Option<usize> {
    let (mut quoted, mut escaped, mut bracketed) = (false, false, false);
    for (at, &byte) in text.iter().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            _ if quoted => {}
            _ if byte == wanted && !bracketed => return Some(at),
            b'<' => bracketed = true,
            b'>' => bracketed = false,
            _ => {}
        }
    }
    None
}

/// What stands between quotes, with its escapes undone; what has no quotes as it stands. None where they do not close, or it is no text.
pub(crate) fn unquoted(text: &[u8]) -> Option<String> {
    let Some(rest) = text.strip_prefix(b"\"") else { return std::str::from_utf8(text).ok().map(str::to_owned) };
    let mut out = Vec::with_capacity(rest.len());
    let mut bytes = rest.iter();
    loop {
        match bytes.next()? {
            b'\\' => out.push(*bytes.next()?),
            b'"' => break,
            byte => out.push(*byte),
        }
    }
    bytes.next().is_none().then(|| String::from_utf8(out).ok()).flatten()
}

/// `;name=value;name` behind an address or a Via.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Params<'a>(&'a [u8]);

impl<'a> Params<'a> {
    /// Reads what stands from the first semicolon on. None where a name is missing.
    pub(crate) fn parse(text: &'a [u8]) -> Option<Self> {
        let text = trim(text);
        if text.is_empty() {
            return Some(Params(text));
        }
        let params = Params(text.strip_prefix(b";")?);
        params.iter().all(|(name, _)| is_token(name)).then_some(params)
    }

    /// Names and values in order; a value is empty where there is none.
    pub(crate) fn iter(self) -> impl Iterator<Item = (&'a [u8], Option<&'a [u8]>)> {
        let pieces = (!self.0.is_empty()).then(|| split(self.0, b';')).into_iter().flatten();
        pieces.map(|piece| match find_outside(piece, b'=') {
            Some(at) => {
                let (name, value) = piece.split_at(at);
                (trim(name), value.get(1..).map(trim))
            }
            None => (trim(piece), None),
        })
    }

    /// The value of `name`: empty where it has none.
    pub(crate) fn get(self, name: &str) -> Option<&'a [u8]> {
        let found = self.iter().find(|(key, _)| key.eq_ignore_ascii_case(name.as_bytes()));
        found.map(|(_, value)| value.unwrap_or_default())
    }

    /// The value of `name` as text, where it has one.
    pub(crate) fn text(self, name: &str) -> Option<&'a str> {
        let value = std::str::from_utf8(self.get(name)?).ok()?;
        (!value.is_empty()).then_some(value)
    }
}
